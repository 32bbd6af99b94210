"""From the register to a running engine, and no request lost on the way.

Each set of releases runs in a child of its own. A promotion starts the new child next to the old; requests that began go on where they
are, new ones go to the new child, and the old one is stopped once it has been idle for a while.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from finfoundry.base.catalogue import catalogue
from finfoundry.base.gguf_file import check_digest
from finfoundry.base.llama import DEVELOPMENT, LlamaEngine, Served, adapters_folder, own_model, socket_path
from finfoundry.core.errors import EngineError, FinfoundryError, ModelError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.release.candidate import ADAPTER, BASE, ENCODER, LEARNED, MODEL, STATES, Candidate, is_apart, sha256_of
from finfoundry.release.register import Release, serving
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

LOOK = 2.0  # seconds between two looks at what runs
CHECK = 3600.0  # seconds between two digests of the files that serve
IDLE = 10.0  # seconds without work after which an engine that serves no more is stopped
log = logging.getLogger("finfoundry.release")


Line = Mapping[str, Release | Candidate]  # slot -> what serves there, or would


def served(settings: Settings, now: Line) -> Served:
    """What the engine runs for these releases; what serves apart is none of its. Raises ModelError when a release's weights
    are not on this machine.
    """
    own, now = own_model(settings), {slot: one for slot, one in now.items() if not is_apart(slot)}
    if not now:
        return own
    key = hashlib.sha256(" ".join(f"{slot}={release.sha256}" for slot, release in sorted(now.items())).encode()).hexdigest()[:8]
    model = now.get(MODEL)
    approved = {slot: weights(settings, release.sha256) for slot, release in now.items() if release.form == ADAPTER}
    digests = tuple((str(path), now[slot].sha256) for slot, path in approved.items())
    adapters = approved if model else development_adapters(settings) | approved
    folder = _adapters(settings, key, adapters)
    if model is None:
        return dataclasses.replace(own, process=f"engine-{key}", adapters=folder, digests=own.digests + digests)
    base = catalogue().get(model.base)
    template, chat_template = (base.template, base.chat_template if model.form == BASE else "") if base else ({}, "")
    path = weights(settings, model.sha256)
    digests = ((str(path), model.sha256), *digests)
    return Served(f"engine-{key}", label(model), path, folder, template, chat_template, digests)


def development_adapters(settings: Settings) -> dict[str, Path]:
    """Adapters that ``finfoundry adapters install`` added to the settings' model, by the name that requests use; never a released name."""
    return {path.stem: path for path in sorted(adapters_folder(settings).glob(f"{DEVELOPMENT}*.gguf"))}


def label(release: Release | Candidate) -> str:
    """The name in answers and in the audit, which says which weights exactly: "NAME@" and twelve digits of their SHA-256."""
    return f"{release.name}@{release.sha256[:12]}"


def keep(settings: Settings, candidate: Candidate) -> Path:
    """The candidate's file or folder in the home, under its digest: what serves is no longer the trainer's. Raises ModelError."""
    target = _place(settings, candidate.sha256, candidate.form)
    if target.is_symlink() or not target.exists() or sha256_of(target) != candidate.sha256:  # a link's file may change
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}.part")
        try:
            _copy(candidate.path, partial)
        except OSError as error:
            _remove(partial)
            raise ModelError(f"{candidate.path} cannot be copied to {target}: {error.strerror}", remedy="Free some space") from error
        if sha256_of(partial) != candidate.sha256:
            _remove(partial)
            raise ModelError(f"{candidate.path} changed while it was copied", remedy="Propose it again")
        if target.is_dir():
            _remove(target)  # a folder is not replaced by another
        partial.replace(target)
    return target


def _place(settings: Settings, sha256: str, form: str) -> Path:
    return settings.home.absolute() / "releases" / f"{sha256}.{form if form in (ENCODER, LEARNED) else 'gguf'}"


def keep_learned(settings: Settings, fingerprints: Path) -> None:
    """Keep the fingerprints of what a candidate was trained on under their own digest, which its release names: another proposal of the
    same encoder changes nothing of what was approved. Raises ModelError.
    """
    sha256 = sha256_of(fingerprints)
    target = learned_place(settings, sha256)
    partial = target.with_suffix(f".{os.getpid()}.part")
    try:
        shutil.copyfile(fingerprints, partial)
    except OSError as error:
        _remove(partial)
        raise ModelError(f"{fingerprints} cannot be copied to {target}: {error.strerror}", remedy="Free some space") from error
    if sha256_of(partial) != sha256:
        _remove(partial)
        raise ModelError(f"{fingerprints} changed while it was copied", remedy="Propose it again")
    partial.replace(target)


def learned_place(settings: Settings, sha256: str) -> Path:
    """The file of the fingerprints with this SHA-256, of what a release was trained on."""
    return settings.home.absolute() / "releases" / f"{sha256}.learned.npz"


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def weights(settings: Settings, sha256: str, form: str = "") -> Path:
    """The file of a release, or the folder of one that no engine runs. Raises ModelError."""
    path = _place(settings, sha256, form)
    if not path.exists():
        raise ModelError(
            f"the weights {sha256[:12]}… that serve are not on this machine",
            remedy=f"Copy them there from where they were proposed: {path}",
        )
    return path


def approved_folder(settings: Settings, sha256: str, slot: str) -> Path:
    """The folder of what serves in a slot of which no engine runs anything. Raises ModelError where it is absent or holds other bytes than
    were approved.
    """
    folder = weights(settings, sha256, LEARNED if slot == STATES else ENCODER)
    if (found := sha256_of(folder)) != sha256:
        raise ModelError(
            f"{folder} is not the {slot} that was approved: its SHA-256 is {found[:12]}…",
            remedy=f"Roll it back (finfoundry release rollback {slot}), or copy the folder there from where it was proposed",
        )
    return folder


def _adapters(settings: Settings, key: str, adapters: dict[str, Path]) -> Path:
    """A folder with the adapters under the names by which requests choose them."""
    folder = settings.home.absolute() / "releases" / key
    if not folder.is_dir():
        partial = folder.with_name(f"{key}.{os.getpid()}.{threading.get_ident()}.part")
        partial.mkdir(parents=True)
        for name, path in adapters.items():
            (partial / f"{name}.gguf").symlink_to(path)
        try:
            partial.rename(folder)
        except OSError:  # another process made it meanwhile
            shutil.rmtree(partial)
    return folder


def watch_until(settings: Settings, database: Database, supervisor: Supervisor, stop: threading.Event) -> None:
    """Stop engines that serve no more, once they have been idle, and one whose weights are not those that were approved. The worker of each
    home runs this.
    """
    since: dict[str, float] = {}
    checked = time.monotonic()
    while not stop.wait(LOOK):
        try:
            what = served(settings, serving(database))
            wanted = what.process
            if time.monotonic() - checked > CHECK:
                checked = time.monotonic()
                stop_if_changed(what, database, supervisor)
            running = [one.name for one in supervisor.status() if one.name.split("-")[0] == "engine" and one.state == "ready"]
            spare = [name for name in running if name != wanted]
            for name in pause(spare, wanted in running, lambda name: _idle(settings, name), since, time.monotonic()):
                log.info("The engine %s serves no more and is stopped", name)
                supervisor.stop(name)
        except FinfoundryError as error:
            log.warning("Engines that serve no more were not looked for: %s", error)  # at the next look again


def stop_if_changed(what: Served, database: Database, supervisor: Supervisor) -> bool:
    """Whether a file that serves is no longer the one that was approved. Its engine is then stopped and the audit says so; the child itself
    refuses to start with such a file.
    """
    try:
        for file, sha256 in what.digests:
            check_digest(Path(file), sha256)
    except ModelError as error:
        log.critical("What serves is stopped: %s", error)
        supervisor.stop(what.process)
        with database.owner() as connection:
            step = audit.AuditStep("weights", {"process": what.process, "error": str(error)})
            audit.append(connection, audit.AuditRecord(ADMINISTRATOR.user, "release stopped", (step,), target=what.name))
        return True
    return False


def pause(spare: list[str], replaced: bool, idle: Callable[[str], bool], since: dict[str, float], now: float) -> list[str]:
    """The engines that may be stopped: another has taken over, and they were idle at every look for a while."""
    quiet = {name for name in spare if replaced and idle(name)}
    for name in list(since):
        if name not in quiet:
            del since[name]
    for name in quiet:
        since.setdefault(name, now)
    return sorted(name for name, start in since.items() if now - start >= IDLE)


def _idle(settings: Settings, process: str) -> bool:
    engine = LlamaEngine(socket_path(settings, process), process)
    try:
        return engine.idle()
    except EngineError:
        return False
    finally:
        engine.close()
