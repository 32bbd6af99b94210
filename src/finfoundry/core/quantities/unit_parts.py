"""A line of text cut into the parts of which statements of scale and currency are made, once and from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from finfoundry.core.quantities import currencies, scales

Kind = Literal[
    "currency",
    "maybe",  # a currency next to a scale, else another word: "R" of R'000
    "scale",
    "letter",  # a scale next to a currency: the m of CHF m
    "times",  # a factor of the scale: hundreds of, 10,000
    "number", "in", "of", "cue", "noun", "open", "close", "quote", "mark", "word", "han",
]  # fmt: skip


class UnitPart(NamedTuple):
    kind: Kind
    text: str
    start: int
    end: int
    code: str = ""  # of a currency
    power: int = 0  # of a scale, to the base of ten
    shared: frozenset[str] = currencies.ALONE  # the currencies that share a sign or word


_ATOM = re.compile(
    r"[A-Za-z\u00c0-\u024f\u0400-\u052f]+(?:\.[A-Za-z]+)*\.?|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+"
    r"|\d{1,3}(?:[ '’]000)+(?!\d)|\d(?:[\d,.]*\d)?(?:['’]?s\b)?|[^\s\w]"
)
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def _plain(word: str) -> str:
    """A word in lower case, in the singular, without points: "U.S." and "Dollars" are us and dollar."""
    word = word.replace(".", "").lower()
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_ATTACHED = re.compile(
    r"(?P<prefix>Md|[TtkKMm])\.?(?P<code>[A-Z]{3})|(?P<name>[A-Z]{3}|Rs|RM|Rp|R|SR)(?P<suffix>mn|mln|mm|bn|[mkbMKBtT]|MN|BN|MM)|[MTtk]kr"
)
_SMALL: dict[str, Kind] = {
    **dict.fromkeys(["in", "en", "em", "auf", "x", "в"], "in"),
    **dict.fromkeys(["of", "de", "d", "di", "o", "des", "dei"], "of"),
    **dict.fromkeys(
        (
            "unit", "units", "expressed", "stated", "presented", "shown", "reported", "amount", "amounts", "figure", "figures",
            "currency", "angaben", "montants", "values", "unless", "all",
        ),
        "cue",
    ),
    **dict.fromkeys(
        (
            "a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "several", "few", "some", "many",
        ),
        "number",
    ),
    **dict.fromkeys("()[]", "mark"), "(": "open", "[": "open", ")": "close", "]": "close",
    **dict.fromkeys("'’‘`´", "quote"),
}  # fmt: skip
HAN_CUES = ("单位", "單位", "単位", "단위")
_OTHER_MEANINGS = currencies.OTHER_MEANINGS | set(map(_plain, currencies.OTHER_MEANINGS))
_NAMES = {tuple(map(_plain, name.replace("-", " ").split())): code for name, code in currencies.ENGLISH.items()}
_NAMES |= {(*name[:-1], "$"): code for name, code in _NAMES.items() if name[-1] == "dollar"}  # "Canadian $"
_LONGEST_NAME = max(map(len, _NAMES))
_SIGNS = {sign.replace(".", ""): code for sign, code in currencies.SIGNS.items()}
_LONGEST_SIGN = 2
_FIRST_WORDS = {name[0] for name in _NAMES if len(name) > 1}
_FIRST_LETTERS = {sign[:size] for sign in _SIGNS for size in range(len(sign) + 1)}
_SHARED = {sign.rstrip("."): usual for sign, (usual, _) in currencies.SHARED.items()}
_FAMILIES = {sign.rstrip("."): family for sign, (_, family) in currencies.SHARED.items()}
_HAN_WORDS: dict[str, tuple[Kind, str, int]] = {
    **{name: ("currency", code, 0) for name, code in currencies.HAN.items()},
    **{sign: ("currency", usual, 0) for sign, usual in _SHARED.items() if _HAN.match(sign)},
    **{word: ("scale", "", power) for word, power in scales.HAN.items()},
    **dict.fromkeys((*HAN_CUES, "币种", "幣種", "币别", "幣別"), ("cue", "", 0)),
    **dict.fromkeys("股人户戶吨噸台件张張份辆", ("noun", "", 0)),
}
_HAN_WORD = re.compile("|".join(sorted(_HAN_WORDS, key=len, reverse=True)))  # the longest that stands at a place


def parts_of(text: str) -> list[UnitPart]:
    """The parts of a text in order; spaces are dropped."""
    atoms = [(match[0], match.start()) for match in _ATOM.finditer(text)]
    parts: list[UnitPart] = []
    place = 0
    while place < len(atoms):
        atom, start = atoms[place]
        if (kind := _whatever_is_beside(atom)) is not None:
            parts.append(UnitPart(kind, atom, start, start + len(atom)))
            place += 1
            continue
        if _HAN.match(atom):
            parts.extend(_of_han(atom, start))
            place += 1
            continue
        taken, found = _currency(atoms, place) or (1, _of_atom(atoms, place))
        parts.extend(found)
        place += taken
    return parts


@lru_cache(maxsize=32_768)
def _whatever_is_beside(atom: str) -> Kind | None:
    """The kind of an atom that begins no name or sign of a currency and is no scale, as most are; None for any other."""
    if _HAN.match(atom) or atom in scales.PREFIXES:
        return None
    if _plain(atom) in _FIRST_WORDS or atom.replace(".", "") in _FIRST_LETTERS or _currency([(atom, 0)], 0) is not None:
        return None
    found = _of_atom([(atom, 0)], 0)
    return found[0].kind if found == [UnitPart(found[0].kind, atom, 0, len(atom))] else None


def _family(word: str) -> frozenset[str]:
    return _FAMILIES.get(word, currencies.ALONE)


def _of_han(run: str, start: int) -> Iterator[UnitPart]:
    """The longest known words, from left to right, and the text between them."""
    unknown = 0
    for match in _HAN_WORD.finditer(run):
        word, place = match[0], match.start()
        if unknown < place:
            yield UnitPart("han", run[unknown:place], start + unknown, start + place)
        kind, code, power = _HAN_WORDS[word]
        yield UnitPart(kind, word, start + place, start + match.end(), code, power, _family(word))
        unknown = match.end()
    if unknown < len(run):
        yield UnitPart("han", run[unknown:], start + unknown, start + len(run))


def _currency(atoms: Sequence[tuple[str, int]], place: int) -> tuple[int, list[UnitPart]] | None:
    """The longest name or sign of a currency that begins here, and how many atoms it takes."""
    words = [_plain(atom) for atom, _ in atoms[place : place + _LONGEST_NAME]]
    start = atoms[place][1]

    def end(size: int) -> int:
        return atoms[place + size - 1][1] + len(atoms[place + size - 1][0])

    for size in range(min(_LONGEST_NAME, len(words)), 1, -1):
        if code := _NAMES.get(tuple(words[:size])):
            return size, [UnitPart("currency", " ".join(words[:size]), start, end(size), code)]
    sign = "".join(atom.replace(".", "") for atom, _ in atoms[place : place + _LONGEST_SIGN])
    if len(words) > 1 and sign in _SIGNS and not atoms[place + 1][0][0].isalnum() and atoms[place + 1][1] - end(1) <= 1:
        return 2, [UnitPart("currency", sign, start, end(2), _SIGNS[sign])]
    atom = atoms[place][0]
    for name in (atom, atom.rstrip(".")):
        if name in _OTHER_MEANINGS and name in currencies.SIGNS:
            return 1, [UnitPart("maybe", name, start, end(1), currencies.SIGNS[name])]
        if name in currencies.CODES or name in _SIGNS or name in ("$", "¥"):
            code = name if name in currencies.CODES else _SHARED.get(name) or _SIGNS[name]
            kind: Kind = "maybe" if name in currencies.WORDS else "currency"
            return 1, [UnitPart(kind, name, start, end(1), code, shared=_family(name))]
        if name in currencies.WITH_SCALE or name in currencies.OTHER_CODES:
            return 1, [UnitPart("maybe", name, start, end(1), currencies.WITH_SCALE.get(name, name))]
    word = words[0]
    if code := _NAMES.get((word,)) or _SHARED.get(word):
        return 1, [UnitPart("maybe" if word in _OTHER_MEANINGS else "currency", word, start, end(1), code, shared=_family(word))]
    if len(word) == 3 and word.upper() in currencies.CODES and word.upper() not in currencies.WORDS:  # "usd millions"
        return 1, [UnitPart("maybe", word, start, end(1), word.upper())]
    return None


def _of_atom(atoms: Sequence[tuple[str, int]], place: int) -> list[UnitPart]:
    """A word, number or mark that names no currency by itself."""
    atom, start = atoms[place]
    end = start + len(atom)
    if atom[0].isdigit():
        digits = re.sub("[ '’]", ",", atom.rstrip("s'’"))
        if digits in scales.ZEROS:
            return [UnitPart("scale", digits, start, end, power=scales.ZEROS[digits])]
        return [
            UnitPart("times" if digits in scales.MULTIPLIERS else "number", digits, start, end, power=scales.MULTIPLIERS.get(digits, 0))
        ]
    if not atom[0].isalpha():
        return [UnitPart(_SMALL.get(atom, "mark"), atom, start, end)]
    if attached := _attached(atom, start):
        return attached
    following = atoms[place + 1] if place + 1 < len(atoms) else ("", -1)
    if atom in scales.PREFIXES and following[0] in ("€", "$", "£", "¥", "₹") and following[1] == end:  # T€, k£
        return [UnitPart("scale", atom, start, end, power=scales.PREFIXES[atom])]
    word = _plain(atom)
    for name in (atom.lower().rstrip("."), word):
        if name in scales.WORDS:
            return [UnitPart("scale", name, start, end, power=scales.WORDS[name])]
    if word in scales.MULTIPLIERS:
        return [UnitPart("times", atom.lower(), start, end, power=scales.MULTIPLIERS[word])]
    name = atom.rstrip(".")
    if name in scales.UNSURE or name.lower() in scales.LETTERS:
        return [UnitPart("letter", name, start, end, power=scales.LETTERS.get(name.lower(), 0))]
    return [UnitPart(_SMALL.get(name.lower(), "word"), atom, start, end)]


def _attached(atom: str, start: int) -> list[UnitPart] | None:
    """A currency with its scale in one word: TEUR, kUSD, CHFm, RMBbn, Mkr."""
    match = _ATTACHED.fullmatch(atom.rstrip("."))
    if match is None:
        return None
    end = start + len(match[0])
    if match["prefix"] and match["code"] in currencies.CODES:
        middle = start + len(match["prefix"])
        scale = UnitPart("scale", match["prefix"], start, middle, power=scales.PREFIXES[match["prefix"]])
        return [scale, UnitPart("currency", match["code"], middle, end, match["code"])]
    if match["suffix"]:
        name, middle = match["name"], start + len(match["name"])
        code = name if name in currencies.CODES else currencies.SIGNS.get(name) or currencies.WITH_SCALE.get(name)
        if code is None:
            return None
        suffix = match["suffix"].lower()
        power = scales.LETTERS.get(suffix) or scales.WORDS.get(suffix, 0)
        return [UnitPart("currency", name, start, middle, code), UnitPart("letter", match["suffix"], middle, end, power=power)]
    return [UnitPart("scale", match[0], start, end, power=6 if match[0][0] == "M" else 3)] if match[0].endswith("kr") else None
