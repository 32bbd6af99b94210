"""The state of fraud's windows in PostgreSQL: every payment once, by its id, with what became known of it.

The database holds the truth; a process keeps the pasts of the entities that it met, and forgets those that another process changed. Entries
into a stream are made one after another: whoever enters holds its row. What is entered counts from its own time on, however late
it came: scores that were given stay, and later ones are those of a file with the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter, itemgetter

from psycopg.types.json import Jsonb

from finfoundry.core.errors import NotFound, NotPermitted
from finfoundry.runtime.database import Connection
from finfoundry.specialists.families.fraud.fraud import shape_of
from finfoundry.specialists.families.fraud.timeline import LONGEST, Timeline
from finfoundry.specialists.families.fraud.windows import Key, Ledger, Payment
from finfoundry.specialists.models.specialist import TrainingRequest

MOST_HELD = 3_000_000  # payments in memory, once for each entity
_STREAM = "SELECT id, seeded, changes, places, first, last, holes FROM payment_streams WHERE (name, shape, label_id) = (%s, %s, %s)"
_LOCKED = f"{_STREAM} FOR UPDATE"
_KNOWN = """
    SELECT id, min(at), array_agg(key ORDER BY entity), min(amount), min(tenths), min(place), bool_or(fraud), bool_or(odd)
    FROM payments WHERE stream = %s AND id = ANY (%s) GROUP BY id
"""


@dataclass
class Stream:
    """One row of ``payment_streams``."""

    id: int
    label: int
    seeded: list[str]
    changes: int
    places: int
    timeline: Timeline


@dataclass
class Entered:
    """What came of payments and labels. ``late``: payments before one that was known; ``differing``: an id that is known with other values;
    ``corrected``: labels that say another thing than before; ``unknown``: labels of payments that are not here.
    """

    entered: int = 0
    repeated: int = 0
    late: int = 0
    differing: list[str] = field(default_factory=list)
    labels: int = 0
    labels_repeated: int = 0
    corrected: int = 0
    unknown: list[str] = field(default_factory=list)


class Payments:
    """What one process holds of the streams. Every call runs in the caller's transaction."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[int, Ledger]] = {}

    @staticmethod
    def find(connection: Connection, name: str, request: TrainingRequest, label: int, *, lock: bool = False) -> Stream | None:
        """A specialist's stream as the identity may see it; with ``lock`` as it may change it, until the transaction ends."""
        row = connection.execute(_LOCKED if lock else _STREAM, (name, shape_of(request), label)).fetchone()
        if row is None:
            return None
        id_, seeded, changes, places, first, last, holes = row
        patience = Timeline.of(Ledger(request.entities, request.delay_days).delay).patience
        return Stream(id_, label, seeded, changes, places, Timeline(patience, first, last, [(start, end) for start, end in holes]))

    @staticmethod
    def make(connection: Connection, name: str, request: TrainingRequest, label: int) -> None:
        """Begin the stream of a name where there is none; in a transaction of the owner's."""
        connection.execute(
            "INSERT INTO payment_streams (name, shape, label_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (name, shape_of(request), label),
        )

    def locked(self, connection: Connection, name: str, request: TrainingRequest, label: int) -> Stream:
        """The stream, for this transaction alone. Raises NotPermitted where the identity may only read."""
        found = self.find(connection, name, request, label, lock=True)
        if found is None:
            if self.find(connection, name, request, label) is None:
                raise NotFound(f"{name!r} has no payments yet", remedy="Promote it; its training's payments are then there")
            raise NotPermitted(f"You may not enter payments of {name!r}", remedy="Ask an administrator for a grant that may write")
        return found

    def enter(
        self, connection: Connection, stream: Stream, request: TrainingRequest, payments: Sequence[Payment], labels: Mapping[str, bool]
    ) -> tuple[Entered, Ledger]:
        """Take in payments and labels into a locked stream; returns the ledger that holds them, valid within the transaction."""
        ledger = self._ledger(connection, stream, request)
        try:
            return self._enter(connection, stream, ledger, payments, labels), ledger
        except BaseException:
            self._held.pop(stream.id, None)  # it holds what the database will not
            raise

    def drop(self, stream: Stream) -> None:
        """Forget what is held of a stream: the transaction failed."""
        self._held.pop(stream.id, None)

    def look(
        self,
        connection: Connection,
        stream: Stream | None,
        request: TrainingRequest,
        payments: Sequence[Payment],
        history: Sequence[Payment] = (),
    ) -> Ledger:
        """A ledger of the state with payments that are not entered: for scoring alone. ``history`` where there is no stream."""
        ledger = Ledger(request.entities, request.delay_days)
        timeline = Timeline.of(ledger.delay, (one.at for one in history))
        known: Mapping[str, Payment] = {}
        if stream is not None:
            ledger.load = PastLoader(connection, stream.id)
            known, timeline = _known(connection, stream.id, [one.id for one in payments]), stream.timeline
        ledger.enter(history)
        new = list({one.id: one for one in payments if one.id not in known}.values())
        ledger.enter(new)
        ledger.judge([one for one in (*history, *new) if one.fraud])
        timeline.add(one.at for one in new)
        ledger.timeline = timeline
        return ledger

    def _ledger(self, connection: Connection, stream: Stream, request: TrainingRequest) -> Ledger:
        """What is held, without the keys that were changed elsewhere."""
        changes, ledger = self._held.get(stream.id, (0, None))
        if ledger is None or ledger.size > MOST_HELD:
            changes, ledger = stream.changes, Ledger(request.entities, request.delay_days)
        ledger.load = PastLoader(connection, stream.id)
        if changes < stream.changes:
            query = "SELECT DISTINCT entity, key FROM payments WHERE stream = %s AND changed > %s"
            ledger.forget(connection.execute(query, (stream.id, changes)).fetchall())
        self._held[stream.id] = stream.changes + 1, ledger
        return ledger

    def _enter(
        self, connection: Connection, stream: Stream, ledger: Ledger, payments: Sequence[Payment], labels: Mapping[str, bool]
    ) -> Entered:
        found = Entered()
        known = dict(_known(connection, stream.id, [*(one.id for one in payments), *labels]))
        new = _new(payments, known, found)
        for place, one in enumerate(new, stream.places + 1):
            one.place = place
            known[one.id] = one
        said = {one.id: one.fraud for one in payments if one.fraud is not None and one.id not in found.differing} | dict(labels)
        fresh = {one.id for one in new}
        told = _told(said, known, found, fresh)
        found.entered, found.late = len(new), sum(stream.timeline.last is not None and one.at < stream.timeline.last for one in new)
        ledger.enter(new)
        ledger.tell(told)
        ledger.judge([one for one in (*new, *told) if one.fraud])
        stream.changes, stream.places = stream.changes + 1, stream.places + len(new)
        _insert(connection, stream, new)
        _update(connection, stream, told)
        _update(connection, stream, ledger.judge(_to_judge(connection, stream, ledger, new, told)))
        stream.timeline.add(one.at for one in new)
        ledger.timeline = stream.timeline
        _keep(connection, stream)
        return found


@dataclass(frozen=True)
class PastLoader:
    """Fetches pasts from the database, in one query for all keys that are missing."""

    connection: Connection
    stream: int

    def __call__(self, keys: Sequence[Key]) -> Iterator[tuple[Key, list[Payment]]]:
        rows = self.connection.execute(
            "SELECT p.entity, p.key, p.id, p.at, p.amount, p.tenths, p.place, p.fraud, p.odd"
            " FROM unnest(%s::smallint[], %s::text[]) AS w (entity, key)"
            " JOIN payments p ON (p.stream, p.entity, p.key) = (%s, w.entity, w.key) ORDER BY p.entity, p.key",
            ([entity for entity, _ in keys], [key for _, key in keys], self.stream),
        )
        for key, group in groupby(rows, key=itemgetter(0, 1)):
            yield (
                key,
                [Payment(id_, at, (), (cents, tenths), place, fraud, odd) for _, _, id_, at, cents, tenths, place, fraud, odd in group],
            )  # fmt: skip


def _known(connection: Connection, stream: int, ids: Sequence[str]) -> dict[str, Payment]:
    rows = connection.execute(_KNOWN, (stream, list(ids)))
    return {
        id_: Payment(id_, at, tuple(keys), (cents, tenths), place, fraud, odd)
        for id_, at, keys, cents, tenths, place, fraud, odd in rows.fetchall()
    }


def _new(payments: Sequence[Payment], known: Mapping[str, Payment], found: Entered) -> list[Payment]:
    """Those whose id is met for the first time, in the order in which they came."""
    new: dict[str, Payment] = {}
    for one in payments:
        before = known.get(one.id) or new.get(one.id)
        if before is None:
            new[one.id] = one
        elif (before.at, before.keys, before.units) == (one.at, one.keys, one.units):
            found.repeated += 1
        else:
            found.differing.append(one.id)
    return list(new.values())


def _told(said: Mapping[str, bool | None], known: Mapping[str, Payment], found: Entered, fresh: set[str]) -> list[Payment]:
    """Payments of which something new is known, with it."""
    told = []
    for id_, fraud in said.items():
        one = known.get(id_)
        if one is None:
            found.unknown.append(id_)
        elif one.fraud == fraud and id_ not in fresh:
            found.labels_repeated += 1
        else:
            found.labels += 1
            found.corrected += one.fraud not in (None, fraud)
            if one.fraud != fraud:
                one.fraud, one.odd = fraud, False
                told.append(one)
    return told


def _to_judge(connection: Connection, stream: Stream, ledger: Ledger, new: Iterable[Payment], told: Iterable[Payment]) -> list[Payment]:
    """Frauds later than what came now: what was usual before them is another thing than was known when they were judged."""
    spans = [(key, one.at, one.at + LONGEST) for one in new for key in enumerate(one.keys)]
    spans += [(key, one.at + ledger.delay, one.at + LONGEST) for one in told for key in enumerate(one.keys)]
    spans = [(key, start, end) for key, start, end in spans if ledger.fraud_after(key, start)]
    if not spans:
        return []
    keys, starts, ends = zip(*spans, strict=True)
    rows = connection.execute(
        "SELECT DISTINCT p.id FROM unnest(%s::smallint[], %s::text[], %s::bigint[], %s::bigint[]) AS w (entity, key, start, till)"
        " JOIN payments p ON (p.stream, p.entity, p.key) = (%s, w.entity, w.key) AND p.at > w.start AND p.at <= w.till WHERE p.fraud",
        ([entity for entity, _ in keys], [key for _, key in keys], list(starts), list(ends), stream.id),
    )
    return list(_known(connection, stream.id, [id_ for (id_,) in rows.fetchall()]).values())


def _insert(connection: Connection, stream: Stream, new: Sequence[Payment]) -> None:
    rows = [(one, entity, key) for one in new for entity, key in enumerate(one.keys)]
    columns = [[get(one) for one, _, _ in rows] for get in map(attrgetter, ("id", "at", "place", "fraud", "odd"))]
    amounts = [[one.units[number] for one, _, _ in rows] for number in (0, 1)]
    connection.execute(
        "INSERT INTO payments (stream, label_id, changed, id, at, place, fraud, odd, amount, tenths, entity, key) SELECT %s, %s, %s, *"
        " FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::boolean[], %s::boolean[], %s::bigint[], %s::integer[], %s::smallint[],"
        " %s::text[])",
        (stream.id, stream.label, stream.changes, *columns, *amounts, [entity for _, entity, _ in rows], [key for _, _, key in rows]),
    )


def _update(connection: Connection, stream: Stream, told: Sequence[Payment]) -> None:
    if told:
        connection.execute(
            "UPDATE payments p SET fraud = w.fraud, odd = w.odd, changed = %s FROM unnest(%s::text[], %s::boolean[], %s::boolean[])"
            " AS w (id, fraud, odd) WHERE p.stream = %s AND p.id = w.id",
            (stream.changes, [one.id for one in told], [one.fraud for one in told], [one.odd for one in told], stream.id),
        )


def _keep(connection: Connection, stream: Stream) -> None:
    told = stream.timeline
    connection.execute(
        "UPDATE payment_streams SET changes = %s, places = %s, first = %s, last = %s, holes = %s, seeded = %s WHERE id = %s",
        (stream.changes, stream.places, told.first, told.last, Jsonb(told.holes), stream.seeded, stream.id),
    )
