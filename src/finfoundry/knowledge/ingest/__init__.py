"""Files into the store: read in processes that can be killed, certified, written."""
