"""Questions of one hand over policies of another, in English with numbered clauses of many styles: is the clause quoted that answers?

Right is an answer that quotes the clause word for word and so states what must be stated; where it is quoted from a later
sentence on, only if all of that is stated; of what no policy says, one that is withheld. Of the policies one half was read
while the product was built, of the other (``law-policies-blind``) none is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from finfoundry.evals.measures import MEASURES, ratio
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite

OPENING = 30  # characters of a clause by which an answer is known to quote it
_MARKER = re.compile(r"\s?\[\d{1,3}\]")


def _lines(name: str) -> Iterator[dict[str, Any]]:
    text = (files("finfoundry.evals") / "data" / name).read_text(encoding="utf-8")
    yield from map(json.loads, filter(str.strip, text.splitlines()))


def policies() -> dict[str, str]:
    """The texts by their ids."""
    return {row["id"]: row["text"] for row in _lines("policies.jsonl")}


def items(_data: Path, part: str) -> list[Item]:
    """The questions of one part."""
    texts = policies()
    return [_item(row, texts) for row in _lines("policy_questions.jsonl") if row["part"] == part]


def _item(row: Mapping[str, Any], texts: Mapping[str, str]) -> Item:
    numbers = [one.strip() for one in row["clause"].split(",") if one.strip()]
    clauses = tuple(found for one in numbers if (found := clause_text(texts[row["policy"]], one)))
    gold = " + ".join("/".join(forms) for forms in row["must"])
    return Item(f"law-policies/{row['id']}", row["question"], gold, "answer" if numbers else "none", row["policy"],
                meta={"must": row["must"], "clauses": clauses, "answerable": bool(numbers)})  # fmt: skip


def clause_text(text: str, number: str) -> str:
    """The line of a policy that begins with a number, behind that number; empty where none does."""
    found = re.search(rf"(?m)^\W*(?:[A-Za-z]+\.?\s+)?{re.escape(number)}(?![\w(])[.):\]]?[\s—–-]*(?P<text>.+)$", text)
    return found["text"].strip() if found else ""


def score(item: Item, reply: Reply) -> Judgement:
    """Right where the clause is quoted; where several are needed, where all that must be stated is."""
    quoted = {"quoted": 0.0, "asked": float(item.meta["answerable"])}
    if not item.meta["answerable"]:
        right = reply.status != "answered"
        return Judgement("correct" if right else "wrong", float(right), "" if right else "answered what no policy says", quoted)
    if reply.status != "answered":
        return Judgement(reply.status, 0.0, counts=quoted)
    text = " ".join(_MARKER.sub("", reply.text).casefold().split())
    clauses = [" ".join(one.casefold().split()) for one in item.meta["clauses"]]
    lacking = [forms[0] for forms in item.meta["must"] if not any(form.casefold() in text for form in forms)]
    whole = any(one[:OPENING] in text for one in clauses)
    quotes = whole or any(_quotes_on(one, text) for one in clauses)
    quoted["quoted"] = float(quotes)
    right = quotes and (not lacking or (whole and len(clauses) == 1))  # one clause answers in its own words: "never" for a no
    why = "" if right else "another clause" if not quotes else f"it lacks {', '.join(lacking)}"
    return Judgement("correct" if right else "wrong", float(right), why, quoted)


def _quotes_on(clause: str, text: str) -> bool:
    """Whether a text quotes a clause from a later sentence on: behind a heading in its line."""
    return any(len(one) >= OPENING and one[:OPENING] in text for one in re.split(r"(?<=[.;:])\s+", clause)[1:])


def score_unread(item: Item, reply: Reply) -> Judgement:
    """The verdict alone: no fault of the blind part is named."""
    return replace(score(item, reply), why="")


def written(_data: Path, folder: Path) -> list[Path]:
    """The policies as text files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, text in policies().items():
        path = folder / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        made.append(path)
    return made


READ: Suite = Suite(
    "law-policies", "Questions of another hand over English policies with numbered clauses: the clause that answers, quoted.", "answer",
    partial(items, part="read"), score, (MEASURES["correct"], MEASURES["wrong"], ratio("quoted", "quoted", "asked")), written=written,
)  # fmt: skip
BLIND: Suite = replace(
    READ, name="law-policies-blind", about="The same over the policies that nobody read; no fault is named.",
    items=partial(items, part="blind"), score=score_unread,
)  # fmt: skip
