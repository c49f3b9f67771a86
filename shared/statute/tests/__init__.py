"""Tests of the statute."""
