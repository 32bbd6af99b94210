"""The service over HTTP: its own API, the one that OpenAI's clients speak, and a page. One ``App`` a process."""
