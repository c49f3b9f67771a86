"""What every service stands on; knows no noun of the law.

Unit of work, ledger and outbox (`unit_of_work`, `ledger`, `seals`), backbone (`relay`, `consumer`,
`dead_letters`, `streams`, `reconciler`, `recovery`), HTTP conventions (`routing`, `problems`, `pagination`,
`moments`, `auth`), and the edges: `clock`, `settings`, `vault`, `telemetry`, `databases`, `migrations`, `app`.
Invariants I1 to I9: docs/adr/0002.
"""
