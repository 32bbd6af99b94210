"""What was asked before: kept conversations, who signed an answer off, and what is forgotten of a person."""
