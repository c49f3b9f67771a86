"""Private PostgreSQL and nats-server as child processes: Anze runs and is tested with no server installed."""
