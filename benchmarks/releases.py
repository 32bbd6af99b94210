"""Releases for real: forged evidence, base upgrades, a changed rule, and what the gate refuses and lets pass.

    python benchmarks/releases.py MEASURE [OPTION…]  # `python benchmarks/releases.py MEASURE --help` says what one takes and needs

Measures:
"""

from __future__ import annotations

from measures import run

if __name__ == "__main__":
    run("releases", __doc__)
