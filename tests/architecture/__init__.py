"""The house itself: rooms and budgets."""
