"""The invented province through registry, stream and the copies that the other services keep."""
