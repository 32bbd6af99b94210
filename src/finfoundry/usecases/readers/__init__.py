"""The learnt readers of questions and the scorers: what they learn from, tuned ones put into a home."""
