"""The commands, a module a group; each is loaded when one of its commands is asked for."""
