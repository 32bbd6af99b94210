"""The forms in which a tuned model is served, and the folder that says what it is."""
