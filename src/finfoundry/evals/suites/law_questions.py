"""Made questions over rules: amounts, articles and days of 598 laws, and the version of made rules that was in force on a day.

The truth is what the text prints, or what the maker put there. Of the laws a third is *blind*, by the SHA-256 of the title: its questions
are scored and never read, and no fault of theirs is named.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml

from finfoundry.core.errors import InputError
from finfoundry.core.language import halfwidth
from finfoundry.evals.judging.provisions import Provision, judge_provision
from finfoundry.evals.measures import MEASURES, ratio
from finfoundry.evals.rows import Item, Judgement, Reply, TruePage
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.retrieval import REGULATIONS, regulations, squeezed
from finfoundry.knowledge.laws.titles import title_key

COUNT, SEED = 150, 0  # questions of a part
SHARES = {"amount": 20, "article": 1, "effect": 1}  # how often each is drawn: few articles have one amount alone
VERSIONS = ("2015-04-01", "2019-03-01", "2023-07-01")  # from when the versions of a made rule are in force
Part = Literal["read", "blind"]
_ARTICLE = re.compile(r"(?m)^[\s\u3000]*(第[一二三四五六七八九十百零]+条)[\s\u3000]+(.+)$")
_AMOUNT = re.compile(r"(?<![\d第〔月年])(?P<number>\d{1,4})(?P<unit>个工作日|个月|日|天|年|万元|%|次)(?![\d月])")
_ASKED = {
    "个工作日": "几个工作日",
    "个月": "几个月",
    "日": "多少日",
    "天": "多少天",
    "年": "几年",
    "万元": "多少万元",
    "%": "百分之多少",
    "次": "几次",
}
_EFFECT = re.compile(r"(?:本(?:办法|规定|条例|法|细则|规程|指引|通知|公告))自(\d{4})年(\d{1,2})月(\d{1,2})日起(?:施行|实施|执行)")
_MARKER = re.compile(r"\s?\[\d{1,3}\]")


@cache
def wording() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((files("finfoundry.evals") / "data" / "law_questions.yaml").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True, slots=True)
class _Source:
    """A law with its plain title, its file and its articles."""

    title: str
    path: Path
    articles: tuple[tuple[str, str, str], ...]  # number, first paragraph, all of it
    text: str


def part_of(title: str) -> Part:
    """The part of a law: a third is blind, by a digest of its title, the same on every machine."""
    return "blind" if hashlib.sha256(title.encode()).digest()[0] % 3 == 0 else "read"


@cache
def sources(data: Path) -> tuple[_Source, ...]:
    """The laws whose plain title no other bears. Raises InputError where there are none."""
    told = data / "zh_regulations" / "structured" / "stage_fill_info.json"
    if not told.exists():
        raise InputError(f"there are no laws in {data / REGULATIONS}", remedy="Give the folder that holds them with --data")
    found: dict[str, list[_Source]] = {}
    for row in json.loads(told.read_text(encoding="utf-8")):
        path = data / "zh_regulations" / row["text_path"]
        text = path.read_text(encoding="utf-8")
        title = title_key(row["title"])
        found.setdefault(title, []).append(_Source(title, path, tuple(_articles(text)), text))
    return tuple(group[0] for title, group in sorted(found.items()) if len(group) == 1 and 4 < len(title) < 40)


def _articles(text: str) -> Iterator[tuple[str, str, str]]:
    """Number, first paragraph and the whole of each article; none of a text without."""
    found = list(_ARTICLE.finditer(text))
    ends = (*(one.start() for one in found), len(text))[1:]
    yield from ((one[1], one[2], text[one.start() : end]) for one, end in zip(found, ends, strict=bool(found)))


def generated(data: Path, part: Part) -> list[Item]:
    """COUNT questions over the laws of a part, the same each time."""
    draw = random.Random(f"{SEED} {part}")  # noqa: S311  questions, no secret
    laws = [law for law in sources(data) if part_of(law.title) == part]
    made: dict[str, Item] = {}
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    for number in range(COUNT * 40):
        if len(made) == COUNT:
            break
        item = _generated(draw.choice(laws), kinds[number % len(kinds)], draw)
        if item is not None:
            made.setdefault(item.question, replace(item, id=f"laws-generated/{part}/{len(made) + 1}"))
    return list(made.values())


def _generated(law: _Source, kind: str, draw: random.Random) -> Item | None:
    sentence = draw.choice(wording()[kind])
    evidence = (TruePage(law.path.name, 1),)
    if kind == "effect":
        days = set(_EFFECT.findall(halfwidth(squeezed(law.text))))
        if len(days) != 1:
            return None
        day = "-".join(part.zfill(2) for part in days.pop())
        return Item("", sentence.format(title=law.title), day, kind, law.title, evidence, {"day": day})
    usable = [one for one in law.articles if 12 < len(one[1]) < 300]
    if not usable:
        return None
    article, body, whole = draw.choice(usable)
    if kind == "article":
        meta = {"opening": squeezed(body)[:24]}
        return Item("", sentence.format(title=law.title, article=article), f"{article} {body}"[:200], kind, law.title, evidence, meta)
    asked = _asked(body, draw)
    if asked is None:
        return None
    provision = Provision(article, squeezed(whole), ((asked[1],),))
    question = sentence.format(title=law.title, asked=asked[0])
    return Item("", question, f"{article} {asked[1]}", kind, law.title, evidence, {"provision": provision})


def _asked(body: str, draw: random.Random) -> tuple[str, str] | None:
    """A sentence of an article with its only amount asked for, and that amount; None where no sentence has one alone."""
    sentences = [one.strip() for one in re.split(r"[。；]", body)]
    fitting = [
        one
        for one in sentences
        if 14 <= len(one) <= 70 and len(_AMOUNT.findall(one)) == 1 and not re.search(r"前款|[：（《]|本(?:办法|法|条例|规定|细则)", one)
    ]
    if not fitting:
        return None
    sentence = draw.choice(fitting)
    found = _AMOUNT.search(sentence)
    if found is None:
        return None
    return sentence[: found.start()] + _ASKED[found["unit"]] + sentence[found.end() :], found[0]


def score_generated(item: Item, reply: Reply) -> Judgement:
    """Right where the amount, the article or the day is stated."""
    counts = {"all": 1.0, "cited": 0.0}
    if reply.status != "answered":
        return Judgement(reply.status, 0.0, counts=counts)
    counts["cited"] = float(any(name == item.evidence[0].file for name, _ in reply.citations))
    text = _MARKER.sub("", reply.text)
    if "provision" in item.meta:
        judged = judge_provision(item.meta["provision"], item.question, text)
        return replace(judged, counts=counts)
    right = item.meta["day"] in text if "day" in item.meta else item.meta["opening"] in squeezed(text)
    return Judgement("correct" if right else "wrong", float(right), "" if right else "another day or article", counts)


def unread(item: Item, reply: Reply, score: Any) -> Judgement:
    """The verdict alone: no fault of the blind part is named."""
    judged: Judgement = replace(score(item, reply), why="")
    return judged


GENERATED: Suite = Suite(
    "laws-generated", "Made questions over laws: an amount, an article, the day of effect.", "answer", partial(generated, part="read"),
    score_generated, (MEASURES["correct"], MEASURES["wrong"], ratio("cited", "cited", "all")), documents=regulations,
)  # fmt: skip
GENERATED_BLIND: Suite = replace(
    GENERATED, name="laws-generated-blind", about="The same over the third of the laws that nobody read; no fault is named.",
    items=partial(generated, part="blind"), score=partial(unread, score=score_generated),
)  # fmt: skip

# --- the version in force on a day -------------------------------------------------------------------------------------------------


def amounts(number: int) -> tuple[int, int, int]:
    """The amounts of the three versions of the nth rule: all different."""
    return (11 + number, 23 + 2 * number, 47 + 3 * number)


def _text(language: str, rule: dict[str, str], day: date, amount: int) -> str:
    clause = rule["clause"].format(n=amount)
    if language == "zh":
        stated = f"{day.year}年{day.month}月{day.day}日"
        return (
            f"{rule['title']}\n第一条　为规范有关工作，制定本办法。\n第二条　本办法适用于全行各部门和分支机构。\n第三条　{clause}\n"
            f"第四条　违反规定的，按照内部规定处理。\n第五条　本办法自{stated}起施行。\n"
        )
    return (
        f"# {rule['title']}\n\nThis document is effective from {day.day} {day:%B} {day.year}.\n\n## 1. Scope\n\n"
        "1.1 It applies to all staff.\n\n"
        f"1.2 Each department names a contact.\n\n## 2. Rules\n\n2.1 {clause}\n\n2.2 Exceptions are recorded in a register.\n"
    )


def versions_written(_data: Path, folder: Path) -> list[Path]:
    """Three versions of each made rule as files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for language, rules in wording()["rules"].items():
        for number, rule in enumerate(rules):
            for version, (stated, amount) in enumerate(zip(VERSIONS, amounts(number), strict=True), 1):
                path = folder / f"{language}-{number}-v{version}.{'md' if language == 'en' else 'txt'}"
                path.write_text(_text(language, rule, date.fromisoformat(stated), amount), encoding="utf-8")
                made.append(path)
    return made


def versions(_data: Path) -> list[Item]:
    """Questions about each rule on days of each version, before the first, and without a day."""
    return list(_versions())


def _versions() -> Iterator[Item]:
    for language, rules in wording()["rules"].items():
        for number, rule in enumerate(rules):
            found = amounts(number)
            for at, sentence in enumerate(wording()["today"][language]):
                yield _version(language, number, f"today-{at}", sentence.format(**rule), (found[2],), found)
            for at, (stated, wanted) in enumerate(
                (("2016-06-15", 0), ("2020-02-10", 1), ("2019-03-01", 1), ("2019-02-28", 0), ("2025-05-05", 2))
            ):
                day = date.fromisoformat(stated)
                sentences = wording()["dated"][language]
                sentence = sentences[(number + at) % len(sentences)] if (day.month != 3 and day.month != 2) or at == 1 else sentences[0]
                shown = f"{day.year}年{day.month}月{day.day}日"
                question = sentence.format(**rule, day=f"{day.day} {day:%B} {day.year}", year=day.year, iso=shown)
                yield _version(language, number, stated, question, tuple(dict.fromkeys((found[wanted], found[2]))), found)


def _version(language: str, number: int, name: str, question: str, wanted: Sequence[int], every: Sequence[int]) -> Item:
    gold = " beside ".join(map(str, wanted))
    return Item(f"law-versions/{language}-{number}-{name}", question, gold, language, f"{language}-{number}",
                meta={"wanted": tuple(wanted), "others": tuple(one for one in every if one not in wanted)})  # fmt: skip


def score_version(item: Item, reply: Reply) -> Judgement:
    """Right where the amount then in force is stated first, today's beside it, and no other version's."""
    if reply.status != "answered":
        return Judgement(reply.status, 0.0)
    numbers = [int(found) for found in re.findall(r"(?<![\d.-])\d{1,3}(?![\d-]|\.\d)", re.sub(r"\[\d+\]|\d{4}-\d\d-\d\d", "", reply.text))]
    told = [one for one in dict.fromkeys(numbers) if one in (*item.meta["wanted"], *item.meta["others"])]
    right = tuple(told) == item.meta["wanted"]
    return Judgement("correct" if right else "wrong", float(right), "" if right else f"it states {told}")


VERSION_AT: Suite = Suite(
    "law-versions", "Made rules of three versions: the one in force on the day asked about, beside today's.", "answer", versions,
    score_version, (MEASURES["correct"], MEASURES["wrong"]), written=versions_written,
)  # fmt: skip
