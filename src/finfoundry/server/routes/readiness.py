"""Whether a process of the server can take requests: for a balancer, which asks it every few seconds."""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import cache

from finfoundry.base.catalogue import chat_model
from finfoundry.core.errors import FinfoundryError
from finfoundry.governance.guards.guards import Guards
from finfoundry.runtime import migrate
from finfoundry.server.routes.bodies import Guarding, Model, Ready
from finfoundry.server.service.state import Service

log = logging.getLogger("finfoundry.server")


def readiness(service: Service) -> Ready:
    """Ready: not stopping, the database answers, and its schema is the one of this version. Without a model the rest still serves."""
    checks = {"serving": not service.stopping, "database": False, "migrations": False}
    with suppress(FinfoundryError), service.app.database.owner() as connection:  # the checks say which
        checks["database"] = True
        checks["migrations"] = migrate.applied(connection).keys() == _migrations()
    return Ready(all(checks.values()), checks, _model(service), service.busy, _guards(service))


def overloaded(service: Service) -> Ready:
    """What is said when the checks do not come in time."""
    return Ready(False, {"serving": not service.stopping, "database": False, "migrations": False}, "unknown", True)


@cache
def _migrations() -> frozenset[str]:
    return frozenset(migrate.known())


def _guards(service: Service) -> Guarding:
    """What was seen when the tagger was last asked for: anybody may ask this, so it loads nothing."""
    guards = service.app.guards
    if guards.seen == "unread":
        return "open" if guards.strict == "open" else "strict"
    return guards.seen


def tell_guards(guards: Guards) -> None:
    """Read the tagger as the server starts, and say in its log where none looks at texts."""
    if failing := guards.failing():
        log.warning("no tagger looks at questions or answers: %s; FINFOUNDRY_GUARD_STRICT is %s", failing, guards.strict)
    elif not guards.tags:
        log.warning("no tagger looks at questions or answers: FINFOUNDRY_TAGGER is off; nothing is refused")
    elif guards.seen == "words":
        log.warning(
            "the tagger knows questions and answers by their words alone: `finfoundry pull` the embedder, and it reads what they mean"
        )


def _model(service: Service) -> Model:
    settings = service.app.settings
    if not settings.own_engine:
        return "elsewhere" if settings.has_model else "none"
    if any(one.name == "engine" and one.pid for one in service.app.supervisor.status()):
        return "running"
    try:
        return "at the first question" if chat_model(settings).is_file() else "absent"
    except FinfoundryError:
        return "absent"
