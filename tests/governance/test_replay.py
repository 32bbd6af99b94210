"""An answer recorded, read back and recomputed: by itself, with the binder, and by asking the model again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from finfoundry.binding.bind import bind
from finfoundry.binding.evidence import CalculationEvidence, CellEvidence, Evidence, PassageEvidence
from finfoundry.binding.expression import evaluate
from finfoundry.core.answer import Answer, DocumentName, Figure, Reference
from finfoundry.core.document import Fact
from finfoundry.core.errors import NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.core.protocols import Completion, Message, Request
from finfoundry.governance.recorder import Recorder
from finfoundry.governance.replay import regenerate, reverify
from finfoundry.governance.trail import AuditTrace, Recalled, recall
from finfoundry.runtime import audit
from finfoundry.runtime.audit import AuditRecord, AuditStep, Json
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

ANA = Principal("ana")
REPORT = DocumentName("77", "acme.pdf")
QUESTION = "What was Acme's quick ratio at the end of 2020, and what were its current liabilities?"


def cell(metric: str, value: int) -> CellEvidence:
    fact = Fact(
        (metric,),
        Decimal(value) * 1000,
        "USD",
        "2020-12-31",
        f"{value:,}",
        4,
        entity="Acme",
        scale=Decimal(1000),
        box=(1.0, value, 3.0, 4.0),
    )
    return CellEvidence(fact, REPORT, ("ACM",))


def evidence() -> list[Evidence]:
    assets, debts = cell("Quick assets", 6000), cell("Total current liabilities", 4000)
    operands = {
        name: Figure(
            one.fact.text,
            str(one.fact.value),
            "USD",
            "2020-12-31",
            "cell",
            Reference(text=one.fact.text, scale="1000", metric=one.fact.metric[0]),
        )
        for name, one in (("a", assets), ("b", debts))
    }
    passage = PassageEvidence("Revenue grew by 5.2% in 2020.", REPORT, 9, (1.0, 2.0, 3.0, 4.0), entity="Acme")
    return [assets, debts, CalculationEvidence("a / b", operands, Decimal("1.5"), "ratio", "quick ratio", "2020-12-31"), passage]


def answered(
    text: str = "Acme's quick ratio was 1.5 and its total current liabilities were $4,000 thousand at December 31, 2020.",
) -> list[AuditStep]:
    found = evidence()
    bound = bind(text, found, QUESTION)
    assert bound.complete, bound.unbound
    answer = Answer("a", "answered", "en", bound.text, bound.citations, bound.figures)
    recorded = {"text": text, "question": QUESTION, "evidence": [{"kind": type(one).__name__, "content": one} for one in found]}
    return [AuditStep("question", {"text": QUESTION}), AuditStep("binding", recorded, ("77",)), AuditStep("answer", answer, ("77",))]


KINDS: dict[str, type[Evidence]] = {one.__name__: one for one in (CellEvidence, CalculationEvidence, PassageEvidence)}


def rebind(recorded: Json) -> Mapping[str, object]:
    found = [TypeAdapter(KINDS[one["kind"]]).validate_python(one["content"]) for one in recorded["evidence"]]
    bound = bind(recorded["text"], found, recorded["question"])
    return {"text": bound.text, "figures": bound.figures, "citations": bound.citations}


def trace_of(steps: list[AuditStep]) -> AuditTrace:
    return AuditTrace("r", "2026-01-01", "ana", "answer", None, tuple(Recalled(step.kind, audit.plain(step.content)) for step in steps))


@pytest.fixture
def audited(database: Database, tmp_path: Path) -> Database:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    return database


def test_a_recorded_answer_agrees_when_read_back(audited: Database, tmp_path: Path) -> None:
    with audited.transaction(ANA) as connection:
        record = audit.append(connection, AuditRecord("ana", "answer", tuple(answered())))
    replay = reverify(recall(audited, tmp_path, ADMINISTRATOR, record), evaluate=evaluate, rebind=rebind)
    assert [check for check in replay.checks if check.outcome != "agrees"] == []
    assert [check.what for check in replay.checks] == [
        "figure 1.5", "source of 1.5", "figure $4,000 thousand", "source of $4,000 thousand", "binding",
    ]  # fmt: skip
    assert (replay.ok, replay.erased, replay.record) == (True, 0, record)


def test_an_erased_answer_says_erased(audited: Database, tmp_path: Path) -> None:
    with audited.transaction(ANA) as connection:
        record = audit.append(connection, AuditRecord("ana", "answer", tuple(answered())))
    with audited.transaction(ADMINISTRATOR) as connection:
        audit.erase(connection, "administrator", "document", "77")
    replay = reverify(recall(audited, tmp_path, ADMINISTRATOR, record), evaluate=evaluate, rebind=rebind)
    assert (replay.ok, replay.erased, replay.checks) == (True, 2, [])


def calculation(answer: Json) -> Json:
    return next(figure for figure in answer["figures"] if figure["source"] == "calculation")


def looked_up(answer: Json) -> Json:
    return next(figure for figure in answer["figures"] if figure["source"] == "cell")


WRONG: list[tuple[str, Callable[[Json], object]]] = [
    ("gives 1.5, recorded is 1.6", lambda answer: calculation(answer).update(value="1.6")),
    ("gives 24000000000000, recorded", lambda answer: calculation(answer)["reference"].update(expression="a * b")),
    ("operand a: '6,000' reads", lambda answer: calculation(answer)["reference"]["operands"]["a"].update(value="7000000")),
    ("c is not declared", lambda answer: calculation(answer)["reference"].update(expression="a / c")),
    ("cannot be recomputed", lambda answer: calculation(answer)["reference"].update(expression="a / 0")),
    ("recorded is 4000001", lambda answer: looked_up(answer).update(value="4000001")),
    ("reads -4000, 4000", lambda answer: looked_up(answer)["reference"].update(scale="1")),
    ("there is no citation 9", lambda answer: looked_up(answer)["reference"].update(citation=9)),
    ("does not hold '4,000'", lambda answer: answer["citations"][0].update(quote="Total current liabilities 5,000")),
    ("printed as $4,000 million", lambda answer: looked_up(answer).update(text="$4,000 million")),
    ("cannot be recomputed", lambda answer: looked_up(answer).update(value="many")),
    ("other text", lambda answer: answer.update(text="Acme is fine.")),
    ("other figures", lambda answer: looked_up(answer).update(period="2019-12-31")),
    ("other citations", lambda answer: answer["citations"][0].update(page=5)),
]


@pytest.mark.parametrize(("message", "change"), WRONG, ids=[f"{number} {message}" for number, (message, _) in enumerate(WRONG)])
def test_what_does_not_hold_is_named(message: str, change: Callable[[Json], object]) -> None:
    trace = trace_of(answered())
    answer = copy.deepcopy(trace.one("answer"))
    change(answer)
    steps = tuple(Recalled(step.kind, answer if step.kind == "answer" else step.content) for step in trace.steps)
    replay = reverify(AuditTrace("r", "", "ana", "answer", None, steps), evaluate=evaluate, rebind=rebind)
    assert not replay.ok
    assert any(message in check.detail for check in replay.checks if check.outcome == "differs")


def test_percent_figures_from_passages_agree() -> None:
    replay = reverify(trace_of(answered("Revenue grew by 5.2% in 2020.")), evaluate=evaluate, rebind=rebind)
    assert replay.ok
    assert len(replay.checks) == 3


@pytest.mark.parametrize(
    ("text", "scale", "value", "agrees"),
    [
        ("(1,234)", "1000", "-1234000", True),
        ("1,234", "1000", "-1234000", True),  # an outflow printed without its sign
        ("5.2 %", "1", "0.052", True),
        ("5.2", "0.01", "0.052", True),
        ("1.2亿", "1", "120000000", True),
        ("no", "1000000", "0", True),
        ("—", "1000", "0", True),
        ("three", "1", "3", True),
        ("1,234", "1000", "1234", False),
        ("1,234", "1000", "1235000", False),
        ("n/a", "1", "0", False),
        ("1.234", "1000", "1234000", True),  # of a table with decimal commas
        ("1.234", "1000", "1234", True),
        ("12,5", "1", "12.5", True),
        ("1 234", "1000", "1234000", True),
        ("1,100 2", "1000", "1100000", True),  # with the mark of a note
        ("34", "0.0001", "0.0034", True),
        ("1.234", "1000", "12340", False),
    ],
)
def test_a_printed_text_is_read_again(text: str, scale: str, value: str, agrees: bool) -> None:
    figure = Figure(value, value, "count", None, "cell", Reference(text=text, scale=scale))
    replay = reverify(trace_of([AuditStep("answer", Answer("a", "answered", "en", value, figures=[figure]))]), evaluate=evaluate)
    assert replay.checks[1].outcome == ("agrees" if agrees else "differs")


def test_what_no_record_can_recompute_is_said() -> None:
    figure = Figure("42", "42", "count", None, "specialist", Reference(model="m", record="r", field="f"))
    answer = Answer("a", "answered", "en", "42", figures=[figure])
    replay = reverify(trace_of([AuditStep("answer", answer)]), evaluate=evaluate)
    assert [(check.outcome, check.detail) for check in replay.checks] == [("agrees", ""), ("not recomputed", "source specialist")]
    assert replay.ok


def test_records_of_other_acts_have_nothing_to_recompute() -> None:
    replay = reverify(trace_of([AuditStep("change", {"user": "ana"})]), evaluate=evaluate, rebind=rebind)
    assert (replay.ok, replay.checks) == (True, [])


class Parrot:
    """An engine that says what it is told to."""

    model = "parrot"

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.asked: list[Request] = []

    def chat(self, request: Request) -> Completion:
        self.asked.append(request)
        return Completion(self.texts.pop(0), 3, 2, model="parrot")

    def stream(self, request: Request) -> Generator[str, None, Completion]:
        self.asked.append(request)
        text = self.texts.pop(0)
        yield from text
        return Completion(text, 3, len(text), model="parrot")

    def count_tokens(self, text: str) -> int:
        return len(text)

    def close(self) -> None:
        pass


REQUEST = Request(
    (Message("system", "Be brief."), Message("user", "资产？")), schema={"type": "object"}, max_tokens=9, seed=4, stop=("\n",), deadline=5.0
)


def test_calls_are_recorded_and_made_again(audited: Database, tmp_path: Path) -> None:
    engine = Parrot("one two", "same")
    recorder = Recorder(engine)
    with recorder.recording() as calls:
        assert recorder.chat(REQUEST).text == "one two"
        assert "".join(recorder.stream(REQUEST)) == "same"
    with audited.transaction(ANA) as connection:
        record = audit.append(connection, AuditRecord("ana", "answer", tuple(call.step(["77"]) for call in calls.made)))
    again = Parrot("one six", "same")
    made = regenerate(recall(audited, tmp_path, ADMINISTRATOR, record), again)
    assert [(call.identical, call.same, call.length, call.model) for call in made] == [(False, 4, 7, "parrot"), (True, 4, 4, "parrot")]
    assert again.asked == [Request(REQUEST.messages, REQUEST.schema, 9, 0.0, 4, ("\n",))] * 2


def test_no_call_is_made_unseen() -> None:
    engine = Parrot("one", "two")
    recorder = Recorder(engine)
    with pytest.raises(NotPermitted, match="outside an audited act"):
        recorder.chat(REQUEST)
    with pytest.raises(NotPermitted):
        recorder.stream(REQUEST)
    assert engine.asked == []
    assert (recorder.model, recorder.count_tokens("abc")) == ("parrot", 3)


def test_a_stream_left_early_is_recorded_as_far_as_it_came() -> None:
    recorder = Recorder(Parrot("abcdef"))
    with recorder.recording() as calls:
        pieces = recorder.stream(REQUEST)
        assert next(pieces) == "a"
        assert next(pieces) == "b"
        pieces.close()
    assert [call.completion.text for call in calls.made] == ["ab"]
