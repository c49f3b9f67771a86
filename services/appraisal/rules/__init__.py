"""Appraisal as pure decisions, each citing its clause."""
