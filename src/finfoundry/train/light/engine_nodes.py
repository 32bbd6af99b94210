"""The engine in this process: named nodes of its graph are looked at, and written anew, while it computes.

The server of the engine takes texts and gives texts. The library below it exports llama.cpp's own C interface, whose contexts call back
before and after each node of the graph (``cb_eval`` of llama.h). It is called here by the sizes of one build's structures; ``library``
compares them with what the installed build says of itself, and refuses another. torch is not imported: a process that holds a part of a
model is as small as the engine is.
"""

from __future__ import annotations

import ctypes
import functools
import json
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import xllamacpp
from numpy.typing import NDArray

from finfoundry.core.errors import EngineError, ModelError

Floats = NDArray[np.float32]
Exchange = Callable[[str, Floats], Floats | None]  # a node's name and its values, flat -> those that it shall have; None: as they are

BATCH = 32  # tokens that are computed at once
THREADS = 1
_Pointer, _Int, _Float, _Bool = ctypes.c_void_p, ctypes.c_int32, ctypes.c_float, ctypes.c_bool
_Watch = ctypes.CFUNCTYPE(_Bool, _Pointer, _Bool, _Pointer)  # (node, whether it asks, _) -> whether to tell of it, or to go on
_Log = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, _Pointer)
_silence = _Log(lambda *_: None)


class _Context(ctypes.Structure):
    """``llama_context_params``. ``further`` is of no use here; ``behind`` stays zero, should a build's structure be longer."""

    _fields_ = (
        ("n_ctx", _Int), ("n_batch", _Int), ("n_ubatch", _Int), ("n_seq_max", _Int), ("n_rs_seq", _Int), ("n_outputs_max", _Int),
        ("n_outputs_max_per_seq", _Int), ("n_threads", _Int), ("n_threads_batch", _Int), ("ctx_type", _Int), ("rope_scaling_type", _Int),
        ("pooling_type", _Int), ("attention_type", _Int), ("flash_attn_type", _Int), ("rope_freq_base", _Float),
        ("rope_freq_scale", _Float), ("yarn_ext_factor", _Float), ("yarn_attn_factor", _Float), ("yarn_beta_fast", _Float),
        ("yarn_beta_slow", _Float), ("yarn_orig_ctx", _Int), ("defrag_thold", _Float), ("cb_eval", _Watch), ("cb_eval_user_data", _Pointer),
        ("type_k", _Int), ("type_v", _Int), ("abort_callback", _Pointer), ("abort_callback_data", _Pointer), ("further", _Pointer),
        ("embeddings", _Bool), ("offload_kqv", _Bool), ("no_perf", _Bool), ("op_offload", _Bool), ("swa_full", _Bool),
        ("kv_unified", _Bool), ("samplers", _Pointer), ("n_samplers", ctypes.c_size_t), ("ctx_other", _Pointer),
        ("behind", ctypes.c_uint64 * 8),
    )  # fmt: skip


DEFAULTS: dict[str, float] = {
    "n_ctx": 512, "n_batch": 2048, "n_ubatch": 512, "n_seq_max": 1, "n_outputs_max_per_seq": 1, "n_threads": 4, "n_threads_batch": 4,
    "rope_scaling_type": -1, "pooling_type": -1, "attention_type": -1, "flash_attn_type": -1, "yarn_ext_factor": -1, "yarn_attn_factor": -1,
    "yarn_beta_fast": -1, "yarn_beta_slow": -1, "defrag_thold": -1, "type_k": 1, "type_v": 1, "offload_kqv": True, "no_perf": True,
    "op_offload": True, "swa_full": True,
}  # fmt: skip


class _Model(ctypes.Structure):
    """``llama_model_params``, passed on as the library fills it; longer than it is."""

    _fields_ = (("bytes", ctypes.c_uint64 * 32),)


class _Batch(ctypes.Structure):
    """``llama_batch``."""

    _fields_ = (
        ("n_tokens", _Int), ("token", ctypes.POINTER(_Int)), ("embd", _Pointer), ("pos", ctypes.POINTER(_Int)),
        ("n_seq_id", ctypes.POINTER(_Int)), ("seq_id", ctypes.POINTER(ctypes.POINTER(_Int))), ("logits", ctypes.POINTER(ctypes.c_int8)),
    )  # fmt: skip


FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "llama_log_set": (None, (_Log, _Pointer)),
    "llama_context_default_params": (_Context, ()),
    "llama_model_default_params": (_Model, ()),
    "llama_model_load_from_file": (_Pointer, (ctypes.c_char_p, _Model)),
    "llama_model_get_vocab": (_Pointer, (_Pointer,)),
    "llama_vocab_n_tokens": (_Int, (_Pointer,)),
    "llama_model_free": (None, (_Pointer,)),
    "llama_init_from_model": (_Pointer, (_Pointer, _Context)),
    "llama_free": (None, (_Pointer,)),
    "llama_get_memory": (_Pointer, (_Pointer,)),
    "llama_memory_clear": (None, (_Pointer, _Bool)),
    "llama_batch_init": (_Batch, (_Int, _Int, _Int)),
    "llama_batch_free": (None, (_Batch,)),
    "llama_decode": (_Int, (_Pointer, _Batch)),
    "llama_get_logits": (ctypes.POINTER(_Float), (_Pointer,)),
    "ggml_get_name": (ctypes.c_char_p, (_Pointer,)),
    "ggml_nbytes": (ctypes.c_size_t, (_Pointer,)),
    "ggml_backend_tensor_get": (None, (_Pointer, _Pointer, ctypes.c_size_t, ctypes.c_size_t)),
    "ggml_backend_tensor_set": (None, (_Pointer, _Pointer, ctypes.c_size_t, ctypes.c_size_t)),
}


@functools.cache
def library() -> Any:
    """The functions of the installed engine. Raises EngineError for a build whose structures are not those that are described here."""
    found = ctypes.CDLL(xllamacpp.xllamacpp.__file__)
    missing = [name for name in FUNCTIONS if not hasattr(found, name)]
    for name, (result, arguments) in FUNCTIONS.items():
        if name not in missing:
            getattr(found, name).restype, getattr(found, name).argtypes = result, arguments
    if missing or not _fits(found):
        said = f"it has no {missing[0]}" if missing else "its defaults do not lie where they are looked for"
        raise EngineError(
            f"the engine xllamacpp {xllamacpp.__version__} cannot be called from within: {said}",
            remedy="Install the version of requirements/core.lock",
        )
    found.llama_log_set(_silence, None)
    return found


def _fits(found: Any) -> bool:
    batch = found.llama_batch_init(1, 0, 1)
    whole = not batch.n_tokens and not batch.embd and all((batch.token, batch.pos, batch.n_seq_id, batch.seq_id, batch.logits))
    if whole:
        found.llama_batch_free(batch)
    size = _Context.behind.offset
    return whole and bytes(found.llama_context_default_params())[:size] == bytes(_Context(**DEFAULTS))[:size]


class Engine:
    """A model that reads rows of tokens. The values of ``nodes`` are given to ``exchange``, and what it gives back is put into their place
    before it is needed.
    """

    def __init__(self, path: Path, context: int, nodes: Collection[str] = (), exchange: Exchange | None = None) -> None:
        """Raises ModelError for a file that the engine does not load, EngineError."""
        self._library, self._exchange, self._failed = library(), exchange, list[BaseException]()
        self._nodes = {name.encode() for name in nodes}
        self._watch = _Watch(self._called)  # kept as long as the context calls it
        self._model = self._library.llama_model_load_from_file(str(path).encode(), self._library.llama_model_default_params())
        if not self._model:
            raise ModelError(f"the engine does not load {path.name}", remedy="Make the model again")
        self._vocabulary = self._library.llama_vocab_n_tokens(self._library.llama_model_get_vocab(self._model))
        told = _Context(**DEFAULTS)
        told.n_ctx, told.n_batch, told.n_ubatch, told.n_threads, told.n_threads_batch = context, BATCH, BATCH, THREADS, THREADS
        if nodes:
            told.cb_eval = self._watch
        self._context = self._library.llama_init_from_model(self._model, told)
        if not self._context:
            raise EngineError(f"the engine makes no context of {context} tokens for {path.name}", remedy="Free memory")
        self._place = 0

    def read(self, tokens: Sequence[int], *, anew: bool = False) -> Floats:
        """The logits after each of up to BATCH tokens, (tokens, vocabulary): as they follow what was read before, or begin ``anew``."""
        if anew:
            self._library.llama_memory_clear(self._library.llama_get_memory(self._context), True)
            self._place = 0
        batch = self._library.llama_batch_init(len(tokens), 0, 1)
        for place, token in enumerate(tokens):
            batch.token[place], batch.pos[place], batch.logits[place] = token, self._place + place, 1
            batch.n_seq_id[place], batch.seq_id[place][0] = 1, 0
        batch.n_tokens = len(tokens)
        failed = self._library.llama_decode(self._context, batch)
        self._library.llama_batch_free(batch)
        if self._failed:
            raise self._failed[0]
        if failed:
            raise EngineError(f"the engine does not read {len(tokens)} tokens at {self._place} ({failed})", remedy="Free memory")
        self._place += len(tokens)
        shape = (len(tokens), self._vocabulary)
        return np.array(np.ctypeslib.as_array(self._library.llama_get_logits(self._context), shape), np.float32)

    def close(self) -> None:
        self._library.llama_free(self._context)
        self._library.llama_model_free(self._model)

    def _called(self, node: Any, asks: bool, _: Any) -> bool:
        name = self._library.ggml_get_name(node)
        if asks or name not in self._nodes or self._exchange is None:
            return name in self._nodes
        try:
            values = np.empty(self._library.ggml_nbytes(node) // 4, np.float32)
            self._library.ggml_backend_tensor_get(node, values.ctypes.data, 0, values.nbytes)
            given = self._exchange(name.decode(), values)
            if given is not None:
                self._library.ggml_backend_tensor_set(node, np.ascontiguousarray(given, np.float32).ctypes.data, 0, values.nbytes)
        except BaseException as error:  # noqa: BLE001  nothing passes through the engine's own frames
            self._failed.append(error)
            return False
        return True


@dataclass(frozen=True)
class Holding:
    """What a process holds: a model, and which nodes of it give their values to the line, or take them from it."""

    path: str
    context: int
    gives: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


def hold(line: Connection) -> None:
    """Read, with the model that comes first over the line, the rows that come after it, and give the logits, until it is hung up. A row is
    a sign whether it begins anew, and its tokens, as numbers of 32 bits.
    """
    told = Holding(**json.loads(line.recv_bytes()))

    def exchanged(name: str, values: Floats) -> Floats | None:
        if name in told.gives:
            line.send_bytes(values.tobytes())
        return np.frombuffer(line.recv_bytes(), np.float32) if name in told.takes else None

    engine = Engine(Path(told.path), told.context, {*told.gives, *told.takes}, exchanged)
    with suppress(EOFError, OSError):
        while True:
            anew, *tokens = np.frombuffer(line.recv_bytes(), np.int32).tolist()
            line.send_bytes(engine.read(tokens, anew=bool(anew)).tobytes())
    engine.close()


if __name__ == "__main__":
    hold(Connection(int(sys.argv[1])))
