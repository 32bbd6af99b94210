"""Who decides, and how that is known: a name in the home of one person, each person's own credential in any other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.governance.issuer import Issuer, issuing

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.api_keys import ROLES, ApiKeys, UnknownKey
from finfoundry.governance.decisions import ALONE, UNPROVED, Decisions, credential_of
from finfoundry.governance.oidc import Provider
from finfoundry.governance.policy import Policy
from finfoundry.governance.trail import Trail
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master


@pytest.fixture
def decisions(database: Database, tmp_path: Path) -> Decisions:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    return Decisions(database)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


def test_the_home_of_one_person_says_in_the_record_that_it_was_one(decisions: Decisions, database: Database, tmp_path: Path) -> None:
    assert (decisions.maker(None, None, "admin").user, decisions.maker(None, None, "admin").proof) == ("administrator", ALONE)
    Policy(database).add_user(decisions.administrator(None), "bo")
    assert decisions.maker("bo", None, "admin").proof == ALONE
    with pytest.raises(NotFound):
        decisions.maker("nobody known", None, "admin")
    with database.owner() as connection:
        (record,) = connection.execute("SELECT id FROM audit_record").fetchone() or ("",)
        assert Trail(connection, Master.open(tmp_path)).trace(str(record)).one("change")["proof"] == ALONE


@pytest.mark.parametrize("second", ["user", "key"])
def test_with_a_second_user_or_any_key_a_name_is_no_proof(decisions: Decisions, database: Database, second: str) -> None:
    Policy(database).add_user(ADMINISTRATOR, "bo")
    if second == "user":
        Policy(database).add_user(ADMINISTRATOR, "cai")
    else:
        revoked = ApiKeys(database).create(ADMINISTRATOR, "bo")
        ApiKeys(database).revoke(ADMINISTRATOR, revoked.id)
    for user in (None, "bo"):
        with pytest.raises(NotPermitted, match="needs the credential"):
            decisions.maker(user, None, "admin")


def test_the_credential_says_who_decides(decisions: Decisions, database: Database) -> None:
    keys = ApiKeys(database)
    ana = keys.create(ADMINISTRATOR, "ana", scopes=ROLES["administrator"])
    ben = keys.create(ADMINISTRATOR, "ben")
    made = decisions.maker(None, ana.key, "admin")
    assert (made.user, made.administrator, made.proof) == ("ana", True, f"key {ana.id}")
    assert decisions.maker("ana", ana.key, "admin").user == "ana"
    with pytest.raises(NotPermitted, match="is ana's, not ben's"):
        decisions.maker("ben", ana.key, "admin")
    assert decisions.maker(None, ben.key, "write").user == "ben"
    with pytest.raises(NotPermitted, match="does not open 'admin'"):
        decisions.maker(None, ben.key, "admin")
    keys.revoke(ADMINISTRATOR, ana.id)
    for wrong in (ana.key, "ff_wrong", "x"):
        with pytest.raises(UnknownKey):
            decisions.maker(None, wrong, "write")


def test_changes_need_an_administrators_key_as_soon_as_there_is_one(decisions: Decisions, database: Database) -> None:
    keys = ApiKeys(database)
    keys.create(ADMINISTRATOR, "ana")
    keys.create(ADMINISTRATOR, "ben")
    assert decisions.administrator(None).proof == UNPROVED
    root = keys.create(ADMINISTRATOR, "root", scopes=("admin",), expires="1h")
    with pytest.raises(NotPermitted, match="changes need it"):
        decisions.administrator(None)
    assert decisions.administrator(root.key).user == "root"
    keys.revoke(ADMINISTRATOR, root.id)
    assert decisions.administrator(None).proof == UNPROVED, "else a lost key would lock the home for ever"


def test_a_token_of_the_provider_counts_and_a_name_does_not(database: Database, issuer: Issuer, decisions: Decisions) -> None:
    assert decisions
    provided = Decisions(database, Provider(issuer.url, "finfoundry"))
    assert provided.maker(None, issuer.token(sub="ou", roles=["administrator"], jti="7"), "admin").proof == "token 7"
    for refused in (provided.maker, lambda *_: provided.administrator(None)):
        with pytest.raises(NotPermitted):
            refused(None, None, "admin")
    with pytest.raises(UnknownKey):
        provided.maker(None, issuer.token(exp=int(time.time()) - 1000), "write")


def test_the_credential_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("ff_1_x\nand a comment\n")
    assert credential_of({}) is None
    assert credential_of({"FINFOUNDRY_KEY": " ff_2_y\n", "FINFOUNDRY_KEY_FILE": str(file)}) == "ff_2_y"
    assert credential_of({"FINFOUNDRY_KEY_FILE": str(file)}) == "ff_1_x"
    with pytest.raises(InputError, match="cannot be read"):
        credential_of({"FINFOUNDRY_KEY_FILE": str(tmp_path / "none")})
