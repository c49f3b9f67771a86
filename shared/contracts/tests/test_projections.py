"""What leaves the services for agencies and the public holds no words of clerks about an organ's roles (I7)."""

from datetime import date
from uuid import UUID

import pytest

from shared.contracts.registry import OrganChanged, OrganRegistered, OrganState, OrganSucceeded, RolePart

WORDS = "某某文件·某某机关"
ROLE = RolePart(
    role="named_regulator",
    from_day=date(2024, 1, 1),
    industries=("C26",),
    fields=("消防",),
    function=WORDS,
    document=WORDS,
    issuer=WORDS,
    issued_on=date(2023, 12, 1),
    side="government",
)


@pytest.mark.parametrize("kind", [OrganRegistered, OrganChanged, OrganSucceeded])
@pytest.mark.parametrize("audience", ["agency", "public"])
def test_an_organs_roles_are_published_without_document_issuer_and_function(
    kind: type[OrganState], audience: str
) -> None:
    event = kind(
        id=UUID(int=1),
        name="演练局",
        kind="government_department",
        region_code="139901",
        from_day=date(2024, 1, 1),
        roles=(ROLE,),
    )
    body = event.model_dump(mode="json")
    told = kind.for_agencies(body) if audience == "agency" else kind.for_the_public(body)
    assert told is not None
    assert WORDS not in str(told)
    assert told["roles"] == [
        {
            "role": "named_regulator",
            "from_day": "2024-01-01",
            "to_day": None,
            "industries": ["C26"],
            "fields": ["消防"],
            "side": "government",
        }
    ]
    assert body["roles"][0]["issuer"] == WORDS, "inside it stays whole"
