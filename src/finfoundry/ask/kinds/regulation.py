"""A rule's own words: what a clause of a law, a notice or a policy lays down is answered by that clause, quoted, with page and box.

Read by a small model, a rule loses its conditions; as published it is short, exact, and a compliance officer can check it. A clause answers
where it holds most of what the question says and, where an amount is asked for, an amount; else the question is left to the model. Which
version is quoted, and what is said beside it, ``versions_told`` decides by the days that the rules state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import Parts
from finfoundry.ask.compose.law_sentences import amendment, replaced, standing
from finfoundry.ask.context import endings, fetch, opinions
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import open_question
from finfoundry.ask.kinds.versions_told import VersionsTold
from finfoundry.ask.lexicon.ports import Hit, SearchQuery
from finfoundry.ask.retrieve import passages
from finfoundry.ask.retrieve.clause_ranking import (
    NUMBERED,
    Article,
    RuleFound,
    alike,
    amounts,
    answering,
    by_number,
    of_clauses,
    ranked_english,
)
from finfoundry.ask.retrieve.evidence_ranking import asks_when
from finfoundry.ask.understand.asked_day import AskedDays, asked_days
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer
from finfoundry.core.rules.law import Clause
from finfoundry.knowledge.laws.register import Law
from finfoundry.knowledge.laws.said_title import TERM, named_law
from finfoundry.knowledge.laws.titles import title_key

ALIKE = 0.6  # share of the shorter one's words by which two articles are the same one, published twice or amended
MEANT = (0.87, 0.03)  # worth of an English clause from which on it answers, and how far the next must be behind, where an encoder reads
SAID = (0.5, 0.04)  # the same by words alone
WIDE = 10  # pages that clauses of English rules are looked for on
_STANDING = {
    "zh": re.compile(
        r"(?:何时|什么时候|哪[一]?天|从什么时候|自何时|哪年)[^，。？]{0,8}(?:施行|生效|实施|废止|失效)"
        r"|(?:施行|生效|实施|失效|废止)(?:日期|时间)"
        r"|(?:是否|还|仍|现在|目前|已经?)[^，。？]{0,6}(?:有效|施行|废止|失效)|有效吗|废止了吗"
    ),
    "en": re.compile(
        r"\b(?:(?:still|currently|now|yet|already|today)\s+(?:in\s+(?:force|effect)|valid|effective|appl\w+)|in\s+(?:force|effect)\b"
        r"|(?:been|was|were|is)\s+(?:repealed|withdrawn|superseded|replaced|revoked)"
        r"|when\s+(?:did|does|do|will)\b.{0,60}\b(?:take\s+effect|come\s+into\s+(?:force|effect)|start\s+to\s+apply|enter\s+into\s+force)"
        r"|effective\s+date|which\s+version)",
        re.IGNORECASE,
    ),
}  # fmt: skip
MOST = 3  # versions whose standing is told
_ARTICLE = re.compile(r"^(?=\s*第[一二三四五六七八九十百零〇]+条)", re.MULTILINE)


def of_articles(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The clause that answers, quoted and cited; None where none does, or where a company is asked about."""
    rules, laws = _rules(context), _laws(context)
    of_company = subject.name is not None and not _has_rules(subject, rules)
    if not rules or (of_company and (context.language == "en" or _named(context) is None)):
        return None
    asked = asked_days(context.question)
    with context.timed("retrieve"):
        best = _likeliest(context, intent, subject, rules, laws, asked)
    if not best:  # an article that is named by its number is answered by no other
        named = laws and context.language == "zh" and NUMBERED.search(context.question) and "《" in context.question
        return endings.nothing(context, context.words["nothing"], intent) if named else None
    best = _amended_first(best, laws)
    law = laws.get(best[0].hit.document_id)
    parts = _by_year(context, best, rules, subject) if law is None else VersionsTold(context, subject, laws, law, best, asked).parts()
    if not parts:
        return None
    asked_by_number = NUMBERED.search(context.question)
    if not asked_by_number and opinions.says_no(context, " ".join(text for text, _ in parts), best[0].hit.document_id):
        return None
    bound = endings.bind(context, parts)
    if bound.unbound:
        return None
    cited = {citation.document.id for citation in bound.citations}
    context.trace.add("evidence", [one.hit.chunk_id for one in best if one.hit.document_id in cited][: len(cited)], sorted(cited))
    return endings.release(context, bound)


def bears_sign(context: QuestionContext, intent: Intent, subject: Subject) -> bool:
    """Whether rules may answer: in Chinese where no company is named, or a rule by its title; in English where there are rules, and no
    figure is asked for.
    """
    if context.language == "zh":
        return subject.name is None or _named(context) is not None
    asks_a_figure = bool(intent.mentions) and not intent.rest
    return not asks_a_figure and bool(_rules(context))


def of_term(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The answer from passages where what looks like a company's name is a term of a rule that may be read: 支付机构, 非公开募集基金."""
    asks_a_figure = bool(intent.mentions and intent.periods)
    if not intent.unknown or asks_a_figure or not _is_term(context, intent.unknown):
        return None
    return open_question.from_passages(context, replace(intent, unknown=None), subject)


def of_standing(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:  # noqa: ARG001  one signature for all kinds
    """Whether a rule that the question names is in force, since when, and what ended it; None where it names none, or asks for more."""
    laws = _laws(context)
    law = _named(context)
    if law is None:
        return None
    asked = asked_days(context.question)
    if asked and asked.fault:
        untold = context.words["rule_asked_day"].format(fault=asked.fault)
        context.warn(untold)
        return endings.nothing(context, untold, intent)
    today = date.today()  # rules are in force by the day of the place
    group = [laws[id] for id in law.versions if id in laws]
    first, last = (asked.first, asked.last) if asked else (today, today)
    if asks_when(context.question) and all(one.effective and one.effective > last for one in group):
        first, last = today, today  # the day is of something else: 何时施行，取代了1998年的哪部法规
    shown = [one for one in group if one.in_force_between(first, last)]
    days = [(one, min(max(first, one.effective or first), last)) for one in shown] or [(one, last) for one in group]
    shown_days = days[-MOST:]
    parts = [standing(one, day, context.words, laws) for one, day in shown_days]
    changes = [(one, change) for one, day in shown_days if one.in_force(day) for change in one.amended(day) if change.document in laws]
    parts += [amendment(one, change, context.words, laws) for one, change in changes]
    parts += [part for one, day in shown_days if one.in_force(day) and (part := replaced(one, context.words, laws))]
    bound = endings.bind(context, parts)
    return None if bound.unbound else endings.release(context, bound)


def asks_standing(context: QuestionContext, intent: Intent, subject: Subject) -> bool:  # noqa: ARG001  one signature for all kinds
    """Whether the question asks if or since when something is in force."""
    return _STANDING[context.language].search(context.question) is not None


def _is_term(context: QuestionContext, name: str) -> bool:
    rules = _rules(context) if context.language == "zh" else {}
    if not rules:
        return False
    query = SearchQuery(name, k=passages.PAGES, collection=context.collection, kind="regulation")
    return any(name[:TERM] in hit.text for hit in context.search.search(context.principal, query) if hit.document_id in rules)


def _laws(context: QuestionContext) -> dict[str, Law]:
    """All rules that may be read, of other collections too: they may have repealed one of this."""
    return {law.document: law for law in context.services.store.laws(context.principal)}


def _rules(context: QuestionContext) -> dict[str, int]:
    """The rules in the question's language that may be read: document id → the year from which, or of which, they are; 0 for none."""
    documents = context.services.known.of(context.principal, context.collection).documents
    found = {one.id: one.fiscal_year or 0 for one in documents if one.kind == "regulation" and context.language == "zh"}
    laws = context.services.store.laws(context.principal, context.collection)
    return found | {law.document: law.effective.year if law.effective else 0 for law in laws if law.language == context.language}


def _named(context: QuestionContext) -> Law | None:
    """The rule of this collection that the question names by its title, of which a company's name may be a part."""
    return named_law(context.question, context.services.store.laws(context.principal, context.collection))


def _has_rules(subject: Subject, rules: Mapping[str, int]) -> bool:
    return any(document.id in rules for document in subject.documents)


def _likeliest(
    context: QuestionContext, intent: Intent, subject: Subject, rules: Mapping[str, int], laws: Mapping[str, Law], asked: AskedDays | None
) -> list[Article]:
    """The clauses that answer, the likeliest first; empty where none does for sure. Of a rule that is named by its title only its own."""
    chinese = context.language == "zh"
    found = fetch.found(context, intent, subject, passages.PAGES if chinese else WIDE, passages.PASSAGES)
    question = asked.rest if asked else context.question
    named = named_law(question, [laws[id] for id in rules if id in laws])
    hits = [hit for hit in found if hit.document_id in (rules if named is None else named.versions)]
    if named is not None and chinese:
        hits = hits or _of_named(context, named, question)
        question = without_title(question, named)
    stored = context.services.store.clauses(context.principal, list(dict.fromkeys(hit.document_id for hit in hits)))
    known = {id: RuleFound(laws[id].title, clauses) for id, clauses in stored.items() if id in laws}
    clauses: list[tuple[Hit, Clause, int]] = of_clauses(hits, known)
    if named is not None and (numbered := by_number(context.question, clauses)):
        return numbered
    if known and chinese and NUMBERED.search(question) and "《" in context.question:
        return []
    if chinese:
        plain = [(replace(hit, text=text), None, place) for place, hit in enumerate(hits) for text in _articles(hit, known)]
        return answering([*clauses, *plain], [hit.text for hit in hits], question)
    ranked, read = ranked_english(clauses, known, question, context.search.likeness)
    context.clauses = ranked if read else ()
    return _sure(ranked, laws, *(MEANT if read else SAID))


def _of_named(context: QuestionContext, law: Law, question: str) -> list[Hit]:
    """Passages of a rule that the question names, where the search put those of others before them."""
    query = SearchQuery(question, k=passages.PAGES, collection=context.collection, document_ids=law.versions, passages=passages.PASSAGES)
    return list(context.search.search(context.principal, query))


def without_title(question: str, law: Law) -> str:
    """The question without the title of the rule that it names, and the words that lead to it."""
    title = re.escape(law.title.strip("《》"))
    plain = re.sub(rf"(?:按照|根据|依据|依照)?《?(?:{title}|{re.escape(law.key)})》?(?:规定|中|里)?[，,]?", " ", question)
    return plain if plain.strip(" ？?，,。") else question


def _sure(ranked: list[Article], laws: Mapping[str, Law], sure: float, ahead: float) -> list[Article]:
    """The clauses, where the first answers for sure: well, and better than any other that is not a version of it."""
    if not ranked or ranked[0].worth < sure:
        return []
    first = ranked[0]
    own = {*laws[first.hit.document_id].versions, *_linked(laws[first.hit.document_id], laws)}
    others = (one for one in ranked[1:] if one.hit.document_id not in own or (one.hit.document_id == first.hit.document_id))
    second = next(others, None)
    return [] if second is not None and first.worth - second.worth < ahead else ranked


def _linked(law: Law, laws: Mapping[str, Law]) -> set[str]:
    """The documents of what a rule amends, and of what amends any version of it."""
    keys = _amends(law)
    return {other.document for other in laws.values() if other.key in keys or law.key in _amends(other)}


def _amends(law: Law) -> set[str]:
    return {title_key(said.value) for said in law.amends()}


def _amended_first(best: list[Article], laws: Mapping[str, Law]) -> list[Article]:
    """The clause of the rule itself before that of a paper which amends it: what changed it is told beside it, for the day asked about."""
    first = laws.get(best[0].hit.document_id)
    keys = _amends(first) if first else set[str]()
    for one in best[1:] if keys else ():
        law = laws.get(one.hit.document_id)
        if law is not None and law.key in keys and alike(one.text, best[0].text) >= ALIKE:
            return [one, *(other for other in best if other is not one)]
    return best


def _articles(hit: Hit, known: Mapping[str, RuleFound]) -> Iterator[str]:
    """A passage of a rule whose clauses are not stored, split into its articles; the text before the first is one of its own."""
    for part in _ARTICLE.split(hit.text) if hit.document_id not in known else ():
        if part.strip():
            yield part.strip()


def _by_year(context: QuestionContext, best: Sequence[Article], rules: Mapping[str, int], subject: Subject) -> Parts:
    """Of rules of which nothing but a year is known: the article of the latest, with the earlier one where its amounts were others."""
    same = [one for one in best if alike(one.text, best[0].text) >= ALIKE]
    latest = max(same, key=lambda one: (rules[one.hit.document_id], one.worth))
    before = next((one for one in same if amounts(one.text) != amounts(latest.text)), None)
    parts = [(f"{latest.text}[1]", answer_evidence.of_hits([latest.hit], subject, fetch.facts_on(context)))]
    if before is not None:
        told = context.words["earlier_rule"].format(article=before.text)
        parts.append((f"{told}[1]", answer_evidence.of_hits([before.hit], subject, fetch.facts_on(context))))
    return parts
