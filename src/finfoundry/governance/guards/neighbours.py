"""Harmful requests and their innocent neighbours, made of acts and forms (``data/neighbours.yaml``), of topics told from both sides in the
same registers (``data/topics.yaml``), and written in pairs with the frames that disguise them (``data/pairs.yaml``), so that neither an act
nor a form nor a frame nor a topic decides alone.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any

import yaml

from finfoundry.core.answer import Language
from finfoundry.core.language import language_of
from finfoundry.governance.guards.labelled_text import LabelledText
from finfoundry.governance.guards.readings import LONGEST

FRAMED = 0.33  # share of requests that are put into a frame
HOSTS = 4
_TRIGGERS = 400  # words of a language that harmful requests have most beyond harmless ones
LANGUAGES: tuple[Language, ...] = ("en", "zh")
PUT_IN_PASSAGE = frozenset({"injection", "exfiltration"})  # said by a paper, too
_SENTENCE_END = re.compile(r"(?<=[.!?。！？\n])\s*")
_EN_WORD, _ZH_PAIR = re.compile(r"[A-Za-z]{4,}"), re.compile(r"(?=([\u4e00-\u9fff]{2}))")
_MENTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("{words}", "What does “{words}” mean?", "The word {words} in section 3", "Report on {words}"),
    "zh": ("{words}", "“{words}”是什么意思？", "第三节中的{words}一词", "关于{words}的报告"),
}


@cache
def told() -> Mapping[str, Any]:
    """The three files: forms, harmful and harmless acts, whole sentences, pairs, frames, orders, topics with their registers."""
    folder = resources.files(__package__) / "data"
    files = (yaml.safe_load((folder / name).read_text("utf-8")) for name in ("neighbours.yaml", "pairs.yaml", "topics.yaml"))
    return {key: value for file in files for key, value in file.items()}


def made_requests(source: random.Random, each: int) -> list[LabelledText]:
    """``each`` asking and as many guarding forms of every harmful act, and twice as many of harmless ones; topics as often;
    pairs, whole sentences, orders in papers; and of all that people ask a third once more in a frame.
    """
    parts = (_acts, _topics, _pairs, _sentences)
    made = [row for language in LANGUAGES for part in parts for row in part(language, source, each)]
    framed = [_framed(row, source) for row in made if not row.passage and source.random() < FRAMED]
    plain = [row for language in LANGUAGES for row in _plain(language, each)]
    return [*made, *framed, *plain, *chain.from_iterable(_orders(language, source, each) for language in LANGUAGES)]


def guarding_forms() -> Mapping[Language, Sequence[str]]:
    """Forms in which a harmful act is no harm, of each language."""
    return {language: told()["forms"][language]["guarding"] for language in LANGUAGES}


def _framed(row: LabelledText, source: random.Random) -> LabelledText:
    """A harmful request in a frame is a jailbreak, too; a harmless one stays harmless."""
    text = source.choice(told()["frames"][language_of(row.text)]).format(request=row.text)
    labels = tuple(dict.fromkeys((*row.labels, "jailbreak"))) if row.labels else ()
    return replace(row, text=text, labels=labels)


def _acts(language: Language, source: random.Random, each: int) -> Iterator[LabelledText]:
    forms = told()["forms"][language]
    for label, acts in told()["harmful"].items():
        for act in acts[language]:
            family = f"made-{label}"
            for form in source.sample(forms["asking"], min(each, len(forms["asking"]))):
                yield LabelledText(form.format(act=act), (label,), family, act=act)
            for form in source.sample(forms["guarding"], min(each, len(forms["guarding"]))):
                yield LabelledText(form.format(act=act), (), family, act=act)
    every = [*forms["asking"], *forms["guarding"]]
    for act in told()["harmless"][language]:
        for form in source.sample(every, min(2 * each, len(every))):
            yield LabelledText(form.format(act=act), (), "made-none", act=act)


def _topics(language: Language, source: random.Random, each: int) -> Iterator[LabelledText]:
    """What does harm and what works against it, in registers that know nothing of either."""
    registers = told()["registers"][language]
    for label, harms, kind, thing, group in _things(language):
        for form in source.sample(registers[kind], min(each, len(registers[kind]))):
            yield LabelledText(form.format(it=thing), (label,) if harms else (), f"made-{label}", act=group)


def _plain(language: Language, each: int) -> Iterator[LabelledText]:
    """Harmless acts in the registers of topics, drawn apart, so that more of them change no other row."""
    forms = told()["registers"][language]["do"]
    for act in (*told()["plain"][language], *told()["harmless"][language]):
        for form in random.Random(act).sample(forms, min(each, len(forms))):  # noqa: S311  drawn again the same
            yield LabelledText(form.format(it=act), (), "made-none", act=act)


def _things(language: Language) -> Iterator[tuple[str, bool, str, str, str]]:
    """Label, whether it does harm, its kind of register, what is wanted, and what is left out together: a pair of acts."""
    for topic in told()["topics"]:
        for side, kinds in topic[language].items():
            yield from ((topic["label"], side == "harm", kind, thing, thing) for kind, things in kinds.items() for thing in things)
    for label, pairs in told()["acts"].items():
        for harmful, innocent in pairs[language]:
            yield label, True, "do", harmful, harmful
            yield label, False, "do", innocent, harmful


def _pairs(language: Language, source: random.Random, each: int) -> Iterator[LabelledText]:  # noqa: ARG001  as its neighbours are called
    for label, pairs in told()["pairs"][language].items():
        for harmful, innocent in pairs:
            yield LabelledText(harmful, (label,), f"made-{label}", act=harmful)
            yield LabelledText(innocent, (), f"made-{label}", act=harmful)


def _sentences(language: Language, source: random.Random, each: int) -> Iterator[LabelledText]:  # noqa: ARG001
    for label, sentences in told()["said"].items():
        labels = () if label == "none" else (label,)
        yield from (LabelledText(text, labels, f"made-{label}", act=text) for text in sentences[language])


def _orders(language: Language, source: random.Random, each: int) -> Iterator[LabelledText]:
    """Orders to a machine, which are injections, and orders to people, which are not: in papers."""
    said = told()["orders"][language]
    for heads, tails, labels in ((said["machine"], said["wanted"], ("injection",)), (said["people"], said["asked"], ())):
        for tail in tails:
            for head in source.sample(heads, min(each, len(heads))):
                text = f"{head} {tail}" if language == "en" else f"{head}{tail}"
                yield LabelledText(text, labels, "made-injection", passage=True, act=tail)


def planted(passages: Sequence[str], attacks: Sequence[LabelledText], source: random.Random) -> Iterator[LabelledText]:
    """What is said in papers put into harmless passages of the same language where there are any: at the start, inside, or at the end; what
    comes of public sets, which are small, into several.
    """
    by_language: dict[Language, list[str]] = {one: [text for text in passages if language_of(text) == one] for one in LANGUAGES}
    for attack in (one for one in attacks for _ in range(1 if one.act else HOSTS)):
        hosts = by_language[language_of(attack.text)] or by_language["en"]
        host = _SENTENCE_END.split(source.choice(hosts))
        place = source.choice((0, len(host) // 2, len(host)))
        before, after = (" ".join(part).strip() for part in (host[max(0, place - 2) : place], host[place : place + 2]))
        room = LONGEST[language_of(attack.text)] // 3
        text = f"{before[-room:]} {attack.text} {after[:room]}".strip()
        yield LabelledText(text, attack.labels, attack.family, passage=True, act=attack.act)


def trigger_mentions(rows: Sequence[LabelledText], source: random.Random, number: int) -> list[LabelledText]:
    """Harmless mentions of the words that stand in harmful texts and hardly in harmless ones: a word alone is no request."""
    found: list[LabelledText] = []
    for language in LANGUAGES:
        words = _triggers([row for row in rows if language_of(row.text) == language], language)
        for _ in range(number // 2 if words else 0):
            said = source.sample(words, min(len(words), source.randint(1, 3)))
            form = source.choice(_MENTIONS[language])
            found.append(LabelledText(form.format(words=(" " if language == "en" else "、").join(said)), (), "made-mentions"))
    return found


def _triggers(rows: Sequence[LabelledText], language: Language) -> list[str]:
    harmful, harmless = Counter[str](), Counter[str]()
    for row in rows:
        words = {word.lower() for word in (_EN_WORD if language == "en" else _ZH_PAIR).findall(row.text)}
        (harmful if row.labels else harmless).update(words)
    share = {word: count / (1 + harmless[word]) for word, count in harmful.items() if count >= 4}
    return sorted(share, key=lambda word: (-share[word], word))[:_TRIGGERS]
