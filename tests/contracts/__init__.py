"""What the documents promise, held against the running services."""
