"""Specialists on public and made data: how well they tell, how fast, and whether what they say of themselves is so.

    python benchmarks/specialists.py MEASURE [OPTION…]  # `python benchmarks/specialists.py MEASURE --help` says what one takes and needs

Measures:
"""

from __future__ import annotations

from measures import run

if __name__ == "__main__":
    run("specialists", __doc__)
