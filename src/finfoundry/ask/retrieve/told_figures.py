"""Whether a sentence tells a figure of the kind asked for: a change where one is asked for, a percentage, a count."""

from __future__ import annotations

from finfoundry.ask.plan.dimension import AskedResult, Kind
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claims import read_claims

_PLAIN = frozenset[Kind]({"number"})
_COUNTS = frozenset[Kind]({"count", "shares"})


def tells_such_a_figure(text: str, asked: AskedResult) -> bool:
    """True, too, where the question leaves the kind open. A change is told by its size, or by what it is the change of at two times."""
    claims = read_claims(text)
    if asked.relation in ("growth", "difference"):
        return any(one.direction or one.move for one in claims) or len({one.periods for one in claims if one.periods}) > 1
    if asked.kinds == _PLAIN:
        return any(one.number.percent or one.number.unit == "ratio" for one in claims)
    if asked.kinds == _COUNTS:
        return any(_counts(one) for one in claims)
    return bool(claims)


def _counts(claim: Claim) -> bool:
    """Whether a figure may count things: it is no money and no percentage."""
    number = claim.number
    return not number.percent and (number.unit is None or number.unit in ("count", "shares"))
