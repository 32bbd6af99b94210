"""What a text says under its disguises: letters of other scripts that look like ours, letters apart, base64, hexadecimal, read backwards.

A text is tagged as it stands and as each of these readings; one is made only where its signs are there, so that plain texts cost nothing.
Splitting a request over turns is no matter of one text: whoever tags gives the turns before it, too (``together``).
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

import yaml

from finfoundry.core.language import language_of, simplified

LONGEST = {"en": 480, "zh": 180}  # characters of a window: some 120 tokens
MOST_WINDOWS = 24  # of one text; a longer one is read at its ends and evenly between them
TURNS, TURN_CHARACTERS = 4, 1_000  # of what was said before
MOST_DECODED = 4_000  # characters of one decoded run
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]")
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{16,}={0,2}(?![\w+/=-])")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:(?:\\x|%|0x)?[0-9A-Fa-f]{2}[ ,]?){12,}")
_GAP = r"[ ._*\-|/｜·'’]"
_SPACED = re.compile(rf"(?<!\w)(?:\w(?:{_GAP}){{1,3}}){{4,}}\w(?!\w)|(?:[\u4e00-\u9fff]{_GAP}+){{4,}}[\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W_]+")
_COMMON = re.compile(r"\b(?:the|to|a|of|and|in|how|is|for|me|you|what)\b", re.IGNORECASE)


def readings(text: str) -> list[str]:
    """The text as a person reads it, then what else it may say; without disguises the one alone."""
    plain = simplified(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)))
    found = [_folded(plain), *_decoded(plain), *_unspaced(plain), *_turned(plain)]
    return list(dict.fromkeys(one for one in found if one.strip()))


def windows(text: str, *, whole: bool = False) -> list[str]:
    """Parts of a text that can be tagged, cut at sentences where it has any; neighbours overlap by half where it has none.

    Of a long text an even sample, unless it is to be read ``whole``.
    """
    longest = LONGEST[language_of(text)]
    if len(text) <= longest:
        return [text]
    parts = list(_parts(text, longest))
    if whole or len(parts) <= MOST_WINDOWS:
        return parts
    step = (len(parts) - 1) / (MOST_WINDOWS - 1)
    return [parts[round(number * step)] for number in range(MOST_WINDOWS)]


def together(turns: Sequence[str], text: str) -> str:
    """The last turns and the text as one, for what was asked in parts; "" where there are no turns."""
    before = [turn[-TURN_CHARACTERS:] for turn in turns[-TURNS:] if turn.strip()]
    return "\n".join([*before, text]) if before else ""


def _parts(text: str, longest: int) -> Iterator[str]:
    held = ""
    for sentence in re.findall(r"[^.!?。！？；;\n]*[.!?。！？；;\n]+|[^.!?。！？；;\n]+$", text):
        if held and len(held) + len(sentence) > longest:
            yield held
            held = ""
        held += sentence
        while len(held) > longest:  # no sentence at all
            yield held[:longest]
            held = held[longest // 2 :]
    if held.strip():
        yield held


def _folded(text: str) -> str:
    """Words that mix scripts in Latin letters: Сyrillic and Greek look-alikes, digits for letters."""
    return _WORD.sub(lambda match: _word(match[0]), text)


def _word(word: str) -> str:
    alike = _look_alikes()
    folded = "".join(alike.get(character, character) for character in word)
    if folded != word and folded.isascii():
        return folded
    letters = sum(character.isalpha() for character in word)
    if word.isascii() and letters >= 2 and any(character in _DIGITS for character in word) and not word[-1].isdigit() and word[0].isalpha():
        return "".join(_DIGITS.get(character, character) for character in word)
    return word


_DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t"}


@cache
def _look_alikes() -> dict[str, str]:
    told: dict[str, str] = yaml.safe_load((resources.files(__package__) / "data" / "look_alikes.yaml").read_text("utf-8"))
    return {one: latin for latin, others in told.items() for one in others}


def _decoded(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        run = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        with_padding = run + "=" * (-len(run) % 4)
        try:
            yield from _readable(base64.b64decode(with_padding, validate=True))
        except binascii.Error:
            continue
    for match in _HEX.finditer(text):
        digits = re.sub(r"\\x|0x|[^0-9A-Fa-f]", "", match[0])
        yield from _readable(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _readable(data: bytes) -> Iterator[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    if sum(character.isprintable() or character.isspace() for character in text) >= 0.95 * len(text):
        yield text[:MOST_DECODED]


def _unspaced(text: str) -> Iterator[str]:
    """With the letters of words that are spaced out put together: "h o w" is "how"; wider gaps, if there are any, stand between words."""
    if not _SPACED.search(text):
        return
    joined = _SPACED.sub(lambda match: _together(match[0]), text)
    if joined != text:
        yield joined


def _together(run: str) -> str:
    """A run of letters apart: its commonest gap goes, any other stands between words."""
    gaps = re.findall(rf"{_GAP}+", run)
    common = max(set(gaps), key=gaps.count)
    return "".join(re.sub(rf"{_GAP}+", lambda gap: "" if gap[0] == common else " ", run))


def _turned(text: str) -> Iterator[str]:
    """Read from its end, where that has words of English and the text as it stands has none."""
    back = text[::-1]
    if text.isascii() and len(text) >= 12 and not _COMMON.search(text) and len(_COMMON.findall(back)) >= 2:
        yield back
