"""The words of the pages, English and Chinese beside each other, a file a page."""
