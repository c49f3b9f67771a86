"""The five services and the console. Services talk by events only and never import one another."""
