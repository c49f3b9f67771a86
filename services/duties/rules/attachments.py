"""Which documents are taken as attachments, and what is refused."""

from dataclasses import dataclass

from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_PROOF = Basis("art28", BasisKind.DEFAULT, "evidence must be one that can be checked")


@dataclass(frozen=True, slots=True)
class Offered:
    """What was sent and what was found: whether the kind is taken, whether it looks like it, digests said and true."""

    size: int
    media_type: str
    taken: bool
    looks_like_it: bool
    said_sha256: str | None
    sha256: str
    said_sm3: str | None
    sm3: str | None


@cites("art28")
def may_store(offered: Offered) -> Decision:
    """Whether a document may be stored: not empty, of a kind that is taken, what its digests say."""
    if not offered.size:
        return refuse("attachment.empty", "附件是空的", "the document is empty", _PROOF)
    if not offered.taken:
        return refuse(
            "attachment.kind_not_taken",
            f"不接受此类文件：{offered.media_type}",
            f"documents of this kind are not taken: {offered.media_type}",
            _PROOF,
        )
    if not offered.looks_like_it:
        return refuse(
            "attachment.not_of_its_kind", "文件内容与所称类型不符", "it is not what its media type says", _PROOF
        )
    if (offered.said_sha256 or offered.sha256) != offered.sha256:
        return refuse("attachment.digest_differs", "SHA-256 摘要不符", "its SHA-256 is another one", _PROOF)
    if (offered.said_sm3 or offered.sm3) != offered.sm3:
        return refuse("attachment.digest_differs", "SM3 摘要不符", "its SM3 is another one", _PROOF)
    return allow("attachment.storable", "可以存入", "it may be stored", _PROOF)
