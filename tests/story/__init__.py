"""The story, played on real processes."""
