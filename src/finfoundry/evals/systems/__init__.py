"""What a suite can be asked of beside the product: baselines and peers."""
