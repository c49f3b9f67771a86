"""Faults that must do no harm: processes killed at every named point, servers stopped, streams deleted."""
