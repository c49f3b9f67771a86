"""What duties reads from the environment besides the kernel's variables."""

from pathlib import Path

from pydantic import Field, HttpUrl, SecretStr

from shared.attachments import S3Settings, Store
from shared.kernel.settings import Settings


class DutiesSettings(Settings):
    """Adds the key that documents are signed with, where attachments lie, and by when filings are due.

    The key is a PEM file with a private P-256 key. Development makes the file on first use, and does with a key in
    memory where none is named. Attachments lie in a local folder, or in a bucket `s3://bucket/prefix` of any
    S3-compatible store; without `ANZE_S3_ACCESS_KEY` the process's own credentials are used.
    """

    paper_key_file: Path | None = Field(None, alias="ANZE_PAPER_KEY_FILE")
    attachments: str = Field("attachments", alias="ANZE_ATTACHMENTS", min_length=1)
    attachment_bytes: int = Field(20 * 1024 * 1024, ge=1024, le=256 * 1024 * 1024, alias="ANZE_ATTACHMENT_BYTES")
    s3_endpoint: HttpUrl | None = Field(None, alias="ANZE_S3_ENDPOINT")
    s3_region: str = Field("us-east-1", alias="ANZE_S3_REGION")
    s3_access_key: str | None = Field(None, alias="ANZE_S3_ACCESS_KEY")
    s3_secret_key: SecretStr | None = Field(None, alias="ANZE_S3_SECRET_KEY")
    filing_days: int = Field(30, ge=0, le=366, alias="ANZE_FILING_DAYS")

    def store(self) -> Store:
        """Where attachments lie; nothing is touched before the first one comes."""
        if not self.attachments.startswith("s3://"):
            return Store.folder(Path(self.attachments))
        bucket, _, prefix = self.attachments.removeprefix("s3://").partition("/")
        return Store.s3(
            S3Settings(
                bucket,
                prefix,
                endpoint=str(self.s3_endpoint).rstrip("/") if self.s3_endpoint else None,
                region=self.s3_region,
                access_key=self.s3_access_key,
                secret_key=self.s3_secret_key.get_secret_value() if self.s3_secret_key else None,
            )
        )
