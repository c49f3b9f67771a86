"""What duties reads from the environment besides the kernel's variables."""

from pathlib import Path

from pydantic import Field

from shared.kernel.settings import Settings


class DutiesSettings(Settings):
    """Adds the key that documents are signed with: a PEM file with a private P-256 key.

    Development makes the file on first use, and does with a key in memory where none is named.
    """

    paper_key_file: Path | None = Field(None, alias="ANZE_PAPER_KEY_FILE")
