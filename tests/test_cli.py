"""The command line over a real store: one home for the module, no model, since facts answer these questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from tests.command_line import run, run_json

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core.errors import InputError, NotFound, NotPermitted, SettingsError
from finfoundry.demo.report import annual_report, client_report
from finfoundry.machine import read_settings
from finfoundry.runtime.supervisor import ProcessStatus

REPORT = "yunzhou-annual-report.pdf"


@pytest.fixture(scope="module")
def filled_home(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the demo report and a client's paper that the user may only know of."""
    folder, papers = module_home, tmp_path_factory.mktemp("papers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FINFOUNDRY_HOME", str(folder))
        (papers / REPORT).write_bytes(annual_report().data)
        (client := tmp_path_factory.mktemp("clients") / "client.pdf").write_bytes(client_report())
        run_json("users", "add", "ana")
        run_json("labels", "add", "sensitive", "--discoverable")
        run("ingest", str(papers), "--json")
        run("ingest", str(client), "--label", "sensitive", "--json")
        yield folder


@pytest.mark.usefixtures("filled_home")
class TestAsking:
    def test_a_figure_is_bound_to_the_cell_it_comes_from(self) -> None:
        answer = run_json("ask", "云洲商业银行股份有限公司2024年的净利润是多少？", "--as", "ana")
        assert answer["status"] == "answered"
        truth = annual_report().find("net_profit", language="zh")
        (figure,) = answer["figures"]
        assert figure["value"] == str(truth.value)
        assert figure["reference"]["text"] in answer["citations"][0]["quote"]
        assert answer["audit_id"]

    def test_an_answer_is_labelled_where_the_law_asks_for_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        question = "云洲商业银行股份有限公司2024年的净利润是多少？"
        assert run_json("ask", question)["disclosure"] is None
        monkeypatch.setenv("FINFOUNDRY_DISCLOSURE", "cn")
        monkeypatch.setenv("FINFOUNDRY_DISCLOSURE_PRODUCER", "云洲银行")
        answer = run_json("ask", question)
        assert (answer["disclosure"]["aigc"]["ContentProducer"], answer["disclosure"]["aigc"]["ProduceID"]) == ("云洲银行", answer["id"])
        assert answer["disclosure"]["text"] in run("ask", question).replace("\n", "")

    def test_a_paper_that_may_be_known_of_is_not_permitted_and_shows_no_figure(self) -> None:
        answer = run_json("ask", "What was Linxi Port Group Co., Ltd.'s net profit in 2024?", "--as", "ana")
        assert answer["status"] == "not_permitted"
        assert not answer["figures"]
        assert not answer["citations"]

    def test_a_batch_goes_on_where_it_stopped(self, tmp_path: Path) -> None:
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        lines = [{"question_id": number, "question": "云洲商业银行2024年的净利润是多少？", "as": "ana"} for number in range(3)]
        source.write_text("\n".join(map(json.dumps, lines)), "utf-8")
        assert run_json("ask", "--batch", str(source), "--out", str(target))["earlier"] == 0
        whole = target.read_bytes()
        target.write_bytes(whole[: len(whole) - 40])  # as a kill would leave it
        assert run_json("ask", "--batch", str(source), "--out", str(target))["earlier"] == 2
        assert [json.loads(line)["question_id"] for line in target.read_text("utf-8").splitlines()] == ["0", "1", "2"]

    def test_each_question_of_a_batch_has_the_time_of_one(self, tmp_path: Path) -> None:
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_text(
            '{"question_id": "open", "question": "How does Yunzhou Commercial Bank keep its branches cool in summer?"}\n', "utf-8"
        )
        with open_app(read_settings().model_copy(update={"ask_deadline": 3.0})) as app:
            app.agent.engine, app.agent.drafts = ScriptedEngine([("", ScriptedReply("word " * 400, delay=0.2))]), True
            report = app.ask_batch(source, target, collection=None, user=None)
        (answer,) = map(json.loads, target.read_text("utf-8").splitlines())
        assert report.statuses == {"no_evidence": 1}
        assert (answer["reason"], bool(answer["nearest"])) == ("late", True)

    def test_lines_of_a_batch_go_on_with_a_conversation_under_the_usual_names(self, tmp_path: Path) -> None:
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        asked = ("云洲商业银行2024年的净利润是多少？", "2023年呢？")
        lines = [{"id": number, "question": question, "user": "ana", "conversation": "talk"} for number, question in enumerate(asked)]
        lines.append({"id": 2, "question": asked[0], "collection": "nowhere"})
        source.write_text("\n".join(map(json.dumps, lines)), "utf-8")
        report = run_json("ask", "--batch", str(source), "--out", str(target))
        figures = [json.loads(line)["figures"][0]["value"] for line in target.read_text("utf-8").splitlines()]
        find = annual_report().find
        assert figures == [str(find("net_profit", language="zh", year=year).value) for year in (2024, 2023)]
        assert report["failed"] == {"2": "There is no collection 'nowhere'. You may read 'default'"}

    @pytest.mark.parametrize(
        "command",
        [
            ("ask", "净利润？"), ("search", "profit"), ("facts",), ("documents", "list"), ("laws", "list"), ("laws", "check"),
            ("corpus", "--out", "texts"), ("scenes", "--out", "rows"),
        ],
    )  # fmt: skip
    def test_a_collection_that_is_not_there_is_told_with_those_that_may_be_read(
        self, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(NotFound, match=r"no collection 'nowhere'\. You may read 'default'$"):
            run(*command, "--collection", "nowhere", "--as", "ana")

    def test_a_hidden_collection_is_told_like_one_that_is_not_there(self, tmp_path: Path) -> None:
        (paper := tmp_path / "plan.md").write_text("# Kestrel Quay Inc\n\nThe plan is to buy a harbour.\n", "utf-8")
        run_json("labels", "add", "secret")
        run("ingest", str(paper), "--collection", "mergers", "--label", "secret", "--json")
        for command in (("ask", "What is the plan?"), ("documents", "list")):
            told = []
            for name in ("mergers", "absents"):
                with pytest.raises(NotFound) as refused:
                    run(*command, "--collection", name, "--as", "ana")
                told.append(str(refused.value).replace(name, ""))
            assert told[0] == told[1]

    def test_without_a_chat_model_rules_answer_and_the_closest_passages_are_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FINFOUNDRY_ENGINE", "none")
        assert run_json("ask", "云洲商业银行2024年的净利润占营业收入的比例是多少？")["status"] == "answered"
        answer = run_json("ask", "How does Yunzhou Commercial Bank keep its branches cool in summer?")
        assert (answer["status"], answer["reason"], answer["model"], bool(answer["nearest"])) == ("no_evidence", None, None, True)
        with open_app() as app, pytest.raises(SettingsError, match="no chat model"):
            app.engine.count_tokens("word")

    def test_an_unknown_user_is_refused(self) -> None:
        with pytest.raises(NotFound, match="nobody-such"):
            run("ask", "净利润？", "--as", "nobody-such")

    @pytest.mark.parametrize("question", ["", "   ", "\x00\x01", "问" * 5000])
    def test_a_question_that_is_none_is_refused(self, question: str) -> None:
        with pytest.raises(InputError):
            run("ask", question)

    def test_the_audit_chain_holds_and_an_answer_replays(self) -> None:
        record = run_json("ask", "云洲商业银行股份有限公司2024年的净利润是多少？")["audit_id"]
        assert run_json("audit", "verify")["ok"]
        replay = run_json("audit", "replay", record)
        assert replay["ok"]
        assert {check["outcome"] for check in replay["checks"]} == {"agrees"}
        assert run_json("audit", "show", record)["steps"][0]["kind"] == "question"


@pytest.mark.usefixtures("filled_home")
class TestReading:
    def test_a_user_sees_general_documents_only(self) -> None:
        assert [document["name"] for document in run_json("documents", "list", "--as", "ana", "--collection", "default")] == [REPORT]
        assert len(run_json("documents", "list", "--collection", "default")) == 2

    def test_a_document_has_a_certificate(self) -> None:
        (document,) = run_json("documents", "list", "--as", "ana", "--collection", "default")
        certificate = run_json("documents", "show", document["id"], "--as", "ana")["certificate"]
        assert list(certificate["pages_read_by_ocr"]) == [str(annual_report().scanned_page)]
        assert certificate["identities"]
        assert "ingestion certificate" in run("documents", "show", document["id"])

    def test_search_finds_no_passage_of_another_label(self) -> None:
        assert {hit["document"]["name"] for hit in run_json("search", "net profit", "--as", "ana")} == {REPORT}

    def test_facts_as_json_and_as_a_workbook(self, tmp_path: Path) -> None:
        facts = run_json("facts", "--metric", "净利润", "--as", "ana")
        assert {fact["document"]["name"] for fact in facts} == {REPORT}
        run("facts", "--metric", "净利润", "--xlsx", str(tmp_path / "facts.xlsx"))
        assert run_json("facts", "--metric", "净利润", "--xlsx", str(tmp_path / "again.xlsx"))["facts"] == len(facts)
        sheet = openpyxl.load_workbook(tmp_path / "facts.xlsx").worksheets[0]
        assert sheet.max_row > len(facts)


@pytest.mark.usefixtures("filled_home")
class TestWriting:
    def test_the_same_file_is_read_again_only_when_asked(self, tmp_path: Path) -> None:
        paper = tmp_path / "again.md"
        paper.write_text("# Fees\n\nThe charge is 2.5% of the amount.\n")
        (first,) = run_json("ingest", str(paper), "--collection", "again")
        assert run_json("ingest", str(paper), "--collection", "again")[0]["outcome"] == "unchanged"
        (second,) = run_json("ingest", str(paper), "--collection", "again", "--again")
        assert (second["outcome"], second["superseded"]) == ("superseded", [first["id"]])
        assert len(run_json("documents", "list", "--collection", "again")) == 1

    def test_a_bad_file_does_not_stop_the_rest(self, tmp_path: Path) -> None:
        (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
        (tmp_path / "policy.md").write_text("# Fees\n\nThe fee is 1.5% of the amount.\n")
        results = {Path(row["path"]).name: row for row in run_json("ingest", str(tmp_path), "--collection", "bad", status=1)}
        assert results["policy.md"]["outcome"] == "added"
        assert "broken.pdf" in results["broken.pdf"]["error"]
        assert results["broken.pdf"]["remedy"]

    def test_the_same_bytes_again_do_nothing_and_a_newer_file_supersedes(self, tmp_path: Path) -> None:
        paper = tmp_path / "rates.md"
        paper.write_text("# Rates\n\nThe rate is 2.0%.\n")
        first = run_json("ingest", str(paper), "--collection", "rates")[0]
        assert run_json("ingest", str(paper), "--collection", "rates")[0]["outcome"] == "unchanged"
        paper.write_text("# Rates\n\nThe rate is 2.5%.\n")
        second = run_json("ingest", str(paper), "--collection", "rates")[0]
        assert (second["outcome"], second["superseded"]) == ("superseded", [first["id"]])
        run_json("documents", "delete", second["id"])
        assert "rates.md" not in [one["name"] for one in run_json("documents", "list")]

    def test_grants_open_and_close(self) -> None:
        run_json("users", "add", "bob", "--group", "credit")
        run_json("grants", "add", "credit", "sensitive")
        assert len(run_json("documents", "list", "--as", "bob", "--collection", "default")) == 2
        run_json("grants", "remove", "credit", "sensitive")
        assert len(run_json("documents", "list", "--as", "bob", "--collection", "default")) == 1
        run_json("users", "remove", "bob")
        with pytest.raises(NotFound):
            run("documents", "list", "--as", "bob")


def test_erasing_a_user_forgets_what_was_said_and_keeps_the_chain(filled_home: Path) -> None:
    assert filled_home
    run_json("users", "add", "eve")
    record = run_json("ask", "云洲商业银行2024年的净利润是多少？", "--as", "eve", "--conversation", "one")["audit_id"]
    assert run_json("audit", "erase", "user", "eve")["conversations"] == 1
    assert run_json("audit", "verify")["ok"]
    assert run_json("audit", "replay", record)["erased"]


def test_verify_needs_no_store(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.md"
    evidence.write_text("| USD million | 2024 | 2023 |\n|---|---|---|\n| Revenue | 1,234 | 1,100 |\n")
    right = run_json("verify", "Revenue was $1,234 million in 2024.", "--evidence", str(evidence))
    assert right["bound"] == 1
    wrong = run_json("verify", "Revenue was $1,243 million in 2024.", "--evidence", str(evidence), status=1)
    assert wrong["unbound"] == 1
    alone = run_json("verify", "Revenue was $1,234 million in 2024. The office is large.", "--evidence", str(evidence))
    assert [one["status"] for one in alone["sentences"]] == ["supported", "unchecked"]
    assert right["warnings"] == []


@pytest.mark.usefixtures("filled_home")
class TestManaging:
    def test_lists_and_states_are_what_their_schemas_say(self) -> None:
        for words in ("users list", "labels list", "grants list", "keys list", "models", "status", "specialists list"):
            assert isinstance(run_json(*words.split()), list)
        assert {check["name"] for check in run_json("doctor", status=1)} >= {"python", "home", "gate", "database"}  # no model is here

    def test_a_key_is_made_and_revoked(self) -> None:
        key = run_json("keys", "create", "--user", "kim")
        (row,) = [row for row in run_json("keys", "list") if row["user"] == "kim"]
        assert key["key"] not in json.dumps(row)
        assert run_json("keys", "revoke", row["id"])
        assert run_json("keys", "revoke", "--user", "kim")

    def test_a_wide_table_is_imported_and_asked(self, tmp_path: Path) -> None:
        (tmp_path / "reports.csv").write_text("company,year,revenue\nAlpha,2020,5\nBeta,2020,7\n", "utf-8")
        imported = run_json("tables", "import", str(tmp_path / "reports.csv"), "--collection", "wide")
        assert imported


def test_in_a_home_of_several_people_the_command_line_asks_for_a_key(filled_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is typed decides nothing; the one who has the key does, and nobody else's changes count."""
    assert filled_home
    run_json("users", "add", "mia")
    for command in (["release", "promote", "1", "--why", "x", "--as", "mia"], ["release", "rollback", "--why", "x"]):
        with pytest.raises(NotPermitted, match="needs the credential"):
            run(*command)
    root = run_json("keys", "create", "--user", "root", "--scope", "admin")["key"]
    with pytest.raises(NotPermitted, match="changes need it"):
        run("users", "add", "oto")
    monkeypatch.setenv("FINFOUNDRY_KEY", root)
    with pytest.raises(NotFound, match="no release 1"):
        run("release", "promote", "1", "--why", "x")
    with pytest.raises(NotPermitted, match="is root's, not mia's"):
        run("release", "promote", "1", "--why", "x", "--as", "mia")
    (key,) = [row["id"] for row in run_json("keys", "list") if row["user"] == "root"]
    assert run_json("keys", "revoke", key)


def test_status_tells_since_when_in_the_time_of_the_place(capsys: pytest.CaptureFixture[str]) -> None:
    since = datetime(2026, 3, 4, 5, 6, 7).astimezone()
    terminal.print_value([ProcessStatus("postgres", "ready", 4711, 0, since.timestamp())])
    assert "2026-03-04 05:06:07" in capsys.readouterr().out
