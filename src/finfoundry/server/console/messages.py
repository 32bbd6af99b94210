"""What the product says in English, in the language of the page: errors with their remedies, losses, conflicts and marks of certificates.

The forms stand in ``texts/messages_zh.yaml``, as catalogues of translations do; those of marks, which answers tell too, in ``ask``. What is
filled in stays as it is, but for periods, concepts and scopes. A text of which no form is known stays English, and says so to readers of
screens (``lang="en"``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml
from markupsafe import Markup

from finfoundry.ask.compose.marks import mark_forms
from finfoundry.core.answer import Language
from finfoundry.knowledge.facts.table.concepts import concepts, find_concept
from finfoundry.server.console.written import period_words

_FILLED = re.compile(r"\{(period|concept|scope|)\}")


@dataclass(frozen=True, slots=True)
class _Form:
    """An English form with its Chinese one; ``names`` say of what is filled in whether it is a period, a concept or a scope."""

    english: str
    chinese: str
    names: tuple[str, ...]
    pattern: re.Pattern[str]

    def in_english(self, values: Sequence[str]) -> str:
        own = _FILLED.split(self.english)[::2]
        return "".join(part for pair in zip(own, (*values, ""), strict=True) for part in pair)


@lru_cache(maxsize=1)
def forms() -> tuple[_Form, ...]:
    """The forms, those with most words of their own first: one that is nearly all filled in would take what belongs to another."""
    told = yaml.safe_load((files("finfoundry.server.console.texts") / "messages_zh.yaml").read_text(encoding="utf-8"))["messages"]
    found = [_form(english, chinese) for english, chinese in (*told, *mark_forms())]
    return tuple(sorted(found, key=lambda one: -len(_FILLED.sub("", one.english))))


def _form(english: str, chinese: str) -> _Form:
    pattern = "(.*?)".join(map(re.escape, _FILLED.split(english)[::2]))
    return _Form(english, chinese, tuple(_FILLED.findall(english)), re.compile(pattern, re.DOTALL))


def message(text: str | None, language: Language) -> Markup:
    """A text in the reader's language, escaped; one that is not known in Chinese is marked as English."""
    said = text or ""
    for form in forms():
        found = form.pattern.fullmatch(said)
        if found is not None:
            values = _filled(form.names, found.groups(), language)
            return Markup("{}").format(form.chinese.format(*values) if language == "zh" else form.in_english(values))
    return Markup("{}").format(said) if language == "en" else Markup('<span lang="en">{}</span>').format(said)


def _filled(names: Sequence[str], values: Sequence[str], language: Language) -> list[str]:
    told = {"period": period_words, "concept": concept_words, "scope": _scope_words}
    return [told[name](value, language) if name in told else value for name, value in zip(names, values, strict=True)]


def concept_words(name: str, language: Language) -> str:
    """A concept by the label that statements print most: NetIncomeLoss -> net income, 净利润; the name where no label is known."""
    concept = next((one for one in concepts() if one.name == name), None)
    labels = concept.labels if concept else ()
    chinese = language == "zh"
    return next((label for label in labels if any("\u4e00" <= letter <= "\u9fff" for letter in label) == chinese), name)


def label_words(label: str, language: Language) -> str:
    """A printed line in the language of the page, where the vocabulary knows it: 营业收入 -> revenue; else as it is printed."""
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in label)
    concept = find_concept((label,), None) if chinese != (language == "zh") and label else None
    return concept_words(concept.name, language) if concept else label


def _scope_words(scope: str, language: Language) -> str:
    return {"consolidated": "合并", "parent": "母公司"}.get(scope, scope) if language == "zh" else scope
