"""Where the evidence page stands among the pages found, FinanceBench: all filings in one store, questions as a user puts them.

    python benchmarks/page_retrieval.py [--home FOLDER] [--models FOLDER] [--questions even|odd|all] [--log FILE] [--show]

The search is that of `finfoundry search`: company, period, kind of paper and lines of statements are read from the question. A question
counts as found when one of its evidence pages is among the first k distinct pages. Baselines: the question's words over all passages
without reading it; the same path without vectors. ``--home`` keeps the store between runs. Embeddings are used where the weights lie in
MODELS (a home's models folder). ``--log`` writes the retrieval log, which benchmarks/retrieval_log.py scores and replays.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from finfoundry.ask.asker import Agent
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.search.passages import Hit, Search, SearchQuery
from finfoundry.knowledge.search.search_log import SearchLog
from finfoundry.knowledge.storage.store import Store
from finfoundry.machine import embedder
from finfoundry.runtime.audit import install
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import Postgres
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

RANKS = (1, 5, 10, 20)
DATA = Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")) / "en_filings" / "financebench"
FIRST = 20  # pages looked at
Find = Callable[[str], list[Hit]]


def fill(store: Store, folder: Path) -> None:
    """Ingest what is not there yet, and embed it."""
    there = {document.name for document in store.documents(ADMINISTRATOR)}
    started, pages = time.monotonic(), 0
    for file in sorted(folder.rglob("*.pdf")):
        if file.name not in there:
            data = file.read_bytes()
            pages += store.add(ADMINISTRATOR, parse(data, file.name), data).pages
    store.embed_pending()
    if pages:
        seconds = time.monotonic() - started
        print(f"{pages} pages read, stored and embedded in one process: {seconds:.0f} s, {pages / seconds:.1f} pages/s")


def questions(folder: Path, which: str) -> Iterator[dict[str, str]]:
    stated = {line["doc_name"]: line for line in map(json.loads, (folder / "document_information.jsonl").open())}
    for number, line in enumerate(map(json.loads, (folder / "questions.jsonl").open())):
        if which == "all" or number % 2 == (which == "odd"):
            document = stated.get(line["doc_name"], {})
            yield line | {"year": str(document.get("doc_period", "")), "stated": document.get("company", line["company"])}


def evidence(question: dict[str, str]) -> set[tuple[str, int]]:
    """Documents and pages, from 1."""
    found: list[dict[str, str]] = list(question["evidence"])  # type: ignore[arg-type]
    return {(one.get("doc_name", question["doc_name"]), int(one["evidence_page_num"]) + 1) for one in found}


def rank(hits: list[Hit], wanted: set[tuple[str, int]]) -> int | None:
    """Of the first evidence page among distinct pages, from 1."""
    pages = dict.fromkeys((hit.document_name.removesuffix(".pdf"), hit.page) for hit in hits)
    return next((place for place, page in enumerate(pages, 1) if page in wanted), None)


def report(name: str, ranks: list[int | None], milliseconds: list[float]) -> None:
    share = "  ".join(f"@{k} {sum(place is not None and place <= k for place in ranks) / len(ranks):.3f}" for k in RANKS)
    ordered = sorted(milliseconds)
    print(f"{name:44} {share}  median {ordered[len(ordered) // 2]:.0f} ms  p95 {ordered[int(len(ordered) * 0.95)]:.0f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--questions", choices=("all", "even", "odd"), default="all")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--show", action="store_true", help="print the rank of each question")
    options = parser.parse_args()
    if not options.data.exists():
        print(f"{options.data} is not there: not run")
        return
    home = options.home or Path(tempfile.mkdtemp(prefix="ff-"))
    supervisor = Supervisor(home)
    database = Database(Postgres(home).start(supervisor))
    database.migrate()
    with database.owner() as connection:
        install(connection, Master.open(home))
    try:
        settings = Settings(home=options.models.parent if options.models else home)
        measure(Store(database, embedder(settings)), options)
    finally:
        database.close()
        supervisor.stop()


def measure(store: Store, options: argparse.Namespace) -> None:
    fill(store, options.data)
    asked = list(questions(options.data, options.questions))
    if store.embedder is None:
        print("no weights of an embedder: words and facts only")
    print(f"{len(asked)} questions over {sum(document.pages for document in store.documents(ADMINISTRATOR))} pages")
    words, both = Search(store.database), Search(store.database, store.embedder)
    both.log = SearchLog(options.log) if options.log else None
    ways: dict[str, Find] = {
        "words of the question, nothing read from it": lambda text: words.search(ADMINISTRATOR, SearchQuery(text, k=FIRST)),
        "as asked, words and facts": lambda text: Agent(None, store, words).find(ADMINISTRATOR, text, FIRST),
    }
    if store.embedder is not None:
        ways["as asked, words, facts and vectors"] = lambda text: Agent(None, store, both).find(ADMINISTRATOR, text, FIRST)
    for name, find in ways.items():
        ranks, milliseconds = [], []
        for question in asked:
            started = time.perf_counter()
            hits = find(question["question"])
            milliseconds.append((time.perf_counter() - started) * 1000)
            ranks.append(rank(hits, evidence(question)))
            if options.show:
                print(ranks[-1], question["doc_name"], question["question"][:110])
        report(name, ranks, milliseconds)


if __name__ == "__main__":
    main()
