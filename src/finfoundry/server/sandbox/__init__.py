"""What is computed over what clients sent, in processes that hold nothing."""
