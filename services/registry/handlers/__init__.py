"""What the registry does: one function per verb; each loads, decides, saves, emits."""
