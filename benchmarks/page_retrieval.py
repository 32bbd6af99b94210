"""Where the evidence page stands among the pages found, FinanceBench: all filings in one store.

    python benchmarks/page_retrieval.py [--home FOLDER] [--models FOLDER] [--embedder NAME] [--questions even|odd|all] [--show]

Three filters: none; the company and the year that the data set states; what can be read from the question. Baseline: words alone
without a filter. A question counts as found when one of its evidence pages is among the first k distinct pages. ``--home`` keeps the
store between runs. Embeddings are used where the embedder's weights lie in MODELS (a home's models folder).
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from finfoundry.agent.entities import Names
from finfoundry.base.catalogue import entry
from finfoundry.base.embedder import LocalEmbedder
from finfoundry.core.audit import install
from finfoundry.core.database import Database
from finfoundry.core.keys import Master
from finfoundry.core.periods import find_periods
from finfoundry.core.postgres import Postgres
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import Embedder
from finfoundry.core.supervisor import Supervisor
from finfoundry.knowledge.ingest import parse
from finfoundry.knowledge.search import Search, SearchQuery
from finfoundry.knowledge.store import Store

RANKS = (1, 5, 10, 20)
DATA = Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")) / "en_filings" / "financebench"
Query = Callable[[dict[str, str]], SearchQuery]


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


def rank(search: Search, query: SearchQuery, wanted: set[tuple[str, int]]) -> int | None:
    """Of the first evidence page among distinct pages, from 1."""
    pages = dict.fromkeys((hit.document_name.removesuffix(".pdf"), hit.page) for hit in search.search(ADMINISTRATOR, query))
    return next((place for place, page in enumerate(pages, 1) if page in wanted), None)


def as_read(store: Store) -> Query:
    """The filter as a question gives it: the one company that it names, the last period."""
    names = Names((one.name, one.aliases) for one in store.entities(ADMINISTRATOR))

    def query(question: dict[str, str]) -> SearchQuery:
        text = question["question"]
        named = {one.name for one in names.find(text)}
        periods = [found.period.iso if found.period else str(found.fiscal_year) for found in find_periods(text) if found.fiscal_year]
        return SearchQuery(text, k=60, entity=named.pop() if len(named) == 1 else None, period=periods[-1] if periods else None)

    return query


def embedder(models: Path | None, name: str) -> Embedder | None:
    folder = models / name if models else None
    if folder is None or not (folder / "model.onnx").exists():
        print(f"no weights of {name} in {models}: words only")
        return None
    return LocalEmbedder(entry(name), folder, threads=2)


def report(name: str, ranks: list[int | None], milliseconds: list[float]) -> None:
    share = "  ".join(f"@{k} {sum(place is not None and place <= k for place in ranks) / len(ranks):.2f}" for k in RANKS)
    print(f"{name:44} {share}  median {sorted(milliseconds)[len(milliseconds) // 2]:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--embedder", default="multilingual-e5-small")
    parser.add_argument("--questions", choices=("all", "even", "odd"), default="all")
    parser.add_argument("--show", action="store_true", help="print the rank of each question")
    options = parser.parse_args()
    if not options.data.exists():
        print(f"{options.data} is not there: nothing measured")
        return
    home = options.home or Path(tempfile.mkdtemp(prefix="ff-"))
    supervisor = Supervisor(home)
    database = Database(Postgres(home).start(supervisor))
    database.migrate()
    with database.owner() as connection:
        install(connection, Master.open(home))
    try:
        measure(Store(database, embedder(options.models, options.embedder)), options)
    finally:
        database.close()
        supervisor.stop()


def measure(store: Store, options: argparse.Namespace) -> None:
    fill(store, options.data)
    asked = list(questions(options.data, options.questions))
    print(f"{len(asked)} questions over {sum(document.pages for document in store.documents(ADMINISTRATOR))} pages")
    queries: dict[str, Query] = {
        "no filter": lambda question: SearchQuery(question["question"], k=60),
        "company and year as stated": lambda question: SearchQuery(
            question["question"], k=60, entity=question["stated"], period=question["year"]
        ),
        "as read from the question": as_read(store),
    }
    for kind, search in (("words", Search(store.database)), ("words + vectors", Search(store.database, store.embedder))):
        if kind != "words" and store.embedder is None:
            continue
        for name, query in queries.items():
            ranks, milliseconds = [], []
            for question in asked:
                started = time.perf_counter()
                ranks.append(rank(search, query(question), evidence(question)))
                milliseconds.append((time.perf_counter() - started) * 1000)
                if options.show:
                    print(ranks[-1], question["doc_name"], question["question"][:110])
            report(f"{kind}, {name}", ranks, milliseconds)


if __name__ == "__main__":
    main()
