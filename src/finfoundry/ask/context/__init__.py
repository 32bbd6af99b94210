"""One question under way: what it is answered with, what is known of it, how it ends."""
