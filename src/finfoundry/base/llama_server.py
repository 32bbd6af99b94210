"""llama.cpp's server in a process of its own: an assertion in it ends this process and no other.

    python -m finfoundry.base.llama_server --model FILE --socket PATH [--adapters FOLDER] …

It serves OpenAI's protocol on a Unix socket that appears once the weights are loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path

import xllamacpp

from finfoundry.base.gguf_file import check_digest, check_gguf
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.model_files.damaged_weights import check_weights

CONTEXT = 4096  # tokens of one request, where none is given
PROMPT_CACHE_MIB = 1024  # prompts that lost their slot, kept in memory
CACHES = {"f16": xllamacpp.ggml_type.GGML_TYPE_F16, "q8_0": xllamacpp.ggml_type.GGML_TYPE_Q8_0}  # how keys and values are kept
PROMPT = "prompt"  # in place of a model that proposes tokens
LOOKED_UP, PROPOSED = 4, 12  # tokens that must be as before; tokens that are then proposed


def main() -> None:
    """Check the files, serve them at the socket until a signal comes; a file that cannot be served ends the process with its message."""
    arguments = _arguments()
    try:
        for path in (arguments.model, *_adapters(arguments)):
            check_gguf(path)
            if str(path) not in dict(arguments.sha256):  # the bytes of the others are known
                check_weights(path)
        for file, sha256 in arguments.sha256:
            check_digest(Path(file), sha256)
    except FinfoundryError as error:
        sys.exit(str(error))
    # The socket gets its name when the server is ready: whoever can connect can be answered. This replaces a dead one, too.
    unready = arguments.socket.with_name(f"{os.getpid()}.sock")
    os.umask(0o077)
    server = xllamacpp.Server(parameters(arguments, unready))
    unready.rename(arguments.socket)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    arguments.socket.unlink(missing_ok=True)
    del server


def parameters(arguments: argparse.Namespace, socket: Path) -> xllamacpp.CommonParams:
    """llama.cpp's settings for answering questions over evidence on a CPU."""
    given = xllamacpp.CommonParams()
    given.model.path = str(arguments.model)
    given.model_alias = {arguments.name}
    given.hostnames = [str(socket)]
    given.n_parallel = arguments.slots
    given.n_ctx = arguments.slots * arguments.context
    given.cpuparams.n_threads = given.cpuparams_batch.n_threads = arguments.threads
    given.n_threads_http = 64
    given.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    given.cache_ram_mib = PROMPT_CACHE_MIB
    given.lora_adapters = [_adapter(path) for path in _adapters(arguments)]
    given.lora_init_without_apply = True
    given.chat_template = arguments.chat_template  # empty: the one in the file
    given.default_template_kwargs = {key: json.dumps(value) for key, value in json.loads(arguments.template).items()}
    given.sse_ping_interval = 1  # seconds; so that a reader in the queue can look at its deadline
    given.cache_type_k = given.cache_type_v = CACHES[arguments.cache]
    if arguments.speculate:
        _speculate(given, arguments)
    given.ui = False
    given.verbosity = 1
    return given


def _speculate(given: xllamacpp.CommonParams, arguments: argparse.Namespace) -> None:
    """Propose tokens and have several checked at once: those that follow the same words in what was read, or a smaller model's."""
    kinds = xllamacpp.common_speculative_type
    if arguments.speculate == PROMPT:
        given.speculative.types = [kinds.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
        given.speculative.ngram_simple.size_n, given.speculative.ngram_simple.size_m = LOOKED_UP, PROPOSED
    else:
        given.speculative.types = [kinds.COMMON_SPECULATIVE_TYPE_DRAFT_SIMPLE]
        given.speculative.draft.mparams.path = arguments.speculate


def _adapters(arguments: argparse.Namespace) -> list[Path]:
    return sorted(arguments.adapters.glob("*.gguf")) if arguments.adapters else []


def _adapter(path: Path) -> xllamacpp.CommonAdapterLoraInfo:
    adapter = xllamacpp.CommonAdapterLoraInfo()
    adapter.path = str(path)
    adapter.scale = 0.0  # what a request that names no adapter gets; llama.cpp would apply all to it
    return adapter


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="finfoundry.base.llama_server")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--context", type=int, default=CONTEXT, help="tokens of one request, prompt and answer")
    parser.add_argument("--slots", type=int, default=4, help="requests decoded together")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--adapters", type=Path)
    parser.add_argument("--sha256", nargs=2, action="append", default=[], metavar=("FILE", "HEX"), help="refuse to start with other bytes")
    parser.add_argument("--cache", choices=CACHES, default="f16", help="in how many bits keys and values are kept")
    parser.add_argument("--speculate", default="", metavar="prompt|FILE", help="what proposes tokens: the prompt, or a smaller model")
    parser.add_argument("--template", default="{}")
    parser.add_argument("--chat-template", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
