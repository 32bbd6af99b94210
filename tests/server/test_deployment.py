"""Examples and manifests: they parse, they say what they should, and the examples run where their framework is installed."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from tests.server.conftest import Live

from finfoundry.runtime.settings import Settings

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
TABLE = "| USD million | 2024 |\n|---|---|\n| Revenue | 1,234 |\n"
ANSWER = "Revenue was $1,235 million in 2024."


def load(name: str) -> ModuleType:
    """An example as a module, over its real framework."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the frameworks' own
        spec.loader.exec_module(module)
    return module


@pytest.fixture
def environment(live: Live, monkeypatch: pytest.MonkeyPatch) -> Live:
    monkeypatch.setenv("FINFOUNDRY_URL", live.url)
    monkeypatch.setenv("FINFOUNDRY_KEY", live.key)
    return live


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short(path: Path) -> None:
    text = path.read_text("utf-8")
    ast.parse(text)
    assert len(text.splitlines()) <= 20


@pytest.mark.usefixtures("environment")
def test_the_langchain_example_tells_which_sentence_does_not_hold() -> None:
    example = load("langchain_verify")
    from langchain_core.documents import Document
    from langchain_core.runnables import RunnableLambda

    answering: RunnableLambda[dict[str, Any], dict[str, Any]] = RunnableLambda(lambda state: {**state, "answer": ANSWER})
    document = Document(page_content=TABLE, metadata={"source": "note"})
    doubtful = (answering | example.chain).invoke({"question": "", "context": [document]})["doubtful"]
    assert [(text, claims[0]["periods"], reason) for text, claims, reason in doubtful] == [
        (ANSWER, ["2024"], "$1,235 million: digit differs")
    ]


@pytest.mark.usefixtures("environment")
def test_the_llamaindex_example_tells_which_sentence_does_not_hold() -> None:
    example = load("llamaindex_verify")
    from llama_index.core.base.response.schema import Response
    from llama_index.core.schema import NodeWithScore, TextNode

    nodes = [NodeWithScore(node=TextNode(text=TABLE), score=1.0)]
    told = example.verify(Response(f"{ANSWER} It was a good year.", source_nodes=nodes))
    assert [one["text"] for one in told["unsupported"]] == [ANSWER]
    assert [one["reason"] for one in told["unchecked"]] == ["it states no figure"]
    assert len(example.verify(Response("Revenue was $1,234 million in 2024.", source_nodes=nodes))["supported"]) == 1


def test_the_dify_example_tells_which_sentence_does_not_hold(live: Live) -> None:
    told = load("dify_verify").main(ANSWER, "", [{"title": "note", "content": TABLE}], live.url, live.key)
    (held,) = told["unsupported"]
    assert (told["holds"], held["text"], held["reason"]) == (0, ANSWER, "$1,235 million: digit differs")
    assert held["claims"][0]["metric"]
    assert json.loads(told["report"])["figures"][0]["reason"] == "digit differs"


@pytest.mark.usefixtures("environment")
def test_the_open_webui_example_marks_the_sentence() -> None:
    import asyncio

    answer = {"role": "assistant", "content": ANSWER, "sources": [{"document": [TABLE]}]}
    body = {"messages": [{"role": "user", "content": "What was revenue?"}, answer]}
    shown = asyncio.run(load("open_webui_filter").Filter().outlet(body))["messages"][1]["content"]
    assert shown.endswith(f"⚠ Not in the sources: {ANSWER} ($1,235 million: digit differs; level Revenue 1235000000 USD 2024)")


def environment_names(container: dict[str, Any]) -> set[str]:
    given = container.get("environment") or {one["name"]: None for one in container.get("env", [])}
    return {name.removeprefix("FINFOUNDRY_").lower() for name in given if name.startswith("FINFOUNDRY_")}


class TestManifests:
    def test_compose_opens_the_server_only_and_to_this_machine_only(self) -> None:
        services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
        assert set(services) == {"database", "engine", "server"}
        assert [name for name, one in services.items() if "ports" in one] == ["server"]
        assert all(port.startswith("127.0.0.1:") for port in services["server"]["ports"])
        assert services["server"]["read_only"]
        assert services["server"]["cap_drop"] == ["ALL"]
        assert environment_names(services["server"]) <= set(Settings.model_fields)

    def test_kubernetes_runs_without_rights_and_lets_nothing_else_out(self) -> None:
        objects = {one["kind"]: one for one in yaml.safe_load_all((ROOT / "deploy/kubernetes/server.yaml").read_text())}
        pod = objects["Deployment"]["spec"]["template"]
        (container,) = pod["spec"]["containers"]
        assert pod["spec"]["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert not container["securityContext"]["allowPrivilegeEscalation"]
        assert environment_names(container) <= set(Settings.model_fields)
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["spec"]["volumes"]}
        assert objects["Service"]["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
        assert objects["Deployment"]["spec"]["replicas"] > objects["PodDisruptionBudget"]["spec"]["minAvailable"]
        assert {one["name"]: one.get("value") for one in container["env"]}["FINFOUNDRY_WORKER"] == "false"
        egress = objects["NetworkPolicy"]["spec"]["egress"]
        assert all("to" in rule or {port["port"] for port in rule["ports"]} == {53} for rule in egress)

    def test_kubernetes_runs_one_worker_whose_head_of_the_audit_outlives_it(self) -> None:
        objects = {one["kind"]: one for one in yaml.safe_load_all((ROOT / "deploy/kubernetes/server.yaml").read_text())}
        worker, server = objects["StatefulSet"]["spec"], objects["Deployment"]["spec"]
        pod = worker["template"]
        (container,) = pod["spec"]["containers"]
        assert worker["replicas"] == 1
        assert container["command"] == ["python", "-m", "finfoundry.usecases.worker"]
        assert importlib.util.find_spec(container["command"][-1])
        volumes = {one["name"] for one in pod["spec"]["volumes"]} | {one["metadata"]["name"] for one in worker["volumeClaimTemplates"]}
        assert {one["name"] for one in container["volumeMounts"]} == volumes
        assert "home" in {one["metadata"]["name"] for one in worker["volumeClaimTemplates"]}
        assert pod["spec"]["securityContext"] == server["template"]["spec"]["securityContext"]
        assert container["securityContext"] == server["template"]["spec"]["containers"][0]["securityContext"]
        assert environment_names(container) <= set(Settings.model_fields)
        (expression,) = objects["NetworkPolicy"]["spec"]["podSelector"]["matchExpressions"]
        assert set(expression["values"]) == {
            one["spec"]["template"]["metadata"]["labels"]["app"] for one in (objects["Deployment"], objects["StatefulSet"])
        }

    def test_every_image_is_named_by_its_digest(self) -> None:
        """A tag may be another image tomorrow. Which digest is yours to look up; that there is one is required."""
        compose = (ROOT / "deploy/compose.yaml").read_text()
        images = re.findall(r"^\s+image: (\S.*)$", compose, re.MULTILINE)
        images += re.findall(r"^FROM (\S+)", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE)
        assert len(images) == 4
        assert all(re.search(r"@\$\{[A-Z]+_DIGEST:\?sha256:", image) for image in images)
        assert "PYTHON_DIGEST" in yaml.safe_load(compose)["services"]["server"]["build"]["args"]
        manifests = re.findall(r"image: (\S+)", (ROOT / "deploy/kubernetes/server.yaml").read_text())
        assert manifests
        assert all(re.fullmatch(r"finfoundry@sha256:[0-9a-f]{64}", image) for image in manifests)

    def test_every_container_drops_its_capabilities(self) -> None:
        services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
        for name, service in services.items():
            assert service["cap_drop"] == ["ALL"], name
            assert service["security_opt"] == ["no-new-privileges:true"], name
            assert ("cap_add" in service) == (name == "database")
        for one in yaml.safe_load_all((ROOT / "deploy/kubernetes/server.yaml").read_text()):
            for container in one["spec"].get("template", {}).get("spec", {}).get("containers", []):
                assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}

    def test_the_image_is_not_root_and_is_checked(self) -> None:
        lines = (ROOT / "deploy/Dockerfile").read_text().splitlines()
        assert "USER 10001" in lines
        assert any(line.startswith("HEALTHCHECK") for line in lines)
        assert "--require-hashes" in "".join(lines)
        copied = [part for line in lines if line.startswith("COPY ") and "--from" not in line for part in line.split()[1:-1]]
        assert all((ROOT / part).exists() for part in copied)
