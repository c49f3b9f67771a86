"""The command line, tried with real processes."""
