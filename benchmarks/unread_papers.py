"""Questions over papers that nobody had read, each paper alone in its collection, as somebody tries the product on the one at hand.

    python benchmarks/unread_papers.py [FILE] --home HOME --data DATA [--paper NAME] [--show] [--json]

FILE holds questions of one turn as ``dialogues.py`` reads them, ``benchmarks/by_hand/unread.jsonl`` without it: 86 for figures of four
American filings, and 35 of all kinds about five papers from Taiwan, one in nine answered by nothing, by hands that had not seen the code;
``unread.second.jsonl`` has 83 of all kinds about a 10-Q, an annual report and five more papers from Taiwan, by two more hands;
``unread.third.jsonl`` 37 of all kinds about a 10-Q and a 10-K, in wordings far from the papers' own.
Papers are read into HOME first. Answered by rules, readers and, where HOME has the base model, by its states; no word is written by it.
The judge is that of dialogues; it takes a quotation that tells another year's figure, too, for wrong. ``--paper`` asks of one paper.
Five to fifteen seconds a question on two cores.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from dialogues import Turn, verdict
from finfoundry.app import App, open_app
from finfoundry.machine import read_settings
from hand_rows import Row, lay, rows
from measures import carried_out

UNREAD = Path(__file__).parent / "by_hand" / "unread.jsonl"
DEADLINE = 150.0  # seconds of a question


def read_in(app: App, file: Path, data: Path, wanted: set[str]) -> None:
    """Read the papers of a file that are wanted, each into the collection of its name, but for those that are there."""
    known = {one.collection for one in app.documents(app.administrator)}
    with TemporaryDirectory() as folder:
        lay([file], data, Path(folder))
        for paper in sorted(Path(folder).iterdir()):
            if paper.stem in wanted - known:
                app.ingest(app.administrator, [paper], collection=paper.stem)
    app.store.embed_pending()


def collection(row: Row) -> str:
    """Of the paper that a row is about."""
    return Path(str(row["paper"]).removesuffix(".gz")).stem


def asked(app: App, row: Row, *, show: bool) -> tuple[str, str]:
    """The kind of a row, and how its answer is judged."""
    turn = Turn(**row["turns"][0])
    answer = app.ask(app.administrator, turn.question, collection=collection(row), seconds=DEADLINE)
    told, why = verdict(turn, answer)
    if show:
        print(f"{row['id']:8} {row['kind']:8} {told:12} {turn.question}\n         {why}\n         {answer.text[:300]}")
    return row["kind"], told


def main() -> None:
    """Print right, wrong and not answered of each kind, and of all."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path, nargs="?", default=UNREAD)
    options.add_argument("--home", type=Path, required=True)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--paper", help="the beginning of a paper's name")
    options.add_argument("--show", action="store_true")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    chosen = [row for row in rows(given.file) if row["part"] == "read" and collection(row).startswith(given.paper or "")]
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app:
        app.agent.engine = None
        read_in(app, given.file, given.data, {collection(row) for row in chosen})
        found = Counter(
            one for row in chosen for kind, told in (asked(app, row, show=given.show),) for one in ((kind, told), ("all", told))
        )
    for name in [*sorted({kind for kind, _ in found} - {"all"}), "all"]:
        line = {told: found[name, told] for told in ("right", "wrong", "not answered")}
        print(
            json.dumps({"kind": name} | line)
            if given.json
            else f"{name:8} " + "  ".join(f"{told} {count:3}" for told, count in line.items())
        )


if __name__ == "__main__":
    carried_out(main)
