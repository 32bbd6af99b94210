"""What every embedder must do. An embedder's own test file subclasses EmbedderContract and gives the fixture."""

from __future__ import annotations

import numpy as np
import pytest

from finfoundry.core.protocols import Embedder


class EmbedderContract:
    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError

    def test_passages_are_unit_vectors(self, embedder: Embedder) -> None:
        vectors = embedder.passages(["Net income rose.", "净利润增长。", "x" * 20_000])
        assert vectors.shape == (3, embedder.dimensions)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_a_query_is_one_unit_vector(self, embedder: Embedder) -> None:
        vector = embedder.query("What was net income?")
        assert vector.shape == (embedder.dimensions,)
        assert vector.dtype == np.float32
        assert abs(np.linalg.norm(vector) - 1) < 1e-5

    def test_no_texts_give_no_vectors(self, embedder: Embedder) -> None:
        assert embedder.passages([]).shape == (0, embedder.dimensions)

    def test_tokens_are_counted(self, embedder: Embedder) -> None:
        assert 3 <= embedder.count_tokens(["Net income rose."]) < embedder.count_tokens(["Net income rose."] * 2)
        assert embedder.count_tokens([]) == 0

    def test_odd_texts_do_no_harm(self, embedder: Embedder) -> None:
        vectors = embedder.passages(["", " ", "\x00\x07", "🙂", "\ud7ff" * 3])
        assert np.isfinite(vectors).all()

    def test_the_order_and_the_company_of_texts_do_not_matter(self, embedder: Embedder) -> None:
        texts = [f"Revenue of segment {number} " + "and so on " * (number % 7) for number in range(20)]
        together = embedder.passages(texts)
        alone = np.concatenate([embedder.passages([text]) for text in texts])
        assert (together * alone).sum(axis=1).min() > 0.98  # int8 activations share a scale within a batch
