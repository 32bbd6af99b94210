"""Causes and effects that others labelled in passages, as chains of one link whose both ends name what stands there word for word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from finfoundry.core.tasks import load_task
from finfoundry.core.tasks.task_rows import rows

ARROW = " -> "
EVENTS = "fincqa"
_EVENT = re.compile(r"(?P<cause>[^,，]{2,20})导致(?P<effect>[^,，]{2,20})")
_ASKED = re.compile(r"下文中(?P<event>.+)事件对应的(?P<end>原因|结果)涉及的.+")  # the one form in which the task asks for what an end is of
ENDS = ("原因", "结果")


def told_causes(data: Path) -> Iterator[dict[str, str]]:
    """Rows of the task ``chain-links`` from those of ``fincqa`` that are learned from: cause and effect are kinds of events, and what each
    is of (products, industries, places) was asked for beside it. Raises InputError.
    """
    found = rows(load_task(EVENTS), data, "train")
    of: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in found:
        if asked := _ASKED.match(row.fields["question"]):
            of[row.fields["passage"], asked["event"], asked["end"]] += [
                one for one in row.target.split(",") if one in row.fields["passage"]
            ]
    for row in found:
        passage, question = row.fields["passage"], row.fields["question"]
        for event in () if _ASKED.match(question) else _EVENT.finditer(row.target):
            ends = [of[passage, event[0], end] for end in ENDS]
            if all(ends):
                told = (f"{'、'.join(dict.fromkeys(end))}{kind}" for end, kind in zip(ends, event.groups(), strict=True))
                yield {"text": passage, "question": question, "target": ARROW.join(told), "group": passage, "case": EVENTS}
