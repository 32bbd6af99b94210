"""Personal data in running text besides the numbers that prove themselves (``pii``): names, addresses, accounts, days of birth.

Read by what surrounds them, since nothing in a name proves that it is one: a surname of the list with one or two characters after a word
that introduces people (客户, 来电人) or before one that people are followed by (先生, 本人); capitals after a title or such a word;
an address by its chain of parts (省 市 区 路 号, or a number, a street, a postcode); a number after the word for what it is.
What ends like a company, a branch or a product is nobody. Names without such a word beside them are found by a ``reader`` alone: an encoder
tuned on texts about people who do not exist (``governance/personal``), which adds to what the rules find and takes nothing away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from finfoundry.core.language import simplified
from finfoundry.core.protocols import TextReader
from finfoundry.governance import personal_signs, pii
from finfoundry.governance.personal_signs import TITLES, words

PersonalKind = Literal["name", "address", "account", "phone", "birth", "identity", "card", "email"]
BLANKS: dict[PersonalKind, str] = {
    "name": "[name]", "address": "[address]", "account": "[account]", "birth": "[date of birth]",
    "phone": "[phone]", "identity": "[id]", "card": "[card]", "email": "[email]",
}  # fmt: skip
_PERSON = r"(?P<name>(?:{surnames})(?:[\u4e00-\u9fff](?={titled})|[\u4e00-\u9fff]{{1,2}}))"
_CAPITALS = r"[A-Z]\w[\w'’-]+(?: (?:[A-Z]\.|(?:de|van|von|der|bin|al|O')(?= )|[A-Z]\w[\w'’-]*)){1,3}"
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_LEAD = re.compile(r"[\u4e00-\u9fff]{0,8}?(?:寄至|寄到|租在|住在|家住|现住|搬到|改成|改为|地址为|地址是|位于|在|住)(?=[\u4e00-\u9fff]{2})")
HEAD = "personal-spans"  # of the reader: the task that it learned
SURE = 0.9  # that each token of a span is one: what the reader takes wrongly is mostly less sure
SURE_OF_NUMBER = 0.5  # the same of a number that hardly anything else is taken for; of days of birth every date is
NUMBERS = frozenset({"account", "identity", "phone"})
_PERSONS = frozenset({"name", "identity", "card", "phone", "email"})  # beside which a day may be one of birth
_BETWEEN = frozenset({"", " ", "-"})  # groups of the digits of one number
WINDOW = 300  # characters read at once: as many as the texts that it learned from have at most
_ENDS = re.compile(r"[。！？；\n]|[.!?](?=\s)|\s")
_KINDS: dict[str, PersonalKind] = {
    "name": "name", "address": "address", "account": "account", "phone": "phone", "identity": "identity", "birth": "birth",
}  # fmt: skip
_NUMBER = r"(?P<account>[0-9](?:[0-9 -]{4,28})[0-9])"


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """Characters ``start`` to ``end`` (exclusive) of a text; the text stays out of the representation."""

    kind: PersonalKind
    start: int
    end: int
    text: str = field(repr=False)


def personal_spans(text: str, reader: TextReader | None = None) -> list[PersonalSpan]:
    """All personal data of a text in its order, none overlapping another; numbers that prove themselves go first, then longer ones. Chinese
    is read in simplified characters. A name of a file is read by itself, so that it is masked alike wherever it stands.
    """
    plain, files = simplified(text), personal_signs.file_names(text)
    found = [one for one in _spans(plain, reader) if not any(one.start < end and start < one.end for start, end in files)]
    for start, end in files:
        found += [PersonalSpan(one.kind, start + one.start, start + one.end, "") for one in _of_file(plain[start:end], reader)]
    whole = (PersonalSpan(one.kind, one.start, one.end, text[one.start : one.end]) for one in found)
    return sorted(whole, key=lambda one: one.start)


def _spans(text: str, reader: TextReader | None) -> list[PersonalSpan]:
    found = [PersonalSpan(one.kind, one.start, one.end, one.text) for one in pii.find(text)]
    found += [PersonalSpan("account", *one.span(), one[0]) for one in _IBAN.finditer(text) if is_iban(one[0])]
    proved = len(found)
    ruled = list(_read(text))
    learnt = _believed(text, list(_learnt(text, reader)), [*found, *ruled]) if reader else ()
    for span in sorted([*ruled, *learnt], key=lambda one: (one.kind == "name", one.start - one.end)):
        over = [other for other in found if span.start < other.end and other.start < span.end]
        if not over:
            found.append(span)
        elif span.kind == "name" and len(over) == 1 and over[0].kind == "name" and over[0] in found[proved:]:
            found[found.index(over[0])] = _both(text, span, over[0])  # of a name that two found in part nothing is left
    return found


def _both(text: str, one: PersonalSpan, other: PersonalSpan) -> PersonalSpan:
    """Both as one span, without the title that one of them took with it."""
    start, end = min(one.start, other.start), max(one.end, other.end)
    end -= next((len(title) for title in TITLES if text[start:end].endswith(title)), 0)
    return PersonalSpan(one.kind, start, end, text[start:end])


def _of_file(name: str, reader: TextReader | None) -> Iterator[PersonalSpan]:
    """What the name of a file has of somebody; a number that the reader alone marks within a longer code is a part of that code."""
    ruled = {(one.start, one.end) for one in _spans(name, None)}
    for one in _spans(name, reader):
        if one.kind not in NUMBERS or (one.start, one.end) in ruled or not personal_signs.is_in_code(name, one.start, one.end):
            yield one


def without_personal(text: str, reader: TextReader | None = None) -> str:
    """The text for who may not see persons: numbers that prove themselves as ``pii`` masks them, all else as blanks."""
    pieces, end = [], 0
    for span in personal_spans(text, reader):
        pieces += [text[end : span.start], _blank(span)]
        end = span.end
    return "".join(pieces) + text[end:]


def _blank(span: PersonalSpan) -> str:
    """``pii`` masks what it finds itself; of a span that it knows in part, or not at all, nothing stays."""
    whole = [(one.start, one.end) for one in pii.find(span.text)] == [(0, len(span.text))]
    return pii.mask(span.text) if whole else BLANKS[span.kind]


def is_iban(text: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as numbers, modulo 97 is one."""
    bare = text.replace(" ", "")
    return 15 <= len(bare) <= 34 and int("".join(str(int(one, 36)) for one in bare[4:] + bare[:4])) % 97 == 1


def _learnt(text: str, reader: TextReader) -> Iterator[PersonalSpan]:
    """What the reader marks and is sure of; of a company's name, or an office's address, rules know better."""
    last: PersonalSpan | None = None
    for start, piece in windows(text):
        for one in reader.spans(HEAD, piece):
            span = _whole_number(text, PersonalSpan(_KINDS[one.label], start + one.start, start + one.end, piece[one.start : one.end]))
            born = span.kind == "birth" and personal_signs.is_born(text, span.start, span.end)
            sure = SURE_OF_NUMBER if born or span.kind in NUMBERS else SURE
            if one.probability < sure or not span.text.strip() or _is_no_ones(text, span):
                continue
            if last and last.kind == span.kind and span.kind in NUMBERS and text[last.end : span.start] in _BETWEEN:
                last = PersonalSpan(span.kind, last.start, span.end, text[last.start : span.end])  # groups of one number
                continue
            if last:
                yield last
            last = span
    if last:
        yield last


def _believed(text: str, marked: list[PersonalSpan], known: list[PersonalSpan]) -> Iterator[PersonalSpan]:
    """Of what the reader marked what bears the signs of its kind; a day of birth needs a person beside it, marked or ``known``."""
    names = [one for one in marked if one.kind == "name" and personal_signs.is_persons_name(text, one.start, one.end)]
    numbers = [one for one in marked if one.kind in NUMBERS and personal_signs.is_persons_number(text, one.start, one.end)]
    persons = [(one.start, one.end) for one in (*names, *numbers, *known) if one.kind in _PERSONS]
    yield from (*names, *numbers)
    for one in marked:
        day = one.kind == "birth" and personal_signs.is_persons_day(text, one.start, one.end, persons)
        if day or (one.kind == "address" and len(one.text) > 1 and any(character.isalpha() for character in one.text)):
            yield one


def _whole_number(text: str, span: PersonalSpan) -> PersonalSpan:
    """A span that ends, or begins, within a number or a Latin word has all of it: what is left of an account tells which it is."""
    start, end = span.start, span.end
    while start > 0 and _goes_on(text[start - 1 : start + 1]):
        start -= 1
    while end < len(text) and _goes_on(text[end - 1 : end + 1]):
        end += 1
    return PersonalSpan(span.kind, start, end, text[start:end])


def _goes_on(two: str) -> bool:
    """Whether two neighbouring characters are of one number or code."""
    return two.isascii() and two.isalnum()


def windows(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces that the reader can read, each with its place; cut where a sentence ends, if one does."""
    start = 0
    while start < len(text):
        end = min(len(text), start + WINDOW)
        if end < len(text):
            ends = [match.end() for match in _ENDS.finditer(text, start, end)]
            end = ends[-1] if ends else end
        yield start, text[start:end]
        start = end


def _read(text: str) -> Iterator[PersonalSpan]:
    for kind, patterns in _patterns().items():
        for pattern in patterns:
            for match in pattern.finditer(text):
                start, end = match.span(kind)
                if kind == "address" and (lead := _LEAD.match(match[kind])):
                    start += lead.end()
                span = PersonalSpan(kind, start, end, text[start:end])
                if not _is_no_ones(text, span):
                    yield span


def _is_no_ones(text: str, span: PersonalSpan) -> bool:
    """Whether a name is a company's, an address an office's, or a number that of a paper."""
    if span.kind in NUMBERS and personal_signs.is_filing_number(text, span.start, span.end):
        return True
    check = {"name": _is_nobody, "address": _is_office, "identity": _is_reference, "account": _is_reference}.get(span.kind)
    return check is not None and check(text, span.start, span.end)


def _is_office(text: str, start: int, end: int) -> bool:
    """Whether an address is a company's: what stands before it, or begins it, says so."""
    near = text[max(0, start - 8) : min(end, start + 6)]
    return any(word in near for word in words()["offices"])


def _is_reference(text: str, start: int, end: int) -> bool:  # noqa: ARG001  a check's signature
    """Whether a number is introduced as that of a case, an order or another act."""
    before = text[max(0, start - 24) : start].rstrip(" ：:.#为是").lower()
    return any(before.endswith(word) for word in words()["references"])


def _is_nobody(text: str, start: int, end: int) -> bool:
    """Whether a name goes on to that of a company or a place, or is a word of banks."""
    told = words()
    after = text[end : end + 4]
    known = text[start:end] in told["nobody"] or text[start : start + 2] in told["nobody"] or personal_signs.is_measure(text, start)
    return known or any(after.lstrip(" ").startswith(tail) or text[start:end].endswith(tail) for tail in told["tails"])


def surnames() -> list[str]:
    """The Chinese surnames that are known, those of two characters first."""
    return words()["surnames"]


@cache
def _patterns() -> dict[PersonalKind, list[re.Pattern[str]]]:
    told = words()
    titled = "|".join(word for word in told["after"] if len(word) > 1)  # a name of two characters before one of these is not one of three
    person = _PERSON.format(surnames="|".join(sorted(told["surnames"], key=len, reverse=True)), titled=titled)
    before, weak, after = ("|".join(map(re.escape, told[name])) for name in ("before", "weak", "after"))
    titles, introduced = ("|".join(told[name]) for name in ("titles", "introduced"))
    region = r"[\u4e00-\u9fff]{2,8}?(?:省|市|自治区|区|县|州|镇|乡|街道)"
    road = r"[\u4e00-\u9fff0-9]{1,12}?(?:路|街|大道|道|巷|弄|胡同|村|里|坊)"
    door = r"[0-9０-９A-Z一二三四五六七八九十甲乙丙-]{1,8}(?:号楼|号院|院|号|弄|栋|幢|座|楼|层|单元|室|组|户)(?:之[一二三四五六七八九十])?"
    house = r"(?:[\u4e00-\u9fff]{2,8}(?:小区|花园|苑|家园|公寓|新村))"
    street = r"[0-9]{1,5}[A-Za-z]?(?:,? [A-Z][\w'’-]+){1,4}"
    town = r"(?:,? [A-Z][\w'’-]+){0,3}"
    code = r"(?:[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}|[A-Z]{2},? [0-9]{5}(?:-[0-9]{4})?|[0-9]{5})"
    year = r"(?:19|20)[0-9]{2}"
    day = r"[0-9]{1,2}(?:st|nd|rd|th)?"
    dates = (
        r"(?:民国 ?)?[0-9]{2,3} ?年 ?[0-9]{1,2} ?月 ?[0-9]{1,2} ?日?", rf"{year} ?[年./-] ?[0-9]{{1,2}} ?[月./-] ?[0-9]{{1,2}}日?",
        rf"[0-9]{{1,2}}-[A-Z][a-z]{{2}}-{year}", rf"{day} (?:of )?[A-Z][a-z]{{2,8}},? {year}", rf"[A-Z][a-z]{{2,8}} {day},? {year}",
        rf"[0-9]{{1,2}}[/.][0-9]{{1,2}}[/.](?:{year}|[0-9]{{2}})",
    )  # fmt: skip
    date = rf"(?P<birth>{'|'.join(dates)})"
    papers = r"(?i:passport|护照号?码?|通行证号?码?)(?i: no\.?| number|[是为：: ]){0,2} ?"
    born = r"(?i:born(?: on| in)?|date of birth|dob|birthday|生于|出生日期|生日)[是为：: ,]{0,3}"
    return {
        "name": [
            re.compile(rf"(?:{before}|{weak})[是为叫：: ，,]{{0,2}}{person}(?=(?:{after})|[\W\d]|$)"),
            re.compile(rf"(?:{before})[是为叫：: ，,]{{0,2}}{person}"),
            re.compile(rf"(?<![\u4e00-\u9fff]){person}(?=(?:{after}))"),
            re.compile(rf"(?P<name>(?:{'|'.join(told['surnames'])})(?:{'|'.join(TITLES)}))"),
            re.compile(rf"[—–-]+ ?{person}(?=\W*$)"),
            re.compile(r"(?P<name>[\u4e00-\u9fff]{2,7}·[\u4e00-\u9fff]{2,7})"),
            re.compile(rf"[.!?] +(?P<name>{_CAPITALS})(?=\W*$)"),
            re.compile(rf"(?:{titles}) (?P<name>(?:[A-Z][\w'’-]+|[A-Z]\.)(?: (?:[A-Z]\.|[A-Z][\w'’-]+)){{0,3}})"),
            re.compile(rf"(?i:\b(?:{introduced}))[:,]? (?P<name>{_CAPITALS})"),
        ],
        "address": [
            re.compile(rf"(?P<address>(?:{region}){{1,4}}(?:{road})?(?:{house})?(?:{door}){{1,5}}(?:[0-9]{{2,5}})?)"),
            re.compile(rf"(?P<address>{road}{door}(?:{house})?(?:{door}){{0,4}}(?:[0-9]{{2,5}})?)(?!.{{0,4}}(?:文件|通知))"),
            re.compile(rf"(?P<address>{street}(?:,? (?:Apt|Unit|Suite|Flat|No)\.? [0-9A-Z]+)?{town},? {code})"),
            re.compile(rf"(?P<address>(?:Flat|Apt|Unit|Suite) [0-9A-Z]+,? {street}{town}(?:,? {code})?)"),
        ],
        "account": [
            re.compile(rf"(?i:{'|'.join(told['accounts'])})(?i:[是为：: ]| no\.?| number| ending in){{0,3}} ?{_NUMBER}"),
            re.compile(r"(?<![\dA-Za-z.,-])(?P<account>[0-9]{16,19})(?![\dA-Za-z]|[.,-]\d)"),  # no amount is so long
        ],
        "phone": [
            re.compile(r"(?<![\d.])(?P<phone>(?:\(?0(?!00)[0-9]{2,3}\)?[ -]?)[0-9]{7,8}(?:-[0-9]{1,5})?)(?!\d)"),
            re.compile(r"(?<![\d.])(?P<phone>\(?0(?!00)\d{2,4}\)?[ -]\d{3,4}[ -]\d{3,4}|\(\d{3}\) ?\d{3}[ -]\d{4})(?![\d-])", re.ASCII),
            re.compile(r"(?<![\d.])(?P<phone>\+[0-9]{1,3}[ -]?\(?[0-9]{1,4}\)?(?:[ -]?[0-9]{2,4}){2,4})(?![\d-])"),
            re.compile(r"(?i:phone|mobile|cell|call|tel|reached|number)[^\d\n]{0,24}(?P<phone>[0-9]{3}[ -][0-9]{3}[ -][0-9]{4})(?![\d-])"),
        ],
        "identity": [
            re.compile(r"(?<![\d-])(?P<identity>[0-9]{3}-[0-9]{2}-[0-9]{4})(?![\d-])"),
            re.compile(r"(?<![A-Za-z0-9])(?P<identity>[STFGM][0-9]{7}[A-Z](?![A-Za-z0-9])|[A-Z]{1,2}[0-9]{6}\([0-9A]\))"),
            re.compile(papers + r"(?P<identity>[A-Z]{0,2}[0-9]{7,9}[A-Z]?)"),
        ],
        "birth": [re.compile(rf"{date}(?= ?(?:出生|生(?![产效])|born))"), re.compile(born + date)],
    }  # fmt: skip
