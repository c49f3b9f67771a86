"""Inspection tours as pure decisions, each citing its clause."""
