"""The key that documents are signed with: named in production, made on first use in development."""

from pathlib import Path

import pytest

from services.duties.main import signer_of
from services.duties.settings import DutiesSettings

BARE = {
    "DATABASE_URL": "postgresql+asyncpg://u:p@127.0.0.1/d",
    "NATS_URL": "nats://127.0.0.1:4222",
    "ANZE_ISSUER": "https://issuer.test/",
    "ANZE_JWKS_URL": "https://issuer.test/jwks",
    "ANZE_ENCRYPTION_KEYS": "{}",
}


def settings(**more: str) -> DutiesSettings:
    return DutiesSettings.model_validate(BARE | more)


def test_production_does_not_start_without_its_key(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ANZE_PAPER_KEY_FILE"):
        signer_of(settings())
    with pytest.raises(FileNotFoundError):
        signer_of(settings(ANZE_PAPER_KEY_FILE=str(tmp_path / "missing.pem")))


def test_development_makes_its_key_once(tmp_path: Path) -> None:
    named = settings(ANZE_ENVIRONMENT="development", ANZE_PAPER_KEY_FILE=str(tmp_path / "papers.pem"))
    assert signer_of(named).key_id == signer_of(named).key_id
    assert signer_of(settings(ANZE_PAPER_KEY_FILE=str(tmp_path / "papers.pem"))).key_id == signer_of(named).key_id
    without = settings(ANZE_ENVIRONMENT="development")
    assert signer_of(without).key_id != signer_of(without).key_id
