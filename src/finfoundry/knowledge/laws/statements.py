"""What a rule says of itself: title, rank, when it was issued, from when and until when it is in force, which others it repeals or amends.

Only what the text says of this very rule is read: 本办法自2020年3月1日起施行, "This policy is effective from 1 March 2020". A date that
cannot be read, or that may be two, is no statement but a fault, which the certificate names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from finfoundry.core.document import Box, Document
from finfoundry.core.language import halfwidth
from finfoundry.core.rules.law import ON_ISSUE, Clause, LawStatement, Matter
from finfoundry.knowledge.facts.issuers.titles import rule_titles
from finfoundry.knowledge.laws.amendments import amended
from finfoundry.knowledge.laws.clauses import clauses
from finfoundry.knowledge.laws.stated_dates import DATE, StatedDate, read_date
from finfoundry.knowledge.laws.titles import TITLE, bracketed, english_title, first_title, level_of, plain_titles, title_key

FRONT = 14  # blocks at the beginning in which a bare "Effective date" is the rule's own
QUOTED = 200  # characters of a statement's sentence
LEAST_CLAUSES, MANY_CLAUSES = 3, 6  # numbered ones of a rule whose title says that it is one, and of one whose does not
MOSTLY = 0.75  # of the text of such a rule that its clauses are

_OWN_WORDS = r"现予[公发颁]布|[予以]以?印发|以上(?:规定|各条)"
_OWN = rf"(?:本[\u4e00-\u9fff]{{1,8}}|{_OWN_WORDS})"
_ZH = {
    "effective": re.compile(rf"{_OWN}[^。；\n]{{0,40}}?自\s*(?P<date>{DATE})\s*起\s*(?:正式)?(?:施行|实施|执行|生效)", re.IGNORECASE),
    "front": re.compile(rf"自\s*(?P<date>{DATE})\s*起\s*(?:正式)?(?:施行|实施|执行|生效)", re.IGNORECASE),
    "on_issue": re.compile(rf"(?:{_OWN}[^。；\n]{{0,40}}?|^)自(?P<date>(?:公布|发布|印发|颁布|下发|签发)之日)起?(?:施行|实施|执行|生效)"),
    "expires": re.compile(
        rf"(?:本(?:(?!过渡|的(?!有效))[\u4e00-\u9fff]){{1,8}}|{_OWN_WORDS})(?:(?!过渡|的(?!有效))[^。；\n]){{0,40}}?"
        rf"(?:有效期?(?:限)?(?:截?至|到)|施行至|执行至|试行至)\s*(?P<date>{DATE})"
        rf"|(?:失效日期|废止日期|{_OWN}自)\s*[:：]?\s*(?P<other>{DATE})(?:起(?:废止|失效|停止执行))?(?!\s*起(?:正式)?(?:施行|实施|执行|生效))",
        re.IGNORECASE,
    ),
    "issued": re.compile(
        rf"^\s*(?P<alone>{DATE})\s*$|(?P<date>{DATE})(?=[^。；\n]{{0,60}}(?:公布|发布|颁布|印发)(?![\u4e00-\u9fff]{{0,12}}[办规条细])(?!的))|(?:发布|公布|印发|颁布)(?:日期|时间)\s*[:：]\s*(?P<other>{DATE})",
        re.IGNORECASE | re.MULTILINE,
    ),
}
_SUBJECT = (
    r"(?:this|these|the\s+present|our)\s+(?:[A-Za-z]+\s+){0,4}?(?:polic(?:y|ies)|procedures?|rules?|standards?|terms|code|manual|handbook"
    r"|guidelines?|version|edition|document|regulations?|act|directive|charter|framework|tariff)"
)
_FORCE = r"(?:effective|in\s+force|in\s+effect|valid|appl(?:y|ies)|takes?\s+effect|comes?\s+into\s+(?:force|effect)|enters?\s+into\s+force)"
_FROM = r"(?:\s+date)?\s*(?:with\s+effect\s+)?(?:from|on|as\s+of|as\s+from|since|is|:|\||-|–)?\s*(?:and\s+including\s+)?(?:the\s+)?"
_EARLIER = r"(?:previous|former|old|earlier|prior|superseded)"
_KIND = (
    r"(?:polic(?:y|ies)|procedures?|rules?|standards?|terms|code|manual|handbook|guidelines?|version|edition|regulations?|charter|tariff)"
)
_WORDS_BETWEEN = (  # a rule and the word that ends it: all that may stand there
    r"(?:[\s,]+(?:is|are|was|were|be|shall|will|has|have|been|remains?|stays?|continues?|to|in|force|effect|and|valid|effective|appl(?:y|ies)"
    r"|takes?|comes?|enters?|into|hereby|automatically|therefore|only|from|on|as|of|it|they|version|edition"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*|\(?\d[\w./)-]*)){0,16}[\s,]*"
)
_ENDING = (  # what the end is told of: this rule, or a line that tells its days
    rf"(?:(?<!under )(?<!of )(?<!by )(?<!in )(?<!to )(?<!with )(?<!for )\b(?:the\s+{_KIND}"
    rf"|(?:this|these|the\s+present|our)\s+(?:(?!(?:{_EARLIER}|the|under|of|in|by|to|on|and|with|for|from|a|an|is|are)\b)[A-Za-z]+\s+){{0,4}}?{_KIND})\b"
    rf"|(?:^|[|.;(]\s+)\s*(?:in\s+force|in\s+effect|effective|valid|applies)\b){_WORDS_BETWEEN}"
)
_ENDS = (
    r"(?:expires?|lapses?|(?:is|was)\s+(?:repealed|withdrawn)|valid\s+(?:until|to|through)|(?:in\s+force|in\s+effect|effective)\s+until"
    r"|until\s+and\s+including|ceases?\s+to\s+(?:apply|have\s+effect|be\s+in\s+force))"
)
_LABEL = (
    r"(?:^|[|.;(]\s+)\s*(?:[•*]\s*)?(?:expires?|expir(?:y|ation)(?:\s+date)?|date\s+of\s+expiry|end\s+date|lapses?|valid\s+(?:until|to|through)"
    r"|(?:in\s+force|in\s+effect|effective)\s+until)"
)
_EN = {
    "effective": re.compile(rf"{_SUBJECT}\b[^.;\n]{{0,60}}?\b{_FORCE}\b{_FROM}(?P<date>{DATE})", re.IGNORECASE),
    "front": re.compile(
        rf"(?:\beffective(?:\s+(?:date|from|as\s+of|as\s+from|on|since))?|\bin\s+(?:force|effect)\s+(?:from|since|as\s+of)|\bvalid\s+from|\bwith\s+effect\s+from|\b(?:takes?\s+effect|comes?\s+into\s+(?:force|effect)|enters?\s+into\s+force)(?:\s+on)?|\bdate\s+of\s+(?:effect|entry\s+into\s+force))\s*[:|–-]?\s*(?:the\s+)?(?P<date>{DATE})",
        re.IGNORECASE,
    ),
    "expires": re.compile(
        rf"(?:{_ENDING}\s+(?:{_ENDS}|until)|{_LABEL})(?:\s+(?:and\s+including|on|from|with\s+effect\s+from|as\s+of))?\s*[:|–-]?\s*(?:the\s+)?(?P<date>{DATE})",
        re.IGNORECASE | re.MULTILINE,
    ),
    "issued": re.compile(
        rf"\b(?:issued|adopted|approved|published|enacted|date\s+of\s+issue|issue\s+date|approval\s+date)(?:\s+(?:by\s+[^.;\n]{{1,60}}?\s+)?on)?\s*[:|–-]?\s*(?:the\s+)?(?P<date>{DATE})",
        re.IGNORECASE,
    ),
}
_REPEALING = re.compile(r"同时废止|予以废止|即行废止|相应废止|废止|停止执行|失效")
_BECAUSE = re.compile(r"(?:根据|依据|依照|按照|违反|参照|适用|对照)[^《》，；]{0,8}$")
_BETWEEN = re.compile(r"[　\s、和及与以的发布印\d年月日银人民中国行了]*")  # between the word that repeals and the title behind it
_NEGATED = re.compile(r"[未不非][^，。；]{0,3}$")
_LISTED = re.compile(
    r"[\s　、，,和与及以或]*(?:原?[^，,。；]{0,12}(?:发布|印发|公布|颁布|制定)的?|原)?\s*"
)  # between two titles repealed together
_ENDED = re.compile(  # between the last title and the word that repeals
    r"[\s　、]*(?:等[^，,。；的]{0,10}|及其[^，,。；的]{0,10})?[，,]?\s*(?:[自于从][^，,。；]{0,24}?(?:起|之?日|时)[，,]?)?"
    r"(?:\s|同时|一并|均|即行|即|相应|予以|现予?|正式|自动|自行|随之)*"
)
_PARTLY = re.compile(r"第[〇零一二三四五六七八九十百千\d]+[条款项章]")
_BY_TITLE = re.compile(
    r"\b(?:supersedes?|superseding|repeals?|replaces?|replacing|revokes?|withdraws?|rescinds?|cancels?)\b(?:\s+and\s+(?:replaces?|supersedes?|repeals?))?\s+(?P<rest>[^.;\n]{3,300})",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be)\s+(?:hereby\s+|therefore\s+)?(?:repealed|revoked|withdrawn|rescinded|superseded|cancelled|abolished)\b|\bceases?\s+to\s+(?:apply|have\s+effect|be\s+in\s+force)\b",
    re.IGNORECASE,
)
_DOUBTFUL = re.compile(  # before a verb that then repeals nothing
    r"\b(?:(?i:not|never|neither|nor|no longer|cannot|if|where|when|whenever|unless|whether|who|whoever"
    r"|any|each|could|might|should|would|must)"
    r"|may(?!\s+\d)|can)\b|\bto\s*$"
)
_ASIDE = re.compile(r",\s*(?:which|who|that|where)\b[^,]*,")
_MAIN = re.compile(r",\s*(?:and\s+)?(?=(?:this|these|our|it)\b)", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:but|which|who|where|except|other than|together with|along with|in accordance with|in line with|under|pursuant to|appl(?:y|ies)"
    r"|supplements?|complements?|is|are|remains?)\b"
)
_AND = re.compile(r"(?:,|\s|\b(?:and|both|as well as|the|our|its|previous|former|old|earlier|existing)\b)*", re.IGNORECASE)
_DATED = re.compile(
    r"\s*(?:\([^()]{0,60}\))?(?:,?\s*\b(?:version|edition|v\.?|dated|of|issued|adopted)\s[\w ]{1,30}?,?)?"
    r"(?:\s|\b(?:will|shall|both|all)\b)*",
    re.IGNORECASE,
)
_OBLIQUE = re.compile(
    r"\b(?:under|of|by|in|to|with|from|for|on|per|against)\s+(?:(?:the|our|this|any|its|a|previous|former|old|earlier|existing)\s+)*$",
    re.IGNORECASE,
)
PASSIVE = 300  # characters before a passive in which its subject stands
_IN_PART = re.compile(r"\b(?:clause|section|article|paragraph|part|annex|chapter)s?\s+\d", re.IGNORECASE)
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")
_SENTENCE_EN = re.compile(r"(?:[^.;\n]|\.(?=\d|\w))+[.;]?")


@dataclass(slots=True)
class LawReading:
    """What was read of a rule, and what could not be."""

    statements: list[LawStatement] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_law(document: Document) -> LawReading | None:
    """What a rule says of itself; None for a document of another kind."""
    titles = _titles(document)
    if not titles:
        return None
    reading = LawReading()
    title, place = titles[0], _find(document, titles[0])
    reading.statements += [LawStatement("title", one, "text", one, *_find(document, one)) for one in titles]
    level = level_of(title, _front(document), document.profile.language)
    if level:
        reading.statements.append(LawStatement("level", level, "text", title, *place))
    _read_dates(document, reading)
    _read_others(document, title, reading)
    reading.faults += _faults(reading)
    return reading


def _titles(document: Document) -> list[str]:
    """The titles that a rule bears, its own first; empty for a document of another kind."""
    profile = document.profile
    if profile.kind not in (None, "regulation", "policy"):
        return []
    if profile.language == "zh":
        return rule_titles(document)
    title = english_title(document)
    found = clauses(document)
    numbered = [one for one in found if one.number]
    if title is not None and (len(numbered) >= LEAST_CLAUSES or len(found) >= MANY_CLAUSES or _is_headed(document, title)):
        return [title]
    first = first_title(document) if len(numbered) >= MANY_CLAUSES and _mostly(document, numbered) else None
    return [first] if first else []


def _mostly(document: Document, numbered: Sequence[Clause]) -> bool:
    """Whether most of a document is numbered clauses: it is a rule then, whatever it is called."""
    whole = sum(len(block.text) for page in document.pages for block in page.blocks if block.kind not in ("header", "footer"))
    return sum(len(one.text) for one in numbered) >= MOSTLY * whole


def _is_headed(document: Document, title: str) -> bool:
    """Whether a document without numbers is a rule all the same: its title is its first heading, and others follow."""
    headings = [block.text for page in document.pages for block in page.blocks if block.kind == "heading"]
    return len(headings) > LEAST_CLAUSES and " ".join(headings[0].split()) == title


def _front(document: Document) -> str:
    blocks = [block for page in document.pages[:1] for block in page.blocks][:FRONT]
    return "\n".join([document.name, *("".join(block.text.split()) for block in blocks)])


def _find(document: Document, text: str) -> tuple[int, Box | None, int]:
    """Page, box and start of a text in its block; the beginning of the first page where it was joined from several lines."""
    plain = "".join(text.split())
    for page in document.pages[:2]:
        for block in page.blocks:
            if plain in "".join(block.text.split()):
                return page.number, block.box, max(0, block.text.find(text))
    return 1, None, 0


def _read_dates(document: Document, reading: LawReading) -> None:
    chinese = document.profile.language == "zh"
    patterns = _ZH if chinese else _EN
    number, whole = 0, sum(len(page.blocks) for page in document.pages)
    for page in document.pages:
        for block in page.blocks:
            number += 1
            if block.kind == "footer":
                continue
            text = halfwidth(block.text).replace("\t", " ")
            for matter, name in _wanted(front=number <= FRONT, closing=number > whole - FRONT):
                pattern = patterns.get(name)
                for match in pattern.finditer(text) if pattern else ():
                    _add(reading, matter, match, block.text, page.number, block.box)


def _wanted(*, front: bool, closing: bool) -> list[tuple[Matter, str]]:
    """The matters, with the pattern of each, that are looked for at a place."""
    always: list[tuple[Matter, str]] = [("effective", "effective"), ("effective", "on_issue")]
    at_front: list[tuple[Matter, str]] = [("effective", "front")]
    at_ends: list[tuple[Matter, str]] = [("issued", "issued"), ("expires", "expires")]
    return [*always, *(at_front if front else []), *(at_ends if front or closing else [])]


def _add(reading: LawReading, matter: Matter, match: re.Match[str], text: str, page: int, box: Box | None) -> None:
    said = next(text for name, text in match.groupdict().items() if text)
    quote = " ".join(text[match.start() : match.end()].split())[-QUOTED:]
    found = StatedDate(said, 0, 0, None) if said.endswith("之日") else read_date(said)
    if found is None:
        return
    if found.fault:
        fault = f"page {page}: the date in {quote!r} is not read: {found.fault}"
        reading.faults += [fault] if fault not in reading.faults else []
        return
    value = found.day.isoformat() if found.day else ON_ISSUE
    if not any((one.matter, one.value) == (matter, value) for one in reading.statements):
        reading.statements.append(LawStatement(matter, value, "text", quote, page, box, match.start()))


def _read_others(document: Document, title: str, reading: LawReading) -> None:
    """What it says of other rules: which it repeals, and which it amends."""
    chinese = document.profile.language == "zh"
    own = title_key(title)
    for page in document.pages:
        for block in page.blocks:
            if block.kind in ("footer", "header"):
                continue
            for match in (_SENTENCE if chinese else _SENTENCE_EN).finditer(block.text):
                repealed = _repealed_zh(match[0]) if chinese else _repealed_en(match[0])
                said: list[tuple[Matter, str]] = [("repeals", one) for one in repealed]
                said += [("amends", one) for one in amended(match[0], chinese=chinese)]
                for matter, other in said:
                    known = {(one.matter, title_key(one.value)) for one in reading.statements}
                    if (matter, title_key(other)) not in known and title_key(other) and title_key(other) != own:
                        quote = " ".join(match[0].split())
                        at = quote.find(other[:20])
                        quote = quote if len(quote) <= QUOTED else quote[max(0, at - 40) : at + QUOTED - 40]
                        reading.statements.append(LawStatement(matter, other, "text", quote, page.number, block.box, match.start()))


def _repealed_zh(sentence: str) -> Iterator[str]:
    """The titles that a sentence repeals whole."""
    plain = halfwidth(sentence)
    found = list(bracketed(plain))
    bare = plain
    for start, end in found:
        bare = bare[:start] + "　" * (end - start) + bare[end:]
    for word in _REPEALING.finditer(bare):
        if _NEGATED.search(bare[: word.start()]):
            continue
        before = [one for one in found if one[1] <= word.start()]
        behind = [one for one in found if one[0] >= word.end() and _BETWEEN.fullmatch(bare[word.end() : one[0]])]
        group = _run_before(bare, before, word.start()) if before else []
        for start, end in group or behind:
            tail = bare[end : word.start()] if end <= word.start() else bare[end : end + 40]
            if not _PARTLY.search(re.split(r"[《、]", tail)[0]) and not _BECAUSE.search(bare[:start]):
                yield plain[start + 1 : end - 1]


def _run_before(bare: str, found: list[tuple[int, int]], word: int) -> list[tuple[int, int]]:
    """The titles in front of the word that repeals: those with nothing between them and it but other titles and words of time."""
    kept: list[tuple[int, int]] = []
    edge = word
    for start, end in reversed(found):
        between = re.sub(r"[（(][^（()）]*[)）]", "", bare[end:edge])
        if not (_LISTED if kept else _ENDED).fullmatch(between):
            break
        kept.append((start, end))
        edge = start
    return kept[::-1]


def _repealed_en(sentence: str) -> Iterator[str]:
    text = " ".join(sentence.split())
    found = _BY_TITLE.search(text)
    passive = None if found else _PASSIVE.search(text)
    verb = found or passive
    if verb is None or _DOUBTFUL.search(_MAIN.split(_ASIDE.sub(" ", text[max(0, verb.start() - PASSIVE) : verb.start()]))[-1]):
        return
    where = _ELSEWHERE.split(found["rest"])[0] if found else text[max(0, verb.start() - PASSIVE) : verb.start()]
    if _IN_PART.search(where):
        return
    for title in TITLE.finditer(where) if found else _subjects(where):
        yield from plain_titles(title[0])


def _subjects(where: str) -> list[re.Match[str]]:
    """The titles that are the subject of the verb at the end of a text, the last first."""
    kept: list[re.Match[str]] = []
    edge = len(where)
    for match in reversed(list(TITLE.finditer(where))):
        if not (_AND if kept else _DATED).fullmatch(where[match.end() : edge]):
            break
        kept.append(match)
        edge = match.start()
    return [] if _OBLIQUE.search(where[:edge]) else kept


def _faults(reading: LawReading) -> Iterator[str]:
    """What is missing or contradicts itself, in words."""
    for matter in ("issued", "effective", "expires"):
        said = [one for one in reading.statements if one.matter == matter]
        if len({one.value for one in said}) > 1 and matter != "issued":
            yield f"contradictory dates: {'; '.join(one.shown() for one in said)}"
    dates = {one.matter: one.value for one in reading.statements if one.matter in ("issued", "effective", "expires")}
    if "effective" not in dates:
        yield "the rule states no day from which it is in force"
    elif dates["effective"] == ON_ISSUE and "issued" not in dates:
        yield "the rule is in force from the day of its issue, which it does not state"
    if "expires" in dates and dates["expires"] <= dates.get("effective", ""):
        yield f"contradictory dates: in force from {dates['effective']}, and no more from {dates['expires']}"
