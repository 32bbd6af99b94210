"""Which version of a rule an answer quotes, and what stands beside it: the version then in force beside today's, what ended or amended
a rule, what of another rank lays down otherwise, and a policy that still cites a rule which is gone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.law_sentences import Part, amendment, called, ended, gone, standing
from finfoundry.ask.context import fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import Hit, SearchQuery
from finfoundry.ask.retrieve import passages
from finfoundry.ask.retrieve.clause_ranking import Article, alike, amounts, shortened
from finfoundry.ask.retrieve.passage_trimming import keywords, rarities
from finfoundry.ask.understand.asked_day import AskedDays
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.evidence import PassageEvidence
from finfoundry.core.rules.law import Clause
from finfoundry.knowledge.laws.register import Law, rank
from finfoundry.knowledge.laws.titles import title_key

SAME_NUMBER, SAME = 0.3, 0.5  # shares of words by which clauses of two versions are the same one: with the same number, with another
RIVAL, ON_THE_MATTER = 0.8, 0.3  # of the best one's worth, and of its words, that a clause of another rank has that lays down otherwise
MOST = 3  # versions quoted where none is known to be in force
OWN = ("policy", "product")  # levels of what an institution writes itself


@dataclass(slots=True)
class VersionsTold:
    """One answer about one rule. ``best`` are the clauses found, the one that answers first."""

    context: QuestionContext
    subject: Subject
    laws: Mapping[str, Law]
    law: Law
    best: Sequence[Article]
    asked: AskedDays | None
    today: date = field(default_factory=date.today)  # rules are in force by the day of the place
    _clauses: Mapping[str, Sequence[Clause]] = field(init=False)
    _group: list[Law] = field(init=False)

    def __post_init__(self) -> None:
        self._group = [self.laws[id] for id in self.law.versions if id in self.laws]
        self._clauses = self.context.services.store.clauses(self.context.principal, [law.document for law in self._group])

    def parts(self) -> list[Part]:
        """The sentences with their evidence."""
        words = self.context.words
        if self.asked and self.asked.fault:
            self.context.warn(words["rule_asked_day"].format(fault=self.asked.fault))
        dated = self.asked is not None and not self.asked.fault
        told = self._then() if dated else self._now()
        return [*told, *self._amended(), *self._of_other_rank(), *self._citing()]

    def _now(self) -> list[Part]:
        """Today's version; of a rule that is no more in force the last one, which is said first."""
        now = self._on(self.today)
        if now:
            article = self._counterpart(now[-1])
            if article is not None:
                return [*self._quoted(now[-1], article), standing(now[-1], self.today, self.context.words, self.laws)]
            first = standing(self.law, self.today, self.context.words, self.laws)
            return [first, *self._quoted(self.law, self.best[0]), (self.context.words["rule_today_lacks"], [])]
        unknown = [law for law in self._group if law.in_force(self.today) is None]
        if unknown:
            return self._unknown(unknown)
        last = self._group[-1]
        article = self._counterpart(last) or self.best[0]
        owner = last if article.hit.document_id == last.document else self.law
        return [standing(owner, self.today, self.context.words, self.laws), *self._quoted(owner, article)]

    def _unknown(self, unknown: Sequence[Law]) -> list[Part]:
        """All versions that differ, since which of them is in force nobody tells; of the only one what it lays down, with a warning."""
        words = self.context.words
        quoted = [(law, article) for law in unknown if (article := self._counterpart(law))]
        first = next((one for one in quoted if one[0].document == self.law.document), quoted[0])
        others = [one for one in quoted if one is not first and amounts(one[1].text) != amounts(first[1].text)][: MOST - 1]
        told = standing(first[0], self.today, words, self.laws)
        for fault in dict.fromkeys(fault for law in unknown for fault in law.faults):
            self.context.warn(fault)
        if not others and not any(law.endings for law in unknown):  # one, or the same one published twice
            self.context.warn(told[0])
            return self._quoted(*first)
        more = [part for law, article in others for part in self._quoted(law, article, "rule_other_version")]
        return [told, *self._quoted(*first), *more]

    def _then(self) -> list[Part]:
        """The versions in force in the days asked about, then today's."""
        assert self.asked is not None  # noqa: S101  asked for where there are days
        words, told = self.context.words, list[Part]()
        then = [law for law in self._group if law.in_force_between(self.asked.first, self.asked.last)]
        if not then:
            unknown = [law for law in self._group if law.in_force(self.asked.last) is None]
            if unknown:
                return self._unknown(unknown)
            told.append((words["rule_none_then"].format(title=called(self.law, words), asked=self.asked.text), []))
        for law in then:
            article = self._counterpart(law)
            if article is None:
                told.append((words["rule_then_lacks"].format(title=called(law, words)), []))
            else:
                told += self._quoted(law, article)
            told.append(standing(law, min(max(self.asked.first, law.effective or date.min), self.asked.last), words, self.laws))
        return [*told, *self._beside(then)]

    def _beside(self, then: Sequence[Law]) -> list[Part]:
        """Today's version beside the ones then in force; nothing where it is one of these."""
        words = self.context.words
        now = self._on(self.today)
        if not now:
            last = self._group[-1]
            unknown = last.in_force(self.today) is None
            return [standing(last, self.today, words, self.laws)] if unknown else [self._no_more(last)]
        if now[-1] in then:
            return []
        article = self._counterpart(now[-1])
        if article is None:
            return [(words["rule_today_lacks"], [])]
        before = self._counterpart(then[-1]) if then else None
        if before is not None and " ".join(before.text.split()) == " ".join(article.text.split()):
            return [(words["rule_today_same"], []), standing(now[-1], self.today, words, self.laws)]
        return [*self._quoted(now[-1], article, "rule_today"), standing(now[-1], self.today, words, self.laws)]

    def _amended(self) -> list[Part]:
        """What amended the version in force on the last of the days asked about, with the clause that changes what is quoted of it."""
        day = self.asked.last if self.asked and not self.asked.fault else self.today
        told: list[Part] = []
        for law in self._on(day):
            changes = [(one, self.laws[one.document]) for one in law.amended(day) if one.document in self.laws]
            clauses = self.context.services.store.clauses(self.context.principal, [by.document for _, by in changes])
            for one, by in changes:
                told.append(amendment(law, one, self.context.words, self.laws))
                changing = self._changing(law, by, clauses.get(by.document, ()))
                told += self._quoted(by, changing) if changing else []
        return told

    def _changing(self, law: Law, by: Law, clauses: Sequence[Clause]) -> Article | None:
        """The clause of an amending paper that names the one quoted of what it amends, by its number; None where none does."""
        quoted = self._counterpart(law)
        if quoted is None or quoted.clause is None or not quoted.clause.number:
            return None
        number = re.sub(r"^(?:[A-Za-z]+|§)\s*", "", quoted.clause.number).rstrip(".")
        names = re.compile(rf"(?<![\w.]){re.escape(number)}(?![\w]|\.\d)" if number[:1].isascii() else re.escape(number))
        of_one = len(by.amends()) == 1
        for clause in clauses:
            own = clause.text.removeprefix(clause.number)
            if names.search(own) and (of_one or law.key in title_key(own) or law.key in "".join(own.split()).casefold()):
                text = shortened(clause.text, keywords(self.context.question), rarities([clause.text]), self.context.language)
                return Article(self._hit(by, clause), text, quoted.worth, clause)
        return None

    def _no_more(self, last: Law) -> Part:
        words = self.context.words
        told, evidence = standing(last, self.today, words, self.laws)
        return f"{told}{'' if self.context.language == 'zh' else ' '}{words['rule_today_none']}", evidence

    def _on(self, day: date) -> list[Law]:
        return [law for law in self._group if law.in_force(day)]

    def _counterpart(self, law: Law) -> Article | None:
        """The clause of a version that is the one found; None where it has none."""
        lead = self.best[0]
        if law.document == lead.hit.document_id:
            return lead
        found = next((one for one in self.best if one.hit.document_id == law.document and one.clause and lead.clause
                      and one.clause.number == lead.clause.number and alike(one.hit.text, lead.hit.text) >= SAME), None)  # fmt: skip
        if found is not None or lead.clause is None:
            return found
        number = lead.clause.number
        near = [(alike(one.text, lead.hit.text), one.number == number and bool(number), one) for one in self._clauses.get(law.document, ())]
        likely = [one for one in near if one[0] >= (SAME_NUMBER if one[1] else SAME)]
        if not likely:
            return None
        best = max(likely, key=lambda one: one[0] + 0.2 * one[1])[2]
        wanted = keywords(self.context.question)
        text = shortened(best.text, wanted, rarities([best.text]), self.context.language)
        return Article(self._hit(law, best), text, lead.worth, best)

    def _hit(self, law: Law, clause: Clause) -> Hit:
        lead = self.best[0].hit
        return replace(
            lead, document_id=law.document, document_name=law.name, page=clause.page, text=clause.text, section=clause.heading,
            box=clause.box, locator=clause.locator, mark=None,
        )  # fmt: skip

    def _quoted(self, law: Law, article: Article, template: str = "rule_of", level: str = "") -> list[Part]:
        """Whose clause it is, and the clause word for word with its place."""
        words = self.context.words
        lead = words[template].format(title=called(law, words), level=level)
        found = answer_evidence.of_hits([article.hit], self.subject, fetch.facts_on(self.context))
        evidence = [
            replace(one, period=None) if isinstance(one, PassageEvidence) else one for one in found
        ]  # what it lays down has no year
        return [*([(lead, [])] if lead else []), (words["rule_clause"].format(text=article.text), evidence)]

    def _of_other_rank(self) -> list[Part]:
        """The first clause of another rank on the same matter that lays down otherwise, while it is in force."""
        lead, words = self.best[0], self.context.words
        near = [one for one in self.best[1:] if one.worth >= RIVAL * lead.worth]
        likely = [(one, ON_THE_MATTER) for one in near if self._other_rank(one.hit.document_id)]
        for other, bar in likely or [(one, SAME) for one in self._beside_named()]:
            law = self.laws[other.hit.document_id]
            if amounts(other.text) != amounts(lead.text) and alike(other.text, lead.text) >= bar:
                template = "rule_higher" if rank(law.level) < rank(self.law.level) else "rule_lower"
                return self._quoted(law, other, template, words[f"level_{law.level}"])
        return []

    def _other_rank(self, document: str) -> bool:
        """Whether a document is a rule of another rank that is not known to be out of force."""
        law = self.laws.get(document)
        if law is None or law.key == self.law.key or not law.level or not self.law.level or law.level == self.law.level:
            return False
        return law.in_force(self.today) is not False

    def _beside_named(self) -> list[Article]:
        """The clauses of rules of another rank that are most alike, where none was looked at: the question names its rule."""
        lead = self.best[0]
        here = [law.document for law in self.laws.values() if law.collection == self.law.collection]
        ranks = tuple(document for document in here if self._other_rank(document))
        if not ranks:
            return []
        query = SearchQuery(lead.text, k=passages.PAGES, collection=self.law.collection, document_ids=ranks)
        papers = list(dict.fromkeys(hit.document_id for hit in self.context.search.search(self.context.principal, query)))
        found = [
            (alike(clause.text, lead.text), Article(self._hit(self.laws[id], clause), clause.text, lead.worth, clause))
            for id, clauses in self.context.services.store.clauses(self.context.principal, papers).items() for clause in clauses
        ]  # fmt: skip
        return [article for _, article in sorted(found, key=lambda one: -one[0])]

    def _citing(self) -> list[Part]:
        """What of the institution's own paper cites rules that are no more in force."""
        words = self.context.words
        if self.law.level not in OWN:
            return []
        texts = [clause.text for clause in self._clauses.get(self.law.document, ())]
        own = {self.law.key, *(title_key(said.value) for said in self.law.statements if said.matter == "repeals")}
        found = [one for one in gone(texts, list(self.laws.values()), self.today) if title_key(one[0]) not in own]
        told: list[Part] = []
        for title, end in found:
            cited = words["rule_title"].format(title=title.strip("《》"))
            ending = ended(cited, end, words, self.laws)
            told.append((words["rule_cites_gone"].format(title=called(self.law, words), cited=cited) + ending, []))
        return told
