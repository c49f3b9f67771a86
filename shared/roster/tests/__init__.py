"""Tests of the roster's copy, on the real database."""
