"""The concepts as the agent uses them: their phrases in questions, and what the choice of an operand must know of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from finfoundry.agent.operands import Metric
from finfoundry.agent.vocabulary import Vocabulary, colloquial, tokens
from finfoundry.agent.words import word_list
from finfoundry.core.answer import Language
from finfoundry.knowledge.facts.concepts import concepts


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Phrases of statements (core/data/concepts.yaml) and of questions (data/colloquial.yaml), and the formulae's names."""
    phrases = {concept.name: [label for label in concept.labels if _telling(label)] for concept in concepts()}
    for name, said in colloquial().items():
        phrases[name] = [*said, *phrases.get(name, [])]
    return Vocabulary(phrases)


def _telling(label: str) -> bool:
    """Whether a label means something without the table around it: not "Total", "Basic", "Other"."""
    found = [token.text for token in tokens(label)]
    return bool(found) and not all(word in word_list("untelling") for word in found)


@lru_cache(maxsize=1)
def metrics() -> Mapping[str, Metric]:
    outflows = word_list("outflows")
    return {concept.name: Metric(concept.statement, concept.nature == "instant", concept.name in outflows) for concept in concepts()}


def title(name: str, language: Language) -> str:
    """A concept or formula in words: its first label of the language."""
    for concept in concepts():
        if concept.name == name:
            fitting = [label for label in concept.labels if any("\u4e00" <= sign <= "\u9fff" for sign in label) == (language == "zh")]
            return fitting[0] if fitting else name.replace("_", " ")
    return name.removeprefix("label_").replace("_", " ")
