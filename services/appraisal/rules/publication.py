"""公开 (Art. 18): published or circulated at a configured interval; personal results are circulated."""

from datetime import date

from services.appraisal.facts import Publication, PublicationKind, PublicationPolicy
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse
from shared.statute.effects import last_blocked_day

_ART18 = Basis("art18")
_PERSONAL = Basis("art18", BasisKind.DEFAULT, "个人结果默认通报")


@cites("art18")
def default_kind(*, personal: bool) -> PublicationKind:
    """Circulation for personal results, publication for others (default)."""
    return PublicationKind.CIRCULATED if personal else PublicationKind.PUBLISHED


@cites("art18")
def may_publish(publication: Publication) -> Decision:
    """Channel, scope, dates; no personal number; personal results go public only with a reason."""
    if not publication.channel.strip() or not publication.scope.strip():
        return refuse("channel_missing", "须写明方式和范围", "channel and scope are recorded", _ART18)
    ends = (publication.to_day, publication.objections_until)
    if any(end is not None and end < publication.from_day for end in ends):
        return refuse("dates_out_of_order", "日期先后有误", "the dates are out of order", _ART18)
    if publication.personal_numbers:
        return refuse("personal_numbers", "不得公开公民身份号码", "no personal numbers", _PERSONAL)
    public = publication.kind is PublicationKind.PUBLISHED
    if publication.personal and public and not publication.reason.strip():
        return refuse(
            "personal_results_circulate",
            "个人结果默认通报，公布须说明理由",
            "personal results are circulated; publishing them needs a reason",
            _PERSONAL,
        )
    return allow("publishable", "可以公布或者通报", "may be published or circulated", _ART18)


@cites("art18")
def next_due_on(last_on: date, policy: PublicationPolicy) -> date:
    """The last day for the next publication: the interval runs from the last one in calendar months."""
    return last_blocked_day(last_on, policy.interval_months)
