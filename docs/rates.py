"""How often the product is right: the table that README and the limits show, written from the runs that ``docs/rates.json`` keeps.

``python benchmarks/sealed.py questions --keep docs/rates.json --as delivered`` asks the questions and keeps the run;
``python -m docs.generate`` writes the pages, and ``--check`` (in ``make test``) fails where a page says something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RUNS = Path(__file__).parent / "rates.json"
PAGES = {"README.md": "en", "README.zh-CN.md": "zh", "docs/limits.md": "en", "docs/zh/limits.md": "zh"}
SHORT = ("README.md", "README.zh-CN.md")  # pages that show all and the languages, and no kinds of question
BEGIN, END = "<!-- rates: written by docs.generate -->", "<!-- end of rates -->"
COLUMNS = ("right", "wrong", "no answer", "late")
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "| asked | n | right % | wrong % | no answer % | late % |",
        "delivered": "as delivered, with the default model", "none": "without a chat model",
        "all": "all questions", "en": "English", "zh": "Chinese", "zh-tw": "Chinese, traditional",
        "said": "{name}: {date}, commit {commit}; {machine}. `{command}`.",
    },
    "zh": {
        "head": "| 所问 | n | 正确 % | 错误 % | 未回答 % | 超时 % |",
        "delivered": "默认设置与默认模型", "none": "不用对话模型",
        "all": "全部问题", "en": "英文", "zh": "中文（简体）", "zh-tw": "中文（繁体）",
        "said": "{name}：{date}，提交 {commit}；{machine}。`{command}`。",
    },
}  # fmt: skip
KINDS_ZH = {
    "change": "变动", "event": "事件", "law": "法规", "list": "列举", "metric": "数字", "policy": "条款", "reason": "原因",
    "segment": "分部", "several": "一问多事", "unanswerable": "文件中没有的", "yesno": "是否",
}  # fmt: skip


def table(page: str) -> str:
    """The runs as a page shows them: one table, a row a run and group, with what each run was below it; empty where no run is kept."""
    language = PAGES[page]
    words, runs = WORDS[language], json.loads(RUNS.read_text("utf-8"))["runs"] if RUNS.is_file() else []
    lines = [words["head"], "|---|---|---|---|---|---|"] if runs else []
    for run in runs:
        shown = run["groups"] if run is runs[0] else {"all": run["groups"]["all"]}
        groups = {name: counts for name, counts in shown.items() if name in WORDS["en"] or page not in SHORT}
        lines += [
            _row(f"**{words[run['name']]}**" if group == "all" else _called(group, language), groups[group]) for group in _order(groups)
        ]
    told = [words["said"].format(**run | {"name": words[run["name"]]}) for run in runs]
    return "\n".join([*lines, "", *told])


def _order(groups: Mapping[str, Any]) -> list[str]:
    """All first, then languages, then kinds of question, by their names."""
    return sorted(groups, key=lambda one: (one != "all", one not in WORDS["en"], one))


def _called(group: str, language: str) -> str:
    return WORDS[language].get(group) or (KINDS_ZH.get(group, group) if language == "zh" else group)


def _row(name: str, counts: Mapping[str, int]) -> str:
    n = sum(counts.values())
    return f"| {name} | {n} | {' | '.join(f'{100 * counts.get(column, 0) / n:.0f}' for column in COLUMNS)} |"


def written(text: str, page: str) -> str:
    """A page's text with the table between its marks as the kept runs say; as it was where it has no marks."""
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: f"{BEGIN}\n{table(page)}\n{END}", text, flags=re.DOTALL)
