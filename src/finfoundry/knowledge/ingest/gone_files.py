"""Documents whose files are no longer in the folders that are read again: told, marked, and taken away where that is wanted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from finfoundry.core.errors import NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.knowledge.ingest.ingest_files import Ingested, failed
from finfoundry.knowledge.storage import origins
from finfoundry.knowledge.storage.origins import Origins
from finfoundry.knowledge.storage.store import Store

_OPENED = frozenset({"unpacked", "added", "superseded", "referenced"})  # outcomes of a file whose inside was looked at


def keep_origins(store: Store, principal: Principal, results: Sequence[Ingested]) -> None:
    """Note which file each document came from; what came out of an archive, from that."""
    paths = {document: on_disk(Path(root.path)) for root in results for document in _documents(root)}
    if paths:
        with store.database.transaction(principal) as connection:
            origins.keep(connection, principal, paths)


def gone(
    store: Store, principal: Principal, folders: Sequence[Path], collection: str, results: Sequence[Ingested], *, remove: bool
) -> list[Ingested]:
    """What was read from these folders before and is there no more, one row a document: "gone" (it stays, marked) or "removed". Nothing is
    removed where the folders hold no file that can be read: a disk that is not mounted looks so.
    """
    read = {on_disk(Path(root.path)): root for root in results}
    with store.database.transaction(principal) as connection:
        known = origins.of_folders(connection, [str(folder.resolve()) for folder in folders], collection)
    lost = [one for one in known if not any(_holds(path, one, read) for path in one.paths)]
    take = _removed if remove and any(root.error is None for root in results) else _marked
    return [take(store, principal, one) for one in lost]


def on_disk(file: Path) -> str:
    """The absolute path of a file, by one name whichever way the folder was named; a link in the place of the file is not followed."""
    return str(file.parent.resolve() / file.name)


def _holds(path: str, one: Origins, read: dict[str, Ingested]) -> bool:
    """Whether a file is still there, and, where it was opened in this run, the document still in it. What cannot be looked at is there."""
    root = read.get(path)
    if root is None or root.error or root.outcome not in _OPENED:
        return _is_there(path)
    unread = {Path(part.path).name for part in _all_parts(root) if part.error}
    return one.document in _documents(root) or Path(one.name).name in unread


def _is_there(path: str) -> bool:
    try:
        return not stat.S_ISDIR(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def _marked(store: Store, principal: Principal, one: Origins) -> Ingested:
    with store.database.transaction(principal) as connection:
        origins.mark_gone(connection, principal, one)
    return Ingested(one.paths[0], "gone", one.document)


def _removed(store: Store, principal: Principal, one: Origins) -> Ingested:
    try:
        store.delete(principal, one.document)
    except (NotFound, NotPermitted) as error:
        return failed(Path(one.paths[0]), error)
    return Ingested(one.paths[0], "removed", one.document)


def _all_parts(root: Ingested) -> Iterator[Ingested]:
    yield root
    for part in root.inside:
        yield from _all_parts(part)


def _documents(root: Ingested) -> set[str]:
    return {part.id for part in _all_parts(root) if part.id and part.outcome != "dropped"}
