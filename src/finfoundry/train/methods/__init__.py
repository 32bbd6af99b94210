"""Training objectives. A method turns prepared data into rows of tokens and gives the step that the loop takes on a pack of them."""

from __future__ import annotations

from finfoundry.core.errors import InputError
from finfoundry.core.plugins import offered, plugins
from finfoundry.train.methods import encode, instruct, pretrain
from finfoundry.train.methods.method import Method, summed_loss

METHODS: dict[str, Method] = {
    "instruct": Method(instruct.rows, summed_loss),
    "pretrain": Method(pretrain.rows, summed_loss),
    "encode": Method(encode.rows, summed_loss, encode.EncoderLoss),
}


def method_named(name: str) -> Method:
    """One of ours, or of another package, by its name in a recipe. Raises InputError."""
    if name in METHODS:
        return METHODS[name]
    if name not in offered("methods"):
        raise InputError(f"there is no method {name}", remedy=f"Choose one of {', '.join([*METHODS, *offered('methods')])}")
    found: Method = plugins("methods")[name]
    return found


__all__ = ["METHODS", "Method", "method_named", "summed_loss"]
