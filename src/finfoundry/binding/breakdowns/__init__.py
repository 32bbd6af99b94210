"""Parts of a whole as tables print them, and what sentences say of their order."""
