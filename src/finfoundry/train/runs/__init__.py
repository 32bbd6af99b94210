"""The plan of a training run, and the run."""
