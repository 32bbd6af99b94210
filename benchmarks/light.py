"""What light forms of a model keep, gain and cost: speed, answers, few bits, mixtures of experts, serving, the choice of a model.

    python benchmarks/light.py MEASURE [OPTION…]  # `python benchmarks/light.py MEASURE --help` says what one takes and needs

Measures:
"""

from __future__ import annotations

from measures import run

if __name__ == "__main__":
    run("light", __doc__)
