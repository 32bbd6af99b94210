"""Word, Excel, PowerPoint and separated values to a Document."""
