"""Tuning: what it gains, how fast and in how much memory, whether it is the papers' own, and the rows that scorers learn from.

    python benchmarks/training.py MEASURE [OPTION…]  # `python benchmarks/training.py MEASURE --help` says what one takes and needs

Measures:
"""

from __future__ import annotations

from measures import run

if __name__ == "__main__":
    run("training", __doc__)
