"""The registry's read model: its facts everywhere, its copy in each consuming database (Art. 2, 4)."""
