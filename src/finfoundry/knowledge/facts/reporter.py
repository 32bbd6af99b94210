"""Who reports: the company's name from the cover of a filing in English, or from the first lines of a release."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

REGISTRANT = re.compile(r"\(?\s*exact\s+name\s+of\s+(?:the\s+)?(?:registrant|company)", re.IGNORECASE)
FILE_NUMBER = re.compile(r"^.*?\bcommission\s+file\s+(?:no|number)s?\.?\s*:?\s*[\d-]*\s*", re.IGNORECASE)
EXCHANGE = r"(?:nyse|nasdaq|new\s+york\s+stock\s+exchange|otc|tsx|lse|asx|hkex|sehk)"
NAME = r"[A-Z][\w&.,'’ -]{1,60}?"
FORM = r"(?:Inc|Incorporated|Corp|Corporation|Company|Co|plc|PLC|Ltd|Limited|Group|N\.V|S\.A|AG|LLC|L\.P|International)\b\.?"
COMPANY = re.compile(rf"{NAME}\b{FORM}(?:,?\s+{FORM})*")
LISTED = re.compile(rf"(?P<name>{NAME})\s*\((?:(?i:{EXCHANGE})\s*[:：,]|[“\"'](?:the\s+)?Company\b|together\s+with\b)")
HEADLINE = re.compile(rf"(?P<name>{NAME})\s+(?i:reports?|announces?|declares?|delivers?)\b")
SMALL_WORDS = frozenset({"of", "and", "the", "for", "de", "du", "van", "von", "in", "on", "plc", "&", "-"})
NO_NAMES = frozenset(
    {"the company", "company", "form", "exhibit", "united states", "securities and exchange commission", "press release", "index"}
    | {"annual", "quarterly", "current", "transition", "interim", "financial", "earnings", "this", "the"}
)
HEAD_LINES = 80


def reporter(cover: str) -> str | None:
    """The registrant, else who is said to be listed or called "the Company", else who announces, else the first company named."""
    lines = [line.strip() for line in re.split(r"[\n\t]", cover) if line.strip()]
    candidates = (*_registrants(lines), *_named(LISTED, lines), *_named(HEADLINE, lines[:40]), *_companies(lines[:HEAD_LINES]))
    found = next((name for candidate in candidates if is_name(name := tidy(candidate, cover))), None)
    if found:
        return found
    counts = Counter(tidy(match[0], cover) for match in COMPANY.finditer(cover))
    return next((name for name, _ in counts.most_common(5) if is_name(name)), None)


def _registrants(lines: list[str]) -> Iterator[str]:
    """What stands above or before "(Exact name of registrant…"."""
    for place, line in enumerate(lines):
        if match := REGISTRANT.search(line):
            before = line[: match.start()].strip(" (_")
            yield FILE_NUMBER.sub("", before or (lines[place - 1] if place else ""))


def _named(pattern: re.Pattern[str], lines: list[str]) -> Iterator[str]:
    for line in lines:
        for match in pattern.finditer(line):
            yield re.split(r"[.:–—] ", match["name"])[-1]  # a place or a date may stand before the name


def _companies(lines: list[str]) -> Iterator[str]:
    yield from (match[0] for line in lines if (match := COMPANY.match(line)))


def tidy(name: str, cover: str) -> str:
    """Without rules and loose spaces; capitals set apart by the typesetter ("R ESORTS") joined where the cover knows the word."""

    def joined(match: re.Match[str]) -> str:
        word = match[1] + match[2]
        return word if re.search(rf"\b{word}\b", cover, re.IGNORECASE) else match[0]

    name = re.sub(r"\b([A-Z]) ([A-Z]{2,})\b", joined, name.strip("_ ,-–—"))
    return re.sub(r"\s+([.,])", r"\1", name)


def is_name(text: str) -> bool:
    """Every word of a name is capitalised but for the small ones, and it says more than "the Company"."""
    words = re.findall(r"[A-Za-z][\w'’.-]*", text)
    if not 2 < len(text) < 90 or text.lower() in NO_NAMES or text.split()[0].lower() in {"during", "for", "in", "on", "as", "at", "to"}:
        return False
    if re.search(r"\b(?:the|our|this) (?:Company|Corporation|Group)\b", text):
        return False
    return bool(words) and all(word[0].isupper() or word.lower() in SMALL_WORDS for word in words)
