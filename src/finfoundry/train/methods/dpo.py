"""Direct preference optimisation: an answer that people preferred becomes likelier than the one that they put aside.

``sigmoid``: Rafailov et al. (2023, arXiv 2305.18290, equation 7), against the model at its start. ``simpo``: Meng et al. (2024, arXiv
2405.14734, equation 6), the mean of an answer's tokens instead of their sum, a margin, and no reference: length earns nothing.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn.functional import logsigmoid

from finfoundry.train.data.material import Material
from finfoundry.train.methods import pairs
from finfoundry.train.methods.method import Start
from finfoundry.train.methods.pairs import PairLoss, forked, held_back, preferred
from finfoundry.train.packing import Pack, RowTokens, Steps
from finfoundry.train.recipe import Preference, Recipe


class DpoLoss(PairLoss):
    """The summed loss of the pairs of a pack, by what the recipe says in ``preference``."""

    told = Preference()

    def forward(self, pack: Pack) -> Tensor:
        """The summed loss, a scalar."""
        if self.told.loss == "simpo":
            sums, lengths = self.sides(pack)
            means = sums / lengths
            return -logsigmoid(self.told.beta * (means[:, 0] - means[:, 1]) - self.told.margin).sum()
        ratios = self.ratios(pack)
        return -logsigmoid(self.told.beta * (ratios[:, 0] - ratios[:, 1])).sum()


def rows(material: Material, tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    """Pairs, the conversation of each read once."""
    return [forked(row) for row in pairs.rows(material, tokenizer, recipe)]


def begin(module: DpoLoss, start: Start) -> Steps:
    module.told = start.recipe.preference
    if module.told.loss != "simpo":
        module.keep_reference(start)
    return start.order


def finish(module: DpoLoss, start: Start) -> dict[str, float]:
    """Of the pairs that were held back, the share whose better answer the model now finds likelier: as a whole, and by the mean token."""
    found: list[Any] = held_back(start.material, start.base.tokenizer, start.recipe)
    if not found:
        return {}
    sums = module.read(found, start)
    means = sums / sums.new_tensor([[last - first for first, last in row.spans] for row in found])
    return {"preferred": preferred(sums[:, 0], sums[:, 1]), "preferred_by_token": preferred(means[:, 0], means[:, 1])}
