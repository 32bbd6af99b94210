"""Plans that a question may mean: what planners make of its words, and all that may be asked of the metrics that it names."""
