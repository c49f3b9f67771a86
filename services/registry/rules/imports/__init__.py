"""Roster imports: what the lines of a sheet would change in the register, and what is wrong with them."""
