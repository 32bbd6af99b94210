"""The background process of a home: uploads, embeddings, upkeep of the index, sealing of the audit chain. Run by the supervisor."""

from __future__ import annotations

import logging
import os
import signal
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from finfoundry.core.errors import FinfoundryError, SettingsError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.seal import announce_to_syslog, seal
from finfoundry.knowledge.search.vectors import embed_again
from finfoundry.knowledge.storage.store import Store
from finfoundry.machine import embedder, master_of, open_database, read_settings
from finfoundry.operations import retention
from finfoundry.release.serving import watch_until
from finfoundry.runtime import jobs
from finfoundry.runtime.database import Database
from finfoundry.runtime.log import configure
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.specialists.scoring.scores import ENTER_PAYMENTS
from finfoundry.usecases import uploads

if TYPE_CHECKING:
    from finfoundry.specialists.families.fraud.payment_intake import PaymentIntake

NICENESS = 10  # answers go before embeddings
SEAL_EVERY = 1.0  # seconds: how long a record may wait for its place in the chain
log = logging.getLogger("finfoundry.usecases.worker")


def main() -> None:
    """The worker process: jobs of the store, uploads, payments, retention, the seal and the engines, until SIGTERM or SIGINT."""
    configure()
    os.nice(NICENESS)
    settings = read_settings()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database = open_database(settings, Supervisor(settings.home))
    master_of(settings, database)
    sealer = threading.Thread(target=_seal_until, args=(settings, stop), name="sealer")
    sealer.start()
    store = Store(database, embedder(settings))
    keeper = threading.Thread(target=retention.apply_until, args=(store, ADMINISTRATOR, stop), name="retention")
    keeper.start()
    engines = threading.Thread(target=watch_until, args=(settings, database, Supervisor(settings.home), stop), name="engines")
    engines.start()
    if store.embedder:
        embed_again(database, store.embedder)
    turns = jobs.Turns(settings.readers)
    readers = [
        threading.Thread(target=uploads.read_until, args=(database, store, settings, turns, stop), name=f"reader {number}")
        for number in range(settings.readers)
    ]
    payments = threading.Thread(target=_enter_until, args=(database, settings, stop), name="payments")
    payments.start()
    for reader in readers:
        reader.start()
    jobs.work_until(database, store.handlers(), stop)
    for reader in readers:
        reader.join()
    payments.join()
    sealer.join()
    keeper.join()
    engines.join()
    database.close()


def _enter_until(database: Database, settings: Settings, stop: threading.Event) -> None:
    """Payments that wait for their turn. The libraries of the specialists are loaded when the first come."""
    jobs.work_until(database, {ENTER_PAYMENTS: lambda payload: _intake(database, settings.home).work(payload)}, stop)


@cache
def _intake(database: Database, home: Path) -> PaymentIntake:
    try:
        from finfoundry.specialists.families.fraud.fraud_lifecycle import intake
    except ModuleNotFoundError as error:
        raise SettingsError(f"Specialists need the package {error.name}", remedy="Install finfoundry[specialists]") from error
    return intake(database, home)


def _seal_until(settings: Settings, stop: threading.Event) -> None:
    database = open_database(settings, Supervisor(settings.home))
    while not stop.wait(SEAL_EVERY):
        try:
            seal(database, settings.home, announce_to_syslog if settings.audit_syslog else None)
        except FinfoundryError as error:
            log.warning("The audit chain was not sealed: %s", error)  # tried again; `audit verify` says it too
    database.close()


if __name__ == "__main__":
    main()
