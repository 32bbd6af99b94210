"""Kept conversations: one's own, by a link, and never more than may be read."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from finfoundry.ask.context.question import Conversation
from finfoundry.conversations import memory
from finfoundry.conversations.answer_sources import drawn_from
from finfoundry.conversations.history import MOST_TURNS, History, forget_conversations
from finfoundry.conversations.sign_off import LONGEST_NOTE, SignOff
from finfoundry.conversations.signatures import pseudonymise_signatures
from finfoundry.core.answer import Answer, Citation, DocumentName, Figure, Reference, Source, TermUsed
from finfoundry.core.errors import FinfoundryError, InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.policy import Policy
from finfoundry.knowledge.ids import document_id
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

ANA, BEN = Principal("ana"), Principal("ben")
NOTHING = Answer("a", "no_evidence", "en", "Nothing.")


@pytest.fixture
def history(database: Database, tmp_path: Path) -> History:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    policy = Policy(database)
    for user in ("ana", "ben"):
        policy.add_user(ADMINISTRATOR, user)
    policy.add_grant(ADMINISTRATOR, "ana", "sensitive")
    with database.owner() as connection:
        connection.execute("INSERT INTO collections (name) VALUES ('default')")
        for number, label in ((1, "general"), (2, "sensitive")):
            connection.execute(
                "INSERT INTO documents (id, collection_id, label_id, batch_id, first_chunk, chunks, name, sha256, media_type, size, pages,"
                " language, score) SELECT %s, c.id, l.id, 1, 1, 0, 'paper', %s, 'text/plain', 1, 1, 'en', 1"
                " FROM collections c, labels l WHERE l.name = %s",
                (number, f"{number}" * 64, label),
            )
    return History(database)


def of_document(number: int) -> Answer:
    place = DocumentName(document_id(number), "paper")
    return replace(NOTHING, status="answered", text="It was 5.", citations=[Citation(1, place, 1, None, None, "5")])


def test_a_conversation_is_gone_on_with_and_found(history: History) -> None:
    begun, _ = history.keep(ANA, "", 1, "What was 100% of it?", of_document(1))
    assert history.keep(ANA, begun, 2, "And before?", NOTHING) == (begun, 2)
    found, turns = history.show(ANA, begun)
    assert (found.title, found.turns) == ("What was 100% of it?", 2)
    assert [turn.question for turn in turns] == ["What was 100% of it?", "And before?"]
    assert turns[0].answer == of_document(1)
    assert [one.id for one in history.conversations(ANA, "before")] == [begun]
    assert [one.id for one in history.conversations(ANA, "100%")] == [begun]
    assert history.conversations(ANA, "100_") == []


def test_a_turn_asked_anew_takes_the_place_of_those_after_it(history: History) -> None:
    begun, _ = history.keep(ANA, "", 1, "one", NOTHING)
    for number in (2, 3):
        history.keep(ANA, begun, number, str(number), NOTHING)
    history.keep(ANA, begun, 2, "other", NOTHING)
    assert [turn.question for turn in history.show(ANA, begun)[1]] == ["one", "other"]


def test_two_questions_at_once_are_both_kept(history: History) -> None:
    begun, _ = history.keep(ANA, "", 0, "one", NOTHING)
    both = threading.Barrier(2)

    def go_on(question: str) -> int:
        before = history.show(ANA, begun)[0].turns
        both.wait()  # each has seen one turn, as two windows have
        assert before == 1
        return history.keep(ANA, begun, 0, question, NOTHING)[1]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go_on, ["left", "right"])) == [2, 3]
    found, turns = history.show(ANA, begun)
    assert (found.turns, {turn.question for turn in turns}) == (3, {"one", "left", "right"})


def test_it_is_nobody_elses_not_even_by_its_id(history: History) -> None:
    begun, _ = history.keep(ANA, "", 1, "one", NOTHING)
    for attempt in (
        lambda: history.show(BEN, begun),
        lambda: history.keep(BEN, begun, 2, "mine now", NOTHING),
        lambda: history.rename(BEN, begun, "mine"),
        lambda: history.delete(BEN, begun),
        lambda: history.share(BEN, begun, on=True),
        lambda: history.shared(BEN, begun),
        lambda: history.show(ADMINISTRATOR, begun),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert history.conversations(BEN) == []


def test_by_a_link_that_is_seen_whose_papers_may_be_read(history: History) -> None:
    begun, _ = history.keep(ANA, "", 1, "of the open paper", of_document(1))
    history.keep(ANA, begun, 2, "of the secret paper", of_document(2))
    history.keep(ANA, begun, 3, "of nothing", NOTHING)
    link = history.share(ANA, begun, on=True)
    assert link is not None
    found = history.shared(BEN, link)
    assert (found.turns, [turn.question for turn in found.seen]) == (3, ["of the open paper"])
    assert [turn.number for turn in history.shared(ANA, link).seen] == [1, 2]
    history.share(ANA, begun, on=False)
    with pytest.raises(NotFound):
        history.shared(BEN, link)


@pytest.fixture
def secrets(history: History, database: Database) -> History:
    """With a term and a specialist under the label of the secret paper."""
    with database.owner() as connection:
        connection.execute(
            "INSERT INTO terms (label_id, name, version, content, proposed_by, proposed_proof)"
            " SELECT id, 'house margin', 1, '{}', 'ana', 'a key' FROM labels WHERE name = 'sensitive'"
        )
        connection.execute(
            "INSERT INTO specialists (version, name, family, files, trained_by, label_id)"
            " SELECT 'v1', 'scorecard', 'credit', '', 'ana', id FROM labels WHERE name = 'sensitive'"
        )
    return history


def of_figure(source: Source, **named: str) -> Answer:
    """An answer that cites the open paper and has a figure of another source."""
    return replace(of_document(1), figures=[Figure("5", "5", None, None, source, Reference(**named))])  # type: ignore[arg-type]


MARGIN = TermUsed("house margin", "formula", 1, "house margin", "A / B")
CITED = Figure("5", "5", None, None, "cell", Reference(citation=1))


@pytest.mark.parametrize(
    "answer",
    [
        replace(of_document(1), terms=[MARGIN]),
        of_figure("specialist", model="scorecard", record="r"),
        of_figure("sql", query="SELECT 1"),
        replace(NOTHING, figures=of_figure("specialist", model="scorecard").figures),
        replace(of_document(1), figures=[replace(CITED, source="calculation", reference=Reference(operands={
            "a": of_figure("specialist", model="scorecard").figures[0], "b": CITED}))]),
    ],
    ids=["term", "specialist", "rows", "specialist alone", "operand"],
)  # fmt: skip
def test_what_an_answer_rests_on_beside_papers_must_be_readable_too(secrets: History, database: Database, answer: Answer) -> None:
    begun, _ = secrets.keep(ANA, "", 0, "one", answer)
    link = secrets.share(ANA, begun, on=True) or ""
    assert secrets.shared(BEN, link).seen == []
    Policy(database).add_grant(ADMINISTRATOR, "ben", "sensitive")
    assert [turn.answer for turn in secrets.shared(BEN, link).seen] == [answer]
    Policy(database).remove_grant(ADMINISTRATOR, "ana", "sensitive")
    assert secrets.show(ANA, begun)[1][0].answer is None


@pytest.mark.parametrize(
    "answer",
    [
        of_figure("specialist", model="unheard of"),
        replace(of_document(1), terms=[replace(MARGIN, version=2)]),
        of_figure("cell"),
        replace(NOTHING, figures=[CITED]),
    ],
    ids=["specialist", "term", "cell", "alone"],
)
def test_what_rests_on_nobody_knows_what_is_its_askers_alone(secrets: History, database: Database, answer: Answer) -> None:
    begun, _ = secrets.keep(ANA, "", 0, "one", answer)
    link = secrets.share(ANA, begun, on=True) or ""
    Policy(database).add_grant(ADMINISTRATOR, "ben", "sensitive")
    assert secrets.shared(BEN, link).seen == []
    assert secrets.show(ANA, begun)[1][0].answer == answer


def test_who_shares_reads_by_link_renames_and_deletes_is_on_record(history: History, database: Database) -> None:
    begun, _ = history.keep(ANA, "", 0, "one", of_document(1))
    link = history.share(ANA, begun, on=True)
    assert link is not None
    history.shared(BEN, link)
    history.rename(ANA, begun, "other")
    history.share(ANA, begun, on=False)
    history.delete(ANA, begun)
    with database.owner() as connection:
        rows = connection.execute(
            "SELECT r.action, k.name FROM audit_record r JOIN audit_key k ON k.subject = r.actor WHERE r.target = %s ORDER BY r.at",
            (begun,),
        ).fetchall()
    told = [("shared", "ana"), ("read by link", "ben"), ("renamed", "ana"), ("unshared", "ana"), ("deleted", "ana")]
    assert rows == [(f"conversation {done}", person) for done, person in told]


def test_an_answer_goes_with_its_paper_and_with_the_right_to_read_it(history: History, database: Database) -> None:
    begun, _ = history.keep(ANA, "", 1, "of the secret paper", of_document(2))
    Policy(database).remove_grant(ADMINISTRATOR, "ana", "sensitive")
    assert history.show(ANA, begun)[1][0].answer is None
    with database.owner() as connection:
        connection.execute("DELETE FROM documents WHERE id = 2")
        assert connection.execute("SELECT count(*) FROM past_answers").fetchone() == (0,)
    assert history.show(ANA, begun)[1][0].question == "of the secret paper"


def test_who_is_erased_leaves_no_conversation(history: History, database: Database) -> None:
    history.keep(ANA, "", 1, "one", NOTHING)
    with pytest.raises(FinfoundryError), database.transaction(BEN) as connection:
        forget_conversations(connection, "ana")
    with database.transaction(ADMINISTRATOR) as connection:
        assert forget_conversations(connection, "ana") == 1
    assert history.conversations(ANA) == []


def test_bounds_are_told(history: History, database: Database) -> None:
    begun, _ = history.keep(ANA, "", 1, "one", NOTHING)
    with database.owner() as connection:
        connection.execute("UPDATE past_conversations SET turns = %s", (MOST_TURNS,))
    with pytest.raises(InputError, match="at most 1000"):
        history.keep(ANA, begun, 0, "one more", NOTHING)
    with pytest.raises(InputError):
        history.rename(ANA, begun, " ")
    with pytest.raises(NotFound):
        history.show(ANA, "no id")


def test_papers_that_came_with_a_question_are_no_evidence_of_the_store() -> None:
    given = Citation(1, DocumentName("given-1", "mine"), 1, None, None, "5")
    assert drawn_from(replace(NOTHING, nearest=[given])) == []


RECEIPT = "0f8fad5b-d9cb-469f-a165-70867728950e"


def shared_answer(history: History, answer: Answer) -> tuple[str, str]:
    """The conversation of one answer that bears a receipt, and its link."""
    begun, _ = history.keep(ANA, "", 0, "one", replace(answer, audit_id=RECEIPT))
    return begun, history.share(ANA, begun, on=True) or ""


def test_a_second_person_who_may_write_signs_an_answer_and_takes_it_back(history: History, database: Database) -> None:
    sign_off = SignOff(database)
    begun, link = shared_answer(history, of_document(1))
    assert sign_off.signable(BEN, link) == set()
    with pytest.raises(NotPermitted, match="may only read"):
        sign_off.sign(BEN, link, 1, RECEIPT)
    Policy(database).add_grant(ADMINISTRATOR, "ben", "general", write=True)
    assert sign_off.signable(BEN, link) == {1}
    record = sign_off.sign(BEN, link, 1, RECEIPT, " as printed ")
    (signature,) = history.show(ANA, begun)[1][0].signed
    assert (signature.signed_by, signature.note, signature.receipt, signature.record) == ("ben", "as printed", RECEIPT, record)
    assert history.shared(BEN, link).seen[0].signed == (signature,)
    with database.owner() as connection:
        query = "SELECT encode(sha256(convert_to(answer::text, 'UTF8')), 'hex') FROM past_answers"
        assert connection.execute(query).fetchone() == (signature.digest,)
        told = connection.execute("SELECT action FROM audit_record WHERE id = %s AND target = %s", (record, RECEIPT)).fetchone()
        assert told == ("answer signed",)
    with pytest.raises(NotFound):
        sign_off.withdraw(ANA, record)
    sign_off.withdraw(BEN, record)
    assert history.show(ANA, begun)[1][0].signed == ()


def test_what_may_not_be_signed_is_refused_and_the_database_holds_it(history: History, database: Database) -> None:
    sign_off, policy = SignOff(database), Policy(database)
    policy.add_grant(ADMINISTRATOR, "ben", "general", write=True)
    policy.add_grant(ADMINISTRATOR, "ana", "general", write=True)
    _, link = shared_answer(history, of_document(1))
    with pytest.raises(NotPermitted, match="second person"):
        sign_off.sign(ANA, link, 1, RECEIPT)
    with pytest.raises(InputError, match="anew"):
        sign_off.sign(BEN, link, 1, "1f8fad5b-d9cb-469f-a165-70867728950e")
    with pytest.raises(InputError, match="characters"):
        sign_off.sign(BEN, link, 1, RECEIPT, "x" * (LONGEST_NOTE + 1))
    _, withheld = shared_answer(history, replace(of_document(1), status="withheld"))
    with pytest.raises(InputError, match="withheld"):
        sign_off.sign(BEN, withheld, 1, RECEIPT)
    _, secret = shared_answer(history, of_document(2))
    with pytest.raises(NotFound):
        sign_off.sign(BEN, secret, 1, RECEIPT)
    for person, of in ((ANA, link), (BEN, withheld), (BEN, secret)):  # past the checks above, too
        with database.transaction(person) as connection:
            row = connection.execute("SELECT sign_answer(%s, 1, %s, '', '', gen_random_uuid())", (of, RECEIPT)).fetchone()
            assert row == (None,)
    with pytest.raises(FinfoundryError), database.transaction(BEN) as connection:
        connection.execute("UPDATE answer_signatures SET signed_by = 'ana'")


def test_a_signature_goes_with_its_answer_and_loses_the_name_of_who_is_erased(history: History, database: Database) -> None:
    Policy(database).add_grant(ADMINISTRATOR, "ben", "general", write=True)
    begun, link = shared_answer(history, of_document(1))
    SignOff(database).sign(BEN, link, 1, RECEIPT, "mine")
    with pytest.raises(FinfoundryError), database.transaction(BEN) as connection:
        pseudonymise_signatures(connection, "ben", "x")
    with database.transaction(ADMINISTRATOR) as connection:
        pseudonymise_signatures(connection, "ben", "x")
    (signature,) = history.show(ANA, begun)[1][0].signed
    assert (signature.signed_by, signature.note) == ("erased x", "")
    history.keep(ANA, begun, 1, "asked anew", of_document(1))
    assert history.show(ANA, begun)[1][0].signed == ()


ANEW = "1f8fad5b-d9cb-469f-a165-70867728950e"


def test_a_signature_never_falls_on_an_answer_that_took_the_place_of_the_one_seen(history: History, database: Database) -> None:
    """The writing of the signature is held up behind the look at the answer, as on a busy machine."""
    Policy(database).add_grant(ADMINISTRATOR, "ben", "general", write=True)
    begun, link = shared_answer(history, of_document(1))
    with database.owner() as connection:
        connection.execute("CREATE SEQUENCE held_up")
        body = "BEGIN PERFORM nextval('held_up'), pg_sleep(1); RETURN NEW; END"
        connection.execute(f"CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        connection.execute("CREATE TRIGGER hold_up BEFORE INSERT ON answer_signatures FOR EACH ROW EXECUTE FUNCTION hold_up()")
    with ThreadPoolExecutor(1) as other:
        signing = other.submit(SignOff(database).sign, BEN, link, 1, RECEIPT)
        while not signing.done():
            with database.owner() as connection:
                if connection.execute("SELECT is_called FROM held_up").fetchone() == (True,):
                    break
        history.keep(ANA, begun, 1, "another", replace(of_document(1), audit_id=ANEW))
        signing.result()
    with database.owner() as connection:
        assert connection.execute("SELECT FROM answer_signatures").fetchall() == []


def test_who_signs_while_the_question_is_asked_anew_is_told(history: History, database: Database) -> None:
    Policy(database).add_grant(ADMINISTRATOR, "ben", "general", write=True)
    begun, link = shared_answer(history, of_document(1))
    with ThreadPoolExecutor(1) as other:
        with database.owner() as connection:
            (kept,) = connection.execute("DELETE FROM past_answers RETURNING answer").fetchone() or ({},)
            connection.execute(
                "INSERT INTO past_answers (conversation, number, answer, evidence, labels) VALUES (%s, 1, %s, '{1}', '{}')",
                (begun, Jsonb({**kept, "audit_id": ANEW})),
            )
            signing = other.submit(SignOff(database).sign, BEN, link, 1, RECEIPT)
            time.sleep(0.5)  # it waits for the row by now
        with pytest.raises(InputError, match="anew"):
            signing.result()
    assert history.show(ANA, begun)[1][0].signed == ()


def test_a_note_is_read_as_long_as_its_answer_may_be(history: History, database: Database) -> None:
    policy = Policy(database)
    policy.add_grant(ADMINISTRATOR, "ben", "sensitive", write=True)
    begun, link = shared_answer(history, of_document(2))
    record = SignOff(database).sign(BEN, link, 1, RECEIPT, "the 5 is on page 1")
    assert [one.note for one in history.show(ANA, begun)[1][0].signed] == ["the 5 is on page 1"]
    policy.remove_grant(ADMINISTRATOR, "ana", "sensitive")
    (turn,) = history.show(ANA, begun)[1]
    assert (turn.answer, turn.signed) == (None, ())
    with database.transaction(ANA) as connection:
        assert connection.execute("SELECT FROM answer_signatures").fetchall() == []
    SignOff(database).withdraw(BEN, record)


def in_memory(history: History, who: Principal = ANA) -> set[str]:
    with history._database.owner() as connection:
        return {id for (id,) in connection.execute("SELECT id FROM conversations WHERE person = %s", (who.user,)).fetchall()}


def led_to(history: History, asked: list[str], collection: str = "", who: Principal = ANA) -> str:
    """What a list of questions led to is remembered, as the service does after each answer; its name."""
    name = memory.name_of(collection or None, asked)
    with history._database.transaction(who) as connection:
        memory.remember(connection, who, name, Conversation(said=tuple(asked)))
    return name


def test_a_deleted_conversation_leaves_nothing_in_the_memory(history: History) -> None:
    begun = ""
    for number, question in enumerate(("What was Orchard Bank's profit?", "利润是多少？", "And before?"), 1):
        asked = ["What was Orchard Bank's profit?", "利润是多少？", "And before?"][:number]
        led_to(history, asked)
        begun, _ = history.keep(ANA, begun, 0, question, NOTHING)
    other = led_to(history, ["of another conversation"])
    kept = led_to(history, ["What was Orchard Bank's profit?"], who=BEN)
    history.delete(ANA, begun)
    assert in_memory(history) == {other}
    assert in_memory(history, BEN) == {kept}


def test_what_was_asked_in_several_collections_is_forgotten_in_each(history: History) -> None:
    led_to(history, ["one"], "board")
    begun, _ = history.keep(ANA, "", 0, "one", NOTHING, "board")
    led_to(history, ["one"], "default")  # what the question before led to there
    led_to(history, ["one", "two"], "default")
    history.keep(ANA, begun, 0, "two", NOTHING, "default")
    history.delete(ANA, begun)
    assert in_memory(history) == set()


def test_what_a_replaced_question_led_to_is_forgotten_and_no_more(history: History) -> None:
    begun = ""
    for number in range(1, 4):
        led_to(history, ["one", "two", "three"][:number])
        begun, _ = history.keep(ANA, begun, 0, ["one", "two", "three"][number - 1], NOTHING)
    now = led_to(history, ["one", "other"])
    history.keep(ANA, begun, 2, "other", NOTHING)
    assert in_memory(history) == {memory.name_of(None, ["one"]), now}


def test_a_question_asked_anew_in_the_same_words_stays_remembered(history: History) -> None:
    first = led_to(history, ["one"])
    begun, _ = history.keep(ANA, "", 0, "one", NOTHING)
    second = led_to(history, ["one", "two"])
    history.keep(ANA, begun, 0, "two", NOTHING)
    history.keep(ANA, begun, 2, "two", NOTHING)
    assert in_memory(history) == {first, second}


def test_a_conversation_is_not_forgotten_by_who_may_not_delete_it(history: History) -> None:
    name = led_to(history, ["one"])
    begun, _ = history.keep(ANA, "", 0, "one", NOTHING)
    with pytest.raises(NotFound):
        history.delete(BEN, begun)
    assert in_memory(history) == {name}
