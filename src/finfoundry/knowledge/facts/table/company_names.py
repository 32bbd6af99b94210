"""What a company's name looks like in print: capitals, legal forms, and the words that documents set in capitals without naming anyone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

UPPER = r"[A-ZÀ-ÖØ-Þ]"
_FIRST = rf"(?:{UPPER}|\d+[A-Za-z]|[a-z]{{1,2}}{UPPER})"  # 3M, 1st, eBay
_INNER = r"[\w&.,'’/-]"
NAME = rf"(?<![\w&]){_FIRST}[\w&.,'’/ -]{{1,70}}?"
CAPITALS = rf"(?<![\w&]){_FIRST}{_INNER}*(?:[ \t]+(?:{_FIRST}{_INNER}*|&|of|and|the|de|du|des|del|di|da|la|le|van|von|der|plc)){{0,8}}"
_STRONG = (
    "Inc", "Incorporated", "Corp", "Corporation", "Company", "Co", "plc", "p.l.c", "Ltd", "Limited", "LLC", "L.L.C", "LP", "L.P", "LLP",
    "N.V", "NV", "B.V", "BV", "S.A", "SA", "S.A.B. de C.V", "S.p.A", "SpA", "AG", "SE", "KGaA", "GmbH", "A/S", "ASA", "AB", "Oyj", "OYJ",
    "Aktiengesellschaft", "Berhad", "Bhd", "Tbk", "Bancorp", "Bancshares", "Bancorporation",
)  # fmt: skip
_WEAK = ("Group", "Holdings", "Holding", "International", "Bank", "Trust", "Partners", "Industries")
_SHOUTED = tuple(form.upper() for form in (*_STRONG, *_WEAK) if len(form.replace(".", "")) > 2)


def _any(forms: tuple[str, ...]) -> str:
    return "(?:" + "|".join(re.escape(form) for form in sorted(set(forms), key=len, reverse=True)) + r")(?![\w’'-])\.?"


FORM = _any((*_STRONG, *_WEAK, *_SHOUTED))
FIRM_FORM = _any((*_STRONG, *(form.upper() for form in _STRONG if len(form.replace(".", "")) > 2)))
COMPANY = re.compile(rf"{NAME}(?<=[\s,]){FORM}(?:,?\s+{FORM})*")
HAS_FORM = re.compile(rf"[\s,]{FORM}$")
HAS_FIRM_FORM = re.compile(rf"[\s,]{FIRM_FORM}$")
_END = re.compile(rf"(?<![\s,])(?:[\s,]+(?:and|&))?[\s,]+(?:{FORM}|CO\.?|\(publ\))$|(?<!\s)\s*/[A-Z]{{2,3}}/?$|^(?:the|THE|The)\s+")
PICTURE = re.compile(r"(?<![^\s()])[^\s()]*\.(?:jpe?g|png|gif|svg|bmp|tiff?|webp|emf|wmf)\b", re.IGNORECASE)
AND_SUBSIDIARIES = re.compile(
    r"(?<![\s,])[\s,]+(?:and|&)\s+(?:its\s+)?(?:(?:consolidated|wholly[- ]owned)\s+)?"
    r"(?:subsidiar(?:y|ies)|affiliates|subsidiary\s+companies)\b.*$",
    re.IGNORECASE,
)
_SMALL = "of and the for de du des del della di da la le les van von der den und et e y i in on at plc & -"
SMALL_WORDS = frozenset(_SMALL.split())
# Words of titles, headings, covers and page headers: a name has at least one other.
_GENERIC_WORDS = """
a about above accountants accounting accounts act address all amounts an and annex annual appendix applicable april as at audit audited
auditor auditor's auditors auditors' august balance basis billion billions board box business by call cash certain certified chairman
chairman's charter check chief class combined commission committee common company compensation comprehensive condensed conference
consolidated contact contacts contents continued copyright corporate corporation current d.c date december definitions director
director's directors directors' disclosures discussion documents dollars earnings employer equity eu euro euros exact except exchange
executive exhibit exhibits facing facts february figures final financial firm first fiscal flow flows following for form former forward
fourth from full gaap general glossary governance group half highlights identification ifrs ii iii in income incorporated independent
index information integrated interim internal introduction investor investors irs item items iv january july june key letter liabilities
limited looking loss management management's march mark market may media meeting members message million millions model month months n/a
name nasdaq no non-gaap none not note notes november number nyse october of officer officers on one operating operations opinion or our
overview page part per performance period policies position preliminary presentation president press proxy public purpose quarter
quarterly quick ratio reference registered registrant relations release remuneration report reported reporting reports reserved
responsible results revenue revenues review rights risk risks sales schedule second section securities segment segments selected
september service share shareholder shareholders shares six slide slides specified statement statements states statutory stock
stockholders strategic strategy subsidiaries summary supplementary sustainability table the third thousand thousands three to total
transition twelve mon tue tues wed thu thur thurs fri sat jan feb mar apr jun jul aug sep sept oct nov dec
monday tuesday wednesday thursday friday saturday sunday sent subject received
u.s u.s. uk unaudited united us usa usd value washington we webcast with year years yes
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_FIRST_WORDS_OF_SENTENCES = """
during for in on as at to by with from under our this these those each all any if when where while who what which why how did does do is
are was were has have had according please see we i it he she they dear since after before upon your my his her their every some no how
"""
_OPENERS = frozenset(_FIRST_WORDS_OF_SENTENCES.split())
_TELLS_OF_A_TITLE = re.compile(
    r"(?:reports?|statements?|auditor['’]?s?['’]?|shareholders|stockholders|members|results|announces?|minutes|pursuant|registrant)",
    re.IGNORECASE,
)
_TYPESET = re.compile(r"\b([A-Z]) ([A-Z]{2,})\b")


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_][\w'’./&-]*", text)


def is_name(text: str, *, lower: bool = False) -> bool:
    """Whether every word is capitalised but the small ones (``lower``: or the first, a brand written small, before a legal form), and at
    least one says more than headings and covers do.
    """
    words = words_of(text)
    if (
        not words
        or not 2 <= len(text) < 90
        or re.search(r"[_:\u4e00-\u9fff]", text)
        or PICTURE.search(text)
        or words[0].lower() in _OPENERS
    ):
        return False
    if re.match(rf"{FIRM_FORM}(?:[\s,]|$)", text):  # the end of another name
        return False
    if re.search(r"\b(?:the|our|this|your) (?:Company|Corporation|Group|Bank)\b", text) or re.search(
        r"[!?;]|\.\s+[a-z]", HAS_FIRM_FORM.sub("", text)
    ):
        return False
    rest = words[1:] if lower and HAS_FIRM_FORM.search(text) else words
    if not all(not word[0].islower() or word in SMALL_WORDS or not word.islower() or re.fullmatch(FIRM_FORM, word) for word in rest):
        return False
    if any(_TELLS_OF_A_TITLE.fullmatch(word) for word in words):
        return False
    return any(not is_generic(word) for word in words)


def is_generic(word: str) -> bool:
    """Whether a word occurs on the covers and in the headings of any company's documents; numbers and legal forms do."""
    plain = word.lower().replace("’", "'").strip(".,")
    return plain in _GENERIC or plain in SMALL_WORDS or not re.search(r"[^\W\d_]", plain) or bool(re.fullmatch(FORM, word, re.IGNORECASE))


def tidy(name: str, text: str = "") -> str:
    """The name without rules, loose spaces and subsidiaries; capitals set apart ("R ESORTS") joined where ``text`` knows the word."""

    def joined(match: re.Match[str]) -> str:
        word = match[1] + match[2]
        return word if re.search(rf"\b{word}\b", text, re.IGNORECASE) else match[0]

    name = AND_SUBSIDIARIES.sub("", PICTURE.sub("", " ".join(name.split())).strip("_ ,-–—:;*|•“”\"'‘’"))
    name = re.sub(r"(?<!\s)\s+([.,])", r"\1", _TYPESET.sub(joined, name)).strip(" ,")
    return re.sub(r"(?<=[a-z]{5})\.$", "", name)  # the end of a sentence, not of "Corp."


def distinct(names: Iterable[str], known: str) -> Iterator[str]:
    """Names that differ in more than case and the last stop from the one known and from each other."""
    seen = {known.casefold().rstrip(".")}
    for name in names:
        if (plain := name.casefold().rstrip(".")) not in seen:
            seen.add(plain)
            yield name


def leading_name(text: str) -> str | None:
    """The name with which ``text`` begins: up to its legal form, else the run of capitalised words."""
    if (company := re.match(rf"{NAME}(?<=[\s,]){FIRM_FORM}(?:,?\s+{FORM})*", text)) and is_name(company[0], lower=True):
        return company[0]
    words: list[str] = []
    for word in text.split()[:9]:
        bare = word.rstrip(",.:;)")
        if not bare or not (bare[0].isupper() or bare[0].isdigit() or bare.lower() in SMALL_WORDS) or _ENDS.fullmatch(bare):
            break
        words.append(word)
        if word != bare and not re.fullmatch(FORM, word):
            break
    while words and is_generic(words[-1]) and not re.fullmatch(FORM, words[-1].rstrip(",:;")):
        words.pop()
    name = tidy(" ".join(words)).rstrip(".,:;")
    return name if is_name(name) else None


_ENDS = re.compile(r"Opinions?|Reports?|We|Our|In|The(?=$)|This|Adverse|Qualified|Basis|Introduction|Audit", re.IGNORECASE)


def shorter(name: str) -> Iterator[str]:
    """A name without its legal form and article, one word of them after the other: "Linxi Port Group", "Linxi Port"."""
    while (short := _END.sub("", name).strip(" ,.")) != name and len(short) > 1:
        yield short
        name = short
