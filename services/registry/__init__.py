"""登记 · Registry: the roster of Hebei, accidents, and the responsibility chain of each accident.

Owns regions, organs, posts, officials, appointments, portfolios: who held which post when, and what
happened where. Emits the roster events (full state), and the accident events with the chain computed once
in the accident's transaction and with what follows an accident until it is closed. Consumes the vetoes and
effect periods of discipline, to flag a promotion.
Articles 2, 4, 7 to 12 (whom they name), 8 (五), 21 (三)(四), 23.
"""
