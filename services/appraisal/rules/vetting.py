"""考察 (Art. 17): every nominee's record and vetoes; the named organ is heard; people conclude."""

from datetime import date

from services.appraisal.facts import (
    Conclusion,
    HeardOrgan,
    Hearing,
    NomineeKind,
    Opinion,
    VettingAnswer,
    VettingFile,
)
from shared.roster.facts import Organ, OrganKind, OrganRole, PostKind
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse
from shared.statute.effects import Bar, barred, standing

_ART17 = Basis("art17")
_HEARD = Basis("art17", BasisKind.READING, "注意听取：意见在卷，或者已征求而逾期未复的凭证在卷")
_HEARD_ORGAN = {
    NomineeKind.SAFETY_REGULATOR_PRINCIPAL: HeardOrgan.SUPERIOR_SAFETY_REGULATOR,
    NomineeKind.ENTERPRISE_CHIEF_SAFETY_OFFICER: HeardOrgan.SAME_LEVEL_SAFETY_REGULATOR,
    NomineeKind.AWARD_CANDIDATE: HeardOrgan.SAME_LEVEL_SAFETY_COMMITTEE_OFFICE,
}


@cites("art17")
def organ_to_hear(kind: NomineeKind) -> HeardOrgan | None:
    """Which organ is heard; none by the text for other nominees."""
    return _HEARD_ORGAN.get(kind)


@cites("art17")
def basis_of(kind: NomineeKind) -> tuple[Basis, ...]:
    """What a vetting rests on; with the reading of 注意听取 where an organ is to be heard."""
    return (_ART17,) if organ_to_hear(kind) is None else (_ART17, _HEARD)


@cites("art17")
def was_heard(hearing: Hearing, on: date) -> Decision:
    """The opinion is on file, or the proof that it was sought and its deadline passed without an answer."""
    if hearing.opinion is not None and hearing.opinion.digest.strip() and hearing.opinion.received_on <= on:
        return allow("heard", "意见在卷", "the opinion is on file", _ART17, _HEARD)
    if not hearing.proof.strip() or hearing.deadline < hearing.sought_on:
        return refuse("proof_missing", "须有征求意见的凭证和期限", "proof and deadline are missing", _ART17, _HEARD)
    if on <= hearing.deadline:
        return refuse("answer_pending", "征求意见期限未满", "the deadline for the opinion has not passed", _HEARD)
    return allow("unanswered", "已征求意见，逾期未复", "sought and unanswered by its deadline", _ART17, _HEARD)


@cites("art17", "art23")
def answer_vetting(file: VettingFile, on: date) -> VettingAnswer:
    """Vetoes and effect periods that stand on a day, with clause and last blocked day, and what they bar."""
    return VettingAnswer(on, standing(file.effects, on), tuple(barred(file.effects, bar, on) for bar in file.seeks))


@cites("art17")
def may_conclude(file: VettingFile, on: date) -> Decision:
    """A conclusion, either way, needs the record and the hearing; adverse content blocks nothing."""
    if not file.performance_record.strip():
        return refuse("record_missing", "须考察履行安全生产职责情况", "the performance record is missing", _ART17)
    organ = organ_to_hear(file.kind)
    if organ is None:
        return allow("may_conclude", "可以作出考察结论", "the vetting can be concluded", _ART17)
    hearings = [was_heard(hearing, on) for hearing in file.hearings if hearing.organ is organ]
    missing = refuse("not_heard", f"未听取{_ORGAN_ZH[organ]}意见", f"{organ} was not heard", _ART17)
    return next((heard for heard in hearings if heard), hearings[0] if hearings else missing)


@cites("art17")
def kind_fits(kind: NomineeKind, post_kind: PostKind | None, organ: Organ, on: date) -> Decision:
    """Whether the nominee is vetted as what the post makes of the nominee, so that no hearing is left out."""
    if kind is NomineeKind.AWARD_CANDIDATE:
        return _FITS
    regulates = any(role.role is OrganRole.NAMED_REGULATOR and role.span.covers(on) for role in organ.roles)
    principal = regulates and post_kind is PostKind.DEPARTMENT_PRINCIPAL
    enterprise = organ.kind is OrganKind.STATE_ENTERPRISE
    if principal is not (kind is NomineeKind.SAFETY_REGULATOR_PRINCIPAL):
        return refuse(
            "regulator_principal",
            "安全生产监管部门主要负责人人选须按该类别考察",
            "the principal of a safety regulator is vetted as such, and nobody else is",
            _ART17,
            _REGULATOR,
        )
    if kind is NomineeKind.ENTERPRISE_CHIEF_SAFETY_OFFICER and not enterprise:
        return refuse("not_an_enterprise", "首席安全官人选限国有重点企业", "only state enterprises have one", _ART17)
    return _FITS


@cites("art17")
def may_seek(hearing: Hearing, kind: NomineeKind, *, concluded: bool) -> Decision:
    """Whether an opinion is sought from the organ that the text names, with a deadline after the day."""
    if concluded:
        return _CONCLUDED
    if hearing.organ is not organ_to_hear(kind):
        return refuse("other_organ", "不是须听取意见的机关", "this is not the organ to be heard", _ART17)
    if hearing.deadline < hearing.sought_on or not hearing.proof.strip():
        return refuse("proof_missing", "须有征求意见的凭证和期限", "proof and deadline are missing", _ART17, _HEARD)
    return allow("may_seek", "可以征求意见", "the opinion may be sought", _ART17)


@cites("art17")
def may_record(hearing: Hearing | None, opinion: Opinion, *, concluded: bool) -> Decision:
    """Whether an opinion belongs to one that was sought and is unanswered, on or after that day."""
    if concluded:
        return _CONCLUDED
    if hearing is None or hearing.opinion is not None:
        return refuse("not_sought", "没有待答复的征求意见", "no opinion is awaited from this organ", _ART17, _HEARD)
    if opinion.received_on < hearing.sought_on or not opinion.digest.strip():
        return refuse("opinion_incomplete", "须有意见文件和收到日期", "document and day are missing", _ART17, _HEARD)
    return allow("may_record", "意见可以入卷", "the opinion goes on file", _ART17)


@cites("art17", "art23")
def may_end(file: VettingFile, conclusion: Conclusion, *, concluded: bool) -> Decision:
    """Whether a person may conclude so: once, in words; favourably only where nothing sought is barred."""
    if concluded:
        return _CONCLUDED
    if not conclusion.words.strip():
        return refuse("words_missing", "须写明考察结论", "the conclusion is written", _ART17)
    rule = may_recommend if conclusion.favourable else may_conclude
    return rule(file, conclusion.on)


@cites("art17", "art23")
def may_recommend(file: VettingFile, on: date) -> Decision:
    """A favourable conclusion: the vetting can be concluded, and nothing sought is barred on that day."""
    return first_refusal(
        (may_conclude(file, on), *answer_vetting(file, on).sought),
        allow("may_recommend", "无影响使用的期限", "nothing bars what is sought", _ART17),
    )


@cites("art17")
def sought_by(
    kind: NomineeKind, *, promotion: bool, important_reassignment: bool, leading_post: bool = False
) -> tuple[Bar, ...]:
    """The bars that matter: advanced titles for an award, otherwise the moves as stated and the post itself."""
    if kind is NomineeKind.AWARD_CANDIDATE:
        return (Bar.ADVANCED_TITLES,)
    wanted = (
        (Bar.PROMOTION, promotion),
        (Bar.IMPORTANT_REASSIGNMENT, important_reassignment),
        (Bar.LEADING_POST, leading_post),
        (Bar.HIGHER_POST, leading_post and promotion),
    )
    return tuple(bar for bar, sought in wanted if sought)


_REGULATOR = Basis("art17", BasisKind.READING, "安全生产监管部门：登记为列名监管部门的机关")
_FITS = allow("kind_fits", "考察类别相符", "the kind of vetting fits", _ART17)
_CONCLUDED = refuse("concluded", "考察已作出结论", "the vetting is concluded", _ART17)
_ORGAN_ZH = {
    HeardOrgan.SUPERIOR_SAFETY_REGULATOR: "上级安全生产监管部门",
    HeardOrgan.SAME_LEVEL_SAFETY_REGULATOR: "本级安全生产监管部门",
    HeardOrgan.SAME_LEVEL_SAFETY_COMMITTEE_OFFICE: "本级安委办",
}
