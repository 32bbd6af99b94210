"""Weight averaged rewarded policies (Ramé et al., 2024, arXiv 2406.16768): several policies from one start, each with rewards of its own,
averaged along the arc, drawn back to the start, and begun again from there.
"""
