"""Normalises what users send, and checks answers for personal data before they leave.

A question and a piece of evidence are data. Nothing in them can end its place in a prompt (``as_data``), and no instruction in them
changes what an answer may hold: permission lies in the database, figures must be bound.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError
from finfoundry.core.instructions import as_data as as_data
from finfoundry.governance import pii

Check = Callable[[Answer], str | None]
"""Looks at an answer before it leaves; returns the reason to withhold it, or None."""

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
# NFKC would write 10⁶ as 106 and 2½ as 21⁄2: a number must not change by being cleaned.
_KEPT = re.compile(r"([\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u00bc-\u00be\u2150-\u215f\u2189])")
_SPACES = re.compile(r"[^\S\n]+")

_WITHHELD = {"en": "This answer is withheld.", "zh": "该回答不予提供。"}


@dataclass(frozen=True, slots=True)
class GuardedQuestion:
    """A question fit to work with. ``text`` is cleaned, ``original`` is for the audit record only."""

    text: str
    original: str


def clean_question(text: str, *, limit: int = 4000) -> GuardedQuestion:
    """NFKC, without control, bidirectional and invisible characters, without marks of turns, at most ``limit`` characters.

    Raises:
        InputError: empty, too long, or no letter and no digit in it.
    """
    if len(text) > limit:  # before the work: NFKC can make 18 characters out of one
        raise InputError(
            f"The question has {len(text):,} characters, more than {limit:,}", remedy="Ask one thing at a time, in fewer words"
        )
    cleaned = as_data(clean_text(text))
    if len(cleaned) > limit:
        raise InputError(
            f"The question has more than {limit:,} characters when written out", remedy="Ask one thing at a time, in fewer words"
        )
    if not any(character.isalnum() for character in cleaned):
        raise InputError("The question is empty", remedy="Write what you want to know, in English or Chinese")
    return GuardedQuestion(cleaned, text)


def clean_text(text: str) -> str:
    """NFKC (but for raised and lowered digits and fractions), spaces joined, lines stripped, and nothing that a reader cannot see."""
    lines = _BREAKS.sub("\n", _normalised(text)).replace("\t", " ")
    visible = "".join(character for character in lines if character == "\n" or not _is_invisible(character))
    stripped = (line.strip() for line in _SPACES.sub(" ", visible).split("\n"))
    return "\n".join(line for line in stripped if line)


def _normalised(text: str) -> str:
    pieces = _KEPT.split(text)
    return "".join(piece if place % 2 else unicodedata.normalize("NFKC", piece) for place, piece in enumerate(pieces))


def _is_invisible(character: str) -> bool:
    if unicodedata.category(character) in _INVISIBLE:
        return True
    code = ord(character)
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or code in {0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0}


def check_answer(answer: Answer, checks: Iterable[Check] = (), published: Collection[str] = ()) -> Answer:
    """The answer as it may leave: withheld when a check says so, personal data masked otherwise, but for what a company publishes as
    its own.
    """
    for check in checks:
        reason = check(answer)
        if reason is not None:
            return withhold(answer, reason)
    citations, nearest = (
        [replace(citation, quote=pii.mask(citation.quote, published)) for citation in cited] for cited in (answer.citations, answer.nearest)
    )
    reason = answer.reason and pii.mask(answer.reason, published)  # it may say again what is withheld
    return replace(answer, text=pii.mask(answer.text, published), reason=reason, citations=citations, nearest=nearest)


def withhold(answer: Answer, reason: str) -> Answer:
    """The answer without its text, figures and citations."""
    text = _WITHHELD[answer.language]
    return replace(answer, status="withheld", text=text, reason=reason, citations=[], figures=[], options=[], nearest=[])
