"""What a row teaches. A method turns prepared data into rows of tokens and gives the step that the loop takes on a pack of them."""

from __future__ import annotations

from finfoundry.train.methods import instruct, pretrain
from finfoundry.train.methods.method import Method, next_token

METHODS: dict[str, Method] = {
    "instruct": Method(instruct.rows, next_token),
    "pretrain": Method(pretrain.rows, next_token),
}

__all__ = ["METHODS", "Method", "next_token"]
