"""The metrics that questions ask for (``core/data/metrics.yaml`` over ``concepts.yaml``): their phrases, and how each is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from finfoundry.ask.lexicon.vocabulary import Vocabulary, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.answer import Language
from finfoundry.core.formulas import listed_metrics
from finfoundry.core.language import has_han
from finfoundry.knowledge.facts.table.concepts import Concept, concepts


@dataclass(frozen=True, slots=True)
class Metric:
    """``concepts`` in order of preference; ``say`` are its phrases, the usual one first; an outflow is asked for as an amount."""

    name: str
    concepts: tuple[str, ...]
    say: tuple[str, ...]
    statement: str | None = None
    instant: bool | None = None
    outflow: bool = False
    cost: bool = False  # taken as an amount where it is set against a whole, though it is printed as a negative
    abbreviations: tuple[str, ...] = ()  # phrases in capitals alone: a CAR is no car


@lru_cache(maxsize=1)
def metrics() -> Mapping[str, Metric]:
    """All metrics by name: those of ``metrics.yaml``, then every other concept under its own name."""
    known = {concept.name: concept for concept in concepts()}
    listed = listed_metrics()
    found = {name: _metric(name, tuple(entry["concepts"]), tuple(entry.get("say", ())), known) for name, entry in listed.items()}
    found |= {name: replace(found[name], statement=None) for name, entry in listed.items() if entry.get("statement") == "any"}
    found |= {
        name: replace(found[name], abbreviations=tuple(entry["abbreviations"]))
        for name, entry in listed.items()
        if "abbreviations" in entry
    }
    first = {metric.concepts[0] for metric in found.values() if metric.concepts}
    return found | {name: _metric(name, (name,), (), known) for name in known if name not in first}


def _metric(name: str, names: tuple[str, ...], say: tuple[str, ...], known: Mapping[str, Concept]) -> Metric:
    if not names:
        return Metric(name, (), say)
    concept = known[names[0]]
    phrases = (*say, *(label for label in concept.labels if _telling(label)))
    return Metric(
        name, names, phrases, concept.statement, concept.nature == "instant", _is_outflow(name, concept), concept.outflow is not None
    )


def _is_outflow(name: str, concept: Concept) -> bool:
    return (
        concept.outflow == "always"
        or listed_metrics().get(name, {}).get("outflow") is True
        or concept.name.startswith(("Payments", "Repayments"))
        or concept.name.endswith(("Paid", "PaidNet"))
    )


def _telling(label: str) -> bool:
    """Whether a label means something without the table around it: not "Total", "Basic", "Other"."""
    found = [token.text for token in tokens(label)]
    return bool(found) and not all(word in word_list("untelling") for word in found)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The phrases of all metrics and formulae. A phrase of two metrics belongs to the one listed first."""
    known = metrics().values()
    return Vocabulary({one.name: one.say for one in known}, abbreviations={one.name: one.abbreviations for one in known})


def title(name: str, language: Language) -> str:
    """A metric in words: its usual phrase of the language, else its name with spaces for underscores."""
    return usual_phrase(name, language) or name.removeprefix("label_").replace("_", " ")


def usual_phrase(name: str, language: Language) -> str | None:
    """The usual phrase for a metric, or for a concept, in a language; None where the vocabulary has none."""
    metric = metrics().get(name) or next((metric for metric in metrics().values() if name in metric.concepts[:1]), None)
    if metric is None:
        return None
    printed = next((concept.labels for concept in concepts() if concept.name in metric.concepts[:1]), ())
    said = [phrase for phrase in (*printed, *metric.say) if has_han(phrase) == (language == "zh")]
    plain = metric.name.replace("_", " ")
    return plain if plain in said else said[0] if said else None
