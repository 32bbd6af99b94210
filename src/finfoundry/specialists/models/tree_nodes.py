"""LightGBM's text form of trees as nodes and leaves, for those who walk them elsewhere.

A node sends a cell to the left where it is at most the split. Of a column that had empty cells in training a missing one goes where the
node says; of another it counts as 0 (https://lightgbm.readthedocs.io/en/stable/Advanced-Topics.html#missing-value-handle).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from finfoundry.core.errors import IntegrityError

_CATEGORICAL, _DEFAULT_LEFT, _ZERO, _NAN = 1, 2, 4, 8  # bits of a node's decision type


@dataclass
class Ensemble:
    """Trees one after the other. A node's branch is the number of a node, or of a leaf where its ``leaf`` is 1.

    ``constant``: of trees that are one leaf.
    """

    roots: list[int] = field(default_factory=list)
    feature: list[int] = field(default_factory=list)
    split: list[float] = field(default_factory=list)
    missing_true: list[int] = field(default_factory=list)
    true: list[int] = field(default_factory=list)
    true_leaf: list[int] = field(default_factory=list)
    false: list[int] = field(default_factory=list)
    false_leaf: list[int] = field(default_factory=list)
    leaves: list[float] = field(default_factory=list)
    constant: float = 0.0

    def add(self, tree: dict[str, str]) -> None:
        """Raises IntegrityError: a decision that is no comparison of numbers."""
        leaves = [float(cell) for cell in tree["leaf_value"].split()]
        if len(leaves) == 1:
            self.constant += leaves[0]
            return
        node, leaf = len(self.feature), len(self.leaves)
        self.roots.append(node)
        splits, kinds = [float(cell) for cell in tree["threshold"].split()], [int(cell) for cell in tree["decision_type"].split()]
        for split, kind in zip(splits, kinds, strict=True):
            if kind & (_CATEGORICAL | _ZERO):
                raise IntegrityError("A tree has a decision of another kind than training makes", remedy="Train again")
            self.split.append(split)
            self.missing_true.append(int(bool(kind & _DEFAULT_LEFT) if kind & _NAN else split >= 0))
        self.feature += [int(cell) for cell in tree["split_feature"].split()]
        for side, branches, are_leaves in (("left_child", self.true, self.true_leaf), ("right_child", self.false, self.false_leaf)):
            for child in map(int, tree[side].split()):
                branches.append(leaf - child - 1 if child < 0 else node + child)
                are_leaves.append(int(child < 0))
        self.leaves += leaves


def ensemble_of(texts: tuple[str, ...]) -> Ensemble:
    """All trees of several models, in their order."""
    found = Ensemble()
    for text in texts:
        for part in text[: text.index("\nend of trees")].split("\nTree=")[1:]:
            found.add(dict(line.split("=", 1) for line in part.splitlines()[1:] if "=" in line))
    return found
