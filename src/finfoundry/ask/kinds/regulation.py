"""A rule's own words: what an article of a law or notice lays down is answered by that article, quoted whole.

Read by a small model, a rule loses its conditions; as published it is short, exact, and a compliance officer can check it. An article
answers where it holds most of what the question says and, where an amount is asked for, an amount of that kind; else it is left to the
model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import open_question
from finfoundry.ask.lexicon.ports import Hit, SearchQuery
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.retrieve import passages
from finfoundry.ask.retrieve.passage_trimming import held, keywords, rarities
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer

TOLD = 0.5  # share of the question's content words that an article must hold
FEWEST = 5  # content words, pairs of characters, without which any article on the matter would answer
BEHIND = 0.1  # how much less an article is worth for each passage that the search puts before its own
ALIKE = 0.6  # share of the shorter one's words by which two articles are the same one, published twice or amended
TERM = 4  # characters by which a term is known
QUOTED = 400  # characters of an article; of a longer one the sentences around the one that holds most of the question
_ARTICLE = re.compile(r"^(?=\s*第[一二三四五六七八九十百零〇]+条)", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[。；：])|\n+")
_NUMBER = r"(?:[\d０-９][\d０-９,.]*|[一二三四五六七八九十百千万亿两半])"
_ASKED = re.compile(
    r"(?:几|多少|百分之多少|百分之几)\s*(?:个)?\s*(?P<unit>工作日|季度|美元|天|日|月|年|次|倍|人|名|家|户|元|钱)?|百分之(?:多少|几)"
)
_WHEN = re.compile(r"什么时候|何时|多久|多长时间|最迟|哪[一]?天")
_TIME = re.compile(r"[日天月年时前即]|之后|期间|届满")
_UNITS = {"天": "日|天|工作日", "日": "日|天|工作日", "工作日": "工作日|日", "钱": "元|美元", "人": "人|名", "名": "人|名"}
_NO_AMOUNT = r"(?!\s*[条款项章节号])"
_CLAUSE = re.compile(r"第[一二三四五六七八九十百零〇]+[条款项章]")
_AMOUNT = rf"{_NUMBER}+\s*(?:个)?(?:工作日|[日天月年元次倍人%％])"


@dataclass(frozen=True, slots=True)
class Article:
    """An article in a passage, and how much of the question it holds."""

    hit: Hit
    text: str
    worth: float


def of_articles(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The article that answers, quoted and cited; None where none does, or where a company is asked about.

    Of a rule that was amended the later document is quoted, and the earlier one too where its amounts differ.
    """
    rules = _rules(context) if context.language == "zh" and subject.name is None else {}
    if not rules:
        return None
    with context.timed("retrieve"):
        found = fetch.found(context, intent, subject, passages.PAGES, passages.PASSAGES)
        articles = answering([hit for hit in found if hit.document_id in rules], context.question)
    if not articles:
        return None
    same = [one for one in articles if _alike(one.text, articles[0].text)]
    latest = max(same, key=lambda one: (rules[one.hit.document_id], one.worth))
    before = next((one for one in same if _amounts(one.text) != _amounts(latest.text)), None)
    parts = [(f"{latest.text}[1]", answer_evidence.of_hits([latest.hit], subject, fetch.facts_on(context)))]
    if before is not None:
        told = context.words["earlier_rule"].format(article=before.text)
        parts.append((f"{told}[1]", answer_evidence.of_hits([before.hit], subject, fetch.facts_on(context))))
    bound = endings.bind(context, parts)
    if bound.unbound:
        return None
    cited = [one.hit for one in (latest, before) if one is not None]
    context.trace.add("evidence", [hit.chunk_id for hit in cited], [hit.document_id for hit in cited])
    return endings.release(context, bound)


def of_term(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The answer from passages where what looks like a company's name is a term of a rule that may be read: 支付机构, 非公开募集基金."""
    asks_a_figure = bool(intent.mentions and intent.periods)
    if not intent.unknown or asks_a_figure or not _is_term(context, intent.unknown):
        return None
    return open_question.from_passages(context, replace(intent, unknown=None), subject)


def _is_term(context: QuestionContext, name: str) -> bool:
    rules = _rules(context) if context.language == "zh" else {}
    if not rules:
        return False
    query = SearchQuery(name, k=passages.PAGES, collection=context.collection, kind="regulation")
    return any(name[:TERM] in hit.text for hit in context.search.search(context.principal, query) if hit.document_id in rules)


def _rules(context: QuestionContext) -> dict[str, int]:
    """The laws and notices that may be read: document id → year, 0 where it states none."""
    documents = context.services.known.of(context.principal, context.collection).documents
    return {document.id: document.fiscal_year or 0 for document in documents if document.kind == "regulation"}


def answering(hits: Sequence[Hit], question: str) -> list[Article]:
    """The articles that hold enough of the question, each as it is quoted, the one that holds most first."""
    wanted = telling(question)
    weights = rarities([hit.text for hit in hits])
    whole = sum(weights.get(word, max(weights.values(), default=1.0)) for word in wanted)
    if len(wanted) < FEWEST or not whole:
        return []
    found = [
        Article(hit, _shortened(text, wanted, weights), held(text, wanted, weights) / whole / (1 + BEHIND * place))
        for place, hit in enumerate(hits)
        for text in _articles(hit.text)
        if tells_amount(question, text)
    ]
    return sorted((one for one in found if one.worth >= TOLD), key=lambda one: -one.worth)


def telling(question: str) -> set[str]:
    """The words of a question that say what it is about, without those that ask."""
    asking = "|".join(sorted(word_list("asking_zh"), key=len, reverse=True))
    return set().union(*(keywords(part) for part in re.split(asking, question)))


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


def _alike(text: str, other: str) -> bool:
    mine, others = keywords(text), keywords(other)
    return len(mine & others) >= ALIKE * min(len(mine), len(others))


def _amounts(text: str) -> list[str]:
    return sorted(unicodedata.normalize("NFKC", number) for number in re.findall(_AMOUNT, _CLAUSE.sub("", text)))


def _articles(text: str) -> Iterator[str]:
    """A passage split into its articles; the text before the first is one of its own."""
    for part in _ARTICLE.split(text):
        if part.strip():
            yield part.strip()


def _shortened(text: str, wanted: set[str], weights: Mapping[str, float]) -> str:
    """The text as one line; of a long one the sentence that holds most of the question, and its neighbours while there is room."""
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCE.split(text) if sentence and sentence.strip()]
    first = last = max(range(len(sentences)), key=lambda at: held(sentences[at], wanted, dict(weights)))
    room = QUOTED - len(sentences[first])
    while (
        following := next((at for at in (last + 1, first - 1) if 0 <= at < len(sentences) and len(sentences[at]) <= room), None)
    ) is not None:
        first, last = min(first, following), max(last, following)
        room -= len(sentences[following])
    return "".join(sentences[first : last + 1])
