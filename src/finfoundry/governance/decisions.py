"""Who decides, and how that is known.

What two people must agree on is worth no more than the proof that they are two. On the command line a name alone proves nothing:
whoever has the shell can type any. So in a home with more than one user, or with any key, a decision needs the person's own credential,
from the environment or a file; in the home of one person it needs none, and the record says that it was one person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from finfoundry.core.errors import InputError, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.api_keys import Scope
from finfoundry.governance.oidc import Identities, Provider
from finfoundry.governance.policy import Policy
from finfoundry.runtime.database import Connection, Database

KEY, KEY_FILE = "FINFOUNDRY_KEY", "FINFOUNDRY_KEY_FILE"
ALONE = "one person: this home has no second user and no key, so that nothing proves who it was"
UNPROVED = "the home's command line: no administrator has a key yet"
_REMEDY = f"Set {KEY}, or {KEY_FILE} to a file that holds it (finfoundry keys create makes one)"


class Decisions:
    """Decides who decides, for one database; ``provider`` is the identity provider of its settings."""

    def __init__(self, database: Database, provider: Provider | None = None) -> None:
        self._database, self._provider = database, provider
        self._policy, self._identities = Policy(database), Identities(database, provider)

    def maker(self, user: str | None, credential: str | None, scope: Scope) -> Principal:
        """The person who takes a decision that ``scope`` opens, by the own credential; in the home of one person by the name alone.

        Raises NotPermitted without a credential, with one that is not the user's or does not open the scope; UnknownKey.
        """
        with self._database.owner() as connection:
            alone = self._provider is None and _is_of_one_person(connection)
        if alone and credential is None:
            return replace(self._policy.principal(user) if user else ADMINISTRATOR, proof=ALONE)
        if credential is None:
            raise NotPermitted("A decision in a home of several people needs the credential of the one who takes it", remedy=_REMEDY)
        bearer = self._identities.bearer(credential)
        if user not in (None, bearer.principal.user):
            raise NotPermitted(f"The credential is {bearer.principal.user}'s, not {user}'s", remedy="Leave out --as")
        bearer.require(scope)
        return bearer.principal

    def administrator(self, credential: str | None) -> Principal:
        """The person who changes users, grants, keys and rules. As long as no administrator has a key, whoever has the command line may.

        Raises NotPermitted without a credential where an administrator has a key or a provider is set, and as ``maker`` does.
        """
        if credential is not None:
            return self.maker(None, credential, "admin")
        with self._database.owner() as connection:
            if _is_of_one_person(connection) and self._provider is None:
                return replace(ADMINISTRATOR, proof=ALONE)
            if self._provider is None and not _has_administrators_key(connection):
                return replace(ADMINISTRATOR, proof=UNPROVED)
        raise NotPermitted("An administrator of this home has a key: changes need it", remedy=_REMEDY)


def credential_of(environment: Mapping[str, str]) -> str | None:
    """A key or a token, given in the environment or in a file, never on the command line, where others could read it. Raises InputError."""
    if text := environment.get(KEY, "").strip():
        return text
    file = environment.get(KEY_FILE)
    if not file:
        return None
    try:
        return Path(file).read_text("ascii").split("\n", 1)[0].strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The file of the key {file} cannot be read", remedy=f"Name a file whose first line is the key in {KEY_FILE}"
        ) from error


def _is_of_one_person(connection: Connection) -> bool:
    query = "SELECT (SELECT count(*) FROM users) <= 1 AND NOT EXISTS (SELECT FROM api_keys)"
    return connection.execute(query).fetchone() == (True,)


def _has_administrators_key(connection: Connection) -> bool:
    query = "SELECT EXISTS (SELECT FROM api_keys WHERE 'admin' = ANY (scopes) AND revoked IS NULL AND (expires IS NULL OR expires > now()))"
    return connection.execute(query).fetchone() == (True,)
