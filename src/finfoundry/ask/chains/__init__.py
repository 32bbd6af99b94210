"""Chains *cause → … → conclusion*: why a figure moved, from the figures that it is made of, each link computed and bound."""
