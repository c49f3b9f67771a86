"""The operator's command line, `anze`."""
