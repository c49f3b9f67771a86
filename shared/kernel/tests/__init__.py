"""The kernel against real servers."""
