"""Which clause of the rules found answers a question: by its words, its headings, its rule's title and, with an encoder, its meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.retrieve.evidence_ranking import Concept, concepts_of
from finfoundry.ask.retrieve.passage_trimming import held, keywords, rarities
from finfoundry.ask.retrieve.passages import Likeness
from finfoundry.core.rules.law import Clause
from finfoundry.knowledge.search.terms import terms

TOLD = 0.5  # share of the question's content words that an article must hold
FEWEST = 5  # content words, pairs of characters, without which any article on the matter would answer
BEHIND = 0.1  # how much less an article is worth for each passage that the search puts before its own
UNFOUND = 8  # the place of a clause that no passage found is part of
QUOTED = {"zh": 400, "en": 900}  # characters of a clause; of a longer one the sentences around the one that holds most of the question
WORDS = 0.08  # of a cosine, that all words of a question in an English clause are worth
HEADING = 0.35  # weight of a clause's own heading's words, beside the words of all of it, where no encoder reads
READ = 120  # clauses read by an encoder, the first by words
_SENTENCE = re.compile(r"(?<=[。；：])|\n+|(?<=[.;:])\s+(?=[A-Z(])")
_NUMBER = r"(?:[\d０-９][\d０-９,.]*|[一二三四五六七八九十百千万亿两半])"
_ASKED = re.compile(r"(?:几|多少|百分之多少|百分之几)\s*(?:个)?\s*(?P<unit>工作日|季度|美元|天|日|月|年|次|倍|人|名|家|户|元|钱)?")
_WHEN = re.compile(r"什么时候|何时|多久|多长时间|最迟|哪[一]?天")
_TIME = re.compile(r"[日天月年时前即]|之后|期间|届满")
_UNITS = {"天": "日|天|工作日", "日": "日|天|工作日", "工作日": "工作日|日", "钱": "元|美元", "人": "人|名", "名": "人|名"}
_NO_AMOUNT = r"(?!\s*[条款项章节号])"
_CLAUSE = re.compile(r"第[一二三四五六七八九十百零〇]+[条款项章]")
_AMOUNT = rf"{_NUMBER}+\s*(?:个)?(?:工作日|[日天月年元次倍人%％])"
_HOW_MUCH = re.compile(
    r"\bhow (?:much|many|long|often|soon|late|early|far|high|large)\b"
    r"|\b(?:maximum|minimum|limit|cap|threshold|deadline|rate|percentage|fee|allowance|when)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety|hundred|daily|weekly|monthly|quarterly|annual(?:ly)?|"
    r"immediately|no|none|never|once|twice|half|without delay)\b",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    r"第[〇零一二三四五六七八九十百千\d]+条|\b(?:article|section|clause|rule|paragraph|§)\s*[A-Z]?\.?\d+(?:\.\d+)*(?:\([a-z0-9]+\))*",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"\b(?:forbidden|prohibited|banned|not (?:allowed|permitted))\b|(?:哪些|什么|何种).{0,20}(?:禁|不得|不准|不允许)", re.IGNORECASE
)
_FORBIDS = re.compile(
    r"\b(?:must|may|shall|can|should|is|are|do|does)\s*(?:not|never)\b|\bno\b|\bnever\b|prohibit|forbid|\bbanned\b|不得|禁止|严禁|不准|不允许|不能|不可",
    re.IGNORECASE,
)
_OWN_NUMBER = re.compile(r"^(?:(?:Article|Section|Clause|Rule|§)\s*)?\d+(?:\.\d+)*\.?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Article:
    """A clause of a rule, as a passage of its own, and how much of the question it holds."""

    hit: Hit
    text: str  # as it is quoted
    worth: float
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class RuleFound:
    """A rule found: its title, and its clauses."""

    title: str
    clauses: Sequence[Clause]


def of_clauses(hits: Sequence[Hit], rules: Mapping[str, RuleFound]) -> list[tuple[Hit, Clause, int]]:
    """The clauses of the rules found, each as a passage with its own page and box, and the place of the first passage with part of it."""
    found = []
    firsts: dict[str, list[tuple[int, Hit, str]]] = {}
    for place, hit in enumerate(hits):
        firsts.setdefault(hit.document_id, []).append((place, hit, _squeezed(hit.text)))
    for document, passages in firsts.items():
        for clause in rules[document].clauses if document in rules else ():
            text = _squeezed(clause.text)
            near = next((one for one in passages if text[:40] in one[2] or one[2][:40] in text), None)
            place, hit = (near[0], near[1]) if near else (passages[0][0] + UNFOUND, passages[0][1])
            found.append((_as_hit(hit, clause), clause, place))
    return found


def _as_hit(hit: Hit, clause: Clause) -> Hit:
    return Hit(
        hit.chunk_id, hit.document_id, hit.document_name, clause.page, hit.score, clause.text, clause.heading, clause.box, clause.locator,
        "text", hit.mark,
    )  # fmt: skip


def _squeezed(text: str) -> str:
    return "".join(text.split())


def answering(found: Sequence[tuple[Hit, Clause | None, int]], passages: Sequence[str], question: str) -> list[Article]:
    """Of Chinese rules: the articles that hold enough of the question, each as it is quoted, the one that holds most first."""
    wanted = telling(question)
    weights = rarities(passages)
    whole = sum(weights.get(word, max(weights.values(), default=1.0)) for word in wanted)
    if len(wanted) < FEWEST or not whole:
        return []
    articles = [
        Article(hit, shortened(hit.text, wanted, weights, "zh"), held(hit.text, wanted, weights) / whole / (1 + BEHIND * place), clause)
        for hit, clause, place in found
        if tells_amount(question, hit.text) and forbids(question, hit.text)
    ]
    return sorted((one for one in articles if one.worth >= TOLD), key=lambda one: -one.worth)


def by_number(question: str, found: Sequence[tuple[Hit, Clause, int]]) -> list[Article]:
    """The clauses of the rule found that a question names by its number; empty where it names none."""
    asked = NUMBERED.search(question)
    if asked is None:
        return []
    wanted = _plain_number(asked[0])
    same = [(hit, clause, place) for hit, clause, place in found if _plain_number(clause.number) == wanted]
    language = "zh" if "条" in asked[0] else "en"
    return [
        Article(hit, shortened(hit.text, set(keywords(question)), rarities([hit.text]), language), 1 / (1 + place), clause)
        for hit, clause, place in sorted(same, key=lambda one: one[2])
    ]


def _plain_number(number: str) -> str:
    """A number without its word: "Section 4(b)" and "4(b)" are one."""
    return re.sub(r"^(?:[A-Za-z]{2,}|§)\.?\s*(?=\d)|\s", "", number).casefold()


def telling(question: str) -> set[str]:
    """The words of a question that say what it is about, without those that ask."""
    asking = "|".join(sorted(word_list("asking_zh"), key=len, reverse=True))
    return set().union(*(keywords(part) for part in re.split(asking, question)))


def ranked_english(
    found: Sequence[tuple[Hit, Clause, int]], rules: Mapping[str, RuleFound], question: str, likeness: Likeness
) -> tuple[list[Article], bool]:
    """Of English rules: the clauses, the likeliest first, and whether an encoder read them; without one words and headings alone count.
    What asks for an amount is answered by one.
    """
    asked = concepts_of(question)
    stems = [frozenset(terms(f"{' '.join(hit.section)} {hit.text}")) for hit, _, _ in found]
    rarity = {one: log(1 + len(stems) / (1 + sum(_holds(text, one) for text in stems))) for one in asked}
    whole = sum(rarity.values()) or 1.0
    words = [sum(rarity[one] for one in asked if _holds(text, one)) / whole for text in stems]
    order = sorted(range(len(found)), key=lambda at: -words[at])[:READ]
    cosines = likeness(question, [f"{rules[found[at][0].document_id].title}: {found[at][0].text}"[:700] for at in order])
    if len(cosines):
        worths = {at: cosine + WORDS * words[at] for at, cosine in zip(order, cosines, strict=True)}
    else:
        worths = {at: _by_words(found[at][0], rules[found[at][0].document_id], asked, rarity) / whole for at in order}
    wants = _HOW_MUCH.search(question) is not None
    articles = [
        Article(
            found[at][0], shortened(found[at][0].text, set(keywords(question)), rarities([found[at][0].text]), "en"), worth, found[at][1]
        )
        for at, worth in worths.items()
        if (not wants or _FIGURE.search(_OWN_NUMBER.sub("", found[at][0].text))) and forbids(question, found[at][0].text)
    ]
    return sorted(articles, key=lambda one: -one.worth), bool(len(cosines))


def _by_words(hit: Hit, rule: RuleFound, asked: Sequence[Concept], rarity: Mapping[Concept, float]) -> float:
    """How much of a question a clause holds, its rule's title and its own heading included."""
    text, title = frozenset(terms(f"{' '.join(hit.section)} {hit.text}")), frozenset(terms(rule.title))
    head = frozenset(terms(_OWN_NUMBER.sub("", hit.text.split("\n")[0])[:90]))
    held = sum(rarity[one] for one in asked if _holds(text | title, one))
    return (held + HEADING * sum(rarity[one] for one in asked if _holds(head, one))) / (1 + HEADING)


def _holds(stems: frozenset[str], concept: Concept) -> bool:
    return any(phrase <= stems for phrase in concept)


def tells_amount(question: str, text: str) -> bool:
    """Whether the text holds an amount, or a time, of the kind that the question asks for; true where none is asked for."""
    if _WHEN.search(question) and not _TIME.search(text):
        return False
    asked = _ASKED.search(question)
    if asked is None:
        return True
    if "百分之" in asked[0]:
        return re.search(rf"{_NUMBER}\s*[%％]|百分之{_NUMBER}", text) is not None
    unit = asked["unit"]
    units = rf"(?:个)?\s*(?:{_UNITS.get(unit, unit)})" if unit else _NO_AMOUNT
    return re.search(rf"(?<!第){_NUMBER}\s*{units}", _CLAUSE.sub("", text)) is not None


def forbids(question: str, text: str) -> bool:
    """Whether the text forbids something, where the question asks what is forbidden; true where it does not."""
    return _FORBIDDEN.search(question) is None or _FORBIDS.search(text) is not None


def alike(text: str, other: str) -> float:
    """The share of the shorter one's words that both have."""
    mine, others = keywords(text), keywords(other)
    return len(mine & others) / (min(len(mine), len(others)) or 1)


def amounts(text: str) -> list[str]:
    """The amounts of a Chinese text with their units, the numbers of an English one; what differs in them lays down otherwise."""
    if re.search(r"[\u4e00-\u9fff]", text):
        return sorted(unicodedata.normalize("NFKC", number) for number in re.findall(_AMOUNT, _CLAUSE.sub("", text)))
    return sorted(re.findall(r"\d[\d,.]*\d|\d", _OWN_NUMBER.sub("", text)))


def shortened(text: str, wanted: set[str], weights: Mapping[str, float], language: str) -> str:
    """The text as one line; of a long one the sentence that holds most of the question, and its neighbours while there is room."""
    sentences = list(_sentences(text))
    glue = "" if language == "zh" else " "
    first = last = max(range(len(sentences)), key=lambda at: held(sentences[at], wanted, dict(weights)))
    room = QUOTED[language] - len(sentences[first])
    while (
        following := next((at for at in (last + 1, first - 1) if 0 <= at < len(sentences) and len(sentences[at]) <= room), None)
    ) is not None:
        first, last = min(first, following), max(last, following)
        room -= len(sentences[following])
    return glue.join(sentences[first : last + 1])


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(text):
        if sentence and sentence.strip():
            yield " ".join(sentence.split())
