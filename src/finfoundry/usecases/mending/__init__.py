"""What people read in the place of the reader, for the command line and the service."""
