"""The service under load, at its limits and under attack, and its pages in a browser.

    python benchmarks/service.py MEASURE [OPTION…]  # `python benchmarks/service.py MEASURE --help` says what one takes and needs

Measures:
"""

from __future__ import annotations

from measures import run

if __name__ == "__main__":
    run("service", __doc__)
