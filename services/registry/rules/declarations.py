"""What a recorded matter must say, by its kind."""

from services.registry.facts.findings import Declaration, DeclarationKind
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_WANTED = {
    DeclarationKind.STANDING_COMMITTEE_EXCEPTION: ("art8", ("post_id",), ()),
    DeclarationKind.RESPONSIBLE_DEPARTMENT: ("art5.6", ("organ_id",), ()),
    DeclarationKind.ENTERPRISE: ("art6.9", ("name", "industry"), ("organ_id",)),
    DeclarationKind.SAFETY_FUND: ("art6.7", ("year", "fund_yuan", "revenue_yuan"), ()),
}
_SAID = ("post_id", "organ_id", "name", "industry", "year", "fund_yuan", "revenue_yuan")


@cites("art5.6", "art6.7", "art6.9", "art8")
def check_declaration(declaration: Declaration) -> Decision:
    """A matter says what its kind needs and nothing that belongs to another kind."""
    clause, wanted, optional = _WANTED[declaration.kind]
    basis = Basis(clause, BasisKind.DEFAULT, "登记事项的内容 · what the matter must say")
    said = {name for name in _SAID if getattr(declaration, name) is not None}
    if missing := sorted(set(wanted) - said):
        names = ", ".join(missing)
        return refuse("declaration_incomplete", f"缺少：{names}", f"missing: {names}", basis)
    if foreign := sorted(said - {*wanted, *optional}):
        names = ", ".join(foreign)
        return refuse("declaration_mixed", f"与该类事项无关：{names}", f"of another kind: {names}", basis)
    return allow("declaration_complete", "内容完整", "complete", basis)
