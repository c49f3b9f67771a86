"""The province as somebody would keep it in a spreadsheet: one row for each appointment, everything as text."""

from collections.abc import Iterator

from bench.province.plan import Plan
from bench.province.slices import slices

COLUMNS = (
    "region_code",
    "organ",
    "organ_kind",
    "post",
    "post_kind",
    "official",
    "citizen_number",
    "from_day",
    "to_day",
    "acting",
    "promotion",
    "end_reason",
)


def rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Rows in the order of `COLUMNS`; empty text where there is nothing."""
    for one in slices(plan):
        organs = {organ.id: organ for organ in one.organs}
        posts = {post.id: post for post in one.posts}
        for held in one.appointments:
            post = posts[held.post_id]
            organ, person = organs[post.organ_id], one.people[held.official_id]
            yield (
                one.region.code,
                organ.name,
                organ.kind.value,
                post.title,
                post.kind.value,
                person.official.name,
                person.citizen_number,
                held.span.from_day.isoformat(),
                "" if held.span.to_day is None else held.span.to_day.isoformat(),
                "是" if held.acting else "",
                "是" if held.promotion else "",
                held.end_reason or "",
            )
