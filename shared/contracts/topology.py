"""The backbone of this system: which streams stand, who writes them, who reads which aggregates."""

from shared.kernel.streams import ConsumerSpec, Declarations, StreamSpec

SERVICES = ("registry", "duties", "inspection_tours", "appraisal", "discipline")
ROSTER = ("region", "organ", "post", "official", "appointment", "portfolio")


def _internal(producer: str, *aggregates: str) -> tuple[str, ...]:
    """The internal subjects of some of a producer's aggregate types; of all where none is named."""
    return tuple(f"anze.v1.internal.{producer}.{one}.>" for one in aggregates) or (f"anze.v1.internal.{producer}.>",)


#: Who reads a durable must be able to reconcile it, and for that may read its whole stream (ADR 0002). Vetoes have a
#: stream of their own, because their readers must not read cases. A stream that takes a type over from another stands
#: behind it: the broker refuses two that hold one subject.
STREAMS = (
    StreamSpec("REGISTRY", _internal("registry")),
    StreamSpec("DUTIES", _internal("duties")),
    StreamSpec("INSPECTION_TOURS", _internal("inspection_tours")),
    StreamSpec("APPRAISAL", _internal("appraisal")),
    StreamSpec("DISCIPLINE", _internal("discipline", "lead", "case", "exemption")),
    StreamSpec("DISCIPLINE_VETOES", _internal("discipline", "veto")),
    StreamSpec("AGENCY", ("anze.v1.agency.>",)),
    StreamSpec("PUBLIC", ("anze.v1.public.>",)),
)

#: (reader, durable's own name, producer, aggregate types)
READERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("duties", "roster", "registry", ROSTER),
    ("duties", "accidents", "registry", ("accident",)),
    ("inspection_tours", "roster", "registry", ROSTER),
    ("inspection_tours", "accidents", "registry", ("accident",)),
    ("discipline", "roster", "registry", ROSTER),
    ("discipline", "accidents", "registry", ("accident",)),
    ("discipline", "findings", "duties", ("nonperformance", "attestation")),
    ("appraisal", "roster", "registry", ROSTER),
    ("appraisal", "measures", "discipline", ("veto",)),
    ("appraisal", "tours", "inspection_tours", ("tour",)),
    ("registry", "vetoes", "discipline", ("veto",)),
    ("appraisal", "books", "duties", ("books",)),
)


def _durable(reader: str, name: str, producer: str, aggregates: tuple[str, ...]) -> ConsumerSpec:
    filters = _internal(producer, *aggregates)
    return ConsumerSpec(f"{reader}-{name}", Declarations(STREAMS, ()).stream_for(*filters), filters)


PROVINCE = "130000"
DECLARATIONS = Declarations(STREAMS, tuple(_durable(*one) for one in READERS), frozenset({PROVINCE}))
