"""The routes of the service, a file a group, and the shapes of their bodies."""
