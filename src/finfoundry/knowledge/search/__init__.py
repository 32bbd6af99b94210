"""A query to passages: retrievers, their fusion, routing by facts."""
