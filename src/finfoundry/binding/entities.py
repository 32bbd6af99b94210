"""Which company a sentence speaks of, among those of the evidence, or that it names another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from finfoundry.binding.claims import Claim
from finfoundry.binding.labels import word_lists, words

_SUFFIX = re.compile(
    r"\b(?:incorporated|inc|corporation|corp|company|co|limited|ltd|plc|llc|lp|holdings?|the|s\.?a|n\.?v|ag|se|and subsidiaries)\b\.?"
    r"|股份有限公司|有限责任公司|有限公司|集团公司|控股|（集团）|\(集团\)",
    re.IGNORECASE,
)
_LATIN_NAME = r"[A-Z][\w&.-]*(?:\s+(?:&\s+)?[A-Z][\w&.-]*){0,4}"
_FOREIGN = re.compile(
    rf"(?P<owner>{_LATIN_NAME})['’]s?(?=\s)|(?P<company>{_LATIN_NAME}),?\s+(?:Inc|Corp|Corporation|Company|Ltd|Limited|plc|PLC|LLC|Holdings|Group|Bancorp)\b"
    rf"|(?P<teller>{_LATIN_NAME})\s+(?:reported|recorded|posted|generated|earned|had|disclosed|booked)\b"
    rf"|\b(?:of|for|at|by)\s+(?P<object>{_LATIN_NAME})(?=\s(?:was|were|is|are|in|for|at|as|rose|fell|increased|decreased|amounted|totaled)\b|[,.;])"
)
_FOREIGN_ZH = re.compile(
    r"(?P<owner>[\u4e00-\u9fff*A-Za-z]{2,14}?)(?:在|于)?(?=(?:19|20)\d{2}年|截至)|(?<=[年末度日])[，,]?(?P<object>[\u4e00-\u9fff*A-Za-z]{2,14}?)(?:公司)?的"
    r"|(?P<company>[\u4e00-\u9fff]{2,16}(?:股份|集团|银行|证券|保险|药业|科技|公司))"
)
_COMMON = word_lists()["common"]
_COMMON_ZH = re.compile("|".join(sorted(word_lists()["common_zh"], key=len, reverse=True)))
_TIME = re.compile(r"(?:FY|CY|Q|H)?\d*", re.IGNORECASE)


class Entities:
    """The companies of the evidence by all their names."""

    def __init__(self, names: Iterable[tuple[str, ...]]) -> None:
        self.groups = list(dict.fromkeys(names))
        if () in self.groups:
            self.groups.remove(())
        self._spoken = [(spoken, number) for number, group in enumerate(self.groups) for name in group for spoken in spoken_names(name)]
        self._spoken.sort(key=lambda pair: -len(pair[0]))
        self._pattern = _any_of([spoken for spoken, _ in self._spoken])
        self._number: dict[str, set[int]] = {}
        for spoken, number in self._spoken:
            self._number.setdefault(spoken, set()).add(number)

    def named(self, text: str) -> frozenset[int]:
        """The companies that a text names."""
        if self._pattern is None:
            return frozenset()
        found = self._pattern.findall(_flat(text))
        return frozenset(number for name in found for number in self._number[name])

    def without(self, text: str) -> str:
        """The text with the companies' names cut out, so that they do not read as metrics."""
        return self._pattern.sub(" ", _flat(text)) if self._pattern else text

    def of_claim(self, claim: Claim, text: str, question: str, knows: Callable[[str], bool]) -> frozenset[int] | None:
        """The companies meant: those of the sentence, else of the text before it, else of the question; empty when a stranger is named;
        None when nobody is named.
        """
        if not self.groups:
            return None
        for part in (claim.nearby, claim.sentence):
            found = self.named(part)
            if found:
                return found
            if self.stranger(part, knows):
                return frozenset()
        before = self._last_named(text[: claim.start])
        return before or self.named(question) or (frozenset() if self.stranger(question, knows) else None)

    def _last_named(self, text: str) -> frozenset[int]:
        if self._pattern is None:
            return frozenset()
        last = [match[0] for match in self._pattern.finditer(_flat(text))][-1:]
        return frozenset(number for name in last for number in self._number[name])

    def stranger(self, text: str, knows: Callable[[str], bool]) -> str | None:
        """The name of a company that is none of the evidence's, if the text has one."""
        for pattern in (_FOREIGN, _FOREIGN_ZH):
            for match in pattern.finditer(text):
                name = next(group for group in match.groups() if group)
                if not self.named(name) and self._is_name(name, knows):
                    return name
        return None

    def _is_name(self, name: str, knows: Callable[[str], bool]) -> bool:
        if name[0] > "z" or re.search(r"[\u4e00-\u9fff]", name):
            bare = _COMMON_ZH.sub("", name)
            said = words(bare)
            return len(bare) > 1 and bool(said) and not any(knows(word) for word in said)
        parts = [part for part in re.split(r"[\s&.-]+", name) if part]
        unknown = [
            part
            for part in parts
            if part.lower() not in _COMMON and not _TIME.fullmatch(part) and not any(knows(word) for word in words(part))
        ]
        return bool(unknown) and len(unknown) * 2 >= len(parts)

    def fits(self, meant: frozenset[int] | None, entity: tuple[str, ...]) -> bool:
        return meant is None or not entity or self.groups.index(entity) in meant


def _any_of(names: list[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    return re.compile("|".join(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name[0] < "\u4e00" else re.escape(name) for name in names))


@lru_cache(maxsize=10_000)
def _flat(text: str) -> str:
    return re.sub(r"['’]s?\b", " ", text.lower())


@lru_cache(maxsize=10_000)
def spoken_names(name: str) -> tuple[str, ...]:
    """How a company is called: its name in full, without its legal form, its first distinctive word, its initials."""
    full = " ".join(_flat(name).replace(",", " ").split())
    core = " ".join(_SUFFIX.sub(" ", full).split()).strip(" .&,")
    found = [full, core]
    parts = core.split()
    if len(parts) > 1 and core[0] < "\u4e00":
        initials = "".join(part[0] for part in parts)
        if "&" in parts:
            found += [initials, initials.replace("&", "")]
        elif len(parts) > 2:
            found.append(initials)
        if len(parts[0]) > 5:
            found.append(parts[0])
    return tuple(dict.fromkeys(spoken for spoken in found if len(spoken) > 1))
