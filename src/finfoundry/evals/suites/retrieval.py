"""Search alone: is the page, the article, the document that answers among the first?

A solver's ``found`` is a list of ``Passage`` in the order of the search, the best first.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from finfoundry.core.errors import InputError
from finfoundry.evals.judging.provisions import Provision, judge_provision
from finfoundry.evals.measures import MEASURES, Measure, ratio
from finfoundry.evals.rows import Item, Judgement, Reply, TruePage
from finfoundry.evals.run import Suite
from finfoundry.evals.suites import financebench

RANKS = (1, 5, 10, 20)
REGULATIONS = "zh_regulations/extract_uniq"
BANK = "en_bank_kb"
_ARTICLE = re.compile(
    r"^\s*(第[一二三四五六七八九十百零]+条)[\s　]*(.+?)(?=^\s*第[一二三四五六七八九十百零]+[条章节]|\Z)", re.MULTILINE | re.DOTALL
)
OPENING = 24  # characters of an article by which a passage is known to hold it


@dataclass(frozen=True, slots=True)
class Passage:
    document: str  # file name
    page: int
    text: str


HITS: tuple[Measure, ...] = tuple(ratio(f"hit@{k}", f"at_{k}", "all") for k in (5, 1, 10, 20))


def ranked(rank: int | None, best: int = 5) -> Judgement:
    """The verdict by the rank of the first right result, from 1: right within ``best``."""
    counts = {f"at_{k}": float(rank is not None and rank <= k) for k in RANKS} | {"all": 1.0}
    right = rank is not None and rank <= best
    return Judgement("correct" if right else "wrong", 1 / rank if rank else 0.0, f"at {rank}" if rank else "not found", counts)


# Pages of filings


def score_pages(item: Item, reply: Reply) -> Judgement:
    """The first evidence page among distinct pages."""
    wanted = set(item.meta["pages"])
    pages = dict.fromkeys((one.document.removesuffix(".pdf"), one.page) for one in reply.found)
    return ranked(next((place for place, page in enumerate(pages, 1) if page in wanted), None))


PAGES: Suite = Suite(
    "page-retrieval", "The rank of FinanceBench's evidence page among the pages found, all filings in one store.", "search",
    financebench.items, score_pages, HITS, documents=financebench.documents,
)  # fmt: skip

# Articles of regulations


def regulations(data: Path) -> list[Path]:
    return sorted((data / REGULATIONS).glob("*/*.txt"))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@cache
def _articles(data: Path) -> dict[str, dict[str, str]]:
    """File name -> article -> its text without spaces."""
    return {
        path.name: {name: squeezed(text) for name, text in _ARTICLE.findall(path.read_text(encoding="utf-8"))} for path in regulations(data)
    }


def regulation_items(data: Path) -> list[Item]:
    """The reviewed questions; the same article in another file (a rule published twice) is right, too. Raises InputError."""
    held = _articles(data)
    if not held:
        raise InputError(f"there are no regulations in {data / REGULATIONS}", remedy="Give the folder that holds them with --data")
    text = (files("finfoundry.evals") / "data" / "zh_regulations.yaml").read_text(encoding="utf-8")
    return [_regulation(number, line, held) for number, line in enumerate(yaml.safe_load(text), 1)]


def _regulation(number: int, line: Sequence[Any], held: dict[str, dict[str, str]]) -> Item:
    stem, article, question, facts = line
    body = held.get(f"{stem}.txt", {}).get(article)
    if body is None:
        raise InputError(f"question {number} names {article} of {stem}, which is not in the data", remedy="Use the data it was written for")
    places = [(name, key) for name, articles in held.items() for key, text in articles.items() if text[:60] == body[:60]]
    folder = stem.rsplit("_", 2)[0]
    return Item(
        f"zh-regulations/{number}", question, f"{article} {body}", folder.split("_")[0],
        evidence=(TruePage(f"{REGULATIONS}/{folder}/{stem}.txt", 1),),
        meta={"places": places, "opening": body[:OPENING], "body": body, "provision": _provision(article, body, facts)},
    )  # fmt: skip


def _provision(article: str, body: str, facts: Sequence[Any]) -> Provision:
    """What was written down for a question: words and quantities, or that the answer is no."""
    spoken = tuple(tuple(str(fact).split("|")) for fact in facts if not isinstance(fact, dict))
    return Provision(article, body, spoken, refused=any(isinstance(fact, dict) and fact["says"] in (False, "no") for fact in facts))


def holds(item: Item, document: str, text: str) -> bool:
    """Whether a passage of that document holds the article, or is a part of it."""
    plain, documents = squeezed(text), {name for name, _ in item.meta["places"]}
    return document in documents and (item.meta["opening"] in plain or (len(plain) > OPENING and plain in item.meta["body"]))


def score_articles(item: Item, reply: Reply) -> Judgement:
    return ranked(next((place for place, one in enumerate(reply.found, 1) if holds(item, one.document, one.text)), None))


ARTICLES: Suite = Suite(
    "zh-regulations-search", "The rank of the article that answers among the passages found, 598 regulations in one store.", "search",
    regulation_items, score_articles, HITS, documents=regulations,
)  # fmt: skip


def score_regulation(item: Item, reply: Reply) -> Judgement:
    """An answer is right when it states what was written down for it; whether it cites the article is counted as well."""
    if reply.status != "answered":
        return Judgement(reply.status, 0.0, counts={"cited": 0.0, "all": 1.0})
    judged = judge_provision(item.meta["provision"], item.question, reply.text)
    cited = any(holds(item, one.document, one.text) for one in reply.found or ())
    why = judged.why or ("" if cited else "the article is not cited")
    return replace(judged, why=why, counts={"cited": float(cited), "all": 1.0})


ANSWERS: Suite = Suite(
    "zh-regulations", "Questions whose truth is an article of 598 regulations; an answer cites it.", "answer", regulation_items,
    score_regulation, (MEASURES["correct"], MEASURES["wrong"], ratio("cited", "cited", "all")), sample=30, documents=regulations,
)  # fmt: skip

# Documents of a bank


def bank_items(data: Path) -> list[Item]:
    """What a customer wants, as the task states it; right are the documents that its owner says are needed. Raises InputError."""
    source = data / BANK / "tasks.json"
    if not source.exists():
        raise InputError(f"{source} is not there", remedy="Give the folder that holds it with --data")
    tasks = json.loads(source.read_text(encoding="utf-8"))
    return [_bank(task) for task in tasks if task.get("required_documents")]


def _bank(task: dict[str, Any]) -> Item:
    text = re.sub(r"\s+", " ", task["user_scenario"]["instructions"])
    said = [one for one in re.split(r"(?<=[.!?])\s", text) if not re.search(r"customer service rep|role of|on the line|all your info", one)]
    return Item(task["id"], " ".join(said)[:900], ", ".join(task["required_documents"]), meta={"documents": task["required_documents"]})


def bank_documents(data: Path, folder: Path) -> list[Path]:
    """The knowledge base as one Markdown file a document, written into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for one in json.loads(gzip.decompress((data / BANK / "documents.json.gz").read_bytes())):
        path = folder / f"{one['id']}.md"
        if not path.exists():
            path.write_text(f"# {one['title']}\n\n{one['content']}\n", encoding="utf-8")
        made.append(path)
    return sorted(made)


def score_documents(item: Item, reply: Reply) -> Judgement:
    """The share of the needed documents among the first ten found; all of them is right."""
    names = list(dict.fromkeys(one.document.removesuffix(".md") for one in reply.found))[:10]
    hits = sum(name in names for name in item.meta["documents"])
    needed = len(item.meta["documents"])
    missing = [name for name in item.meta["documents"] if name not in names]
    return Judgement("correct" if hits == needed else "wrong", hits / needed, ", ".join(missing), {"hits": hits, "needed": needed})


BANK_KB: Suite = Suite(
    "bank-kb", "Which of the documents that a bank's tasks need are among the first ten found, 698 documents.", "search",
    bank_items, score_documents, (ratio("recall@10", "hits", "needed"), MEASURES["correct"]), written=bank_documents,
)  # fmt: skip
