"""Whether the sentence that answers is found, quoted, or at least among the closest passages where no answer is given.

    python benchmarks/evidence_sentences.py --home FOLDER [--data FOLDER] [--fill] [--part read|held|all] [--fit] [--show N]

Questions with their truth: topics of filings in several wordings, a pattern telling the sentences that answer (``evidence_topics.yaml``);
FinanceBench, whose questions carry the text of their evidence; and questions that no filing answers. Companies are split: of the held half
only sums are printed. Candidates are what can be quoted of the pages found; beside the ranking in use stand BM25 and the encoder alone.
Then each is asked as a user asks, without a model. ``--fit`` fits the weights of the ranking on the read half. ``--fill`` reads and embeds
the papers into the store of FOLDER, which takes long on one core.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import pickle
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from finfoundry.ask.asker import Agent
from finfoundry.ask.context import fetch, reading
from finfoundry.ask.context.question import QuestionContext, Services
from finfoundry.ask.reader.written_plan import masked
from finfoundry.ask.retrieve.evidence_ranking import features, shipped
from finfoundry.ask.retrieve.pair_scoring import WordsMeaningAndPairs
from finfoundry.ask.retrieve.query import search_text
from finfoundry.ask.retrieve.quotable import Quotable, quotables
from finfoundry.ask.understand.subject import EntityCatalogue
from finfoundry.base.evidence_scorer import evidence_scorer
from finfoundry.base.tuned_adapter import AdapterOnDemand
from finfoundry.core.answer import Answer, Language
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import Embedder, PairReader, Scale
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.search.passages import Search
from finfoundry.knowledge.search.terms import terms
from finfoundry.knowledge.storage.store import Store
from finfoundry.machine import embedder
from finfoundry.runtime.audit import install
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import Postgres
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from measures import carried_out

FILINGS = {  # file → as people call the company
    "ai-10-k": "C3.ai", "axp-10-q": "American Express", "cl-10-k": "Colgate-Palmolive", "cvx-10-q": "Chevron", "f-10-q": "Ford",
    "ge-10-k": "General Electric", "ko-10-k": "Coca-Cola", "pg-10-k": "Procter & Gamble", "txn-10-k": "Texas Instruments",
    "amc-10-q": "AMC", "dis-10-q": "Disney", "goog-10-k": "Alphabet", "jnj-10-q": "Johnson & Johnson", "nke-10-k": "Nike",
    "ups-10-q": "UPS", "trv-10-q": "Travelers", "wba-10-q": "Walgreens", "rtx-10-k": "RTX", "intc-10-q": "Intel",
}  # fmt: skip
REPORTS = {"002099": "海翔药业", "300617": "安靠智电", "601658": "邮储银行", "600201": "生物股份"}
HELD = {
    "amc-10-q", "dis-10-q", "goog-10-k", "jnj-10-q", "nke-10-k", "ups-10-q", "trv-10-q", "wba-10-q", "rtx-10-k", "intc-10-q", "601658",
    "300617",
}  # fmt: skip
ALIKE = 0.7  # share of a sentence's terms that its evidence must hold
RANKS = (1, 3, 10)
PENALTY = 2.0  # of large weights, in questions
TOPICS = Path(__file__).with_name("evidence_topics.yaml")


@dataclass(frozen=True)
class Asked:
    """A question with its truth: a pattern, or the terms of the sentence that answers; neither where nothing answers it."""

    id: str
    question: str
    collection: str
    held: bool
    pattern: str = ""
    evidence: frozenset[str] = frozenset()
    paper: str = ""

    def told_by(self, text: str) -> bool:
        """Whether a text is, or holds, what answers."""
        if self.pattern:
            return re.search(self.pattern, " ".join(text.split()), re.I) is not None
        return len(self.evidence & set(terms(text))) >= ALIKE * len(self.evidence) if self.evidence else False


def topics(names: dict[str, str], language: str, collection: str) -> Iterator[Asked]:
    """Each topic of each paper in one wording, by chance; and questions that nothing answers."""
    held = yaml.safe_load(TOPICS.read_text(encoding="utf-8"))
    for file, name in names.items():
        draw = random.Random(file)
        for topic, one in held[language].items():
            yield Asked(f"{file}/{topic}", draw.choice(one["ask"]).format(x=name), collection, file in HELD, one["truth"], paper=file)
        for number, text in enumerate(draw.sample(held[f"absent_{language}"], 4)):
            yield Asked(f"{file}/absent{number}", text.format(x=name), collection, file in HELD, paper=file)


def financebench(folder: Path) -> Iterator[Asked]:
    """Questions with evidence in prose; truth is its sentence that holds most of the answer. Every other company is held."""
    rows = [json.loads(line) for line in (folder / "questions.jsonl").open()]
    companies = sorted({row["company"] for row in rows})
    for row in rows:
        wanted = set(terms(row["answer"])) - set(terms(row["question"]))
        sentences = re.split(r"(?<=[.!?;])\s+|\n", " ".join(one["evidence_text"] for one in row["evidence"]))
        best = max(sentences, key=lambda text: len(wanted & set(terms(text))) / math.sqrt(8 + len(terms(text))))
        if row["question_type"] != "metrics-generated" and len(best.split()) >= 6 and sum(c.isdigit() for c in best) < len(best) / 6:
            found = frozenset(terms(best))
            yield Asked(row["financebench_id"], row["question"], "fb", companies.index(row["company"]) % 2 == 1, evidence=found)


def questions(data: Path, store: Store) -> list[Asked]:
    """Those of topics that their paper speaks of, those that nothing answers, and FinanceBench's."""
    found = [*topics(FILINGS, "en", "wide"), *topics(REPORTS, "zh", "zh")]
    texts: dict[str, list[str]] = {}
    with store.database.transaction(ADMINISTRATOR) as connection:
        rows = connection.execute("SELECT d.name, c.text FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.kind = 'text'")
        for name, text in rows.fetchall():
            texts.setdefault(next((file for file in (*FILINGS, *REPORTS) if file in name), name), []).append(text)
    there = [one for one in found if not one.pattern or any(map(one.told_by, texts.get(one.paper, ())))]
    return [*there, *financebench(data / "en_filings/financebench")]


# --- the store -----------------------------------------------------------------------------------------------------------------------


def fill(store: Store, data: Path) -> None:
    """Read and embed what is not there yet."""
    there = {(document.collection, document.name) for document in store.documents(ADMINISTRATOR)}
    wide = sorted((data / "en_filings/ixbrl_wide").glob("*.gz"))
    papers = [("wide", next(path for path in wide if path.name.startswith(name))) for name in FILINGS]
    papers += [("zh", path) for path in sorted((data / "zh_filings/docs").iterdir())]
    papers += [("fb", path) for path in sorted((data / "en_filings/financebench/pdfs").glob("*.pdf"))]
    for collection, path in papers:
        name, held = path.name.removesuffix(".gz"), path.read_bytes()
        if (collection, name) not in there:
            read = gzip.decompress(held) if path.suffix == ".gz" else held
            store.add(ADMINISTRATOR, parse(read, name), read, collection=collection)
    store.embed_pending()


class KeptVectors:
    """An embedder that reads a text once, in this run and the ones before it."""

    def __init__(self, inner: Embedder, file: Path) -> None:
        self.inner, self.file = inner, file
        self.model, self.dimensions, self.languages = inner.model, inner.dimensions, inner.languages
        self.held: dict[tuple[str, Language | None], Any] = pickle.loads(file.read_bytes()) if file.exists() else {}

    def passages(self, texts: Sequence[str], language: Language | None = None) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if (text, language) not in self.held]
        for text, vector in zip(new, self.inner.passages(new, language) if new else (), strict=True):
            self.held[text, language] = vector
        return np.stack([self.held[text, language] for text in texts])

    def query(self, text: str, language: Language | None = None) -> NDArray[np.float32]:
        return self.inner.query(text, language)

    def scale(self, language: Language | None = None) -> Scale:
        return self.inner.scale(language)

    def count_tokens(self, texts: Sequence[str]) -> int:
        return self.inner.count_tokens(texts)

    def keep(self) -> None:
        self.file.write_bytes(pickle.dumps(self.held))


# --- ranking -------------------------------------------------------------------------------------------------------------------------


@dataclass
class Candidates:
    """What can be quoted for a question, and which of it answers."""

    asked: Asked
    query: str
    found: list[Quotable]
    right: list[bool]
    seconds: float
    rows: list[dict[str, float]] = field(default_factory=list)
    bm25: list[float] = field(default_factory=list)
    paired: list[float] = field(default_factory=list)
    meaning: list[float] = field(default_factory=list)


def candidates(store: Store, search: Search, asked: Asked, *, beside: bool) -> Candidates:
    known = EntityCatalogue(store)
    context = QuestionContext(Services(None, store, search, known), ADMINISTRATOR, asked.question, asked.collection)
    intent, subject = reading.understood(context)
    started = time.perf_counter()
    found = quotables(fetch.for_quotation(context, intent, subject))
    query, question = search_text(intent), masked(asked.question, intent.named, context.language)
    made = Candidates(asked, query, found, [asked.told_by(one.text) for one in found], 0.0)
    made.rows = features(question, query, found, search.likeness)
    made.seconds = time.perf_counter() - started
    if beside:
        made.bm25 = _bm25(query, found)
        made.meaning = [row["meaning"] for row in made.rows]  # of those read; all of them: rarely others are first
    return made


def read_beside(made: Sequence[Candidates], pairs: PairReader | None) -> None:
    """What each is worth where the likeliest are read beside the question; nothing where there is no scorer."""
    if pairs is None:
        return
    for one in made:
        before = worths(one.rows, dict(shipped()))
        one.paired = WordsMeaningAndPairs(lambda *_, told=before: told, pairs, {})(one.asked.question, one.query, one.found)


def _bm25(query: str, found: Sequence[Quotable]) -> list[float]:
    texts = [Counter(terms(one.text)) for one in found]
    mean = sum(map(Counter.total, texts)) / (len(texts) or 1) or 1.0
    there = Counter(word for text in texts for word in text)
    wanted = set(terms(query))

    def score(text: Counter[str]) -> float:
        norm = 1.2 * (0.25 + 0.75 * text.total() / mean)
        rarity = {word: math.log(1 + (len(texts) - there[word] + 0.5) / (there[word] + 0.5)) for word in wanted}
        return sum(rarity[word] * text[word] * 2.2 / (text[word] + norm) for word in wanted if word in text)

    return [score(text) for text in texts]


def rank_of(worths: Sequence[float], right: Sequence[bool]) -> int | None:
    order = sorted(range(len(worths)), key=lambda at: -worths[at])
    return next((rank for rank, at in enumerate(order, 1) if right[at]), None)


def shares(name: str, ranks: Sequence[int | None]) -> None:
    told = "  ".join(f"@{k} {sum(rank is not None and rank <= k for rank in ranks) / max(len(ranks), 1):.3f}" for k in RANKS)
    print(f"  {name:34} {told}  of {len(ranks)}")


def steps(made: Sequence[Candidates], weights: dict[str, float]) -> None:
    """At falling thresholds: questions whose likeliest sentence would be quoted, and those of them where it does not answer."""
    firsts = []
    for one in made:
        values = worths(one.rows, weights)
        at = max(range(len(values)), key=values.__getitem__) if values else None
        if at is not None:
            firsts.append((values[at], one.right[at]))
    for least in (0.8, 0.7, 0.6, 0.5, 0.4):
        above = [right for worth, right in firsts if worth >= least]
        print(f"  from {least}: {sum(above)} right, {len(above) - sum(above)} wrong of {len(made)}")


def worths(rows: Sequence[dict[str, float]], weights: dict[str, float]) -> list[float]:
    return [1 / (1 + math.exp(-sum(weights.get(name, 0.0) * value for name, value in row.items()))) for row in rows]


def fit(made: Sequence[Candidates]) -> dict[str, float]:
    """Weights by which what answers comes first (softmax over what can be quoted for a question, each question weighing the same), then
    scaled so that the first one's worth is the probability that it answers, questions that nothing answers among them.
    """
    from scipy.optimize import minimize
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for one in made for row in one.rows for name in row} - {"bias"})
    tables = [np.array([[row[name] for name in names] for row in one.rows]) for one in made]
    right = [np.array(one.right) for one in made]
    told = [(table, mask) for table, mask in zip(tables, right, strict=True) if mask.any()]

    def loss(weights: Any) -> tuple[float, Any]:
        total, slope = PENALTY * weights @ weights, 2 * PENALTY * weights
        for table, mask in told:
            scores = table @ weights
            shares_ = np.exp(scores - scores.max())
            mine = shares_[mask]
            total -= np.log(mine.sum() / shares_.sum())
            slope -= mine @ table[mask] / mine.sum() - shares_ @ table / shares_.sum()
        return total, slope

    weights = minimize(loss, np.zeros(len(names)), jac=True).x
    firsts = [(table @ weights).max() for table in tables]
    hits = [bool(mask[(table @ weights).argmax()]) for table, mask in zip(tables, right, strict=True)]
    scale = LogisticRegression(C=10.0).fit(np.array(firsts).reshape(-1, 1), hits)
    factor = float(scale.coef_[0, 0])
    return {"bias": round(float(scale.intercept_[0]), 3)} | {n: round(factor * w, 3) for n, w in zip(names, weights.tolist(), strict=True)}


# --- answers -------------------------------------------------------------------------------------------------------------------------


def verdict(asked: Asked, answer: Answer) -> str:
    """right: a quotation answers · wrong · near: no answer, the passage among the nearest · far: nor there · none: rightly."""
    nothing = not asked.pattern and not asked.evidence
    if answer.status == "answered":
        quoted = [answer.text, *(one.quote for one in answer.citations)]
        return "wrong" if nothing or not any(map(asked.told_by, quoted)) else "right"
    if nothing:
        return "none"
    return "near" if any(asked.told_by(one.quote) for one in answer.nearest) else "far"


def ask_all(agent: Agent, asked: Sequence[Asked], show: int) -> None:
    told: Counter[str] = Counter()
    seconds = []
    for one in asked:
        started = time.perf_counter()
        answer, _ = agent.ask(ADMINISTRATOR, one.question, one.collection)
        seconds.append(time.perf_counter() - started)
        found = verdict(one, answer)
        told[found] += 1
        told["wrong, no quotation"] += found == "wrong" and "“" not in answer.text
        if show and not one.held and found in ("wrong", "far"):
            print(f"  {found} {one.id}: {one.question}\n      {answer.status}: {answer.text[:400]}")
            show -= 1
    there, absent = sum(bool(one.pattern or one.evidence) for one in asked), sum(not (one.pattern or one.evidence) for one in asked)
    none = told["near"] + told["far"]
    print(
        f"  answered right {told['right']} of {there} ({told['right'] / max(there, 1):.0%}); wrong {told['wrong']} of {len(asked)} "
        f"({told['wrong'] / max(len(asked), 1):.1%}), {told['wrong, no quotation']} of them by other kinds; "
        f"of {absent} that nothing answers {told['none']} without an answer\n"
        f"  without an answer {none}, the passage among the nearest {told['near']} ({told['near'] / max(none, 1):.0%}); "
        f"median {statistics.median(seconds):.2f} s, most {max(seconds):.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--fill", action="store_true")
    parser.add_argument("--part", choices=("read", "held", "all"), default="all")
    parser.add_argument("--of", default="", help="a part of the collection: wide, zh, fb")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--skip", choices=("ranking", "answers"))
    parser.add_argument("--cache", type=Path, help="keeps candidates between runs")
    parser.add_argument("--vectors", type=Path, help="keeps vectors of sentences between runs")
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    supervisor = Supervisor(options.home)
    database = Database(Postgres(options.home).start(supervisor))
    database.migrate()
    with database.owner() as connection:
        install(connection, Master.open(options.home))
    try:
        measure(Store(database, embedder(Settings(home=options.home))), options)
    finally:
        database.close()


def measure(store: Store, options: Any) -> None:
    if options.fill:
        fill(store, options.data)
    if store.embedder and options.vectors:
        store.embedder = KeptVectors(store.embedder, options.vectors)
    search, scorer = Search(store.database, store.embedder), AdapterOnDemand(Settings(home=options.home), evidence_scorer)
    asked = [one for one in questions(options.data, store) if options.of in one.collection]
    if options.skip != "ranking":
        made = gathered(store, search, asked, options.cache)
        read_beside(made, scorer())
        if options.fit:
            weights = fit([one for one in made if not one.asked.held and one.rows])
            print(json.dumps({"weights": weights}))
        rankings(made, weights if options.fit else None, options)
    if isinstance(store.embedder, KeptVectors):
        store.embedder.keep()
    if options.skip != "answers":
        for part, held in (("read", False), ("held", True)):
            if options.part in (part, "all"):
                print(f"{part}: asked without a model")
                there = [one for one in asked if one.held == held]
                ask_all(Agent(None, store, search, scorer=scorer), there, options.show)


def gathered(store: Store, search: Search, asked: Sequence[Asked], cache: Path | None) -> list[Candidates]:
    kept: dict[str, Candidates] = pickle.loads(cache.read_bytes()) if cache and cache.exists() else {}
    for one in asked:
        if one.id not in kept:
            kept[one.id] = candidates(store, search, one, beside=True)
    if cache:
        cache.write_bytes(pickle.dumps(kept))
    return [kept[one.id] for one in asked]


def rankings(made: Sequence[Candidates], weights: dict[str, float] | None, options: Any) -> None:
    used = weights or dict(shipped())
    for part, held in (("read", False), ("held", True)):
        there = [one for one in made if one.asked.held == held]
        if options.part not in (part, "all") or not there:
            continue
        found = [one for one in there if any(one.right)]
        steps(there, used)
        told = sum(bool(one.asked.pattern or one.asked.evidence) for one in there)
        print(f"{part}: {told} questions, of {len(found)} something that answers is on the pages found; rank of the first:")
        shares("words, headings, meaning", [rank_of(worths(one.rows, used), one.right) for one in found])
        if there[0].paired:
            shares("the same and the scorer of pairs", [rank_of(one.paired, one.right) for one in found])
        shares("BM25", [rank_of(one.bm25, one.right) for one in found])
        shares("the encoder alone", [rank_of(one.meaning, one.right) for one in found])
        print(f"  median {statistics.median(one.seconds for one in there):.2f} s for search and ranking")


if __name__ == "__main__":
    carried_out(main)
