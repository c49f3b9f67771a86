"""What the console does: sign people in during development, move the development clock, forward requests."""
