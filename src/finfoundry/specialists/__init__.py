"""Small quantitative models under one life cycle ("n"): trained, validated, scored, explained, monitored, documented, audited.

The libraries of the field (extra ``specialists``) do the numerics; what is ours is the life cycle and its joints. The language model
may call a specialist and put its output into words; it cannot change a digit of it.
"""
