"""Roster files: received, read into staging, checked as a whole, applied in short transactions that can be resumed."""
