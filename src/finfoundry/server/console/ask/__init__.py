"""Conversations on the page: asked, watched, gone on with, charted, rated, shared."""
