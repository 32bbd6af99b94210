"""Score and replay a retrieval log: what other shares of words, meaning and facts would have found.

    FINFOUNDRY_RETRIEVAL_LOG=log.jsonl finfoundry search … ; python benchmarks/retrieval_log.py log.jsonl [--judged QUESTIONS.jsonl]

Says for how many searches the replay gives the logged order (it must for all). With judged questions (FinanceBench's file by default),
the share with an evidence page among the first 5 and 10, as logged and with each ranking left out, halved and doubled.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from finfoundry.knowledge.search.search_log import Logged, read_log
from measures import carried_out

DATA = Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")) / "en_filings" / "financebench" / "questions.jsonl"
RANKINGS = ("words", "meaning", "facts")
Judged = Mapping[str, set[tuple[str, int]]]


def judgements(file: Path) -> dict[str, set[tuple[str, int]]]:
    """Question → documents and pages (from 1) that hold the evidence."""
    lines = map(json.loads, file.open(encoding="utf-8"))
    return {
        " ".join(line["question"].split()): {
            (one.get("doc_name", line["doc_name"]), int(one["evidence_page_num"]) + 1) for one in line["evidence"]
        }
        for line in lines
    }


def score(searches: Sequence[Logged], judged: Judged, shares: Mapping[str, float]) -> str:
    ranks = [rank(one, judged[one.question], shares) for one in searches]
    return "  ".join(f"@{k} {sum(place is not None and place <= k for place in ranks) / len(ranks):.3f}" for k in (1, 5, 10))


def rank(search: Logged, wanted: set[tuple[str, int]], shares: Mapping[str, float]) -> int | None:
    """Documents are known by name only where they are among the hits; one that is not was found at no page of its own."""
    names = {document: name.rpartition(".")[0] for document, name, _ in search.hits}
    order = enumerate(search.replay(shares), 1)
    return next((place for place, (document, part) in order if (names.get(document, ""), part) in wanted), None)


def same_order(searches: Iterable[Logged]) -> int:
    return sum([hit[0] for hit in one.hits] == [document for document, _ in one.replay()[: len(one.hits)]] for one in searches)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", type=Path)
    parser.add_argument("--judged", type=Path, default=DATA)
    options = parser.parse_args()
    searches = list(read_log(options.log))
    print(f"{len(searches)} searches, {same_order(searches)} replayed in the logged order")
    judged = judgements(options.judged) if options.judged.exists() else {}
    known = [one for one in searches if one.question in judged]
    if not known:
        print("no judged question among them: not scored")
        return
    print(f"{len(known)} judged  as logged: {score(known, judged, {})}")
    for name in RANKINGS:
        for share in (0.0, 0.5, 2.0):
            print(f"{name:8} x {share}: {score(known, judged, {name: share})}")


if __name__ == "__main__":
    carried_out(main)
