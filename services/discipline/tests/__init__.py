"""Tests of discipline."""
