"""What the command line and the service both do, over one home."""
