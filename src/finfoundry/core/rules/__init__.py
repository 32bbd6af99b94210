"""What is said of rules, as all packages speak of it."""
