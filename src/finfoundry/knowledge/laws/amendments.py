"""Which other rules a sentence amends: 将《差旅管理办法》第五条修改为……, "Clause 2.2 of the Travel Policy is replaced by …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from finfoundry.core.language import halfwidth
from finfoundry.knowledge.laws.titles import TITLE, bracketed, plain_titles

_ZH_VERB = r"(?:修改|修正|修订)"
_ZH_DENIED = re.compile(rf"(?:不|未|没有?|无[须需])[再予能得曾经会应须需]{{0,2}}(?:作|做|进行)?(?:任何|出|过)?{_ZH_VERB}")
_ZH_BEFORE = re.compile(rf"(?<!拟)(?:关于|现将?|决定对?|对|将)\s*(?:{_ZH_VERB}|废止和{_ZH_VERB}|{_ZH_VERB}和废止)?\s*(?:[\s、和及与]|　)*$")
_ZH_BEHIND = re.compile(rf"[^，。；]{{0,40}}?(?:(?:作|做|进行|予以)[^。；]{{0,8}})?{_ZH_VERB}")
_ZH_FIRST = re.compile(r"[\s　（(〇零一二三四五六七八九十\d]*[、.）)]?\s*")  # a title that a sentence begins with
_ZH_CHANGED = re.compile(
    r"第[〇零一二三四五六七八九十百千\d]+条[^，。；]{0,24}?(?:修改为|改为|删去|删除|增加)|[^，。；]{0,6}(?:作|做)[^。；]{0,8}修改"
)
_ZH_NOT = re.compile(r"(?:根据|依据|依照|按照|经|自)[^，；]{0,30}$|(?:适时|协商|抓紧|提出|建议|拟|另行)[^。；]{0,60}$")
_EN_VERBS = r"(?:amend|modif|vari|replac|substitut|delet|chang)(?:s|es|ed|ing|ies|ied)\b"
_PART = r"(?:clause|section|article|paragraph|part|annex|chapter|table)s?"
_EN_ACTIVE = re.compile(r"\b(?:amends|amending|modifies|varies)\s+(?P<rest>[^.;\n]{3,300})", re.IGNORECASE)
_EN_PASSIVE = re.compile(
    r"\s*(?:,[^,]{1,40},)?\s*(?:is|are|was|were|shall be|will be)\s+(?:hereby\s+|therefore\s+)?"
    r"(?P<verb>amended|replaced|substituted|deleted|changed)\b"
)
_EN_PART = re.compile(  # a part of a rule, at the beginning of what is said of it
    rf"(?:^|[,;:]\s+|^\W*\w{{1,3}}[.)]\s+)(?:in\s+)?{_PART}\s+[\w.()]+(?:\s*(?:,|and|to)\s*[\w.()]+){{0,8}}\s+(?:of|to|in)\s+(?:the\s+|our\s+)?$",
    re.IGNORECASE,
)
_EN_WHOLE = re.compile(r"(?:^|[,;:]\s+)(?:the\s+|our\s+)?$", re.IGNORECASE)
_EN_DOUBT = re.compile(r"\b(?:not|never|may|might|could|should|would|if|where|when|whenever|unless|until|proposed?)\b", re.IGNORECASE)


def amended(sentence: str, *, chinese: bool) -> Iterator[str]:
    """The titles of the rules that a sentence amends, as it writes them."""
    if chinese and "《" in sentence and "修" in sentence:
        yield from _chinese(halfwidth(sentence))
    elif not chinese and re.search(_EN_VERBS, sentence):
        yield from _english(" ".join(sentence.split()))


def _chinese(text: str) -> Iterator[str]:
    spans = list(bracketed(text))
    bare = text
    for start, end in spans:
        bare = bare[:start] + "　" * (end - start) + bare[end:]
    bare = _ZH_DENIED.sub(lambda denied: "；" * len(denied[0]), bare)  # 不予修改: what comes behind is of another clause
    if not re.search(_ZH_VERB, bare):
        return
    for start, end in spans:
        before = bare[:start]
        verb_before = re.search(rf"{_ZH_VERB}[　、和及与\s]*$", before)
        if _ZH_NOT.search(before):
            continue
        named = _ZH_BEFORE.search(before) and _ZH_BEHIND.match(bare[end:])
        if verb_before or named or (_ZH_FIRST.fullmatch(before) and _ZH_CHANGED.match(bare[end:])):
            yield text[start + 1 : end - 1]


def _english(text: str) -> Iterator[str]:
    if (active := _EN_ACTIVE.search(text)) and not _EN_DOUBT.search(text[: active.start()]):
        named = TITLE.search(active["rest"])
        if named is not None:
            yield from plain_titles(named[0])
        return
    for title in TITLE.finditer(text):
        verb, before = _EN_PASSIVE.match(text[title.end() :]), text[: title.start()]
        if verb is None or _EN_DOUBT.search(before):
            continue
        if _EN_PART.search(before) or (verb["verb"] in ("amended", "changed") and _EN_WHOLE.search(before)):
            yield from plain_titles(title[0])
