"""discipline 问责: leads, cases, measures, vetoes, exemptions (Art. 21 to 29).

Owns leads (线索), cases (问责案件) with decisions on measures (问责方式), the bars they impose (一票否决, 影响期) and
exemptions (尽职免责). Emits lead, case, exemption and veto events (`shared.contracts.discipline`). Consumes the
roster and accidents with their chains from the registry, findings of non-performance (未履职认定) and attestations
from duties. The program lists, computes and refuses what the text refuses; it finds nobody in breach.
"""
