"""One of each thing that another package can add: a format, an engine, a suite, a family of specialists, a method of training."""
