"""Summaries beside those that people wrote: ROUGE-L, and how many sentences the text does not support; the free model's beside.

    python benchmarks/summaries.py DATA [--limit N] [--seed S] [--fit] [--home FOLDER] [--keep FILE] [--json]

DATA is a folder with ``en_tasks/ectsum`` (calls on results, with short reports of them) and ``zh_tasks/fincuge/finna_devhalf.json``
(news, with headlines). Weights are fitted on ``ectsum/train`` and the first half of the news (``--fit`` prints them), and scored on
``ectsum/val`` and the second half. A summary has as many sentences as people take on average: four, and one. Beside it stand the first
sentences, and the best that quotation could reach. With ``--home`` the base model of that home is given the same text, cut to what it
reads in a minute, and asked for a summary in words of its own (``--keep``: its summaries are kept, and a run that was stopped goes on).
A sentence is unsupported where it does not stand in the text and the binder does not hold its figures.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.quotable import Quotable, quotables
from finfoundry.binding import verify
from finfoundry.core.errors import NotFound
from finfoundry.core.language import sentences
from finfoundry.evals.measures import rouge_l
from finfoundry.runtime.settings import Settings
from finfoundry.summaries.choice import chosen
from finfoundry.summaries.sentence_worth import features
from measures import carried_out

TAKEN = {"en": 4, "zh": 1}  # sentences of a summary
BY_HAND = {"long", "news", "notes", "telling"}  # weights of what these texts, without headings, do not show
LIKE = 0.25  # ROUGE-L from which on a sentence is what a line of the summary says
READ = {"en": 9000, "zh": 3000}  # characters that the free model is given
ASK = {
    "en": "Summarise this call on a company's results in four short sentences, with the figures that matter most.\n\n{text}\n\nSummary:",
    "zh": "请用一句话概括下面这条新闻。\n\n{text}\n\n概括：",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A text with the summary that people wrote of it."""

    name: str
    language: str
    text: str
    gold: str

    @property
    def found(self) -> list[Quotable]:
        return quotables([Hit(f"{self.name}/0", self.name, self.name, 1, 0.0, self.text, (), None, None, "text", None)])

    def likeness(self, text: str) -> float:
        return rouge_l(self.gold, text, characters=self.language == "zh")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, default=100, help="texts of each set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fit", action="store_true", help="fit the weights, and print them")
    parser.add_argument("--home", type=Path, help="whose base model is asked beside")
    parser.add_argument("--keep", type=Path, default=Path("free-summaries.jsonl"), help="where its summaries are kept")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if not (given.data / "en_tasks").is_dir():
        raise NotFound(f"there is no folder en_tasks in {given.data}", remedy="Give the folder of the data sets (docs/evaluation.md)")
    if given.fit:
        print(json.dumps(fit([one for kind in (calls, news) for one in kind(given.data, given.limit, given.seed, learnt=True)]), indent=1))
        return
    rows = {}
    for name, kind in (("ectsum", calls), ("finna", news)):
        told = list(kind(given.data, given.limit, given.seed, learnt=False))
        systems: dict[str, Callable[[Told], list[str]]] = {"product": ours, "first sentences": first, "best quotation": best}
        if given.home:
            systems["free model"] = Free(given.home, given.keep).summary
        rows[name] = {system: measured(told, write) for system, write in systems.items()}
    print(json.dumps(rows, indent=2) if given.json else table(rows))


def calls(data: Path, limit: int, seed: int, *, learnt: bool) -> Iterator[Told]:
    folder = data / "en_tasks" / "ectsum" / ("train" if learnt else "val")
    files = sorted((folder / "ects").glob("*.txt"))
    random.Random(seed).shuffle(files)
    for file in files[:limit]:
        yield Told(file.stem, "en", file.read_text("utf-8"), (folder / "gt_summaries" / file.name).read_text("utf-8"))


def news(data: Path, limit: int, seed: int, *, learnt: bool) -> Iterator[Told]:
    rows = json.loads((data / "zh_tasks" / "fincuge" / "finna_devhalf.json").read_text("utf-8"))
    half = len(rows) // 2
    part = [(number, *row) for number, row in enumerate(rows)][:half] if learnt else [(n, *row) for n, row in enumerate(rows)][half:]
    for number, gold, text in random.Random(seed).sample(part, min(limit, len(part))):
        yield Told(f"news {number}", "zh", text, gold)


# --- systems ------------------------------------------------------------------------------------------------------------------------


def ours(told: Told) -> list[str]:
    return [one.text for one in chosen(told.found, TAKEN[told.language], room=10_000)]


def first(told: Told) -> list[str]:
    return [one.text for one in told.found[: TAKEN[told.language]]]


def best(told: Told) -> list[str]:
    """The sentences that are nearest to the lines that people wrote: no choice of sentences is much better."""
    found = told.found
    return [found[place].text for place in sorted(_wanted(told, found))]


def _wanted(told: Told, found: Sequence[Quotable]) -> set[int]:
    """For each line of the summary the sentence that is nearest to it, where one is near."""
    wanted = set()
    for line in filter(str.strip, told.gold.split("\n")):
        near = [rouge_l(line, one.text, characters=told.language == "zh") for one in found]
        place = max(range(len(near)), key=near.__getitem__, default=None)
        if place is not None and near[place] >= LIKE:
            wanted.add(place)
    return wanted


class Free:
    """The base model, asked for a summary in its own words; nothing checks what it says."""

    def __init__(self, home: Path, keep: Path) -> None:
        self.home, self.keep = home, keep
        lines = keep.read_text("utf-8").splitlines() if keep.exists() else []
        self.known = {row["name"]: row["text"] for row in map(json.loads, lines)}
        self.engine: Any = None

    def summary(self, told: Told) -> list[str]:
        if told.name not in self.known:
            text = self._write(told)
            self.known[told.name] = text
            with self.keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"name": told.name, "text": text}, ensure_ascii=False) + "\n")
        text = self.known[told.name]
        return [said for start, end in sentences(text) if (said := text[start:end].strip())]

    def _write(self, told: Told) -> str:
        from finfoundry.core.protocols import Message, Request
        from finfoundry.release.engine import EngineOnDemand
        from finfoundry.runtime.supervisor import Supervisor

        if self.engine is None:
            settings = Settings(home=self.home)
            self.engine = EngineOnDemand(settings, Supervisor(settings.home))
        asked = ASK[told.language].format(text=told.text[: READ[told.language]])
        return str(self.engine.chat(Request((Message("user", asked),), max_tokens=160)).text)


# --- measures -----------------------------------------------------------------------------------------------------------------------


def measured(told: Sequence[Told], write: Callable[[Told], list[str]]) -> dict[str, float]:
    """Mean ROUGE-L, sentences written, and the share of them that the text does not support."""
    likeness, unsupported = [], []
    for one in told:
        said = write(one)
        likeness.append(one.likeness("\n".join(said)))
        unsupported += [not supported(sentence, one.text) for sentence in said]
    share = sum(unsupported) / len(unsupported) if unsupported else 0.0
    return {"texts": len(told), "rouge_l": statistics.mean(likeness), "sentences": len(unsupported), "unsupported": share}


def supported(sentence: str, text: str) -> bool:
    """Whether it stands in the text word for word, or all its figures are bound to it."""
    if "".join(sentence.split()) in "".join(text.split()):
        return True
    report = verify(sentence, [text])
    return bool(report.figures) and not report.unbound


def fit(told: Sequence[Told]) -> dict[str, float]:
    """Weights by which the sentences that people summarise are told from others; each text weighs the same."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows: list[dict[str, float]] = []
    wanted: list[bool] = []
    weights: list[float] = []
    for one in told:
        found = one.found
        right = _wanted(one, found)
        if right:
            rows += features(found)
            wanted += [place in right for place in range(len(found))]
            weights += [100 / len(found)] * len(found)
    names = sorted(set(rows[0]) - BY_HAND)
    matrix = np.array([[row[name] for name in names] for row in rows])
    model = LogisticRegression(C=3.0, max_iter=3000, fit_intercept=False).fit(matrix, wanted, sample_weight=weights)
    return {name: round(weight, 3) for name, weight in zip(names, model.coef_[0].tolist(), strict=True)}


def table(rows: dict[str, dict[str, dict[str, float]]]) -> str:
    lines = [f"{'set':<8} {'system':<16} {'texts':>5} {'ROUGE-L':>8} {'sentences':>10} {'unsupported':>12}"]
    for name, systems in rows.items():
        for system, one in systems.items():
            shown = f"{one['texts']:>5} {one['rouge_l']:>8.3f} {one['sentences']:>10} {100 * one['unsupported']:>10.1f} %"
            lines.append(f"{name:<8} {system:<16} {shown}")
    return "\n".join(lines)


if __name__ == "__main__":
    carried_out(main)
