"""What the routes share, one a process."""
