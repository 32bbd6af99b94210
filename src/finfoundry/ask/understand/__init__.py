"""Text to Intent and Subject: what is asked, of whom."""
