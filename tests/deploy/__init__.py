"""What deploys the system, checked without a container engine."""
