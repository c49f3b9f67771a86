"""What the registry's API reads and answers."""
