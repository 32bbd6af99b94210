"""Texts to unit vectors: an encoder on onnxruntime in this process, or an OpenAI-compatible embeddings server."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from finfoundry.base.catalogue import MANIFEST, ModelEntry, catalogue, entry, model_folder, models_folder
from finfoundry.base.openai import NONE_KEPT, ONE_CONNECTION_A_REQUEST, estimate_tokens
from finfoundry.core import cancellation
from finfoundry.core.answer import Language
from finfoundry.core.errors import EngineError, EngineTimeout, ModelError
from finfoundry.core.language import language_of
from finfoundry.core.model_files.encoder_text import open_tokenizer
from finfoundry.core.protocols import Embedder, Scale
from finfoundry.runtime.settings import Settings

Vectors = NDArray[np.float32]  # unit vectors: shape (texts, dimensions), or (dimensions,) of a query
TOKENIZER, NETWORK = FILES = ("tokenizer.json", "model.onnx")
BATCH_TOKENS = 256  # padded tokens of one run: a passage or two, or some short texts. More of them take longer each (figures.md)
REMOTE_BATCH = 64  # texts of one request


def make_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings: English texts go to the English encoder where it is here, which reads them better and three times
    sooner. Raises ModelError when weights are missing.
    """
    if settings.embedder_url:
        known = catalogue().get(settings.embedder)
        key = settings.engine_key.get_secret_value() if settings.engine_key else None
        return RemoteEmbedder(settings.embedder_url, settings.embedder, key=key, known=known)
    anything = local_embedder(settings, settings.embedder)
    if not settings.embedder_english or not (models_folder(settings) / settings.embedder_english / MANIFEST).is_file():
        return anything
    return ByLanguage(local_embedder(settings, settings.embedder_english), anything)


def local_embedder(settings: Settings, name: str) -> LocalEmbedder:
    """The embedder of the catalogue with this name. Raises ModelError where it was not pulled."""
    model = entry(name)
    if model.purpose != "embedding":
        raise ModelError(f"{name} is not an embedding model", remedy="Set FINFOUNDRY_EMBEDDER to one that `finfoundry models` lists")
    return LocalEmbedder(model, model_folder(settings, name), threads=settings.threads)


class LocalEmbedder:
    """Mean-pooled encoder. Texts beyond the model's context are cut at its end.

    The weights are read for the first text: a process that only might embed (a server, an idle worker) does not hold them. Raises
    ModelError at once where a file is missing, and for the first text where one is damaged.
    """

    def __init__(self, model: ModelEntry, folder: Path, *, threads: int) -> None:
        self._model = model
        self.folder = folder
        self.threads = threads
        self._lock = threading.Lock()
        self._loaded: _Encoder | None = None
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise self._damaged(f"without {' and '.join(missing)}")

    def _damaged(self, why: object) -> ModelError:
        name = self._model.name
        return ModelError(
            f"the files of {name} in {self.folder} are damaged ({why})", remedy=f"Delete that folder and run `finfoundry pull {name}`"
        )

    def _encoder(self) -> _Encoder:
        with self._lock:
            if self._loaded is None:
                try:
                    self._loaded = _Encoder.read(self.folder, self._model.context)
                except Exception as error:
                    raise self._damaged(error) from error
            return self._loaded

    @property
    def model(self) -> str:
        return self._model.name

    @property
    def dimensions(self) -> int:
        return self._model.dimensions or 0

    @property
    def languages(self) -> tuple[Language | None, ...]:
        return (None,)

    def passages(self, texts: Sequence[str], language: Language | None = None) -> Vectors:  # noqa: ARG002
        return self._embed([self._model.prefixes.get("passage", "") + text for text in texts])

    def query(self, text: str, language: Language | None = None) -> Vectors:  # noqa: ARG002
        encoder = self._encoder()
        vector: Vectors = encoder.run(encoder.tokens([self._model.prefixes.get("query", "") + text]))[0]
        return vector

    def scale(self, language: Language | None = None) -> Scale:  # noqa: ARG002
        return Scale(*self._model.scale)

    def count_tokens(self, texts: Sequence[str]) -> int:
        prefix = self._model.prefixes.get("passage", "")
        return sum(map(len, self._encoder().tokens([prefix + text for text in texts])))

    def _embed(self, texts: Sequence[str]) -> Vectors:
        encoder = self._encoder()
        tokens = encoder.tokens(texts)
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        batches = list(_batches(tokens))
        pool = ThreadPoolExecutor(self.threads)
        try:
            for rows, found in zip(batches, pool.map(lambda rows: encoder.run([tokens[row] for row in rows]), batches), strict=True):
                cancellation.check()
                vectors[rows] = found
        finally:
            pool.shutdown(cancel_futures=True)
        return vectors


@dataclass(frozen=True, slots=True)
class _Encoder:
    """A tokenizer and a network in memory."""

    tokenizer: Tokenizer
    session: Any  # an onnxruntime.InferenceSession
    inputs: frozenset[str]
    context: int

    @classmethod
    def read(cls, folder: Path, context: int) -> _Encoder:
        import onnxruntime  # here: most processes embed nothing

        tokenizer = open_tokenizer(str(folder / TOKENIZER))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a core works on a batch of its own: faster than two on one
        session = onnxruntime.InferenceSession(folder / NETWORK, options, providers=["CPUExecutionProvider"])
        return cls(tokenizer, session, frozenset(given.name for given in session.get_inputs()), context)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of each text; of one beyond the context its beginning and the sign of an end."""
        return [
            ids if len(ids) <= self.context else [*ids[: self.context - 1], ids[-1]]
            for ids in (encoding.ids for encoding in self.tokenizer.encode_batch(list(texts)))
        ]

    def run(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        """Texts padded to the longest; the mean of their tokens' states, scaled to length 1: shape (texts, dimensions)."""
        ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(tokens):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self.session.run(["last_hidden_state"], {name: given[name] for name in self.inputs})
        weights = mask[:, :, None].astype(np.float32)
        return unit(np.einsum("btd,bto->bd", hidden, weights) / weights.sum(axis=1))


class ByLanguage:
    """An encoder for English and one for everything else. A text without a stated language goes by its script."""

    def __init__(self, english: Embedder, other: Embedder) -> None:
        if english.dimensions != other.dimensions:
            raise ModelError(
                f"{english.model} makes vectors of {english.dimensions} dimensions, {other.model} of {other.dimensions}",
                remedy="Set FINFOUNDRY_EMBEDDER_ENGLISH to an encoder of the same size, or to nothing",
            )
        self.english, self.other = english, other

    @property
    def model(self) -> str:
        return f"{self.english.model}+{self.other.model}"

    @property
    def dimensions(self) -> int:
        return self.other.dimensions

    @property
    def languages(self) -> tuple[Language | None, ...]:
        return ("en", "zh")

    def passages(self, texts: Sequence[str], language: Language | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for wanted in self.languages:
            rows = [row for row, text in enumerate(texts) if (language or language_of(text)) == wanted]
            vectors[rows] = self._encoder(wanted).passages([texts[row] for row in rows])
        return vectors

    def query(self, text: str, language: Language | None = None) -> Vectors:
        return self._encoder(language or language_of(text)).query(text)

    def scale(self, language: Language | None = None) -> Scale:
        return self._encoder(language).scale()

    def count_tokens(self, texts: Sequence[str]) -> int:
        return sum(self._encoder(language_of(text)).count_tokens([text]) for text in texts)

    def _encoder(self, language: Language | None) -> Embedder:
        return self.english if language == "en" else self.other


class RemoteEmbedder:
    """``POST {url}/embeddings`` of any OpenAI-compatible server. Prefixes and scale follow the catalogue when it knows the model.

    Whatever needs an answer raises EngineTimeout where the server is late, EngineError where it fails or gives other than vectors.
    """

    def __init__(self, url: str, model: str, *, key: str | None = None, known: ModelEntry | None = None) -> None:
        self.url = url.rstrip("/")
        self._model = model
        self.prefixes: Mapping[Literal["query", "passage"], str] = known.prefixes if known else {}
        self._scale = Scale(*known.scale) if known else Scale()
        self.client = httpx.Client(
            transport=httpx.HTTPTransport(retries=3, limits=NONE_KEPT),
            headers=ONE_CONNECTION_A_REQUEST | ({"Authorization": f"Bearer {key}"} if key else {}),
            timeout=httpx.Timeout(120, connect=5),
        )
        self._dimensions: int | None = None
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        return self._model

    @property
    def dimensions(self) -> int:
        """The length of a vector, learnt from the first one."""
        with self._lock:
            if self._dimensions is None:
                self._dimensions = self._post(["dimensions"]).shape[1]
        return self._dimensions

    @property
    def languages(self) -> tuple[Language | None, ...]:
        return (None,)

    def passages(self, texts: Sequence[str], language: Language | None = None) -> Vectors:  # noqa: ARG002
        prefix = self.prefixes.get("passage", "")
        parts = []
        for at in range(0, len(texts), REMOTE_BATCH):
            cancellation.check()
            parts.append(self._post([prefix + text for text in texts[at : at + REMOTE_BATCH]]))
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), np.float32)

    def query(self, text: str, language: Language | None = None) -> Vectors:  # noqa: ARG002
        vector: Vectors = self._post([self.prefixes.get("query", "") + text])[0]
        return vector

    def scale(self, language: Language | None = None) -> Scale:  # noqa: ARG002
        return self._scale

    def count_tokens(self, texts: Sequence[str]) -> int:
        return sum(map(estimate_tokens, texts))

    def _post(self, texts: list[str]) -> Vectors:
        try:
            reply = self.client.post(f"{self.url}/embeddings", json={"model": self.model, "input": texts})
            reply.raise_for_status()
            data = sorted(reply.json()["data"], key=lambda each: int(each["index"]))
            vectors = np.array([each["embedding"] for each in data], np.float32)
        except httpx.TimeoutException as error:
            raise EngineTimeout(f"{self.url} did not answer in time", remedy="Check the embeddings server") from error
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise EngineError(f"{self.url} gives no embeddings ({error})", remedy="Check FINFOUNDRY_EMBEDDER_URL and the server") from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise EngineError(f"{self.url} returned {len(vectors)} vectors for {len(texts)} texts", remedy="Check the embeddings server")
        return unit(vectors)


def unit(vectors: Vectors) -> Vectors:
    """Scale each row to length 1."""
    scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return scaled.astype(np.float32)


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Rows grouped by length, so that little padding is computed; BATCH_TOKENS at most in each group."""
    batch: list[int] = []
    for row in sorted(range(len(tokens)), key=lambda row: len(tokens[row])):
        if batch and (len(batch) + 1) * len(tokens[row]) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
