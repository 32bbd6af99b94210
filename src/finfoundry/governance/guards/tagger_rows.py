"""The rows that the tagger learns from, and those of families that it never sees: files of the tasks ``guard-harms…``."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.governance.guards.everyday_harms import everyday_requests, framed_requests
from finfoundry.governance.guards.labelled_text import LabelledText
from finfoundry.governance.guards.neighbours import PUT_IN_PASSAGE, guarding_forms, made_requests, planted, trigger_mentions
from finfoundry.governance.guards.plain_questions import beside_plain, plain_questions
from finfoundry.governance.guards.public_sets import absent_sets, public_sets, texts_of_set
from finfoundry.governance.guards.readings import readings, windows
from finfoundry.governance.guards.twins import without_twins

EACH = 5  # forms of each act
MENTIONS = 500
BESIDE = 800  # harmful requests that stand beside a plain question
UNSEEN_SHARE = 8  # one in so many acts, and harmless texts, is never learned from
NONE = "none"
ROWS, UNSEEN = "guard-harms.jsonl", "guard-harms-unseen.jsonl"


@dataclass(frozen=True, slots=True)
class TaggerData:
    """What was written: rows, the harmful among them, to learn and held out; families of each. ``absent``: public sets that are not in the
    folder that was given, of which nothing is learned or measured.
    """

    learned: int
    harmful: int
    unseen: int
    unseen_harmful: int
    families: dict[str, int]
    unseen_families: dict[str, int]
    folder: str
    absent: list[str]


def write_rows(
    folder: Path, data: Path | None, objections: Sequence[LabelledText] = (), each: int = EACH, seed: int = 0, wordings: Sequence[str] = ()
) -> TaggerData:
    """Write both files. ``data`` None: what is made alone. ``wordings``: questions that are never refused, with slots. Raises InputError
    where the folder cannot be written or a set cannot be read.
    """
    learned, unseen = tagger_rows(data, each, seed, wordings)
    learned = [*learned, *objections]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in ((ROWS, learned), (UNSEEN, unseen)):
            (folder / name).write_text("".join(map(_line, rows)), "utf-8")
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}", remedy="Give another folder") from error
    harmful, unseen_harmful = (sum(bool(row.labels) for row in part) for part in (learned, unseen))
    absent = absent_sets(data) if data else []
    return TaggerData(len(learned), harmful, len(unseen), unseen_harmful, _families(learned), _families(unseen), str(folder), absent)


def tagger_rows(
    data: Path | None, each: int = EACH, seed: int = 0, wordings: Sequence[str] = ()
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Rows to learn from, and those that are held out, in the form in which the tagger is asked."""
    source = random.Random(seed)  # noqa: S311  drawn again the same
    rows = list(_apart(data)) if data else []
    rows += [(row, _drawn(row.act)) for row in (*made_requests(source, each), *everyday_requests(guarding_forms()))]
    rows = without_twins(rows)
    learned, unseen = (_with_passages([row for row, apart in rows if apart is held], source) for held in (False, True))
    learned += trigger_mentions(learned, source, MENTIONS)
    learned += beside_plain(learned, BESIDE)
    learned += framed_requests(learned)
    for row in plain_questions(wordings):
        (unseen if _drawn(row.act) else learned).append(row)
    return list(_as_asked(learned)), list(_as_asked(unseen))


def _apart(data: Path) -> Iterator[tuple[LabelledText, bool]]:
    """The rows of public sets, each with whether it is held out."""
    for one in public_sets():
        for row in texts_of_set(data, one):
            yield row, one.unseen or (not row.labels and _drawn(row.text))


def _with_passages(rows: Sequence[LabelledText], source: random.Random) -> list[LabelledText]:
    """The rows, where what papers say to machines and to people also stands inside harmless passages."""
    passages = [row.text for row in rows if row.passage and not row.labels and not row.act]
    ordering = [row for row in rows if PUT_IN_PASSAGE & set(row.labels)]
    said = [row for row in rows if row.passage and row.act and not row.labels] + [row for row in ordering if row.passage or row.act]
    alone = [row for row in rows if not row.passage or row.act or not PUT_IN_PASSAGE & set(row.labels)]
    return [*alone, *(planted(passages, said, source) if passages else ())]


def _as_asked(rows: Iterable[LabelledText]) -> Iterator[LabelledText]:
    """The first window of each text as a person reads it; of a harmless passage two."""
    for row in rows:
        parts = windows(readings(row.text)[0]) if row.text.strip() else []
        for text in parts[: 2 if row.passage and not row.labels else 1]:
            yield replace(row, text=asked(text, passage=row.passage))


def asked(text: str, *, passage: bool) -> str:
    """A text as the tagger is given it: the base was trained with these words before questions and passages."""
    return f"{'passage' if passage else 'query'}: {text}"


def _drawn(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % UNSEEN_SHARE == 0


def _line(row: LabelledText) -> str:
    text = " ".join(row.text.split())  # some characters end a line of JSON for those who read it
    told = {"text": text, "target": " ".join(row.labels) or NONE, "family": row.family, "group": row.act or text}
    return json.dumps(told, ensure_ascii=False) + "\n"


def _families(rows: Sequence[LabelledText]) -> dict[str, int]:
    return dict(sorted(Counter(row.family for row in rows).items()))
