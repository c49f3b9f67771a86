"""Tests of the Excel machinery on real workbooks."""
