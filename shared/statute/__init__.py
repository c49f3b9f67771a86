"""The law's text with stable ids, citation and `Decision`."""
