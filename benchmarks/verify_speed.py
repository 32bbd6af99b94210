"""What checking one sentence with figures against a whole paper takes by programs, on one thread.

    python benchmarks/verify_speed.py PAPER [--cache FOLDER] [--sentences 60] [--json]

PAPER is a file that the product reads; its own sentences are checked, as POST /v1/verify does. Milliseconds of processor time, median and
95th percentile of a sentence: what else runs on the machine does not count. The paper is read and indexed first, once, and that time is
told apart.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from finfoundry.binding import Checker, from_parsed
from finfoundry.core.quantities.numbers import find_numbers
from measures import carried_out
from measures.paper_sentences import PaperSentences
from sentence_claims import parsed

SHORTEST, LONGEST = 20, 240  # characters of a sentence


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paper", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "finfoundry-papers")
    parser.add_argument("--sentences", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    read = parsed(given.paper, given.cache, as_html=False)
    texts = _sentences(PaperSentences(read.document), given.sentences)
    started = time.process_time()
    checker = Checker(from_parsed(read))
    index = round(1000 * (time.process_time() - started))
    report = {"index_ms": index, "figures": _times([partial(checker.check, text) for text in texts])}
    print(json.dumps(report, indent=2) if given.json else "\n".join(f"{name}: {found}" for name, found in report.items()))


def _sentences(papers: PaperSentences, most: int) -> list[str]:
    """Sentences of the paper with figures, spread over it."""
    found = [one.text for one in papers.all if one.form == "sentence" and SHORTEST <= len(one.text) <= LONGEST and find_numbers(one.text)]
    return found[:: max(1, len(found) // most)][:most]


def _times(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Milliseconds of processor time of a call."""
    if not calls:
        return {}
    calls[0]()  # what is read but once
    taken = []
    for call in calls:
        started = time.process_time()
        call()
        taken.append(1000 * (time.process_time() - started))
    return {
        "median_ms": round(statistics.median(taken), 1),
        "p95_ms": round(sorted(taken)[int(0.95 * len(taken))], 1),
        "sentences": len(taken),
    }


if __name__ == "__main__":
    carried_out(main)
