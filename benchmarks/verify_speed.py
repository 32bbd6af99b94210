"""What checking one sentence against a whole paper takes, on one thread: its figures and claims by programs, its words by the checker.

    python benchmarks/verify_speed.py PAPER [--cache FOLDER] [--checker DIR] [--sentences 60] [--json]

PAPER is a file that the product reads; its own sentences are checked, those with figures by programs, those without by the support checker,
together, as POST /v1/verify with ``support`` does. Milliseconds of processor time, median and 95th percentile of a sentence: what else runs
on the machine does not count. The paper is read and indexed first, once, and that time is told apart.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from finfoundry.ask.support.paper_sentences import PaperSentences, sentences_of
from finfoundry.ask.support.support_check import check_support, evidence_for
from finfoundry.base.support_checker import support_checker
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.binding import Checker, from_parsed
from finfoundry.core.protocols import EvidenceReader
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.machine import read_settings
from measures import carried_out
from sentence_claims import parsed

SHORTEST, LONGEST = 20, 240  # characters of a sentence
BATCH = 8  # sentences that are given to the checker at once: what an answer has


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paper", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "finfoundry-papers")
    parser.add_argument("--checker", type=Path, metavar="DIR", help="the folder onnx of a run; without it the checker of the home")
    parser.add_argument("--sentences", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    read = parsed(given.paper, given.cache, as_html=False)
    started = time.process_time()
    checker, papers = Checker(from_parsed(read)), sentences_of([read])
    told = {"index_ms": round(1000 * (time.process_time() - started))}
    with_figures, words = _sentences(papers, given.sentences)
    report = {**told, "figures": _times([partial(checker.check, text) for text in with_figures])}
    reader = TextEncoder(given.checker) if given.checker else support_checker(read_settings())
    if reader is None:
        print("no support checker: give one with --checker", file=sys.stderr)
    else:
        report["words"] = _times([partial(_checked, texts, papers, reader) for texts in _batches(words)], BATCH)
    print(json.dumps(report, indent=2) if given.json else "\n".join(f"{name}: {found}" for name, found in report.items()))


def _sentences(papers: PaperSentences, most: int) -> tuple[list[str], list[str]]:
    """Sentences of the paper with figures and without, spread over it."""
    texts = [one.text for one in papers.all if one.form == "sentence" and SHORTEST <= len(one.text) <= LONGEST]
    found = [text for text in texts if find_numbers(text)], [text for text in texts if not find_numbers(text)]
    return tuple(of[:: max(1, len(of) // most)][:most] for of in found)  # type: ignore[return-value]  # two of them


def _batches(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[first : first + BATCH] for first in range(0, len(texts) - BATCH + 1, BATCH)]


def _checked(texts: Sequence[str], papers: PaperSentences, reader: EvidenceReader) -> None:
    check_support(reader, [evidence_for(text, papers) for text in texts])


def _times(calls: Sequence[Callable[[], object]], each: int = 1) -> dict[str, float]:
    """Milliseconds of processor time a sentence, of calls that check ``each`` of them."""
    if not calls:
        return {}
    calls[0]()  # what is read but once
    taken = []
    for call in calls:
        started = time.process_time()
        call()
        taken.append(1000 * (time.process_time() - started) / each)
    return {
        "median_ms": round(statistics.median(taken), 1),
        "p95_ms": round(sorted(taken)[int(0.95 * len(taken))], 1),
        "sentences": len(taken) * each,
    }


if __name__ == "__main__":
    carried_out(main)
