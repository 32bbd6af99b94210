"""Personal data: texts that its reader learns from, a tuned one put into a home, texts looked at."""
