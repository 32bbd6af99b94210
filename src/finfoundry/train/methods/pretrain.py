"""Continued pretraining on a domain's documents, with a share of general text read again against forgetting (Ibrahim et al., 2024,
arXiv 2403.08763: a few percent of replay suffice).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from finfoundry.train.data.material import Material
from finfoundry.train.packing import RowTokens
from finfoundry.train.recipe import Recipe
from finfoundry.train.text import blocks


def rows(material: Material, tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    """Blocks of at most ``context`` tokens; replayed ones make up their share of all tokens, as far as there are enough."""
    domain = _blocks((document.text for document in material.documents), tokenizer, recipe.context)
    if recipe.data.replay is None:
        return domain
    share = recipe.data.replay.share
    wanted = sum(len(row.ids) for row in domain) * share / (1 - share)
    general = _blocks((document.text for document in material.replay), tokenizer, recipe.context)
    random.Random(recipe.seed).shuffle(general)  # noqa: S311
    replayed, tokens = [], 0
    for row in general:
        if tokens >= wanted:
            break
        replayed.append(row)
        tokens += len(row.ids)
    return domain + replayed


def _blocks(texts: Iterable[str], tokenizer: Any, length: int) -> list[RowTokens]:
    return [row for text in texts for row in blocks(tokenizer, text, length)]


def held_back(material: Material, tokenizer: Any, recipe: Recipe) -> dict[str, list[RowTokens]]:
    """Documents that are kept from training, as blocks, by the name of what is measured on them: of the domain, and of the general text."""
    parts = {"perplexity": material.evaluation, "general_perplexity": material.general}
    return {name: _blocks((one.text for one in documents), tokenizer, recipe.context) for name, documents in parts.items() if documents}
