"""The private servers, tried for real."""
