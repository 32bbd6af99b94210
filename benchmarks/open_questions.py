"""Open questions that people wrote over laws, insurers' terms, a bank's documents, policies and filings, asked without a model.

    python benchmarks/open_questions.py QUESTIONS.jsonl --home FOLDER [--data FOLDER] [--policies POLICIES.jsonl] [--fill]
        [--part read|blind] [--show] [--collection NAME]

A row has ``part``, ``kind``, ``question``, ``paper`` (a path below the data, or ``file.json.gz#id``) or ``policy``, and ``must``: groups
of words, of each of which one has to be in the answer; none where nothing answers. ``--fill`` reads the papers named, and some beside them,
into the store of FOLDER; an empty ``--collection`` asks of all that is there. Of the blind part only sums are printed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import hand_rows
from finfoundry.ask.asker import Agent
from finfoundry.base.evidence_scorer import evidence_scorer
from finfoundry.base.tuned_adapter import AdapterOnDemand
from finfoundry.core.answer import Answer
from finfoundry.core.language import simplified
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.search.passages import Search
from finfoundry.knowledge.storage.store import Store
from finfoundry.machine import embedder
from finfoundry.runtime.audit import install
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import Postgres
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from measures import carried_out

COLLECTION = "open"
BESIDE = 24  # other papers of each folder, and bank documents, that stand beside those asked about


def fill(store: Store, data: Path, rows: Sequence[dict[str, Any]], policies: Path | None, collection: str | None) -> None:
    """Read and embed what is not there yet."""
    there = {document.name for document in store.documents(ADMINISTRATOR, collection)}
    for name, held in _papers(data, rows, policies):
        if name not in there:
            store.add(ADMINISTRATOR, parse(held, name), held, collection=collection or COLLECTION)
            there.add(name)
    store.embed_pending()


def _papers(data: Path, rows: Sequence[dict[str, Any]], policies: Path | None) -> Iterator[tuple[str, bytes]]:
    named = sorted({row["paper"] for row in rows if "paper" in row})
    for paper in named:
        if "#" not in paper:
            held = (data / paper).read_bytes()
            yield Path(paper).name.removesuffix(".gz"), gzip.decompress(held) if paper.endswith(".gz") else held
    for folder in sorted({Path(paper).parent for paper in named if paper.startswith("zh_regulations")}):
        for path in sorted((data / folder).iterdir())[:BESIDE]:
            yield path.name, path.read_bytes()
    wanted = {paper.partition("#")[2] for paper in named if "#" in paper}
    if wanted:
        for number, one in enumerate(json.loads(gzip.decompress((data / "en_bank_kb/documents.json.gz").read_bytes()))):
            if one["id"] in wanted or number % 12 == 0:
                yield f"{one['id']}.md", f"# {one['title']}\n\n{one['content']}\n".encode()
    for line in policies.open(encoding="utf-8") if policies else ():
        policy = json.loads(line)
        yield f"{policy['title']}.txt", policy["text"].encode()


def plain(text: str) -> str:
    return "".join(simplified(unicodedata.normalize("NFKC", text)).lower().split())


def met(must: Sequence[Sequence[str]], text: str) -> bool:
    said = plain(text)
    return all(any(plain(word) in said for word in group) for group in must)


def verdict(row: dict[str, Any], answer: Answer) -> str:
    """right, wrong: answered · none: rightly no answer · near: no answer, what answers among the nearest · far: nor there."""
    if answer.status == "answered":
        return "right" if row["must"] and met(row["must"], answer.text) else "wrong"
    if not row["must"]:
        return "none"
    return "near" if met(row["must"], " ".join(one.quote for one in answer.nearest)) else "far"


def ask_all(agent: Agent, rows: Sequence[dict[str, Any]], collection: str | None, *, show: bool) -> None:
    told, seconds = defaultdict[str, Counter[str]](Counter), list[float]()
    for row in rows:
        started = time.perf_counter()
        answer, _ = agent.ask(ADMINISTRATOR, row["question"], collection)
        seconds.append(time.perf_counter() - started)
        found = verdict(row, answer)
        told[row.get("kind", "policy" if row["must"] else "unanswerable")][found] += 1
        if show and row["part"] == "read" and found != "none":
            print(f"{found} {row.get('kind', '')} {row['question']}\n    must {row['must']}\n    {answer.status}: {answer.text[:700]}")
            if found == "near":
                print("    nearest:", " / ".join(one.quote[:80] for one in answer.nearest))
    for kind, counts in told.items():
        print(f"  {kind}: {dict(counts)}")
    every = sum(told.values(), Counter[str]())
    asked = sum(bool(row["must"]) for row in rows)
    print(
        f"  right {every['right']} of {asked} ({every['right'] / max(asked, 1):.0%}); wrong {every['wrong']} of {len(rows)} "
        f"({every['wrong'] / max(len(rows), 1):.1%}); no answer, what answers among the nearest {every['near']} "
        f"of {every['near'] + every['far']}; median {statistics.median(seconds):.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--policies", type=Path, help="the policies that rows with a policy are about")
    parser.add_argument("--fill", action="store_true")
    parser.add_argument("--collection", default=COLLECTION, help="empty: all")
    parser.add_argument("--part", choices=("read", "blind", "all"), default="all")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    rows = hand_rows.rows(options.questions)
    database = Database(Postgres(options.home).start(Supervisor(options.home)))
    database.migrate()
    with database.owner() as connection:
        install(connection, Master.open(options.home))
    try:
        settings = Settings(home=options.home)
        store = Store(database, embedder(settings))
        scorer = AdapterOnDemand(settings, evidence_scorer)
        agent = Agent(None, store, Search(database, store.embedder), scorer=scorer)
        if options.fill:
            fill(store, options.data, rows, options.policies, options.collection or None)
        for part in ("read", "blind"):
            if options.part in (part, "all"):
                print(part)
                ask_all(agent, [row for row in rows if row["part"] == part], options.collection or None, show=options.show)
    finally:
        database.close()


if __name__ == "__main__":
    carried_out(main)
