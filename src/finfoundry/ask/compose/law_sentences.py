"""Sentences on the standing of a rule: since when, until when, ended by what; each with the words of the paper that say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from finfoundry.binding.evidence import Evidence, PassageEvidence
from finfoundry.core.answer import DocumentName
from finfoundry.core.language import has_han
from finfoundry.core.rules.law import ON_ISSUE, LawStatement
from finfoundry.knowledge.laws.register import Amendment, Ending, Law
from finfoundry.knowledge.laws.titles import title_key

Part = tuple[str, Sequence[Evidence]]
Words = Mapping[str, str]
MOST_REPEALED = 5  # rules


def called(law: Law, words: Words) -> str:
    """The title as an answer gives it: without an edition, whose number nothing would bind."""
    plain = law.title.strip("《》")
    title = title_key(plain).title() if law.language == "en" and re.search(r"\d", plain) else plain
    return words["rule_title"].format(title=title)


def standing(law: Law, day: date, words: Words, laws: Mapping[str, Law]) -> Part:
    """Whether a rule is in force on a day, from when and until when, cited."""
    force, end, title = law.in_force(day), law.until, called(law, words)
    if force is None:
        told = words["rule_unknown"].format(title=title, why=words[_why(law)])
        return _cited(told + _was(law, words), law, [law.said("effective"), *_numbered(law)], laws, None)
    said = [law.said("effective"), *_numbered(law)]
    if force:
        told = words["rule_since"].format(title=title, day=law.effective)
        if end and end.day:
            told = words["rule_between"].format(title=title, day=law.effective, end=end.day)
            said += _ending_said(end, law, laws)
        if law.effective and law.effective > date.today():  # asked about a day to come: nothing is in force yet
            name = "rule_will_until" if end and end.day else "rule_will"
            told = words[name].format(title=title, day=law.effective, end=end.day if end else None)
    elif law.effective and day < law.effective:
        told = words["rule_not_yet"].format(title=title, day=law.effective)
    else:
        told = ended(title, end, words, laws) + _was(law, words)
        said += _ending_said(end, law, laws) if end else []
    return _cited(told, law, said, laws, end)


def _was(law: Law, words: Words) -> str:
    """Since when a rule was in force, where that is known; of papers that state the same day, which none of them ended, what they state."""
    said = law.said("effective")
    stated = said.value if said and said.value != ON_ISSUE else None
    return words["rule_was"].format(day=law.effective or stated) if law.effective or stated else ""


def _why(law: Law) -> str:
    """The template that says why it cannot be told whether a rule is in force; its faults say so in full."""
    faults = " ".join(law.faults)
    if "contradictory" in faults:
        return "rule_contradictory"
    if "version" in faults:
        return "rule_several"
    return "rule_undated" if law.faults else "rule_no_day"


def ended(title: str, end: Ending | None, words: Words, laws: Mapping[str, Law]) -> str:
    """That a rule is no more in force, since when and by what."""
    if end is None or end.day is None:
        return words["rule_ended_undated"].format(title=title)
    if end.kind == "expired" or not end.by:
        return words["rule_expired"].format(title=title, day=end.day)
    by = called(laws[end.document], words) if end.document in laws else words["rule_title"].format(title=end.by)
    return words[f"rule_{end.kind}"].format(title=title, day=end.day, by=by)


def _ending_said(end: Ending, law: Law, laws: Mapping[str, Law]) -> list[LawStatement | None]:
    """What says that the rule ends, and when: its own statement, or the repeal and the day from which what ended it is in force."""
    other = laws.get(end.document)
    if other is None:
        return [law.said("expires")]
    repeals = [one for one in other.repeals() if end.kind == "repealed" and title_key(one.value) == law.key]
    return [*repeals[:1], other.said("effective"), *_numbered(other)]


def _numbered(law: Law) -> list[LawStatement | None]:
    """What says a title that an answer gives with its numbers, which have to be bound: 中国人民银行公告〔2020〕第3号."""
    return [law.said("title")] if law.language == "zh" and re.search(r"\d", law.title) else []


def _cited(told: str, law: Law, said: Iterable[LawStatement | None], laws: Mapping[str, Law], end: Ending | None) -> Part:
    evidence: list[Evidence] = []
    for one in said:
        if one is not None and one.page is not None:
            owner = laws.get(end.document, law) if end and one not in law.statements else law
            evidence.append(PassageEvidence(one.quote, DocumentName(owner.document, owner.name), one.page, one.box))
    markers = "".join(f"[{number}]" for number in range(1, len(evidence) + 1))
    return f"{told}{markers}", evidence


def amendment(law: Law, one: Amendment, words: Words, laws: Mapping[str, Law]) -> Part:
    """That parts of a rule were amended, from when and by what, with the words that say so."""
    by = laws[one.document]
    told = words["rule_amended" if one.day else "rule_amended_undated"].format(title=called(law, words), by=called(by, words), day=one.day)
    said = next((said for said in by.amends() if title_key(said.value) == law.key), None)
    known = [said, by.said("effective") if one.day else None, *_numbered(law), *_numbered(by)]
    return _cited(told, law, known, laws, Ending("replaced", one.day, by.title, by.document))


def replaced(law: Law, words: Words, laws: Mapping[str, Law]) -> Part | None:
    """Which rules it repealed, by the first words that say each; None where it says of none, or of more than a sentence holds."""
    said = {title_key(one.value): one for one in reversed(law.repeals()) if one.page is not None}
    if not 0 < len(said) <= MOST_REPEALED:
        return None
    titles = [words["rule_title"].format(title=one.value.strip("《》")) for one in reversed(said.values())]
    told = words["rule_repeals"].format(title=called(law, words), titles=words["join"].join(titles))
    return _cited(told, law, [*reversed(said.values()), *_numbered(law)], laws, None)


def gone(texts: Sequence[str], laws: Sequence[Law], day: date) -> list[tuple[str, Ending]]:
    """The titles that texts cite and that are no more in force on a day, with what ended each; those too that the store does not hold."""
    whole = "\n".join(texts)
    folded = " ".join(whole.casefold().split())
    bracketed = {title_key(found) for found in re.findall(r"《([^《》]+(?:《[^》]*》[^《》]*)?)》", whole)}
    found: dict[str, tuple[str, Ending]] = {}
    for title, end in endings(laws, day):
        key = title_key(title)
        chinese = has_han(key)
        if key in bracketed if chinese else re.search(rf"\b{re.escape(key)}\b", folded):
            found.setdefault(key, (title, end))
    return list(found.values())


def endings(laws: Sequence[Law], day: date) -> list[tuple[str, Ending]]:
    """Titles of which no version is in force on a day, with what ended the latest."""
    alive = {law.key for law in laws if law.in_force(day) is not False}
    found: dict[str, tuple[str, Ending]] = {}
    for law in laws:
        if law.key not in alive and law.until and (law.effective is None or law.effective <= day):
            found[law.key] = (law.title, law.until)
    known = {law.key for law in laws}
    for law in laws:
        for said in law.repeals():
            key = title_key(said.value)
            if key not in known and law.effective and law.effective <= day:
                found.setdefault(key, (said.value, Ending("repealed", law.effective, law.title, law.document)))
    return list(found.values())
