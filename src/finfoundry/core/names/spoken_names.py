"""Names of companies: made comparable, and as a sentence calls them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from finfoundry.core.answer import Language
from finfoundry.core.language import has_han, simplified

_FORM = re.compile(
    r"\b(incorporated|inc|corporation|corp|company|co|limited|ltd|plc|llc|llp|lp|sa|nv|ag|se|spa|gmbh|holdings?|group|the|and)\b"
    r"|股份有限公司|有限责任公司|有限公司|股份公司|公司"
)

_PAPER = re.compile(
    r"\b(?:fy|q[1-4])?\s*(?:19|20)\d\d|\b(?:10 ?k|10 ?q|8 ?k|20 ?f|annual|interim|quarterly|earnings|report|prospectus)\b"
    r"|[（(]?(?:年度报告|年报|半年度|季度报告|季报|招股)",
    re.IGNORECASE,
)
_WORDS_OF_FILES = """
account accounts attachment board book budget clients company copy customers data document download draft email export fig figures file
final forecast forwarded fw fwd image img letter list long mail memo minutes new note notes old page photo presentation re results scan
scanned sheet slides statement statements summary table template test untitled upload version wg workbook aw
"""
_FILES = frozenset(_WORDS_OF_FILES.split())  # what files are called that are named after no company


@lru_cache(maxsize=100_000)
def entity_key(name: str) -> str:
    """A name without case, punctuation, legal form: "NETFLIX, INC." and "Netflix" are one; so are 某某股份有限公司 and 某某.

    >>> entity_key("The Coca-Cola Company")
    'coca cola'
    """
    plain = simplified(unicodedata.normalize("NFKC", name)).casefold()
    plain = plain.replace("'s ", " ").replace("'", "").replace("’", "").replace("&", " ")
    plain = re.sub(r"[\W_]+", " ", re.sub(r"\b(\w)\.(?=\w\b)", r"\1", plain))
    short = " ".join(_FORM.sub(" ", plain).split())
    return short or " ".join(plain.split())


def whole_keys(name: str) -> list[str]:
    """The name's key, and for Chinese the same without the gaps that brackets leave: 某某(集团)公司 is 某某集团公司."""
    key = entity_key(name)
    return list(dict.fromkeys([key, key.replace(" ", "")])) if has_han(key) else [key]


def entity_keys(names: Iterable[str | None]) -> list[str]:
    """Distinct keys in order, empty ones left out."""
    return list(dict.fromkeys(key for name in names if name and (key := entity_key(name))))


def file_key(file_name: str) -> str | None:
    """The company that a file is named after: the words before the first year, quarter or kind of document, without those of files.

    A reader files documents under the company's name, even where the document itself prints no more than a brand.

    >>> file_key("JOHNSON_JOHNSON_2022Q4_EARNINGS.pdf")
    'johnson johnson'
    """
    stem = re.sub(r"[_\-.\s]+", " ", file_name.rpartition("/")[2].rpartition(".")[0])
    found = _PAPER.split(stem, maxsplit=1)[0] if _PAPER.search(stem) else ""
    words = entity_key(re.sub(r"\d+", " ", found)).split()
    while words and words[-1] in _FILES:
        words.pop()
    while words and words[0] in _FILES:
        words.pop(0)
    key = " ".join(words)
    return key if len(key) > 1 else None


# --- what a sentence calls a company -----------------------------------------------------------------------------------------------
# Its name without the legal form, in capitals only where these are its initials.

_LEGAL_FORM = re.compile(
    r"(?:,?\s+(?:(?:&|and)\s+)?(?:incorporated|inc|corporation|corp|company|companies|co|limited|ltd|plc|llc|llp|l\.?p|n\.?v|s\.?a|a\.?g|s\.?e|s\.?p\.?a|gmbh"
    r"|kgaa|a/s|asa|oyj|ab|b\.?v)\b\.?(?:,?\s+and subsidiaries)?)+\s*(?:/\w{2,3}/?)?$",
    re.IGNORECASE,
)
_LEGAL_FORMS_ZH = (  # the second leaves 美的集团 as it is, where 美的 is too short
    re.compile(r"(?:[（(]?集团[)）]?)?(?:股份有限公司|有限责任公司|有限公司|股份公司)$"),
    re.compile(r"(?:股份有限公司|有限责任公司|有限公司|股份公司)$"),
)
_TWO_WORDS = re.compile(r"[A-Z][a-z]+\s(?:.*\s)?[A-Z][a-z]+")  # no ticker
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SMALL = frozenset({"OF", "AND", "THE", "FOR", "IN", "ON", "AT", "BY", "DE"})
_DOMAINS = frozenset({"COM", "NET", "ORG"})
_SHORT_WORDS = frozenset({"AIR", "ALL", "ANY", "ART", "ICE", "INN", "OIL", "OLD", "ONE", "OUR", "OUT", "OWN", "TWO"})
_SPOKEN = re.compile(r"[^AEIOU][AEIOUY][^AEIOUY]")  # three letters that are a word rather than initials: SUN
_SPELLED = re.compile(r"[^AEIOUY]+|.*[^AEIOUY]{3}.*")  # four that cannot be spoken: ASML
SHORTEST_HAN, SHORTEST = 3, 2  # characters


@lru_cache(maxsize=256)
def short_name(name: str, aliases: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> str:
    """A company's name as people say it. The name in full stays where one of ``others`` would be called the same; of a name in capitals
    the spelling of an alias is taken, where one has small letters.

    >>> short_name("TARN AIRCRAFT COMPANY"), short_name("IBX Corp."), short_name("白山电气股份有限公司")
    ('Tarn Aircraft', 'IBX', '白山电气')
    """
    bare = _without_form(name)
    spellings = (alias for alias in aliases if _same(_without_form(alias), bare) and alias not in (alias.upper(), alias.title()))
    spelled = next(spellings, name) if name.isupper() else name
    short = _without_form(spelled)
    alike = (other for other in others if other[:1].lower() == name[:1].lower() and _same(_without_form(other), short))
    said = name if any(not _same(other, name) for other in alike) else short
    return _in_small_letters(said) if spelled.isupper() else said


@lru_cache(maxsize=256)
def name_in(name: str, aliases: tuple[str, ...], language: Language) -> str:
    """The name, or the longest alias in the script of the other language where the name is not in it.

    >>> name_in("白山电气股份有限公司", ("BSDQ", "Baishan Electric"), "en")
    'Baishan Electric'
    """
    chinese = language == "zh"
    if has_han(name) is chinese:
        return name
    return max((alias for alias in aliases if (chinese or _TWO_WORDS.search(alias)) and has_han(alias) is chinese), key=len, default=name)


@lru_cache(maxsize=100_000)
def _without_form(name: str) -> str:
    if has_han(name):
        for form in _LEGAL_FORMS_ZH:
            short = form.sub("", name).strip()
            if len(short) >= SHORTEST_HAN:
                return short
        return name
    short = _LEGAL_FORM.sub("", name.strip()).strip(" ,")
    short = re.sub(r"^the\s+", "", short, flags=re.IGNORECASE) if short != name.strip() else short
    return short if len(short) >= SHORTEST else name


def _same(one: str, other: str) -> bool:
    return _letters(one) == _letters(other)


@lru_cache(maxsize=100_000)
def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _in_small_letters(name: str) -> str:
    alone = len(_WORD.findall(name)) == 1
    return _WORD.sub(lambda match: _spelled(match, alone=alone), name)


def _spelled(match: re.Match[str], *, alone: bool) -> str:
    """One word of a name in capitals; initials stay as they are."""
    word = match[0]
    if match.start() and (word in _SMALL or (word in _DOMAINS and match.string[match.start() - 1] == ".")):
        return word.lower()
    if len(word) < 3 or (len(word) == 3 and word not in _SHORT_WORDS and (alone or not _SPOKEN.fullmatch(word))):
        return word
    if "&" in match.string[max(0, match.start() - 1) : match.end() + 1] or (len(word) == 4 and _SPELLED.fullmatch(word)):
        return word
    return re.sub(r"^(Mc|O['’])([a-z])(?=[a-z]{2})", lambda inner: inner[1] + inner[2].upper(), word.capitalize())
