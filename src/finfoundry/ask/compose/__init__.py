"""Values to sentences with their evidence, and how sure the answer is."""
