"""All that is told of a paper beside its balance of digits: what of it stands in no block, or is a fact otherwise than it is printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from finfoundry.core.document import Document, Fact
from finfoundry.knowledge.balance.lost_labels import label_losses
from finfoundry.knowledge.balance.pieces import Printed
from finfoundry.knowledge.balance.scale_lines import unread_scale_lines
from finfoundry.knowledge.balance.tagged_figures import tag_losses
from finfoundry.knowledge.balance.told.governing_lines import unread_governing_lines
from finfoundry.knowledge.balance.told.lost_signs import sign_losses
from finfoundry.knowledge.balance.told.value_signs import other_signs, other_than_tagged
from finfoundry.knowledge.balance.value_digits import other_digits


def told_losses(prints: Printed, document: Document, facts: Sequence[Fact]) -> Iterator[str]:
    """Facts with other digits, another sign or another amount than is printed or tagged, tags without a fact, words and signs without a
    block, lines of scale, currency, period and signs that no table took; each in one line.
    """
    yield from other_digits(facts)
    yield from other_signs(document, facts)
    yield from other_than_tagged(facts, prints.tag_values)
    yield from tag_losses(facts, prints.tags)
    yield from label_losses(prints, document)
    yield from sign_losses(prints, document)
    yield from unread_scale_lines(document, facts)
    yield from unread_governing_lines(document, facts)
