"""The gate before a model serves, and the register of what serves: propose, promote by a second person, roll back, upgrade the base."""
