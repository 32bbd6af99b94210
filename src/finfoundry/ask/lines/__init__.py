"""A question for a figure and the lines of tables → the line that it means, in a plan."""
