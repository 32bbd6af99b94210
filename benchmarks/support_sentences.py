"""Sentences of words alone about one paper each, true and false: what the support checker holds, and two baselines beside it.

    python benchmarks/support_sentences.py DATA [--cache FOLDER] [--part read|blind] [--checker DIR] [--join] [--show] [--json]
    python benchmarks/support_sentences.py --fit FOLDER [--checker DIR]

DATA is as of ``sentence_claims.py``; its rows with figures are left to that. The evidence of a sentence is found in its paper as
/v1/verify with ``support`` finds it. Baselines: *overlap*, the share of a sentence's terms that its evidence has not; *cosine*, one minus
cosine of the sentence and its nearest piece, by the home's embedder. Each holds what is above its bar: of the checker the one that is
shipped, of the baselines the one at which they lose as many true sentences among those made as the checker does. *at 12 %*: the false
that are held where the bar is set, on these very rows, to lose 12 % of the true: what a score can do at best.

``--fit`` prints the bars: on ``support-spans-unseen.jsonl`` of a FOLDER that ``finfoundry support data`` wrote, of papers not learned from.
``--join``: how often each tells a false sentence from a true one, and all of them together, by a logistic regression over these rows, of
which each tenth is scored by what the others teach. ``--checker`` is the folder ``onnx`` of a run; without it the checker of the home.
``--show`` prints failures, never of the part blind.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from finfoundry.ask.support.paper_sentences import sentences_of
from finfoundry.ask.support.support_check import HEAD, SentenceEvidence, bars, check_support, evidence_for, likely_words
from finfoundry.base.support_checker import support_checker
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.language import language_of, simplified
from finfoundry.core.protocols import Embedder
from finfoundry.knowledge.search.terms import terms
from finfoundry.machine import embedder, read_settings
from sentence_claims import parsed

Row = dict[str, Any]
LOST = 0.12  # of the true sentences, at most
FITTED = 0.10  # of those made, at which bars are set
SURE = 0.03  # of those made, that are called unsupported
NAMES = ("checker", "overlap", "cosine")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--fit", type=Path, metavar="FOLDER")
    parser.add_argument("--rows", type=int, default=1200, help="made rows that bars are fitted on")
    parser.add_argument("--checker", type=Path, metavar="DIR", help="the folder onnx of a run")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "finfoundry-papers")
    parser.add_argument("--part", choices=("read", "blind"))
    parser.add_argument("--join", action="store_true")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    settings = read_settings()
    checker = TextEncoder(given.checker) if given.checker else support_checker(settings)
    encoder = embedder(settings)
    if checker is None or encoder is None:
        sys.exit("there is no checker, or no embedder: run `finfoundry pull`")
    if given.fit:
        fitted(list(made(given.fit, given.rows)), checker, encoder)
        return
    file = given.data / "sentences.jsonl" if given.data.is_dir() else given.data
    rows = [row for line in file.read_text("utf-8").splitlines() if line.strip() and not (row := json.loads(line)).get("figures", True)]
    rows = [row for row in rows if given.part in (None, row["part"])]
    found = list(held_against(rows, given.cache))
    started = time.perf_counter()
    told = check_support(checker, [one for _, one in found])
    seconds = (time.perf_counter() - started) / max(1, len(found))
    scored = scores(found, checker, encoder)
    limits = {"checker": bars()["sentence"], "overlap": bars()["overlap"], "cosine": bars()["cosine"]}
    if given.show:
        for (row, one), verdict in zip(found, told, strict=True):
            if row["part"] == "read" and (verdict.status == "supported") != _true(row):
                marked = [row["sentence"][start:end] for start, end in verdict.spans]
                print(f"{'LOST' if _true(row) else 'PASSED'} {row['id']} {verdict.doubt:.2f} {row['sentence']} {marked}", file=sys.stderr)
                print(f"    {one.evidence[:300]}", file=sys.stderr)
    if given.join:
        joined(scored)
        return
    report, took = {name: table(scored, name, limits[name]) for name in NAMES}, round(1000 * seconds, 1)
    if given.json:
        print(json.dumps({**report, "ms_a_sentence": took}, ensure_ascii=False, indent=2))
        return
    for name in NAMES:
        print(f"{name:<28}{'false held':>18}{'true lost':>18}{'at 12 %':>10}   bar {limits[name]}")
        for key, of in report[name].items():
            shares = (f"{of[held]}/{of[all_]} {of[held] / max(1, of[all_]):.0%}" for held, all_ in (("held", "false"), ("lost", "true")))
            print(f"  {key:<26}" + "".join(f"{share:>18}" for share in shares) + f"{of['at_12']:>10.0%}")
    print(f"the checker takes {took} ms a sentence, its evidence found")


def held_against(rows: Iterable[Row], cache: Path) -> Iterator[tuple[Row, SentenceEvidence]]:
    """Each row with its evidence, found in its paper."""
    papers: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        papers[row["paper"]].append(row)
    for paper, of in sorted(papers.items()):
        index = sentences_of([parsed(Path(paper), cache, as_html=False)])
        yield from ((row, evidence_for(row["sentence"], index)) for row in of)


def made(folder: Path, most: int) -> Iterator[tuple[Row, SentenceEvidence]]:
    """Made rows of papers that were not learned from; one whose evidence was taken away has none in its paper, and is left out."""
    lines = (folder / "support-spans-unseen.jsonl").read_text("utf-8").splitlines()[:most]
    for number, row in enumerate(map(json.loads, lines)):
        if row["kind"] != "passage":
            told = {"id": str(number), "truth": not row["spans"], "class": row["kind"], "lang": language_of(row["text"]), "part": "made"}
            yield {**told, "sentence": row["text"]}, SentenceEvidence(row["text"], row["evidence"])


def scores(found: Sequence[tuple[Row, SentenceEvidence]], checker: TextEncoder, encoder: Embedder) -> list[Row]:
    """Each row with how doubtful each scorer finds it, 0 to 1."""
    marks = iter(checker.marks(HEAD, [(simplified(one.text), one.evidence) for _, one in found if one.evidence]))
    scored = []
    for row, one in found:
        words = [probability for _, probability in likely_words(one, next(marks))] if one.evidence else []
        doubt = max(words, default=1.0) if one.ranked is None else float(not one.ranked)
        said, held = set(terms(one.text)), set(terms(one.evidence))
        overlap = 1 - len(said & held) / max(1, len(said))
        scored.append({**row, "checker": doubt, "overlap": overlap, "cosine": _distance(one, encoder)})
    return scored


def _distance(one: SentenceEvidence, encoder: Embedder) -> float:
    pieces = [piece for piece in one.evidence.split(" • ") if piece]
    if not pieces:
        return 1.0
    language = language_of(one.text) if None not in encoder.languages else None
    return float(1 - np.max(encoder.passages(pieces, language) @ encoder.query(simplified(one.text), language)))


def table(scored: Sequence[Row], name: str, limit: float) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in scored:
        for key in ("all", f"{row['part']} {row['lang']}", f"{row['part']}: {row['class']}" if row["part"] == "read" else row["part"]):
            groups[key].append(row)
    return {key: _counts(of, name, limit) for key, of in sorted(groups.items())}


def _counts(of: Sequence[Row], name: str, limit: float) -> dict[str, float]:
    true, false = ([row[name] for row in of if _true(row) == truth] for truth in (True, False))
    best = _bar(true, LOST)
    return {
        "false": len(false), "held": sum(one >= limit for one in false), "true": len(true), "lost": sum(one >= limit for one in true),
        "at_12": sum(one >= best for one in false) / max(1, len(false)),
    }  # fmt: skip


def joined(scored: Sequence[Row]) -> None:
    """Print of each scorer and of all together the area under the curve, and the false held where 12 and 20 % of the true are lost."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    false = np.array([not _true(row) for row in scored])
    told = np.array([[row[name] for name in NAMES] for row in scored])
    scaled = (told - told.mean(0)) / told.std(0)
    together = cross_val_predict(LogisticRegression(), scaled, false, cv=10, method="predict_proba")[:, 1]
    for name, values in (*zip(NAMES, told.T, strict=True), ("together", together)):
        of_false, of_true = values[false], values[~false]
        area = (of_false[:, None] > of_true).mean() + (of_false[:, None] == of_true).mean() / 2
        held = " ".join(f"{(of_false >= _bar(list(of_true), lost)).mean():.0%} held at {lost:.0%} lost" for lost in (LOST, 0.2))
        print(f"{name:<10} area {area:.2f}, {held}")


def _bar(true: Sequence[float], lost: float) -> float:
    """The lowest bar at which no more than this share of the true is lost."""
    ranked = sorted(true, reverse=True)
    return float(np.nextafter(ranked[int(lost * len(ranked))], 2)) if ranked else 1.0


def fitted(found: Sequence[tuple[Row, SentenceEvidence]], checker: TextEncoder, encoder: Embedder) -> None:
    scored = scores(found, checker, encoder)
    limits = {name: round(_bar([row[name] for row in scored if _true(row)], FITTED), 4) for name in NAMES}
    sure = round(_bar([row["checker"] for row in scored if _true(row)], SURE), 4)
    print(
        json.dumps(
            {
                "bars": {
                    "sentence": limits["checker"],
                    "unsupported": sure,
                    "word": 0.4,
                    "overlap": limits["overlap"],
                    "cosine": limits["cosine"],
                }
            }
        )
    )
    for name in NAMES:
        for key, of in table([{**row, "part": "read"} for row in scored], name, limits[name]).items():
            print(f"{name:<10}{key:<24}false held {of['held']}/{of['false']}, true lost {of['lost']}/{of['true']}")


def _true(row: Row) -> bool:
    return row["truth"] in (True, "true")


if __name__ == "__main__":
    main()
