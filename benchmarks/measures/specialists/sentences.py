"""Sentences of explanations, each checked against the stored model by code that shares nothing with the code that writes them.

python benchmarks/specialists.py sentences [ROWS]

A scorecard and boosted trees are trained on loans made here; every row is explained to three audiences in two languages. ``Oracle`` reads
``specialist.json`` as plain JSON, cuts a text into sentences by patterns of its own, and recomputes bin, rate, grade and direction.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from finfoundry.core.answer import Language
from finfoundry.core.protocols import RecordedScore
from finfoundry.specialists.families.credit import credit
from finfoundry.specialists.families.fraud import fraud
from finfoundry.specialists.inputs.made_data import loans, payments
from finfoundry.specialists.lifecycle.train import train
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.meaning import meaning_of
from finfoundry.specialists.models.specialist import TrainingRequest, load
from finfoundry.specialists.scoring.replay import output_of
from finfoundry.specialists.scoring.score import score_table
from finfoundry.usecases.narratives.narrate import narrate
from measures import described

AUDIENCES = ("customer", "officer", "validator")
LANGUAGES: tuple[Language, ...] = ("en", "zh")
_LIMITS = ["0", "0.25", "0.5", "1", "2", "4", "8", "16", "32", "64", "100"]  # of the master scale, in percent
_EN = {
    "standing": r"This is version (?P<version>\w+) of the model, which is (?P<state>.+?)\.",
    "weight": r"Effect of (?P<column>(?:(?!\. ).)+?) on the (?:score|log odds): (?P<is>-?[\d.]+)\.(?= |$)",
    "figure": r"The (?P<what>score|probability of default|probability of fraud|grade) of ID \S+ by model \S+ is (?P<is>[-\d.%]+)\.",
    "more": r"Its (?P<what>score|probability of default|probability of fraud|grade) is (?P<is>[-\d.%]+)\.",
    "scale": r"Scores of this model lie between (?P<lowest>-?\d+) and (?P<highest>-?\d+);"
    r" a higher score means a (?P<risk>\w+) risk of the event (?P<event>.+?)\.",
    "direction": r"A higher score of this model means a (?P<risk>\w+) risk of the event (?P<event>.+?)\.",
    "grade": r"Grade (?P<grade>\d+) of 10, with 1 as the lowest risk,"
    r" covers a probability (?:above (?P<low>[\d.]+)%)?(?: and )?(?:up to (?P<high>[\d.]+)%)?\.",
    "average": r"In the training data (?P<rate>[\d.]+)% of the rows had the event; this row's probability is (?P<than>.+?)\.",
    "order": r"The principal reasons, in order, are: (?P<columns>.+?)\.(?= |$)",
    "plain": r"(?P<head>(?:(?!\. ).)+?)\. At training the event was (?P<than>.+?) among rows (?P<place>.+?) than on average\.",
    "effect": r"(?P<head>(?:(?!\. ).)+?)\. For this row it makes the risk (?P<risk>\w+)\.",
    "range": r"(?P<head>(?:(?!\. ).)+?)\. Among rows (?P<place>.+?) at training the event rate was (?P<rate>[\d.]+)%,"
    r" (?P<than>.+?) the average of (?P<average>[\d.]+)%\.",
}
_ZH = {
    "standing": r"该模型版本为(?P<version>\w+)，状态为(?P<state>.+?)。",
    "weight": r"(?P<column>[^。]+?)对(?:评分|对数几率)的影响为(?P<is>-?[\d.]+)。",
    "figure": r"编号\S+?按模型\S+?的(?P<what>评分|违约概率|欺诈概率|等级)为(?P<is>[-\d.%]+)。",
    "more": r"其(?P<what>评分|违约概率|欺诈概率|等级)为(?P<is>[-\d.%]+)。",
    "scale": r"该模型的评分介于(?P<lowest>-?\d+)与(?P<highest>-?\d+)之间，分数越高，事件“(?P<event>.+?)”的风险越(?P<risk>.)。",
    "direction": r"该模型的评分越高，事件“(?P<event>.+?)”的风险越(?P<risk>.)。",
    "grade": r"(?P<grade>\d+)级（共10级，1级风险最低）"
    r"对应的概率为(?:不高于(?P<only>[\d.]+)%|(?P<low>[\d.]+)%以上(?:至(?P<high>[\d.]+)%)?)。",
    "average": r"训练数据中(?P<rate>[\d.]+)%的样本发生该事件；本样本的概率(?P<than>.+?)。",
    "order": r"主要原因依次为：(?P<columns>.+?)。",
    "plain": r"(?P<head>[^。]+?)。训练数据中，(?P<place>[^。]+?)的样本发生该事件的频率(?P<than>[^。]+?)。",
    "effect": r"(?P<head>[^。]+?)。就本样本而言，它使风险变(?P<risk>.)。",
    "range": r"(?P<head>[^。]+?)。训练数据中，(?P<place>[^。]+?)的样本事件发生率为(?P<rate>[\d.]+)%，"
    r"(?P<than>[^。]+?)平均值(?P<average>[\d.]+)%。",
}
_HIGHER = {"higher", "above", "more frequent", "高", "高于", "高于该比例", "高于平均"}
_LOWER = {"lower", "below", "less frequent", "低", "低于", "低于该比例", "低于平均"}


class Oracle:
    """The stored model as plain JSON, and what a sentence says about one row of it."""

    def __init__(self, folder: Path) -> None:
        made = json.loads((folder / "specialist.json").read_text())
        self.version = json.loads((folder / "manifest.json").read_text())["version"]
        self.event = f"{made['request']['target']} = {made['event']}"
        self.rate = Decimal(made["lineage"]["events"]) / Decimal(made["lineage"]["used"])
        forms = {name: model["form"] for name, model in made["models"].items()}
        self.points = "points" in forms[made["champion"]]
        card = next(form for form in forms.values() if "points" in form)
        self.bins = {one["column"]: one for one in card["bins"]}
        self.categories = {one["name"]: one["categories"] for one in made["schema"]["columns"]}
        self.ends = [card["offset"] + sum(end(points) for points in card["points"]) for end in (min, max)]

    def read(self, text: str, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
        """The sentences with what they say; ``unread`` where no pattern takes one."""
        patterns = {kind: re.compile(pattern) for kind, pattern in (_EN if language == "en" else _ZH).items()}
        while text:
            match = next(((kind, found) for kind, one in patterns.items() if (found := one.match(text))), None)
            if match is None:
                yield "unread", {"text": text}
                return
            yield match[0], {name: said for name, said in match[1].groupdict().items() if said is not None}
            text = text[match[1].end() :].lstrip()

    def false(self, text: str, language: Language, output: dict[str, Any], state: str) -> list[str]:
        """The sentences that are not so."""
        found = []
        for kind, said in self.read(text, language):
            check = getattr(self, f"_{kind}", None)
            if check is None or not check(said, output, state):
                found.append(f"{kind}: {said}")
        return found

    def _figure(self, said: dict[str, str], output: dict[str, Any], _state: str) -> bool:
        name = {"score": "score", "评分": "score", "grade": "grade", "等级": "grade"}.get(said["what"], "probability")
        return self._prints(said["is"], output[name])

    _more = _figure

    def _prints(self, text: str, value: float) -> bool:
        shown, true = Decimal(text.rstrip("%")), Decimal(str(value)) * (100 if text.endswith("%") else 1)
        return abs(shown - true) <= Decimal(1).scaleb(int(shown.as_tuple().exponent)) / 2

    def _scale(self, said: dict[str, str], output: dict[str, Any], state: str) -> bool:
        return self.points and [int(said["lowest"]), int(said["highest"])] == self.ends and self._direction(said, output, state)

    def _direction(self, said: dict[str, str], _output: dict[str, Any], _state: str) -> bool:
        return said["event"] == self.event and said["risk"] in (_LOWER if self.points else _HIGHER)

    def _grade(self, said: dict[str, str], output: dict[str, Any], _state: str) -> bool:
        grade = int(said["grade"])
        low, high = said.get("low", "0"), said.get("high") or said.get("only") or "100"
        true = Decimal(low) == Decimal(_LIMITS[grade - 1]) and Decimal(high) == Decimal(_LIMITS[grade])
        return true and grade == output["grade"] and Decimal(low) <= Decimal(str(output["probability"])) * 100 <= Decimal(high)

    def _average(self, said: dict[str, str], output: dict[str, Any], _state: str) -> bool:
        return self._prints(said["rate"] + "%", float(self.rate)) and self._compared(
            said["than"], Decimal(str(output["probability"])), self.rate
        )

    def _compared(self, words: str, left: Decimal, right: Decimal) -> bool:
        one, other = (value * 100 for value in (left, right))
        close = abs(one - other) < Decimal("0.01")
        return one > other if words in _HIGHER else one < other if words in _LOWER else close

    def _order(self, said: dict[str, str], output: dict[str, Any], _state: str) -> bool:
        names = [one.strip() for one in re.split("[;；]", said["columns"])]
        return names == [one["column"].replace("_", " ") for one in output["reasons"]][: len(names)]

    def _reason(self, head: str, output: dict[str, Any]) -> dict[str, Any] | None:
        for one in output["reasons"]:
            for colon in (": ", "："):
                for value in (one["value"], *(("not given", "未提供") if one["value"] == "missing" else ())):
                    if head == one["column"].replace("_", " ") + colon + value:
                        return dict(one)
        return None

    def _plain(self, said: dict[str, str], output: dict[str, Any], state: str) -> bool:
        return self._range(said, output, state)

    def _range(self, said: dict[str, str], output: dict[str, Any], _state: str) -> bool:
        reason = self._reason(said["head"], output)
        if reason is None:
            return False
        bins, value = self.bins[reason["column"]], reason["value"]
        at = self._bin(bins, value)
        rate = Decimal(bins["events"][at]) / Decimal(bins["rows"][at])
        printed = "rate" not in said or (
            self._prints(said["rate"] + "%", float(rate)) and self._prints(said["average"] + "%", float(self.rate))
        )
        return printed and self._compared(said["than"], rate, self.rate) and self._within(said["place"], bins, at, value)

    def _bin(self, bins: dict[str, Any], value: str) -> int:
        if value == "missing":
            return len(bins["rows"]) - 1
        if bins["groups"]:
            return int(bins["groups"][self.categories[bins["column"]].index(value)])
        if float(value) in bins["special"]:
            return len(bins["splits"]) + 1 + int(bins["special"].index(float(value)))
        return sum(float(value) >= split for split in bins["splits"])

    def _within(self, place: str, bins: dict[str, Any], at: int, value: str) -> bool:
        """Whether the cuts that are named are this bin's, to their own precision, with the value between them."""
        cuts = [Decimal(one) for one in re.findall(r"-?\d+(?:\.\d+)?", place)]
        if value == "missing" or bins["groups"] or at > len(bins["splits"]):
            return not cuts
        true = [Decimal(str(one)) for one in (bins["splits"][at - 1 : at] if at else []) + bins["splits"][at : at + 1]]
        if len(cuts) != len(true) or any(abs(cut - one) > abs(one) / 100 for cut, one in zip(cuts, true, strict=True)):
            return False
        below = place.startswith("below") or place.startswith("低于")
        low, high = (None, cuts[0]) if len(cuts) == 1 and below else (cuts[0] if cuts else None, cuts[1] if len(cuts) > 1 else None)
        return (low is None or low <= Decimal(value)) and (high is None or Decimal(value) < high) and (below == (at == 0) or not cuts)

    def _effect(self, said: dict[str, str], output: dict[str, Any], _state: str) -> bool:
        reason = self._reason(said["head"], output)
        worse = reason is not None and (reason["contribution"] < 0) == self.points
        return reason is not None and said["risk"] in (_HIGHER if worse else _LOWER)

    def _weight(self, said: dict[str, str], output: dict[str, Any], _state: str) -> bool:
        found = [one for one in output["reasons"] if one["column"].replace("_", " ") == said["column"]]
        return any(self._prints(said["is"], one["contribution"]) for one in found)

    def _standing(self, said: dict[str, str], _output: dict[str, Any], state: str) -> bool:
        words = {"candidate": ("a candidate that nobody promoted", "未经批准的候选"), "promoted": ("in use", "使用中")}
        return self.version.startswith(said["version"]) and said["state"] in words[state]


def explained(family: Classifier, folder: Path, table: pd.DataFrame, state: str = "candidate") -> tuple[Counter[str], list[str]]:
    """How many texts and sentences there are, how many were withheld, and the false sentences."""
    made, oracle = load(folder), Oracle(folder)
    meaning, counts, false = meaning_of(made, state), Counter[str](), list[str]()
    for row in score_table(family, made, folder.name, table, reasons=True).rows:
        if row.refused:
            continue
        output = json.loads(json.dumps(output_of(row)))
        score = RecordedScore(folder.name, family.name, made.version, "record", row.id, "", output)
        for audience in AUDIENCES:
            for language in LANGUAGES:
                answer = narrate(score, language, audience, meaning).answer
                counts["texts"] += 1
                if answer.status != "answered":
                    counts["withheld"] += 1
                    counts[f"withheld: {answer.reason}"] += 1
                    continue
                counts["sentences"] += sum(1 for _ in oracle.read(answer.text, language))
                false += oracle.false(answer.text, language, output, state)
    return counts, false


def main() -> None:
    parser = described(__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=500, help="rows that are explained")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loans(3000, seed=1).to_csv(folder / "loans.csv", index=False)
        train(credit.CLASSIFIER, TrainingRequest("credit", str(folder / "loans.csv"), "default", id="id"), folder / "loans")
        paid = payments(20_000, seed=1)
        paid.head(15_000).to_csv(folder / "paid.csv", index=False)
        request = TrainingRequest(
            "fraud", str(folder / "paid.csv"), "fraud", time="at", id="id", entities=("card", "shop"), amount="amount", budget=5
        )
        train(fraud.CLASSIFIER, request, folder / "cards")
        for family, place, table in (
            (credit.CLASSIFIER, folder / "loans", loans(rows, seed=2)),
            (fraud.CLASSIFIER, folder / "cards", paid.iloc[15_000 : 15_000 + rows]),
        ):
            counts, false = explained(family, place, table)
            print(f"{family.name}: {counts['texts']} texts of {rows} rows, {counts['sentences']} sentences; false: {len(false)};", end=" ")
            print(f"withheld: {counts['withheld']} (reach: 0 false)")
            for one in [*false[:5], *[key for key in counts if key.startswith("withheld: ")][:5]]:
                print("  ", one)
