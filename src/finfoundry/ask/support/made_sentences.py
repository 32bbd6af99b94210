"""True sentences out of what papers say, lightly told in other words; and the records in them: who or what stands in which relation."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core.answer import Language
from finfoundry.core.language import language_of, simplified

LONGEST = {"en": 230, "zh": 84}  # characters of a sentence that is made
FEWEST = {"en": 32, "zh": 9}
SHORTER = 0.6  # of the sentences that offer it
_INSIDE = re.compile(r"\s*[(（][^()（）]*[)）]")
MARK = re.compile(
    r"^\s*(?:[•●▪■◦·–—*-]|[(（]?(?:\d{1,2}|[a-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})[)）、.．])\s*|^第[〇零一二三四五六七八九十百]+条\s*"
)
_LEAD = re.compile(
    r"^(?P<lead>(?:In|During|As of|At|For|Since|On|Under|Through|After|Following) [^,]{3,60}), (?P<rest>[A-Za-z].+?)(?P<stop>[.]?)$"
)
_TAIL = re.compile(r",? (?:which|including|such as|as well as|and therefore|thereby|whether|although|while)\b[^;]*$")
_PASSIVE = re.compile(r"^(?P<what>[A-Z][^,;]{4,60}?) (?:was|were) (?P<verb>[a-z]+ed) by (?P<who>(?:the )?[A-Z][^,;.]{2,50})(?P<stop>\.?)$")
_WE = re.compile(r"\b[Ww]e (are|have|were|do|[a-z]+)\b")
_THIRD = {"are": "is", "have": "has", "were": "was", "do": "does"}
_AUXILIARY = re.compile(r"^(?:may|might|could|can|will|would|should|must|shall|had|did|[a-z]+ed)$")
_CAUSE = re.compile(r"^(?P<effect>[^，；]{4,40})，(?:主要)?(?:是由于|系由于|由于|因为|系)(?P<cause>[^，；]{4,40})[。]?$")
_SAYS_LITTLE = re.compile(r"\b(?:certain|various|respective|applicable|also|relevant|currently|further|such|that certain) (?=[a-z])")
_AND_SO_ON = re.compile(r"^(?:However|In addition|Furthermore|Additionally|Moreover|Accordingly|As a result|Therefore), (?=[A-Za-z])")
_BESIDE = re.compile(
    r",? (?:pursuant to|in accordance with|with respect to|in connection with|as described in|as defined in|together with|as amended)\b"
    r"[^,;.]*"
)
_THREE = re.compile(r"\b[a-z][\w'-]+(?: [\w'-]+){0,2}, ([a-z][\w'-]+(?: [\w'-]+){0,2}),? and (?=[a-z])")
_BESIDE_ZH = re.compile(r"^(?:根据|按照|依据|依照|为了|此外|同时|另外)[^，。；]{0,24}，")
_THREE_ZH = re.compile(r"[\u4e00-\u9fff]{2,8}、(?=[\u4e00-\u9fff]{2,8}[、和及与])")
_NUMBERS = re.compile(r"\d{4,}|[\d.]+%|[$¥€]|\d,\d{3}|\d\.\d")


@dataclass(frozen=True, slots=True)
class Record:
    """A value that a paper gives of a relation (the number of its row among the ``relations``); ``role`` is what the value is there."""

    relation: int
    language: Language
    value: str
    role: str
    quotable: Quotable


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """``data/support_words.yaml``."""
    held: Mapping[str, Any] = yaml.safe_load((files("finfoundry.ask") / "data" / "support_words.yaml").read_text(encoding="utf-8"))
    return held


def told_again(one: Quotable, company: str, source: random.Random) -> str | None:
    """What a quotable says, or a part of it that holds without the rest, in somewhat other words. None where nothing is left to say."""
    text = " ".join(MARK.sub("", simplified(one.text)).split()).strip("；; ")
    if one.form in ("row", "heading") or len(_NUMBERS.findall(text)) > 2 or text.endswith((":", "：", "?", "？")):
        return None
    language = language_of(text)
    text = _INSIDE.sub("", text) if source.random() < 0.7 else text
    text = _english(text, company, source) if language == "en" else _chinese(text, company, source)
    text = _shorter(text, language, source)
    text = with_other_words(text, language, source, source.choice((0.5, 0.9)))
    if source.random() < 0.12:
        opener = source.choice(words()["openers"][language])
        text = opener + (text if language == "zh" or text[:2].isupper() else text[0].lower() + text[1:])
    return text if FEWEST[language] <= len(text) <= LONGEST[language] else None


def _shorter(text: str, language: Language, source: random.Random) -> str:
    """Without some of what a person who tells it leaves out: how it is done, one of several things, words that say little."""
    left_out = (_AND_SO_ON, _SAYS_LITTLE, _BESIDE) if language == "en" else (_BESIDE_ZH, _THREE_ZH)
    for pattern in left_out:
        if source.random() < SHORTER:
            text = pattern.sub("", text, count=2)
    if language == "en" and source.random() < SHORTER:
        text = _THREE.sub(r"\1 and ", text, count=1)
    return text[:1].upper() + text[1:]


def records(found: Sequence[Quotable]) -> Iterator[Record]:
    """What stands in the sentences in a form that is known."""
    for one in found:
        text = simplified(one.text)
        language = language_of(text)
        for number, row in enumerate(words()["relations"][language]):
            said = re.search(row["pattern"], text) if not row.get("near") or re.search(row["near"], text) else None
            if said and not re.fullmatch(r"[\d\W]*", said["value"]) and len(said["value"].strip()) > 1:
                yield Record(number, language, said["value"].strip(" ,.|"), said.groupdict().get("role") or "", one)


def said_of(record: Record, value: str, company: str, source: random.Random) -> tuple[str, tuple[int, int]]:
    """A sentence that gives the record's relation this value, and where the value stands in it."""
    form: str = source.choice(words()["relations"][record.language][record.relation]["say"])
    name = company or ("The company" if record.language == "en" else "公司")
    before, _, after = form.replace("{company}", name).replace("{role}", record.role.strip()).partition("{value}")
    return before + value + after, (len(before), len(before) + len(value))


def with_other_words(text: str, language: Language, source: random.Random, share: float = 0.5) -> str:
    """Words and phrases for others that stand for them."""
    for row in words()["same"][language]:
        for word in row:
            edge = r"\b" if language == "en" else ""
            if source.random() < share and re.search(rf"{edge}{re.escape(word)}{edge}", text):
                other = source.choice([one for one in row if one != word])
                text = re.sub(rf"{edge}{re.escape(word)}{edge}", other, text, count=1)
                break
    return text


def conditional(text: str, language: Language) -> bool:
    """Whether a clause limits what the others say."""
    return any(re.search(pattern, text) for pattern in words()["conditions"][language])


def _english(text: str, company: str, source: random.Random) -> str:
    lead = _LEAD.match(text)
    if lead and source.random() < 0.6:
        rest, said = lead["rest"], lead["lead"]
        text = f"{rest[0].upper()}{rest[1:]}" + ("." if source.random() < 0.4 else f" {said[0].lower()}{said[1:]}.")
    tail = _TAIL.search(text)
    if tail and not conditional(tail[0], "en") and source.random() < 0.6:
        text = text[: tail.start()].rstrip(" .,") + "."
    parts = re.split(r"; |, (?:and|but) (?=[a-z]+ )", text)
    if len(parts) > 1 and not conditional(text, "en") and source.random() < 0.5:
        text = parts[0].rstrip(" .") + "."
    passive = _PASSIVE.match(text)
    if passive and source.random() < 0.7:
        text = f"{passive['who'][0].upper()}{passive['who'][1:]} {passive['verb']} {passive['what'][0].lower()}{passive['what'][1:]}."
    if company and source.random() < 0.7:
        text = _WE.sub(lambda said: f"{company} {_third(said[1])}", text)
        text = re.sub(r"\bThe Company\b|\bthe Company\b", company, text)
    return re.sub(r"\b[Oo]ur\b", lambda said: "Its" if said[0][0] == "O" else "its", text) if source.random() < 0.6 else text


def _third(verb: str) -> str:
    if verb in _THIRD or _AUXILIARY.match(verb):
        return _THIRD.get(verb, verb)
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "o")) else f"{verb}s"


def _chinese(text: str, company: str, source: random.Random) -> str:
    text = text.replace(" ", "")
    cause = _CAUSE.match(text)
    if cause and source.random() < 0.6:
        return f"由于{cause['cause']}，{cause['effect']}。"
    parts = re.split(r"[，；]", text.rstrip("。；，"))
    if len(parts) > 1 and not conditional(text, "zh") and source.random() < 0.6:
        first = source.randrange(len(parts)) if source.random() < 0.4 else 0
        parts = parts[first : first + source.choice((1, 1, 2, 3))]
    text = "，".join(parts) + "。"
    if company and source.random() < 0.6:
        text = re.sub(r"本公司|本行|我行|(?<![\u4e00-\u9fff])公司", company, text, count=1)
    return text
