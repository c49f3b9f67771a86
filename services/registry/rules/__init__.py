"""Pure decisions of the registry: facts and a day in, a decision with its clause out."""
