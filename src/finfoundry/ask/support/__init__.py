"""Which sentences deny what others say: of what a model wrote, and of what is quoted."""
