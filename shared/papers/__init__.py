"""Papers: statements signed as compact JWS (ES256), which anybody verifies offline with the public keys."""

from shared.papers.signing import ForgedPaperError, Signer, verify

__all__ = ["ForgedPaperError", "Signer", "verify"]
