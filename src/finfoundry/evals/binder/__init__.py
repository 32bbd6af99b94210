"""The attack on the binder as suites, and the sentences that it is made of."""
