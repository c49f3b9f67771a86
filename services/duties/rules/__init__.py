"""Pure decisions of duties, each citing its clause; no I/O, no clock, no framework."""
