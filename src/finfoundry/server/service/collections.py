"""Collections by their names: one that is misspelt is told, with those near it that the asker may read."""

from __future__ import annotations

from difflib import get_close_matches

from finfoundry.app import App
from finfoundry.core.errors import NotFound
from finfoundry.core.principal import Principal

LISTED = 1000  # names that a misspelt one is compared with


def require_collection(app: App, principal: Principal, name: str | None) -> None:
    """Raises NotFound for a collection in which the principal may read nothing, nor know of anything: the same words, after the same
    work, whether it is hidden or not there.
    """
    if not name:
        return
    names = sorted({document.collection for document in app.documents(principal)})
    known = bool(app.policy.hidden(principal, name))  # a paper of a discoverable label: that it may not be read is an answer
    if name in names or known:
        return
    near = get_close_matches(name[:255], names[:LISTED], 3)
    told = f"; near it: {', '.join(map(repr, near))}" if near else ""
    raise NotFound(f"There is no collection {name[:100]!r}{told}", remedy="GET /v1/collections lists those that you may read")
