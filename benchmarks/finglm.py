"""FinGLM's A list over the wide tables: basic facts and ratios whose fields the tables hold, and the rest, which must not be answered.

    python benchmarks/finglm.py [--data ../shared/data] [--limit N] [--seed S] [--out FILE]

Needs a home (FINFOUNDRY_HOME) into which the six tables are imported with --missing -1. A question is *answerable* when the tables have a
row of its company and year with every field that its reference answer uses (totals of assets and liabilities count where both parts are
there); where the table itself has another value than the reference, the question stands apart as *contradicted*. A number is right at two
decimals of what the reference prints; a text when the reference's value stands in the answer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from finfoundry.app import App, open_app
from finfoundry.core.numbers import find_numbers

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


Held = dict[tuple[str, int], dict[str, str]]


def held(app: App) -> Held:
    """(short name, year) -> column -> the value there, as printed."""
    query = """
        SELECT c.name, r.fiscal_year, jsonb_object_agg(n.name, r.texts[n.position]) FROM table_rows r
        JOIN table_columns n USING (document_id, table_number) CROSS JOIN LATERAL unnest(r.names) AS c(name)
        WHERE r.texts[n.position] IS NOT NULL GROUP BY 1, 2
    """
    with app.database.transaction(app.administrator) as connection:
        return {(name, year): columns for name, year, columns in connection.execute(query).fetchall() if year}


def needs(prompt: dict[str, str]) -> list[tuple[str, int]]:
    """The fields of the reference with their years."""
    year = int(prompt.get("year") or 0)
    wanted = []
    for key in filter(None, prompt.get("key_word", "").split("、")):
        if match := re.fullmatch(r"(20\d\d)年(.+)", key):
            wanted.append((match[2], int(match[1])))
        else:
            wanted.append((key.removeprefix("上年"), year - 1 if key.startswith("上年") else year))
    return wanted


def kind_of(prompt: dict[str, str], columns: Held) -> str:
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


def _agrees(prompt: dict[str, str], field: str, year: int, values: list[str]) -> bool:
    keys = (f"{year}年{field}", f"上年{field}" if year < int(prompt["year"]) else field, field)
    gold = next((prompt[key] for key in keys if key in prompt), None)
    if gold is None:
        return True
    numbers = find_numbers(gold)
    if field in TEXTS or not numbers:
        return same(gold) == same(values[0])
    return abs(numbers[0].value - sum(Decimal(value) for value in values)) <= Decimal("0.05")


def right(item: dict[str, Any], text: str) -> bool:
    """Whether the answer's first part holds every value of the reference."""
    gold, plain = item["prompt"]["prom_answer"], re.sub(r"\[\d+\]", "", text)
    if set(TEXTS) & {field for field, _ in needs(item["prompt"])}:
        if gold in ("相同", "不相同"):
            return plain.startswith(("不相同", "有变化")) if gold == "不相同" else plain.startswith(("相同", "没有变化"))
        return same(gold) in same(plain)
    headline = plain.split("其中")[0]
    values = [number.value for number in find_numbers(headline)]
    return all(any(close(number.value, value, number.step) for value in values) for number in find_numbers(gold))


def close(gold: Decimal, value: Decimal, step: Decimal) -> bool:
    ratio = (gold * 100, gold / 100) if abs(gold) < 1000 else ()  # 45.27% and 0.45, as references print them
    tolerance = max(step, Decimal("0.01") if abs(gold) >= 100 else step)
    return any(abs(value - one) <= tolerance for one in (gold, *ratio))


def same(text: str) -> str:
    return re.sub(r"[\s，,。.()（）《》“”\"']", "", text).lower()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    source = arguments.data / "zh_filings/qa/A-list-answer.json"
    if not source.exists():
        raise SystemExit(f"{source} is not here: nothing was measured")
    items = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    if arguments.limit:
        items = random.Random(arguments.seed).sample(items, min(arguments.limit, len(items)))
    with open_app() as app:
        app.agent.engine = None
        columns = held(app)
        counts: dict[str, Counter[str]] = {"answerable": Counter(), "contradicted": Counter(), "rest": Counter()}
        seconds, lines = [], []
        for item in items:
            started = time.perf_counter()
            answer, _ = app.agent.ask(app.administrator, item["question"])
            seconds.append(time.perf_counter() - started)
            kind = kind_of(item["prompt"], columns)
            verdict: str = answer.status
            if answer.status == "answered":
                verdict = ("right" if right(item, answer.text) else "wrong") if kind != "rest" else "answered"
            counts[kind][verdict] += 1
            told = {
                "id": item["id"],
                "kind": kind,
                "verdict": verdict,
                "question": item["question"],
                "gold": item["prompt"].get("prom_answer"),
            }
            lines.append(told | {"text": answer.text, "reason": answer.reason, "options": answer.options[:4]})
    for kind, found in counts.items():
        total = sum(found.values()) or 1
        print(f"{kind}: n = {total}  " + "  ".join(f"{name} {count} ({count / total:.1%})" for name, count in found.most_common()))
    print(f"seconds a question: median {statistics.median(seconds):.2f}, longest {max(seconds):.2f}")
    if arguments.out:
        arguments.out.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
