"""Notes and workbooks whose fields are filled with bound figures, each with its source, and filled again with what changed marked."""
