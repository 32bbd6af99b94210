"""Tasks of other toolchains, read and written."""
