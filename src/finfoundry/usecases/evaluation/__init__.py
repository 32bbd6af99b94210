"""Running the suites of evaluation over one home."""
