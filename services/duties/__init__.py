"""Duties 履职: who owes which act in which period, what was done, and what the records show.

Owns the duty catalogue of Chapters 2 and 3 (Art. 4 to 12), obligations (their dated facts kept, their status computed),
performances with their evidence, impediments, filings, books of periods, responsibility lists, standing reviews,
findings of non-performance, overlays (Art. 30), and the attestation that Art. 26 needs.
Emits `performance`, `impediment`, `filing`, `attachment`, `books`, `responsibility_list`, `standing_review`,
`nonperformance`, `overlay`, `attestation`; consumes the registry's roster and accidents.
Articles: 4 to 12, 21.1, 26, 28, 29, 30, 31.
"""
