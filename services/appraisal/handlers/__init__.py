"""What appraisal does: one function per verb."""
