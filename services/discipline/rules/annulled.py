"""An accident whose record was annulled founds nothing against anybody (Art. 21.4, 26)."""

from collections.abc import Collection

from services.discipline.facts import Ground
from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, allow, refuse


@cites("art21.4", "art23", "art26")
def check_accident_stands(grounds: Collection[Ground], *, annulled: bool) -> Decision:
    """Whether something may be opened, proposed or decided on these grounds: ground (四) needs an accident that stands.

    Other grounds, concealed reporting among them, are not touched by the annulment.
    """
    if annulled and Ground.ACCIDENT in grounds:
        return refuse(
            "accident_annulled",
            "事故记录已撤销，不得据以追究或者免除领导责任",
            "the record of the accident was annulled; responsibility for it is neither pursued nor excluded",
            Basis("art21.4"),
        )
    return allow("accident_stands", "事故记录有效", "the record of the accident stands", Basis("art21.4"))
