"""What duties' routes take and answer."""
