"""Tests of what all contracts promise: nothing internal leaves, and what is written can be read."""
