"""What was measured, as ``docs/figures.yaml`` keeps it, written as the pages docs/figures.md and docs/zh/figures.md.

A figure that was measured anew is changed there, with its date and commit; ``python -m docs.generate`` writes the pages, and the tests
hold each ``reached`` against the goal and the figure (`docs/goals.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

ROWS = Path(__file__).parent / "figures.yaml"
PAGES = {"docs/figures.md": "en", "docs/zh/figures.md": "zh"}
WIDTH = 60  # no cell is longer
SECTIONS = ("Reading", "Answering", "Running", "Tuning", "Light models")
HEADS: Mapping[str, str] = {
    "en": """# Figures

{all} rows: **{yes} reached, {no} not reached**, {none} without a goal. Each has the command that measures it; the folder of data of others
is `FINFOUNDRY_DATA`. How often an answer is right, by language and kind of question, stands in [Limits](limits.md).

- *measured* is the latest figure alone, in the form of its goal; *date* and *commit* are where that figure was first written down.
- *reached* is yes only if every part of the goal is. † was measured on older code, sentences by a more lenient judge: not reached.
- *seen*: `read` where questions or failures of the set were read while the product was built, so that unseen ones will do worse;
  `blind` where nobody looked at any of them; `made` where it is made anew by code.
- Times are of two cores without a GPU, most of them beside other programs: upper bounds. Answers are judged by the strict judge
  ([Judges](evaluation.md#judges)), by rules alone unless a row names a model.
- Intervals, ways there, parts and causes of each figure up to 1 December 2026 stand in the lab book, `docs/lab/2026-12-01-figures.md`.
""",
    "zh": """# 数据

共 {all} 行：**达到 {yes}，未达到 {no}**，没有目标的 {none}。每行附测量它的命令；他人数据的目录由 `FINFOUNDRY_DATA` 给出。
按语言与问题种类的正确率见[局限](limits.md)。

- “测得”只写最新的数值，形式与目标相同；“日期”与“提交”是该数值首次写下之处。
- 目标的每一部分都达到才算“达到”。† 是以较早的代码测得的，句子由较宽的评判器评判：算未达到。
- “看过”：`read` 表示构建时读过该集的问题或错误，未读过的会差一些；`blind` 表示无人看过其任何内容；`made` 表示每次由代码重新生成。
- 用时取自没有显卡的两核机器，多半与其他程序共用：为上限。除非一行点名模型，由规则作答，由严格评判器评判（见[评估](evaluation.md)）。
- 截至 2026 年 12 月 1 日每个数值的区间、经过、分项与原因见实验记录 `docs/lab/2026-12-01-figures.md`。
""",
}
COLUMNS: Mapping[str, Sequence[str]] = {
    "en": ("what", "goal", "measured", "date", "commit", "command", "reached", "seen"),
    "zh": ("衡量什么", "目标", "测得", "日期", "提交", "命令", "达到", "看过"),
}
NAMES_ZH = dict(zip(SECTIONS, ("读取", "回答", "运行", "训练", "轻量模型"), strict=True))
REACHED: Mapping[str, Mapping[str, str]] = {
    "en": {"yes": "reached", "no": "**not reached**", "": ""},
    "zh": {"yes": "达到", "no": "**未达到**", "": ""},
}


@dataclass(frozen=True)
class Figure:
    """One row: a figure beside its goal, with where it was written down and the command that measures it."""

    section: str
    what: str
    what_zh: str
    goal: str
    measured: str
    date: str
    commit: str
    command: str
    seen: str
    reached: str


def figures() -> list[Figure]:
    """Every row that is kept, in its order."""
    return [Figure(**row) for row in yaml.safe_load(ROWS.read_text("utf-8"))]


def page(language: str) -> str:
    """The whole page in a language: how many rows are reached, how to read them, and a table a section."""
    rows = figures()
    counts = {name: sum(row.reached == value for row in rows) for name, value in {"yes": "yes", "no": "no", "none": ""}.items()}
    tables = [_table([row for row in rows if row.section == section], section, language) for section in SECTIONS]
    return "\n".join([HEADS[language].format(all=len(rows), **counts), *tables])


def _table(rows: Sequence[Figure], section: str, language: str) -> str:
    head = f"| {' | '.join(COLUMNS[language])} |\n|{'---|' * len(COLUMNS[language])}\n"
    name = NAMES_ZH[section] if language == "zh" else section
    return f"## {name}\n\n{head}" + "".join(f"| {' | '.join(cells(row, language))} |\n" for row in rows)


def cells(row: Figure, language: str) -> list[str]:
    """The cells of a row as a page shows them."""
    what = row.what_zh if language == "zh" else row.what
    return [what, row.goal, row.measured, row.date, row.commit, short(row.command), REACHED[language][row.reached], row.seen]


def short(command: str) -> str:
    """A command as a cell shows it: whole where it fits, else the name of what it runs, without what it is given.

    ``short("python benchmarks/reader.py --home HOME …")``, were it longer than a cell, is "`benchmarks/reader.py`"; the measure of a family
    is named with it: "`benchmarks/light.py speed`".
    """
    if len(command) <= WIDTH - 2:
        return f"`{command}`"
    measure = re.search(rf"{re.escape(runs(command))} ([a-z][a-z-]*)(?= |$)", command) if "/" in runs(command) else None
    return f"`{runs(command)}{f' {measure[1]}' if measure else ''}`"


def runs(command: str) -> str:
    """What a command runs: a script, a test, a page, a target of the Makefile, or a finfoundry command with its words."""
    within = re.match(r"cd (\S+) && python (\S+)", command)
    if within:
        return f"{within[1]}/{within[2]}"
    module = re.search(r"python -m (benchmarks\.\w+)", command)
    if module:
        return module[1].replace(".", "/") + ".py"
    script = re.search(r"(?:benchmarks|tests|docs)/[\w/]+\.(?:py|md)", command)
    if script and not command.startswith("finfoundry"):
        return script[0]
    return " ".join(re.match(r"\S+(?: [a-z][\w-]*)*", command)[0].split())  # type: ignore[index]  # a command has a first word
