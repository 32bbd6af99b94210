"""Systems other than the product that a suite can be asked of: baselines and peers."""
