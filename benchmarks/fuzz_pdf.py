"""Mutated PDFs through the workers: every one must end in a document or a ParseError, within the time limit, leaving no file behind.

python benchmarks/fuzz_pdf.py [--count 1000] [--seed 0] [FILE…]
"""

from __future__ import annotations

import argparse
import os
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from finfoundry.core.document import Parsed
from finfoundry.core.errors import NotFound
from finfoundry.knowledge.ingest.workers import Workers
from measures import carried_out

DATA = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
TIMEOUT = 60.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("files", nargs="*", type=Path)
    options = arguments.parse_args()
    paths = options.files or sorted((DATA / "layout" / "icdar2013_us").glob("*.pdf"))
    if not paths:
        raise NotFound(f"the data is not there: {DATA}", remedy="Set FINFOUNDRY_DATA, or name files")
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder  # of the workers, which start with the first task
        pool = Workers(timeout=TIMEOUT)
        for outcome in pool.parse_all(mutants(paths, options.count, random.Random(options.seed))):
            slowest = max(slowest, outcome.seconds)
            result = outcome.result
            outcomes["document" if isinstance(result, Parsed) else re.sub(r"\S*mutant\S* ", "", result.message)[:60]] += 1
        pool.close()
        left = len(list(Path(folder).iterdir()))
    for kind, count in outcomes.most_common():
        print(f"{count:5}  {kind}")
    print(f"slowest file: {slowest:.1f} s; temporary files left behind: {left}")


def mutants(paths: list[Path], count: int, chance: random.Random) -> Iterator[tuple[Path, bytes]]:
    """Files with bytes changed, pieces cut out, doubled or exchanged, or numbers replaced."""
    for index in range(count):
        path = paths[index % len(paths)]
        data = bytearray(path.read_bytes())
        for _ in range(chance.choice((1, 3, 10, 100))):
            if not data:  # all of it was cut out
                break
            at = chance.randrange(len(data))
            length = min(chance.choice((1, 4, 64, 1024)), len(data) - at)
            kind = chance.randrange(5)
            if kind == 0:
                data[at : at + length] = chance.randbytes(length)
            elif kind == 1:
                del data[at : at + length]
            elif kind == 2:
                data[at:at] = data[at : at + length]
            elif kind == 3 and (found := re.compile(rb"\d+").search(data, at)):
                data[found.start() : found.end()] = str(chance.choice((0, -1, 2**31, 10**12))).encode()
            else:
                del data[max(1, len(data) - length) :]
        yield Path(f"mutant-{index}.pdf"), bytes(data)


if __name__ == "__main__":
    carried_out(main)
