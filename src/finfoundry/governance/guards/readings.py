"""What a text says under its disguises: letters of other scripts that look like ours, digits for letters, letters apart, base64,
hexadecimal, escapes, read backwards or with the alphabet turned by half.

A text is tagged as it stands and as each of these readings; one is made only where its signs are there, so that plain texts cost nothing.
A story around a request dilutes it: the sentences of a question are read alone, too (``asked_alone``). Splitting a request over turns is
no matter of one text: whoever tags gives the turns before it (``together``).
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
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
SHORTEST, MOST_ALONE = 6, 40  # characters of a sentence that is read alone; sentences of one text, of more none is
MIXED = 1 / 3  # share of words that mix digits with letters, from which on all digits of a text are letters
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]")
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{16,}={0,2}(?![\w+/=-])")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:(?:\\x|%|0x)?[0-9A-Fa-f]{2}[ ,]?){12,}")
_GAP = r"[ ._*\-|/｜·'’]"
_SPACED = re.compile(rf"(?<!\w)(?:\w(?:{_GAP}){{1,3}}){{4,}}\w(?!\w)|(?:[\u4e00-\u9fff]{_GAP}+){{4,}}[\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[^.!?。！？；;\n]*[.!?。！？；;\n]+|[^.!?。！？；;\n]+$")
_QUOTED = re.compile(r"[“\"「『]([^”\"」』]+)[”\"」』]|(?<!\w)'([^'\n]+)'(?!\w)")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
_ENDS = frozenset(".?!。？！")  # marks that end a sentence, and begin one that was turned round
# Words that hardly a text does without, and that are none backwards; of Chinese, pairs that hardly occur the other way round.
_COMMON = re.compile(
    r"\b(?:the|to|of|and|in|how|is|for|me|you|what|can|with|from)\b|如何|怎[么样]|什么|可以|[我你他]们|进行|利用|通过|一个|这个|没有|自己|为什|能否|是否",
    re.IGNORECASE,
)


def readings(text: str) -> list[str]:
    """The text as a person reads it, then what else it may say; without disguises the one alone."""
    plain = _plain(text)
    hidden = [_plain(one) for one in _decoded(plain)]
    found = [one for said in (plain, *hidden) for one in (_folded(said), *_unspaced(said), *_turned(said), *_numbered(said))]
    return list(dict.fromkeys(one for one in found if one.strip()))


def asked_alone(text: str) -> list[str]:
    """The sentences of a text that has several, and what it quotes: each may be the request that all else is put around."""
    quoted = [first or second for first, second in _QUOTED.findall(text)]
    sentences = _SENTENCE.findall(text)
    parts = [one.strip() for one in (*(sentences if len(sentences) > 1 else ()), *quoted)]
    told = list(dict.fromkeys(one for one in parts if SHORTEST <= len(one) <= LONGEST[language_of(one)]))
    return told if len(told) <= MOST_ALONE else []


def _plain(text: str) -> str:
    """Without characters that are not seen, in one width and one script of Chinese, and with escapes undone."""
    shown = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), html.unescape(text))
    return simplified(unicodedata.normalize("NFKC", _INVISIBLE.sub("", shown)))


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
    for sentence in _SENTENCE.findall(text):
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


_DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}


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
    """Read from its end, word by word from their ends, or with the alphabet turned by half, where that has more common words than the
    text as it stands, or begins with the mark that ends a sentence.
    """
    stands = _common(text)
    ways = (text[::-1], _WORD.sub(lambda match: match[0][::-1], text), codecs.encode(text, "rot13"))
    yield from (one for one in ways if _common(one) > max(stands, 1))
    if text.strip()[:1] in _ENDS and text.strip()[-1:] not in _ENDS:
        yield ways[0]


def _common(text: str) -> int:
    """How many words that texts do not go without stand in one; a pair of Chinese characters says as much as two of English."""
    return sum(1 if match[0].isascii() else 2 for match in _COMMON.finditer(text))


def _numbered(text: str) -> Iterator[str]:
    """With all digits as letters, where words that mix both are many: "7h3r3 15" is "there is"."""
    words = _WORD.findall(text)
    mixed = [word for word in words if word.isascii() and re.search(r"[A-Za-z]", word) and any(one in _DIGITS for one in word)]
    if len(mixed) >= 3 and len(mixed) >= MIXED * len(words):
        yield "".join(_DIGITS.get(one, one) for one in text)
