"""The learnt planner: its training rows, made from wordings, and the plans that it draws up."""
