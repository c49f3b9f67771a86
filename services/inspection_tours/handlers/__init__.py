"""What inspection tours does: one function per verb."""
