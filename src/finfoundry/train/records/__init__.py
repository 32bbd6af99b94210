"""What a run leaves for others to read: curves in the files of TensorBoard and MLflow, cards of the model and of its data."""
