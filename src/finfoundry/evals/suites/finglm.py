"""The A list of the FinGLM contest: basic facts and ratios whose fields the tables hold, and the rest, which must not be answered.

A question is *answerable* when the workbooks have a row of its company and year with every field that its reference uses (totals of
assets and liabilities where both parts are there); where the workbook itself has another value than the reference, it is *contradicted*
and reported apart; every other one is of the *rest*, right when it ends without an answer. A number is right at the decimals of what the
reference prints, with its sign, unit, scale, company, year and metric; a share also as a fraction of two decimals; a text when the
reference's value is what the answer names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.evals.judging import TrueFigure, Truth, judge
from finfoundry.evals.judging.periods import years_of
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.reports_zh import NAME, Reports, reports, workbooks

LIST = "zh_filings/qa/A-list-answer.json"
# a field as the references call it -> the columns that hold it (all of them)
FIELDS = {
    "资产总计": ("流动资产合计", "非流动资产合计"),
    "资产总额": ("流动资产合计", "非流动资产合计"),
    "负债合计": ("流动负债合计", "非流动负债合计"),
    "总负债": ("流动负债合计", "非流动负债合计"),
    "流动资产": ("流动资产合计",),
    "流动负债": ("流动负债合计",),
    "非流动负债": ("非流动负债合计",),
    "职工总数": ("职工人数",),
    "研发人员数": ("研发人员",),
    "博士及以上人数": ("博士以上人数",),
    "硕士人数": ("硕士人数",),
    "技术人员数": ("技术人员",),
    "每股收益": ("基本每股收益",),
    "电子信箱": ("公司邮箱",),
    "企业名称": ("company_full_name",),
    "营业税金及附加": ("税金及附加",),
    "现金及现金等价物": ("期末现金及现金等价物余额",),
}
TEXTS = frozenset({"电子信箱", "办公地址", "注册地址", "法定代表人", "公司网址", "企业名称", "证券代码", "证券简称", "外文名称"})
ALIKE, DIFFERENT = "相同", "不相同"
UNCHANGED = ("相同", "一致", "没有变化", "未变", "没有改变")
CHANGED = ("不相同", "不同", "不一致", "有变化", "发生变化", "发生了变化", "变更")
LITTLE = 1000  # an amount below it, such as one a share, is asked for in full
_PAIR = re.compile(r"([^：；]+)：([^；]+)")
Held = Mapping[tuple[str, int], Mapping[str, str]]  # short name and year -> column -> text


def items(data: Path) -> list[Item]:
    """One item a question, its kind decided from the workbooks. Raises InputError where the list or the workbooks are not there."""
    source = data / LIST
    if not source.exists():
        raise InputError(f"{source} is not there", remedy="Give the folder that holds it with --data")
    columns = held(reports(data))
    lines = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]
    strangers = frozenset(name for name, _ in columns if len(name) > 2)
    return [_item(line, columns, strangers) for line in lines]


def _item(line: Mapping[str, Any], columns: Held, strangers: frozenset[str]) -> Item:
    prompt, question = line["prompt"], line["question"]
    kind = kind_of(prompt, columns)
    meta = {"prompt": prompt, "truth": None if kind == "rest" else truth(prompt, question, strangers)}
    return Item(f"finglm/{line['id']}", question, prompt.get("prom_answer") or "", kind, meta=meta)


def truth(prompt: Mapping[str, str], question: str, strangers: frozenset[str] = frozenset()) -> Truth:
    """What the reference says, typed."""
    gold = prompt["prom_answer"]
    entity = tuple(prompt[key] for key in ("ent_short_name", "ent_name") if prompt.get(key))
    known = Truth(entity, strangers, years_of(question))
    if gold in (ALIKE, DIFFERENT):
        return replace(known, words=(UNCHANGED if gold == ALIKE else CHANGED,), never=CHANGED if gold == ALIKE else ())
    fields = [field for field, _ in needs(prompt)]
    if TEXTS & set(fields):
        return replace(known, names=((gold,),))
    if "公式" in prompt:
        name = prompt["公式"].partition("=")[0]
        return replace(known, labels=(name,), figures=(_share(gold, name),), years=() if "增长" in name else known.years)
    pairs = _PAIR.findall(gold) or [(fields[0], gold)]
    figures = tuple(_amount(text, _names(field) if len(pairs) > 1 else ()) for field, text in pairs)
    return replace(known, labels=tuple(name for field, _ in pairs for name in _names(field)), figures=figures)


def _names(field: str) -> tuple[str, ...]:
    parts = FIELDS.get(field, ())
    return (field, *(parts if len(parts) == 1 else ()))


def _share(gold: str, name: str) -> TrueFigure:
    [number] = find_numbers(gold)
    return TrueFigure(number.value, number.step, "percent" if "增长" in name else "either", change="增长" in name, known=number.step)


def _amount(gold: str, labels: tuple[str, ...]) -> TrueFigure:
    number = find_numbers(gold)[0]
    people = number.unit == "count" or "元" not in gold
    step = Decimal(1) if people else number.step if abs(number.value) < LITTLE else Decimal(0)
    return TrueFigure(number.value, step, "count" if people else "money", "CNY", known=number.step, labels=labels)


def held(found: Reports) -> Held:
    """The workbooks by short name."""
    return {
        (row[NAME], key[1]): {name: text for name in row if (text := found.text(key, name)) is not None}
        for key, row in found.rows.items()
        if NAME in row
    }


def needs(prompt: Mapping[str, str]) -> list[tuple[str, int]]:
    """The fields of the reference with their years."""
    year = int(prompt.get("year") or 0)
    wanted = []
    for key in filter(None, prompt.get("key_word", "").split("、")):
        if match := re.fullmatch(r"(20\d\d)年(.+)", key):
            wanted.append((match[2], int(match[1])))
        else:
            wanted.append((key.removeprefix("上年"), year - 1 if key.startswith("上年") else year))
    return wanted


def kind_of(prompt: Mapping[str, str], columns: Held) -> str:
    """answerable, contradicted (a field's value in the table is another than in the reference), or rest."""
    name, wanted = prompt.get("ent_short_name", ""), needs(prompt)
    if not prompt.get("prom_answer") or not wanted:
        return "rest"
    agreed = True
    for field, year in wanted:
        row = columns.get((name, year), {})
        parts = FIELDS.get(field, (field,))
        if not set(parts) <= set(row):
            return "rest"
        agreed &= _agrees(prompt, field, year, [row[part] for part in parts])
    return "answerable" if agreed else "contradicted"


def _agrees(prompt: Mapping[str, str], field: str, year: int, values: list[str]) -> bool:
    keys = (f"{year}年{field}", f"上年{field}" if year < int(prompt["year"]) else field, field)
    gold = next((prompt[key] for key in keys if key in prompt), None)
    if gold is None:
        return True
    numbers = find_numbers(gold)
    if field in TEXTS or not numbers:
        return same(gold) == same(values[0])
    return abs(numbers[0].value - sum(Decimal(value) for value in values)) <= Decimal("0.05")


def score(item: Item, reply: Reply) -> Judgement:
    """An answer to one of the rest is wrong; no answer to it is right."""
    if item.kind == "rest":
        return Judgement("correct", 1.0) if reply.status != "answered" else Judgement("wrong", 0.0, "the tables do not hold this")
    if reply.status != "answered":
        return Judgement(reply.status, 0.0)
    return judge(item.meta["truth"], item.question, reply.text)


def same(text: str) -> str:
    return re.sub(r"[\s，,。.()（）《》“”\"']", "", text).lower()


SUITE: Suite = Suite(
    "finglm", "FinGLM's A list over the wide tables of 11,587 annual reports.", "answer", items, score,
    (MEASURES["correct"], MEASURES["wrong"], MEASURES["error"]), sample=400, documents=workbooks, missing=("-1",), currency="CNY",
)  # fmt: skip
