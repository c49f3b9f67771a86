"""Attachments 附件: documents outside the database, each stored under its own digest, checked whenever it is touched.

A document's name in the store is its SHA-256 and nothing else: no file name, so that no name can hold a personal
number. What a document says about itself (EXIF, properties) is never read. It knows no service and no noun of the law.
"""

from shared.attachments.kinds import KINDS, kind_of, looks_like
from shared.attachments.store import AlteredError, Digests, MissingError, S3Settings, Store, UnreachableError

__all__ = [
    "KINDS",
    "AlteredError",
    "Digests",
    "MissingError",
    "S3Settings",
    "Store",
    "UnreachableError",
    "kind_of",
    "looks_like",
]
