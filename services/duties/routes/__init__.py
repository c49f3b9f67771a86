"""HTTP in and out of duties."""
