"""Plans of a model with a planted fault: how many are caught, and how many sound ones are lost.

    python benchmarks/plan_faults.py [--show]

Each case is a question over made statements for which a scripted model draws up a plan: a sound one; one with a percent sign too many or
too few, or in another form, which is stated as it should be or not at all; or one with a fault that changes what the figure is, such as
another line, another year, an amount for a share. Next to it, in the same run: the baseline that does not check results and carries out
whatever can be computed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.ask.plan_cases import FAULTY, REPAIRED, SOUND, Case, ask

from finfoundry.ask.compute.result_check import PlanVerdict
from measures import carried_out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", action="store_true", help="what is said to each case")
    given = parser.parse_args()
    print(f"{'':24}{'faults stated':>24}{'signs and forms mended':>24}{'sound plans stated':>24}")
    for name, way in (("checked", checked), ("not checked", unchecked)):
        with way():
            counts = [_count(FAULTY, show=given.show), _count(REPAIRED, show=given.show), _count(SOUND, show=given.show)]
        print(f"{name:24}" + "".join(f"{f'{right} of {n}':>24}" for right, n in counts))


@contextmanager
def checked() -> Iterator[None]:
    yield


@contextmanager
def unchecked() -> Iterator[None]:
    """The product as if every result held: units are still computed, since nothing could be printed without."""
    with mock.patch("finfoundry.ask.kinds.figures.check", return_value=PlanVerdict(())):
        yield


def _count(cases: tuple[Case, ...], *, show: bool) -> tuple[int, int]:
    """How many are stated: for a fault any figure counts, else the right one."""
    stated = 0
    for case in cases:
        answer, _ = ask(case)
        stated += answer.status == "answered" and (case.holds is None or case.holds in answer.text)
        if show:
            print(f"  {case.name}: {answer.text if answer.status == 'answered' else answer.reason or answer.status}")
    return stated, len(cases)


if __name__ == "__main__":
    carried_out(main)
