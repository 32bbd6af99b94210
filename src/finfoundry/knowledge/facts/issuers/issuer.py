"""Who reports: the company on which cover, page headers, auditor, definitions and the file's name of an English document agree.

No one place names the company in every document: a filing does above "(Exact name of registrant…)", a release where it announces, a
glossy report perhaps only in its page headers and in the auditor's report. So each place proposes names, each with a weight;
spellings of one company are added up, and the heaviest company is the reporter, or nobody where none is proposed firmly enough.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from finfoundry.core.document import Document
from finfoundry.core.names.spoken_names import entity_key, file_key
from finfoundry.core.periods import find_periods
from finfoundry.core.quantities.unit_lines import states_unit
from finfoundry.knowledge.facts.issuers.titled import titled
from finfoundry.knowledge.facts.table.company_names import (
    CAPITALS,
    COMPANY,
    HAS_FIRM_FORM,
    HAS_FORM,
    PICTURE,
    distinct,
    is_name,
    leading_name,
    tidy,
    words_of,
)
from finfoundry.knowledge.facts.table.lists import listed

HEAD_LINES = 80
HEAD_CELLS = 6  # of a sheet: further on are its rows
REGISTRANT_PAGES = 25  # a glossy report may carry the form behind its letters
LEAST = 2.5  # what a name must weigh: one firm place, or two weak ones
ABOVE = 4  # lines above "(Exact name of registrant…" among which the name is
ENTRIES = 3  # rows by day that make a list of entries
RIVALS = 3  # companies of about one weight
BESIDE_YEAR = 3.0  # what a name beside a bare year weighs where it is told elsewhere
OFTEN = 0.1  # share of pages on which a header runs

_REGISTRANT = re.compile(
    r"\(?\s*(?:exact\s+name\s+of\s+(?:the\s+)?(?:registrant|company|issuer)|names?\s+of\s+(?:the\s+)?registrant\s+as\s+specified)",
    re.IGNORECASE,
)
_FILE_NUMBER = re.compile(r"^.*?\bcommission\s+file\s+(?:no|number)s?\.?\s*:?\s*[\d-]*\s*", re.IGNORECASE)
_EXCHANGE = r"(?:nyse|nasdaq|new\s+york\s+stock\s+exchange|otc|tsx|lse|aim|asx|hkex|sehk|euronext|six|xetra|sgx|jse|tse|bse|nse)"
_LISTED = re.compile(
    rf"(?P<name>{CAPITALS})\s*(?:\([^()]{{0,60}}\)\s*)?\((?:the\s+)?"
    rf"(?:(?i:{_EXCHANGE})\s*(?i:[a-z ]*)[:：,]|[“\"'‘](?:the\s+)?(?:Company|Group|Corporation|Bank|Registrant)\b|together\s+with\b)"
)
_HEADLINE = re.compile(
    rf"(?P<name>{CAPITALS})(?:,?\s+(?:today|has|have|is|are|pleased\s+to))*\s+(?i:reports?|announces?|declares?|delivers?|posts?|releases?)\b"
)
_NEWS = re.compile(
    r"\b(?:results|earnings|quarter\w*|fiscal|year|half|dividend|income|profit|loss|sales|revenues?|agreement|acquisition|merger|actions?|offering|sale)\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\bto\s+(?:the\s+)?(?:(?:annual\s+|extraordinary\s+)?general\s+meeting|board\s+of\s+directors|supervisory\s+board|trustees|directors"
    r"|owners|partners|(?:share|stock|unit)\s?-?holders|members)(?:\s*(?:,|and|&)\s*(?:the\s+|to\s+the\s+)*(?:board\s+of\s+(?:directors|trustees)|directors"
    r"|(?:share|stock|unit)\s?-?holders|members))*\s+of\s+(?:the\s+(?=[a-z]))?(?P<rest>[^\n]{3,100})",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:©\s*)?(?:(?:19|20)\d\d(?:\s*[-–,]\s*(?:19|20)\d\d)?,?\s*)?(?:by\s+)?(?P<rest>[^\n]{3,80})", re.IGNORECASE
)
_MEANT = re.compile(
    r"(?P<terms>(?:[“\"‘'][^”\"’']{1,40}[”\"’'][\s,;]*(?:(?:and|or|and/or|the|and\s+the|or\s+the)\s+)*){1,12})[^.“”\"]{0,40}?\b(?:refers?|means?|relates?)(?:\s+(?:collectively|only))?"
    r"\s*(?:to\s+)?(?:the\s+(?=[a-z]))?(?P<rest>[^\n]{3,100})"
)
_CALLED = re.compile(
    rf"(?P<name>{CAPITALS})(?:[\s,]+(?:and|together\s+with)\s+(?:its|our)\s[^()]{{0,60}})?\s*\((?P<terms>[^()]{{0,20}}[“\"‘][^()]{{2,120}})\)"
)
_FORMERLY = re.compile(
    rf"(?P<name>{CAPITALS})\s*[,(]*\s*(?:formerly|previously|f/k/a)\s+(?:known\s+as\s+|named\s+)?[“\"]?(?P<rest>[^\n“”\"()]{{3,80}})"
)
_FORMER_NAME = re.compile(r"^\(?\s*former\s+name", re.IGNORECASE)
_TERM = re.compile(r"[“\"‘'](?:the\s+)?([^“”\"‘’]{2,40}?)[,.]?[”\"’']")
_OURSELVES = re.compile(r"\b(?:we|us|our|company|group|corporation|bank|registrant|firm|trust|partnership|issuer)\b", re.IGNORECASE)
_REPORT_WORDS = re.compile(
    r"\b(?:annual\s+(?:report|review)s?(?:\s*(?:and|&)\s*(?:financial\s+statements|accounts|form\s+\S+))?|annual\s+(?:accounts|financial\s+(?:report|statements))"
    r"|integrated\s+(?:annual\s+)?report"
    r"|(?:interim|half[- ]year(?:ly)?|quarterly|financial|sustainability|universal\s+registration)\s+(?:report|results|statements|document)"
    r"|form\s+(?:10-?[kq]|20-?f|8-?k|40-?f)(?:/a)?|report\s+and\s+accounts)\b",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(?:fy|q[1-4]|h[12])?\s*['’]?(?:19|20)\d\d(?:\s*[-/–]\s*(?:\d{2}|(?:19|20)\d\d))?\b", re.IGNORECASE)
_NOTED = re.compile(r"[(（\[]?\d{1,2}[)）\].]?\s+\S|[*†‡¹²³]")
_EDGES = re.compile(r"^[\W\d_]+|[\s\d|·•–—_:/\\-]+$")


@dataclass(frozen=True, slots=True)
class Reporter:
    """The company and its other names: spellings, defined terms, former names."""

    name: str
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class _Company:
    """What a company weighs by the place that proposes it, a little more with each mention there; so do its spellings."""

    places: dict[str, float] = field(default_factory=dict)
    spellings: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, name: str, place: str, weight: float) -> None:
        for places in (self.places, self.spellings.setdefault(name, {})):
            places[place] = max(weight, places.get(place, 0.0)) + (0.05 if place in places else 0.0)

    @property
    def weight(self) -> float:
        return sum(self.places.values())

    @property
    def spelling(self) -> str:
        """The heaviest; one with a legal form before one without."""
        forms = (HAS_FIRM_FORM, HAS_FORM)
        return max(
            self.spellings, key=lambda name: (*(bool(form.search(name)) for form in forms), sum(self.spellings[name].values()), len(name))
        )


def find_reporter(document: Document, cover: str) -> Reporter | None:
    """The company that a document is about; None where no name weighs enough, or several companies weigh about the same."""
    companies: dict[str, _Company] = {}
    others = {entity_key(name) for name in listed(document)}
    for name, place, weight in _proposals(document, cover):
        if is_name(clean := tidy(name, cover), lower=place in ("registrant", "auditor", "line", "title", "year")) and (
            key := entity_key(clean)
        ) not in {"", *others}:
            companies.setdefault(key, _Company()).add(clean, place, weight)
    _agree(companies, file_key(document.name))
    best = max(companies.values(), key=lambda company: company.weight, default=None)
    if best is None or best.weight < LEAST or _one_of_many(best, companies.values()):
        alone = titled(document)
        return Reporter(alone) if alone else None
    return Reporter(
        best.spelling,
        tuple(distinct((*best.spellings, *_terms(document, best.spelling), *_former(document, cover, best.spelling)), best.spelling)),
    )


def reporter(cover: str) -> str | None:
    """The company that a cover alone names."""
    page = Document("", "", "", 0, [])
    found = find_reporter(page, cover)
    return found.name if found else None


def _proposals(document: Document, cover: str) -> Iterator[tuple[str, str, float]]:
    lines = _lines_but_entries(cover)
    head = HEAD_CELLS if any(page.source == "sheet" for page in document.pages) else HEAD_LINES
    registrants = list(_registrants(lines)) or list(_registrants(_lines(document, REGISTRANT_PAGES)))
    yield from ((name, "registrant", 12.0) for name in registrants)
    yield from ((name, "listed", 5.0 if place == 0 else 2.0) for place, name in enumerate(_named(_LISTED, lines)))
    yield from (
        (name, "headline", 3.5 if place == 0 else 1.5) for place, name in enumerate(_named(_HEADLINE, filter(_NEWS.search, lines[:40])))
    )
    yield from ((name, "line", 3.0 if place == 0 else 2.0) for place, name in enumerate(_companies(lines[:head])))
    yield from ((name, "title", 3.0) for line in lines[:40] if (name := _beside_report(line)))
    yield from ((name, "year", BESIDE_YEAR) for line in lines[:40] if (name := _beside_year(line)) and _is_told(name, document))
    counts = Counter(tidy(match[0]) for match in COMPANY.finditer(cover))
    yield from ((name, "often", min(1.0 + 0.5 * count, 2.0)) for name, count in counts.most_common(5) if count > 1)
    yield from _throughout(document)


def _lines_but_entries(cover: str) -> list[str]:
    """The lines and cells of a cover without the rows of a list of entries by day: whom an account is paid by is not who reports."""
    rows = cover.split("\n")
    entries = {row for row in rows if "\t" in row and any(one.kind == "date" and not one.start for one in find_periods(row[:30]))}
    kept = (row for row in rows if len(entries) < ENTRIES or row not in entries)
    return [line.strip() for row in kept for line in row.split("\t") if line.strip()]


def _throughout(document: Document) -> Iterator[tuple[str, str, float]]:
    """From the whole document: the auditor's addressee, the owner of the copyright, who "we" are, and what runs along the pages."""
    for text in _texts(document):
        low = text.lower()
        if " of " in low and ("holders" in low or "members" in low or "directors" in low or "meeting" in low or "owners" in low):
            for match in _ADDRESSED.finditer(text[:2000]):
                if name := leading_name(match["rest"].strip()):
                    yield name, "auditor", 5.0
        if "©" in text or "copyright" in low:
            for match in _COPYRIGHT.finditer(text):
                if name := leading_name(match["rest"]):
                    yield name, "copyright", 1.5
        if "refer" in low or "mean" in low or "relate" in low:
            for match in _MEANT.finditer(text):
                if re.search(r"\b(?:we|us|our)\b", match["terms"], re.IGNORECASE) and (name := leading_name(match["rest"])):
                    yield name, "meant", 5.0
        if "(“" in text or '("' in text:
            for match in _CALLED.finditer(text[:3000]):
                if re.search(r"\b(?:the\s+)?(?:Company|Group|Registrant)\b", match["terms"]):
                    yield match["name"], "called", 3.0
    for name, share in _running(document):
        yield name, "header", 4.0 if HAS_FORM.search(name) else min(1.5 + 2 * share, 2.5)


def _texts(document: Document) -> Iterator[str]:
    return (block.text for page in document.pages for block in page.blocks if block.kind != "table")


def _lines(document: Document, pages: int) -> list[str]:
    texts = (block.text for page in document.pages[:pages] for block in page.blocks)
    return [line.strip() for text in texts for line in re.split(r"[\n\t]", text) if line.strip()]


def _registrants(lines: list[str]) -> Iterator[str]:
    """The text above or before "(Exact name of registrant…": the nearest line that is a name, with the line above where both are one."""
    for place, line in enumerate(lines):
        if not (match := _REGISTRANT.search(line)):
            continue
        before = _FILE_NUMBER.sub("", PICTURE.sub("", line[: match.start()]).strip(" (_"))
        above = [before] if before else [_FILE_NUMBER.sub("", text) for text in reversed(lines[max(0, place - ABOVE) : place])]
        above = [text for text in above if not PICTURE.fullmatch(text)]
        for number, text in enumerate(above):
            wrapped = f"{above[number + 1]} {text}" if number + 1 < len(above) else ""
            if wrapped and not is_name(text, lower=True) and HAS_FORM.search(f" {text}") and is_name(wrapped):
                yield wrapped  # "GAMMA GROUP," above "INC."
                break
            if is_name(tidy(text), lower=True):
                yield text
                break


def _named(pattern: re.Pattern[str], lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for match in pattern.finditer(line):
            name = re.split(r"(?<=[^.][^.])[.:–—] |\s-+\s", match["name"])[-1]  # a place or a date may precede the name
            yield leading_name(name) or name


def _companies(lines: Iterable[str]) -> Iterator[str]:
    """Lines that a company's name begins, with little behind it."""
    for line in lines:
        if (match := COMPANY.match(line)) and len(line) - match.end() < 30:
            yield match[0]
        elif line[:1].islower() and HAS_FIRM_FORM.search(line) and is_name(line, lower=True):  # a brand written small
            yield line


def _beside_report(line: str) -> str | None:
    """The name in "Example plc Annual Report and Accounts 2024"; what follows the year is the next heading, as in "… 2024 Letter"."""
    if len(line) > 120 or not _REPORT_WORDS.search(line):
        return None
    parts = (part for words in _REPORT_WORDS.split(line) for part in _YEARS.split(words))
    return next((name for part in parts if (name := _as_title(part))), None)


def _beside_year(line: str) -> str | None:
    """The name beside a bare year and nothing else, "Harbour 2024". None beside a day or a unit ("03.01.2025 Rent", "2024 RMB") and in
    a note ("1 Restated. 2 Until 2026"): a year is beside whatever has one, so that the name wants to be told elsewhere, too.
    """
    dated = find_periods(line)
    if len(line) > 120 or _REPORT_WORDS.search(line) or not _YEARS.search(line) or any(one.kind in {"date", "range"} for one in dated):
        return None
    rest = " ".join(_YEARS.sub(" ", line).split())
    return None if _NOTED.match(rest) or states_unit(rest) else _as_title(rest)


def _as_title(text: str) -> str | None:
    rest = _EDGES.sub("", _EDGES.sub("", " ".join(text.split())))
    rest = re.sub(r"^(?:of|from|by|for)\s+", "", rest)
    return rest if is_name(rest, lower=True) and len(words_of(rest)) <= 8 else None


def _is_told(name: str, document: Document) -> bool:
    """Whether a name has a legal form, or stands in a sentence of the text, or names the file: any word may stand beside a year."""
    filed = (file_key(document.name) or "").replace(" ", "")
    if HAS_FORM.search(name) or (filed and entity_key(name).replace(" ", "").startswith(filed)):
        return True
    inside = re.compile(rf"[a-z,;]\s+{re.escape(name)}\b")
    return any(inside.search(text) for text in _texts(document))


def _running(document: Document) -> Iterator[tuple[str, float]]:
    """Names in lines that repeat at the top or the foot of pages, and the share of pages that bear them."""
    pages = len(document.pages)
    seen: Counter[str] = Counter()
    for page in document.pages:
        edges = [block for block in page.blocks if block.kind in ("header", "footer")] or [*page.blocks[:1], *page.blocks[-1:]]
        seen.update({" ".join(re.sub(r"\d+", " ", block.text).split()) for block in edges if len(block.text) < 120})
    for text, count in seen.items():
        if count >= max(3, OFTEN * pages):
            rest = _beside_report(text) or _beside_year(f"{text} 2000")  # the year has been taken out with the number of the page
            if rest:
                yield rest, count / pages


def _one_of_many(best: _Company, companies: Iterable[_Company]) -> bool:
    """Whether a list names several companies and nothing says which of them reports."""
    equals = sum(company.weight > 0.6 * best.weight for company in companies)
    return equals > RIVALS and not best.places.keys() & {
        "registrant",
        "auditor",
        "meant",
        "called",
        "listed",
        "header",
        "headline",
        "title",
        "year",
    }


def _is_full(company: _Company) -> bool:
    return any(HAS_FIRM_FORM.search(name) for name in company.spellings)


def _agree(companies: dict[str, _Company], filed: str | None) -> None:
    """A shorter name lends its weight to the fuller one that contains it; the file's name speaks for whom it names."""
    for key, company in companies.items():
        for other, longer in companies.items():
            if other != key and f" {key} " in f" {other} " and len(key) > 3 and longer.weight >= 2 and not _is_full(company):
                for place, weight in company.places.items():
                    longer.places[f"part {place}"] = max(longer.places.get(f"part {place}", 0.0), weight / 2)
    plain = (filed or "").replace(" ", "")
    for key, company in companies.items():
        if plain and len(plain) > 2 and (key.replace(" ", "").startswith(plain) or plain.startswith(key.replace(" ", ""))):
            company.places["file"] = 2.0


def _terms(document: Document, name: str) -> Iterator[str]:
    """Defined terms that mean the company: "Example Holdings plc (“Example” or the “Company”)"."""
    key = entity_key(name)
    for text in _texts(document):
        if not ("“" in text or '"' in text or "‘" in text):
            continue
        for match in (*_CALLED.finditer(text[:3000]), *_MEANT.finditer(text)):
            said = match["name"] if "name" in match.re.groupindex else leading_name(match["rest"]) or ""
            if key in (entity_key(tidy(said)), entity_key(tidy(said.rpartition(". ")[2]))):
                terms = _TERM.findall(match["terms"])
                ourselves = any(_OURSELVES.fullmatch(term) for term in terms)
                yield from (term for term in map(tidy, terms) if _is_term(term) and (ourselves or _shortens(term, name)))


def _former(document: Document, cover: str, name: str) -> Iterator[str]:
    """What the company was called: above "(Former name…" on the cover, after "formerly" next to its present name."""
    lines = [line.strip() for line in re.split(r"[\n\t]", cover) if line.strip()]
    for above, line in itertools.pairwise(lines):
        if _FORMER_NAME.match(line) and HAS_FORM.search(above) and is_name(above):
            yield tidy(above)
    for text in _texts(document):
        for match in _FORMERLY.finditer(text) if "formerly" in text or "f/k/a" in text else ():
            former = leading_name(match["rest"])
            if former and HAS_FORM.search(former) and entity_key(tidy(match["name"])) == entity_key(name):
                yield former


def _is_term(term: str) -> bool:
    words = words_of(term)
    return len(words) <= 4 and is_name(term) and not _OURSELVES.fullmatch(term)


def _shortens(term: str, name: str) -> bool:
    """Whether a term is made of words of the name or of their initials: "Example", "EH" and "E&H" for Example & Holm plc."""
    words = entity_key(name).split()
    initials = "".join(word[0] for word in words)
    plain = re.sub(r"[^a-z]", "", term.lower())
    return set(entity_key(term).split()) <= set(words) or (len(plain) > 1 and initials.startswith(plain))
