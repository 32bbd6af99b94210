"""What is told of a paper beside its digits: signs, amounts by tags, lines that govern tables."""
