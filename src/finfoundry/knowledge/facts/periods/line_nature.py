"""Stock or flow by the name of a line, its headings and its statement, where its column does not say."""

from __future__ import annotations

import re

from finfoundry.knowledge.facts.table.concepts import Concept, Nature, known_nature, nature_of

_MOVED = re.compile(
    r"\b(?:changes?|increases?|decreases?|adjustments|activities)\b|变动|增加|减少", re.IGNORECASE
)  # of a balance, not the balance
_MEASURED = re.compile(
    r"\bdiscount\s+rate\b|\brate\s+of\s+(?:increase\s+in\s+)?(?:future\s+)?(?:compensation|salary)\b|\blease\s+term\b", re.IGNORECASE
)
_HELD = re.compile(r"\bobligations?\b|\bremaining\b|\bleases?\b|\boperating\b|\bfinance\b", re.IGNORECASE)
_USED_FOR = re.compile(
    r"\b(?:used\s+(?:to\s+(?:determine|measure|calculate|compute|develop)|in|for)|for\s+determining)\b(?P<what>.*)", re.IGNORECASE
)
_COST = re.compile(r"\b(?:costs?|expenses?|income)\b", re.IGNORECASE)
_OBLIGATION = re.compile(r"\bobligations?\b|\bliabilit(?:y|ies)\b|\bfunded\s+status\b", re.IGNORECASE)
FLOWS = frozenset({"income", "comprehensive income"})  # statements in which a line by the name of a balance is what moved it
_BESIDE = re.compile(r"^(?:supplemental|other|additional)\s+(?:segment\s+)?(?:information|data|disclosures?)$", re.IGNORECASE)
_TOTAL_EQUITY = re.compile(r"^total\s+(?:\w+\s+)*equity\b", re.IGNORECASE)
_TOTAL_HELD = re.compile(r"^total\s+(?:amounts?\s+)?(?:recognized|recorded)\s+in\s+accumulated\b", re.IGNORECASE)
_IN_EQUITY = re.compile(
    r"\bamounts?\s+(?:recognized|recorded)\s+(?:in|on)\s+(?:the\s+)?(?:company.s\s+)?(?:consolidated\s+)?(?:balance\s+sheets?|statements?\s+of\s+financial\s+(?:position|condition)|accumulated\s+other|aoci)",
    re.IGNORECASE,
)  # amounts held there, less what a year brought: "recognized in other comprehensive income"


def line_nature(path: tuple[str, ...], concept: Concept | None, statement: str | None) -> Nature | None:
    """Stock or flow by the name of the line; what a balance moved by has its name, too: "Changes in assets > Inventories"."""
    if statement == "balance":
        return "instant"
    if statement in FLOWS:
        return "duration"
    if (used := next((match for part in reversed(path[:-1]) if (match := _USED_FOR.search(part))), None)) is not None:
        return "duration" if _COST.search(used["what"]) else "instant" if _OBLIGATION.search(used["what"]) else None
    if any(_MOVED.search(part) for part in path[:-1]):
        return "duration" if statement == "cash flow" else None
    if path and _MEASURED.search(path[-1]) and any(_HELD.search(part) for part in path):
        return "instant"
    if len(path) > 1 and _MEASURED.search(path[-2]) and _HELD.search(f"{path[-2]} {path[-1]}"):
        return "instant"
    if (
        (path and _TOTAL_HELD.search(path[-1]))
        or any(_IN_EQUITY.search(part) for part in path[:-1])
        or (statement == "equity" and path and _TOTAL_EQUITY.search(path[-1]))
    ):
        return "instant"
    if len(path) > 1 and _BESIDE.search(path[-2]) and nature_of(path[-1]) == "instant":
        return "instant"
    return concept.nature if concept is not None else known_nature(path[-1] if path else "")
