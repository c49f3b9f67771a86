"""The backbone of this system: who writes which stream, who reads which aggregates."""

from shared.kernel.streams import ConsumerSpec, Declarations, StreamSpec, stream_of

SERVICES = ("registry", "duties", "inspection_tours", "appraisal", "discipline")
ROSTER = ("region", "organ", "post", "official", "appointment", "portfolio")

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
)

DECLARATIONS = Declarations(
    streams=(
        *(StreamSpec(stream_of(name), (f"anze.v1.internal.{name}.>",)) for name in SERVICES),
        StreamSpec("AGENCY", ("anze.v1.agency.>",)),
        StreamSpec("PUBLIC", ("anze.v1.public.>",)),
    ),
    consumers=tuple(
        ConsumerSpec(
            durable=f"{reader}-{name}",
            stream=stream_of(producer),
            filter_subjects=tuple(f"anze.v1.internal.{producer}.{aggregate}.>" for aggregate in aggregates),
        )
        for reader, name, producer, aggregates in READERS
    ),
)
