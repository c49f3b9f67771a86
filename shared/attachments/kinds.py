"""Which kinds of document are taken, and by which first bytes each is known; nothing further inside is read."""

PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument"

#: media type → the first bytes of every such document. An OFD (版式文档 GB/T 33190) is a ZIP, as Office documents are.
KINDS: dict[str, tuple[bytes, ...]] = {
    PDF: (b"%PDF-",),
    "application/ofd": (b"PK\x03\x04",),
    f"{OFFICE}.wordprocessingml.document": (b"PK\x03\x04",),
    f"{OFFICE}.spreadsheetml.sheet": (b"PK\x03\x04",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
}


def kind_of(content_type: str) -> str:
    """The media type in a `Content-Type`, without parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def looks_like(data: bytes, media_type: str) -> bool:
    """Whether the document begins as documents of that kind do; False for a kind that is not taken."""
    return data.startswith(KINDS.get(media_type, ()))
