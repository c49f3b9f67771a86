"""Frozen event models, one module a producer; their golden JSON Schemas only grow."""
