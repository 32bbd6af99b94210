"""What every request passes: limits, queues, metrics, errors."""
