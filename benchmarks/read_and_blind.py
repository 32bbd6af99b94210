"""How far what was read while the product was built is ahead of what nobody read: the difference of two shares with its 95 % interval.

    python benchmarks/read_and_blind.py READ BLIND [--of "each by itself"] [--json]

READ and BLIND are each a count (``52/77``, right of all) or a file that ``dialogues.py --json`` printed, of which the turns that are right
in the line ``--of`` count. The interval is Newcombe's for two shares of different rows (1998, method 10), from Wilson's of each. Told with
it: whether five points lie within, so that so large a gap can be neither shown nor ruled out, or the whole interval below them or above.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from finfoundry.evals.intervals import newcombe

GAP = 0.05
Count = tuple[int, int]  # right, of all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("read")
    parser.add_argument("blind")
    parser.add_argument("--of", default="each by itself", help="the line of a result file")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    told = compared(count_of(given.read, given.of), count_of(given.blind, given.of))
    print(json.dumps(told, indent=2) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))


def count_of(given: str, line: str) -> Count:
    """A count as it is written, or that of a line of a result file."""
    if written := re.fullmatch(r"(\d+)/(\d+)", given):
        count = int(written[1]), int(written[2])
    else:
        found = next((one for one in json.loads(Path(given).read_text(encoding="utf-8")) if one["of"] == line), None)
        if found is None:
            raise SystemExit(f"{given} has no line {line!r}")
        count = found["right"], found["turns"]
    if not 0 <= count[0] <= count[1] or not count[1]:
        raise SystemExit(f"{given}: {count[0]} of {count[1]} is no count")
    return count


def compared(read: Count, blind: Count) -> dict[str, object]:
    """The difference in points, and where five of them lie."""
    gap = newcombe(*read, *blind)
    points = {name: round(100 * value, 1) for name, value in (("difference", gap.value), ("low", gap.low), ("high", gap.high))}
    side = "below" if gap.high < GAP else "above" if gap.low > GAP else "neither: five points lie within"
    return {"read": read, "blind": blind, **points, "excludes_five_points": not gap.low <= GAP <= gap.high, "interval_is": side}


if __name__ == "__main__":
    main()
