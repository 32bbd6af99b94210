"""Which item an answer chooses, and which words and names it states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from finfoundry.evals.judging.direction import pole
from finfoundry.evals.judging.sentences import Sentence, folded, negated
from finfoundry.evals.judging.word_lists import alternatives

_COMPARED = re.compile(rf"(?:{alternatives('compared')})[^,.;，。；]*", re.IGNORECASE)
_MAILS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://)?(?:www\.)[\w.-]+", re.IGNORECASE)
_FOLLOWS = (
    '，。、；,.;:：！!？?）)(（【[]"”』」 \n的担任为是先女等在与和及之于即系兼签出已被同由现共还仍也均此日年'  # what may follow a name
)
_OR = re.compile(r"(?:或者?|亦?可能是|也?有说是|另一处(?:为|是|写作)|\bor\b|\bthough\b|\bbut\b|\balso\b)", re.IGNORECASE)


def form(phrase: str) -> re.Pattern[str]:
    """The pattern of a phrase at the bounds of words; a star at its end matches any ending: "substitut*"."""
    stem = phrase.rstrip("*")
    left = r"(?<![a-z0-9])" if re.match(r"[A-Za-z0-9]", stem) else ""
    right = "" if phrase.endswith("*") or not re.search(r"[A-Za-z0-9]$", stem) else r"(?:'?s)?(?![a-z0-9])"
    return re.compile(left + re.escape(folded(stem)).replace(r"\ ", r"\s+") + right)


def said(phrases: Sequence[str], text: str) -> bool:
    """Whether a text contains one of the phrases without denying it."""
    return any(not negated(text, match.start()) for match in _places(phrases, folded(text)))


def _places(phrases: Sequence[str], low: str) -> Iterator[re.Match[str]]:
    for phrase in phrases:
        yield from form(phrase).finditer(low)


def choice(question: str, chosen: Sequence[str], instead: Sequence[str], found: list[Sentence]) -> str:
    """Why an answer does not choose the right item; empty when it does."""
    for sentence in found:
        low = folded(sentence.text)
        bare = _COMPARED.sub(lambda match: " " * len(match[0]), low)
        right, wrong = list(_places(chosen, low)), list(_places(instead, bare))
        open_ones = [match for match in right if bare[match.start()] != " " and not negated(low, match.start())]
        if not right and not wrong:
            continue
        if not open_ones:
            return f"it does not choose {chosen[0]}"
        if wrong:
            return f"it names {wrong[0][0]}"
        asked, stated = pole(question), pole(sentence.text)
        if asked and stated and asked != stated:
            return f"it says the {stated} end"
        return ""
    return f"{chosen[0]} is not named"


def name_fault(wanted: Sequence[str], text: str) -> str:
    """Why none of the exact texts is what an answer names; empty when one is, alone and not denied."""
    bare = _squeezed(re.sub(r"(?<=[\u4e00-\u9fff]{2})\s+(?=[\u4e00-\u9fff]{2})", "、", text))
    for name in wanted:
        squeezed = _squeezed(name)
        for match in re.finditer(re.escape(squeezed), bare):
            after = bare[match.end() : match.end() + 1]
            whole = len(squeezed) > 4 or after == "" or after in _FOLLOWS
            if re.match(r"[a-z0-9]", squeezed) and re.search(r"[a-z0-9.@_-]$", bare[: match.start()]):
                whole = bare[: match.start()].endswith(("http://", "https://", "https://www.", "http://www."))
            if re.search(r"[a-z0-9]$", squeezed) and re.match(r"[a-z0-9@_-]", after):
                whole = False
            if re.match(r"[0-9]", squeezed) and re.search(r"[0-9.,]$", bare[: match.start()]):
                whole = False
            if whole and not negated(bare, match.start(), 8):
                return _second(squeezed, bare, match)
    return f"{wanted[0]} is not stated"


def _second(name: str, bare: str, at: re.Match[str]) -> str:
    """Why an answer that states a name leaves it open: it offers another one."""
    others = [one for one in _MAILS.findall(bare) if _host(one) not in _host(name) and _host(name) not in _host(one)]
    if others and _MAILS.search(name):
        return f"it names {others[0]}, too"
    before, after = bare[max(0, at.start() - 6) : at.start()], bare[at.end() : at.end() + 10]
    if _OR.match(after.lstrip("，,（(；; ")) or re.search(r"或者?$", before):
        return "it names another one, too"
    return ""


def _host(address: str) -> str:
    return re.sub(r"^https?://|^www\.|/$", "", address.casefold())


def _squeezed(text: str) -> str:
    return re.sub(r"\s+|/(?=$|[。，])|https?://", "", folded(text))
