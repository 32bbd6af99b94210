"""Users, groups, labels and grants: each change audited with its effect, enforced by the database, refused with a remedy."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from finfoundry.core.errors import FinfoundryError, InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.governance.policy import Grant, Hidden, Label, Policy, User, version
from finfoundry.governance.trail import Trail
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

ANA, BEN = Principal("ana"), Principal("ben")


@pytest.fixture
def policy(database: Database, tmp_path: Path) -> Policy:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    return Policy(database)


def add_document(database: Database, label: str, entity: str, year: int, collection: str = "default") -> None:
    with database.owner() as connection:
        connection.execute("INSERT INTO collections (name) VALUES (%s) ON CONFLICT DO NOTHING", (collection,))
        connection.execute(
            "INSERT INTO documents (id, collection_id, label_id, batch_id, first_chunk, chunks, name, sha256, media_type, size, pages,"
            " entity, aliases, period, fiscal_year, language, score)"
            " VALUES (%s, (SELECT id FROM collections WHERE name = %s), (SELECT id FROM labels WHERE name = %s), 1, 1, 1, 'secret name',"
            " %s, 'x', 1, 1, %s, %s, %s, %s, 'en', 1)",
            (random.getrandbits(40), collection, label, f"{entity}{year}", entity, [f"{entity} alias"], f"{year}-12-31", year),
        )


def test_users_groups_labels_and_grants_come_and_go(policy: Policy) -> None:
    assert policy.add_user(ADMINISTRATOR, "ana", ["risk", "audit"]) == User("ana", ("audit", "risk"))
    assert policy.add_user(ADMINISTRATOR, "ana", ["desk"]) == User("ana", ("audit", "desk", "risk"))
    assert policy.add_user(ADMINISTRATOR, "ben") == User("ben")
    assert policy.users(ADMINISTRATOR) == [User("ana", ("audit", "desk", "risk")), User("ben")]
    assert policy.add_label(ADMINISTRATOR, "deal", discoverable=True, description="M&A") == Label("deal", 0, False, True, "M&A")
    assert policy.add_label(ADMINISTRATOR, "deal") == Label("deal", 0, False, False, "M&A")
    assert [label.name for label in policy.labels(ADMINISTRATOR)] == ["core", "important", "sensitive", "deal", "general"]
    assert policy.add_grant(ADMINISTRATOR, "risk", "deal") == Grant("risk", "group", "deal")
    assert policy.add_grant(ADMINISTRATOR, "ben", "core", write=True) == Grant("ben", "user", "core", True)
    assert policy.add_grant(ADMINISTRATOR, "ben", "core") == Grant("ben", "user", "core", False)
    assert policy.grants(ADMINISTRATOR) == [Grant("ben", "user", "core"), Grant("risk", "group", "deal")]
    assert policy.remove_grant(ADMINISTRATOR, "ben", "core") == Grant("ben", "user", "core")
    assert policy.remove_member(ADMINISTRATOR, "ana", "desk") == User("ana", ("audit", "risk"))
    assert policy.remove_label(ADMINISTRATOR, "deal").name == "deal"
    assert policy.grants(ADMINISTRATOR) == []
    assert policy.remove_user(ADMINISTRATOR, "ana").name == "ana"
    assert policy.users(ADMINISTRATOR) == [User("ben")]


def test_a_group_ends_with_its_last_member_and_grant(policy: Policy) -> None:
    policy.add_user(ADMINISTRATOR, "ana", ["risk"])
    policy.add_grant(ADMINISTRATOR, "risk", "core")
    policy.remove_user(ADMINISTRATOR, "ana")
    assert policy.grants(ADMINISTRATOR) == [Grant("risk", "group", "core")]
    policy.remove_grant(ADMINISTRATOR, "risk", "core")
    with pytest.raises(NotFound, match="no user or group 'risk'"):
        policy.add_grant(ADMINISTRATOR, "risk", "core")


def test_visible_labels_follow_at_once(policy: Policy) -> None:
    policy.add_user(ADMINISTRATOR, "ana", ["risk"])
    assert policy.visible_labels(ANA) == ["general"]
    policy.add_grant(ADMINISTRATOR, "ana", "sensitive")
    policy.add_grant(ADMINISTRATOR, "risk", "core")
    assert policy.visible_labels(ANA) == ["core", "sensitive", "general"]
    policy.remove_member(ADMINISTRATOR, "ana", "risk")
    assert policy.visible_labels(ANA) == ["sensitive", "general"]
    policy.remove_grant(ADMINISTRATOR, "ana", "sensitive")
    assert policy.visible_labels(ANA) == ["general"]
    policy.remove_user(ADMINISTRATOR, "ana")
    assert policy.visible_labels(ANA) == []
    assert policy.visible_labels(ADMINISTRATOR) == ["core", "important", "sensitive", "general"]


def test_nobody_gets_the_name_of_a_user_who_was_removed(policy: Policy, database: Database) -> None:
    policy.add_user(ADMINISTRATOR, "ana", ["risk"])
    policy.add_user(ADMINISTRATOR, "ana")  # who is there stays
    policy.remove_user(ADMINISTRATOR, "ana")
    for name in ("ana", " ana ", "ａｎａ"):
        with pytest.raises(InputError, match="belonged to a user who was removed"):
            policy.add_user(ADMINISTRATOR, name)
    with pytest.raises(InputError, match="belonged to a user who was removed"):
        ApiKeys(database).create(ADMINISTRATOR, "ana")
    assert policy.visible_labels(ANA) == []


def test_the_database_refuses_the_name_whoever_asks(policy: Policy, database: Database) -> None:
    """Also where a user was renamed or deleted by hand; and it keeps a digest, so that erasing a person leaves no name."""
    policy.add_user(ADMINISTRATOR, "ana")
    policy.add_user(ADMINISTRATOR, "ben")
    with database.owner() as connection:
        connection.execute("UPDATE users SET name = 'anna' WHERE name = 'ana'")
        connection.execute("DELETE FROM users WHERE name = 'ben'")
    for statement in ("INSERT INTO users (name) VALUES ('ana')", "UPDATE users SET name = 'ben' WHERE name = 'anna'"):
        with pytest.raises(psycopg.errors.UniqueViolation, match="belonged to another user"), database.owner() as connection:
            connection.execute(statement.encode())
    with database.owner() as connection:
        assert "ben" not in str(connection.execute("SELECT f::text FROM former_users f").fetchall())


CHANGES: list[Callable[[Policy, Principal], object]] = [
    lambda policy, who: policy.add_user(who, "x"),
    lambda policy, who: policy.users(who),
    lambda policy, who: policy.remove_user(who, "ana"),
    lambda policy, who: policy.remove_member(who, "ana", "risk"),
    lambda policy, who: policy.add_label(who, "x"),
    lambda policy, who: policy.labels(who),
    lambda policy, who: policy.remove_label(who, "core"),
    lambda policy, who: policy.add_grant(who, "ana", "core"),
    lambda policy, who: policy.grants(who),
    lambda policy, who: policy.remove_grant(who, "ana", "core"),
]


def test_only_administrators(policy: Policy, database: Database) -> None:
    policy.add_user(ADMINISTRATOR, "ana", ["risk"])
    with database.owner() as connection:
        before = version(connection)
    for change in CHANGES:
        with pytest.raises(NotPermitted, match=r"ana is not an administrator\. Ask an administrator"):
            change(policy, ANA)
    with database.owner() as connection:
        assert version(connection) == before
        assert connection.execute("SELECT count(*) FROM audit_record").fetchone() == (1,)


REFUSED: list[tuple[Callable[[Policy], object], type[FinfoundryError], str]] = [
    (lambda policy: policy.add_user(ADMINISTRATOR, " "), InputError, "cannot be a name. Use 1 to 100"),
    (lambda policy: policy.add_user(ADMINISTRATOR, "a\nb"), InputError, "cannot be a name"),
    (lambda policy: policy.add_user(ADMINISTRATOR, "a\u202eb"), InputError, "cannot be a name"),
    (lambda policy: policy.add_user(ADMINISTRATOR, "x" * 101), InputError, "cannot be a name"),
    (lambda policy: policy.add_user(ADMINISTRATOR, "administrator"), InputError, "the product's own acts"),
    (lambda policy: policy.add_user(ADMINISTRATOR, "identity provider"), InputError, "the product's own acts"),
    (lambda policy: policy.add_user(ADMINISTRATOR, "risk"), InputError, "already the name of a group"),
    (lambda policy: policy.add_user(ADMINISTRATOR, "cleo", ["ben"]), InputError, "already the name of a user"),
    (lambda policy: policy.add_user(ADMINISTRATOR, "cleo", ["cleo"]), InputError, "already the name of a user"),
    (lambda policy: policy.remove_user(ADMINISTRATOR, "zoe"), NotFound, "no user 'zoe'. There are: ana, ben"),
    (lambda policy: policy.remove_member(ADMINISTRATOR, "ana", "desk"), NotFound, "no group of ana 'desk'. There are: risk"),
    (lambda policy: policy.remove_member(ADMINISTRATOR, "ben", "risk"), NotFound, "There are none yet"),
    (lambda policy: policy.add_label(ADMINISTRATOR, ""), InputError, "cannot be a name"),
    (lambda policy: policy.remove_label(ADMINISTRATOR, "cor"), NotFound, "There are: core, general, important, sensitive"),
    (lambda policy: policy.remove_label(ADMINISTRATOR, "general"), InputError, "'general' cannot be removed"),
    (lambda policy: policy.remove_label(ADMINISTRATOR, "core"), InputError, r"1 document\(s\) carry the label 'core'. Delete these"),
    (lambda policy: policy.add_grant(ADMINISTRATOR, "zoe", "core"), NotFound, "finfoundry users add zoe"),
    (lambda policy: policy.add_grant(ADMINISTRATOR, "ana", "cor"), NotFound, "no label 'cor'. There are: core"),
    (lambda policy: policy.remove_grant(ADMINISTRATOR, "ana", "core"), NotFound, "no grant to ana 'core'. There are: sensitive"),
    (lambda policy: policy.principal("zoe"), NotFound, "users add zoe"),
]


def test_what_cannot_be_done_changes_nothing_and_says_what_can(policy: Policy, database: Database) -> None:
    policy.add_user(ADMINISTRATOR, "ana", ["risk"])
    policy.add_user(ADMINISTRATOR, "ben")
    policy.add_grant(ADMINISTRATOR, "ana", "sensitive")
    add_document(database, "core", "Acme", 2020)
    with database.owner() as connection:
        before = version(connection)
    for change, error, message in REFUSED:
        with pytest.raises(error, match=message):
            change(policy)
    with database.owner() as connection:
        assert version(connection) == before
        assert connection.execute("SELECT count(*) FROM audit_record").fetchone() == (3,)
    assert policy.principal("ana") == ANA


def test_a_label_that_a_specialist_carries_stays(policy: Policy, database: Database) -> None:
    with database.owner() as connection:
        connection.execute(
            "INSERT INTO specialists (version, name, family, files, trained_by, label_id)"
            " SELECT 'v', 'scores', 'credit', '', 'one', id FROM labels WHERE name = 'important'"
        )
    with pytest.raises(InputError, match=r"1 specialist\(s\) carry the label 'important'. What a specialist was trained on"):
        policy.remove_label(ADMINISTRATOR, "important")


def test_names_in_any_script_and_with_quotes(policy: Policy) -> None:
    names = ["张三", "O'Brien; DROP TABLE users", 'a "b"', "%s", "x\\y"]
    for name in names:
        policy.add_user(ADMINISTRATOR, name)
        policy.add_grant(ADMINISTRATOR, name, "core")
        assert policy.visible_labels(Principal(name)) == ["core", "general"]
    assert {user.name for user in policy.users(ADMINISTRATOR)} == set(names)


def test_each_change_is_audited_with_the_policy_before_and_after(policy: Policy, database: Database, tmp_path: Path) -> None:
    policy.add_user(ADMINISTRATOR, "ana", ["risk"])
    policy.add_grant(ADMINISTRATOR, "risk", "core")
    with database.owner() as connection:
        ids = [str(identifier) for (identifier,) in connection.execute("SELECT id FROM audit_record ORDER BY at")]
        traces = [Trail(connection, Master.open(tmp_path)).trace(identifier) for identifier in ids]
        now = version(connection)
    assert [(trace.user, trace.action) for trace in traces] == [("administrator", "user added"), ("administrator", "grant added")]
    first, second = (trace.one("change") for trace in traces)
    assert (first["user"], first["groups"]) == ("ana", ["risk"])
    assert (second["name"], second["label"], second["write"]) == ("risk", "core", False)
    assert first["policy"][0] != first["policy"][1] == second["policy"][0] != second["policy"][1] == now


def test_the_record_of_a_change_says_what_was_changed(policy: Policy, database: Database, tmp_path: Path) -> None:
    policy.add_user(ADMINISTRATOR, "ana", ["risk"])
    policy.add_label(ADMINISTRATOR, "deal", discoverable=True)
    policy.add_grant(ADMINISTRATOR, "ana", "deal", write=True)
    policy.remove_grant(ADMINISTRATOR, "ana", "deal")
    policy.remove_label(ADMINISTRATOR, "deal")
    policy.remove_member(ADMINISTRATOR, "ana", "risk")
    policy.remove_user(ADMINISTRATOR, "ana")
    with database.owner() as connection:
        rows = connection.execute("SELECT id, action FROM audit_record ORDER BY at").fetchall()
        trail = Trail(connection, Master.open(tmp_path))
        changes = {action: trail.trace(str(record)).one("change") for record, action in rows}
    told = {
        action: {name: value for name, value in change.items() if name not in ("policy", "proof")} for action, change in changes.items()
    }
    assert told == {
        "user added": {"user": "ana", "groups": ["risk"]}, "label added": {"label": "deal", "discoverable": True},
        "grant added": {"name": "ana", "label": "deal", "write": True}, "grant removed": {"name": "ana", "label": "deal"},
        "label removed": {"label": "deal"}, "member removed": {"user": "ana", "group": "risk"}, "user removed": {"user": "ana"},
    }  # fmt: skip
    assert {change["proof"] for change in changes.values()} == {ADMINISTRATOR.proof}


def test_the_version_names_the_policy_and_nothing_else(policy: Policy, database: Database) -> None:
    def current() -> str:
        with database.transaction(ANA) as connection:
            return version(connection)

    policy.add_user(ADMINISTRATOR, "ana")
    start = current()
    assert len(start) == 64
    policy.add_grant(ADMINISTRATOR, "ana", "core")
    granted = current()
    assert granted != start
    policy.remove_grant(ADMINISTRATOR, "ana", "core")
    assert current() == start
    add_document(database, "core", "Acme", 2020)
    assert current() == start
    with database.owner() as connection:  # a change behind the back of the policy is a change too
        connection.execute("UPDATE labels SET everyone = true WHERE name = 'core'")
    assert current() != start


def test_hidden_tells_who_and_when_of_discoverable_documents_only(policy: Policy, database: Database) -> None:
    policy.add_user(ADMINISTRATOR, "ana")
    policy.add_user(ADMINISTRATOR, "ben")
    policy.add_label(ADMINISTRATOR, "important", discoverable=True)
    policy.add_grant(ADMINISTRATOR, "ben", "important")
    add_document(database, "general", "Open", 2020)
    add_document(database, "core", "Buried", 2020)
    add_document(database, "important", "Acme", 2020)
    add_document(database, "important", "Acme", 2021, collection="other")
    acme = Hidden("Acme", ("Acme alias",), 2020, "2020-12-31")
    assert policy.hidden(ANA, "default") == [acme]
    assert {(item.entity, item.fiscal_year) for item in policy.hidden(ANA)} == {("Acme", 2020), ("Acme", 2021)}
    assert policy.hidden(ANA, "nowhere") == []
    assert policy.hidden(BEN) == []
    assert policy.hidden(ADMINISTRATOR) == []
    assert policy.hidden(Principal("stranger")) == []


def test_written_sql_asks_none_of_this(database: Database) -> None:
    for call in ("policy_digest()", "(SELECT count(*) FROM discoverable_documents(NULL))", "(SELECT version FROM policy_state)"):
        with pytest.raises((NotPermitted, InputError)):
            database.read(ADMINISTRATOR, f"SELECT {call}")
