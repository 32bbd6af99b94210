"""Weights, gradients and moments divided over processes: fully sharded data parallelism (Zhao et al., 2023, arXiv 2304.11277), by torch's
``fully_shard``. A layer is put together when it is used and taken apart after; a checkpoint holds whole tensors, so that it does not
matter on how many processes a run goes on.
"""

from __future__ import annotations

from typing import Any

import torch
from accelerate import PartialState
from torch import Tensor, distributed, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor


def shard(module: Any) -> None:
    """Divide the parameters over all processes, in place, layer by layer and what is left; nothing is done where there is one process."""
    state = PartialState(cpu=not torch.cuda.is_available())
    if state.num_processes == 1:
        return
    mesh = init_device_mesh(state.device.type, (state.num_processes,))
    module.to(state.device)
    for layer in module.model.get_decoder().layers:
        fully_shard(layer, mesh=mesh)
    fully_shard(module, mesh=mesh)


def sharded(module: nn.Module) -> bool:
    return isinstance(module, FSDPModule)


def wait(module: Any, more: bool) -> None:
    """Whether gradients are still to be added up here (``more``) or are now exchanged."""
    module.set_requires_gradient_sync(not more)


def put_together(module: nn.Module) -> None:
    """Whole parameters in every process again. All processes must call it."""
    for part in module.modules():
        if isinstance(part, FSDPModule):
            part.unshard()


def whole(tensor: Tensor) -> Tensor:
    """A tensor that is divided among processes, whole and in its full shape. All of them must call it."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def divided(tensor: Tensor, like: Tensor) -> Tensor:
    """This process' part of a whole tensor where ``like``, of the same full shape, is divided; else the tensor itself."""
    return distribute_tensor(tensor, like.device_mesh, like.placements) if isinstance(like, DTensor) else tensor


def leave() -> None:
    """Wait until every process is done, then end what joins them; nothing is done where there is one process.

    Left to the end of the interpreter, gloo's threads outlive it at times: the process aborts, and torchrun then ends the others, which may
    still be writing (pytorch/pytorch 190489).
    """
    if distributed.is_initialized():
        distributed.barrier()
        distributed.destroy_process_group()
