"""Tests of inspection tours."""
