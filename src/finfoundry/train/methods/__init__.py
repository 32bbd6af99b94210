"""Training objectives. A method turns prepared data into rows of tokens and gives the step that the loop takes on a pack of them."""

from __future__ import annotations

from finfoundry.core.errors import InputError
from finfoundry.core.plugins import offered, plugins
from finfoundry.train.methods import instruct, pretrain
from finfoundry.train.methods.method import Method, next_token

METHODS: dict[str, Method] = {
    "instruct": Method(instruct.rows, next_token),
    "pretrain": Method(pretrain.rows, next_token),
}


def method_named(name: str) -> Method:
    """One of ours, or of another package, by its name in a recipe. Raises InputError."""
    if name in METHODS:
        return METHODS[name]
    if name not in offered("methods"):
        raise InputError(f"there is no method {name}", remedy=f"Choose one of {', '.join([*METHODS, *offered('methods')])}")
    found: Method = plugins("methods")[name]
    return found


__all__ = ["METHODS", "Method", "method_named", "next_token"]
