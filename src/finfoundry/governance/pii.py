"""Personal data in text: Chinese resident identity numbers, mobile phones, bank cards, e-mail addresses of persons.

A number counts only when its own checks hold (checksum, date, region, Luhn) and it does not read as an amount, because a filing is
full of long numbers that are nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal["identity", "card", "phone", "email"]

# Province codes of GB/T 2260, the first two digits of an identity number.
_REGIONS = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643, after ISO 7064 MOD 11-2
_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ＠－　", "0123456789Xx@- ")

# Issuers and their lengths: UnionPay, Visa, Mastercard, American Express, JCB, ICBC's old range. None begins like a year.
_ISSUED = re.compile(
    r"6[0-9]{15,18}|4[0-9]{15}(?:[0-9]{3})?|5[0-9]{15}|2(?:22[1-9]|2[3-9]|[3-6]|7[0-2])[0-9]+|3[47][0-9]{13}|35[0-9]{14}|9558[0-9]{15}"
)

_BEFORE = r"(?<![0-9A-Za-z.,$¥￥€£+-])(?<![$¥￥€£] )"
_AFTER = r"(?![0-9A-Za-z])(?![.,-][0-9])(?! ?(?:元|万|亿|千|百|股|份|美元|港元|人民币|%|％|USD|CNY|RMB|HKD|EUR|million|billion|shares))"
_IDENTITY = re.compile(_BEFORE + r"[0-9]{6}[ -]?(?:18|19|20)[0-9]{6}[ -]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_CARD = re.compile(_BEFORE + r"[2-69][0-9]{3}(?:([ -]?)[0-9]{4}(?:\1[0-9]{4}){2}(?:\1[0-9]{1,3})?|[ -]?[0-9]{6}[ -]?[0-9]{5})" + _AFTER)
_PHONE = re.compile(r"(?<![0-9A-Za-z.,$¥￥€£-])(?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:[ -]?)[0-9]{4}(?:[ -]?)[0-9]{4}" + _AFTER)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9_.%+-])[A-Za-z0-9_%+-][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal data and its place in a text; its text stays out of the representation."""

    kind: Kind
    start: int
    end: int
    text: str = field(repr=False)


def find(text: str) -> list[Personal]:
    """All personal data in the text, in its order, none overlapping another."""
    readable = text.translate(_FULL_WIDTH)
    found: list[Personal] = []
    for kind, pattern, holds in _KINDS:
        for match in pattern.finditer(readable):
            start, end = match.span()
            if holds(match.group()) and all(end <= other.start or start >= other.end for other in found):
                found.append(Personal(kind, start, end, text[start:end]))
    return sorted(found, key=lambda item: item.start)


def mask(text: str, published: Collection[str] = ()) -> str:
    """The text with personal data made unreadable; enough is left to distinguish two of them by eye. Mail addresses that are
    ``published``, by a company as its own, stay.
    """
    return "".join(_pieces(text, published))


def _pieces(text: str, published: Collection[str]) -> Iterator[str]:
    end = 0
    for item in find(text):
        if item.kind == "email" and item.text in published:
            continue
        yield text[end : item.start]
        yield _masked(item)
        end = item.end
    yield text[end:]


def _masked(item: Personal) -> str:
    if item.kind == "email":
        name, _, host = item.text.translate(_FULL_WIDTH).partition("@")
        return f"{name[0]}***@{host}"
    head, tail = {"identity": (3, 2), "card": (0, 4), "phone": (3, 4)}[item.kind]
    digits = "".join(character for character in item.text.translate(_FULL_WIDTH) if character.isalnum())
    if item.kind == "phone":
        digits = digits[-11:]
    return digits[:head] + "*" * (len(digits) - head - tail) + digits[-tail:]


def _is_identity(text: str) -> bool:
    number = _bare(text).upper()
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    try:
        born = date(year, month, day)
    except ValueError:
        return False
    if int(number[:2]) not in _REGIONS or born.year < 1850:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[17]


def _is_card(text: str) -> bool:
    number = _bare(text)
    return _ISSUED.fullmatch(number) is not None and len(set(number)) > 2 and luhn(number)


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def _always(text: str) -> bool:  # noqa: ARG001  the pattern says it all
    return True


_OFFICES = re.compile(
    r"ir|info|invest(?:ors?)?|stocks?|securities|sec|office|contact|board|secretary|zq|zqsw|zqtz|dshms|dmbgs|dongmi|dm|db|bgs|admin"
    r"|services?|support|media|press|legal|compliance|help|sales|webmaster|mail|public|company|pr|enquiries|[a-z]*(?:zqb|dmb|dsh)"
)


def _is_persons(text: str) -> bool:
    """Whether an address is a person's. That of an office (ir@, zqb@, a stock's number, the company's name) is there to be written to."""
    name, _, host = text.translate(_FULL_WIDTH).lower().partition("@")
    words = re.findall("[a-z]+", name)
    own = len(name) > 3 and name.rstrip("0123456789") == host.split(".")[0]
    stock = re.fullmatch(r"(?:sz|sh)?[0-9]{6}", name) is not None
    office = any(_OFFICES.fullmatch(word) for word in words)
    return not (own or stock or office)


_KINDS: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("email", _EMAIL, _is_persons),
    ("identity", _IDENTITY, _is_identity),
    ("card", _CARD, _is_card),
    ("phone", _PHONE, _always),
)
