"""The learnt reader: the form of a question, the rows that it learns from, and the plans that its readings make."""
