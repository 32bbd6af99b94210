"""The learnt reader: the form of a question, and the plans that its readings make."""
