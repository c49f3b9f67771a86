"""What only developers run: checks, generators, mutants, benches."""
