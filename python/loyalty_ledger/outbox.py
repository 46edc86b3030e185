"""The outbox of a till that is offline: requests on disk, sent in order once a server is there."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from loyalty_ledger import errors
from loyalty_ledger.arguments import text
from loyalty_ledger.client import Client
from loyalty_ledger.money import checked_currency
from loyalty_ledger.results import Answer

if TYPE_CHECKING:
    from _typeshed import StrPath
    from google.protobuf.message import Message

VERBS: Final = (
    *("enroll", "add_alias", "remove_alias", "replace_alias", "block", "unblock", "close_member", "transfer"),
    *("purchase", "accrue", "redeem", "authorize", "capture", "void", "reverse"),
    *("adjust", "reinstate", "extend", "forgive_debt", "activate", "link_member", "unlink_member"),
    *("issue_code", "disable_code", "record_touch", "bind_referral", "record_step", "review_referral", "dispute"),
    *("close_period", "change_coupon", "erase_member"),
)
"""What can be sent later: every verb that writes one entry under a key."""

PATIENCE: Final = timedelta(days=7)
"""How long what names something unknown is asked again."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS pending (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    verb TEXT NOT NULL,
    rpc TEXT NOT NULL,
    message BLOB NOT NULL,
    added_at TEXT NOT NULL,
    unknown_since TEXT,
    code TEXT
);
CREATE TABLE IF NOT EXISTS rejected (
    place INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    verb TEXT NOT NULL,
    rpc TEXT NOT NULL,
    message BLOB NOT NULL,
    added_at TEXT NOT NULL,
    rejected_at TEXT NOT NULL,
    code TEXT,
    told TEXT NOT NULL,
    details TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Pending:
    """A request that waits to be sent."""

    key: str
    verb: str
    request: Mapping[str, Any]
    """What it asks for, by the names of the service's fields."""
    added_at: datetime
    unknown_since: datetime | None
    """Since when the server says that it names something unknown."""
    code: str | None
    """Which code the server said that with."""


@dataclass(frozen=True)
class Rejected:
    """A request that the server refused for good, with what it said."""

    key: str
    verb: str
    request: Mapping[str, Any]
    added_at: datetime
    rejected_at: datetime
    code: str | None
    message: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Sent:
    """What became of a try to send."""

    answers: Mapping[str, Answer]
    """Of what was applied, by key."""
    rejected: tuple[Rejected, ...]
    pending: int
    """How many requests wait still."""
    stopped: errors.LedgerError | None
    """Why it ended before everything was tried; `None` if everything was."""


class Outbox:
    """Requests in a file (SQLite), which survive the process and the power; threads may share it.

    What was added is sent in that order, and again whenever its outcome is unknown: it has its effect once, by its key.
    It leaves the file when it was applied, or for the table of rejected requests. `currency` is that of amounts added
    without one.
    """

    def __init__(self, path: StrPath, *, currency: str | None = None) -> None:
        self._path = os.fspath(path)
        self._currency = None if currency is None else checked_currency(currency)
        self._lock = threading.RLock()
        self._sending = threading.Lock()
        self._file = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=30)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = FULL")
        self._file.executescript(_TABLES)
        _sync_folder(self._path)

    def add(self, verb: str, *positional: object, **arguments: object) -> str:
        """Puts a request on disk, with the arguments that the verb takes, and returns its key.

        `occurred_at` is now if it is not given; say `offline=True` of what was given away without asking. The same
        request under the same key is added once; another one under it raises `KeyReused`. Wrong arguments raise what
        they raise at a client.
        """
        if verb not in VERBS:
            raise ValueError(f"{verb!r} cannot be sent later; verbs that can are {', '.join(VERBS)}")
        from loyalty_ledger.remote.recording import recorded

        now = datetime.now(UTC)
        given = {**arguments, "occurred_at": arguments.get("occurred_at") or now}
        rpc, message = recorded(verb, positional, given, currency=self._currency)
        key = text("key", getattr(message, "key", ""))
        if not key:
            raise errors.failure("KEY_MISSING", "key is empty; what is sent later needs one", {})
        with self._transaction():
            known = self._one("SELECT rpc, message FROM pending WHERE key = ?", key)
            if known is None:
                row = (key, verb, rpc, message.SerializeToString(deterministic=True), _told(now))
                self._file.execute(
                    "INSERT INTO pending (key, verb, rpc, message, added_at) VALUES (?, ?, ?, ?, ?)", row
                )
            elif not _is_same(rpc, message, *known):
                raise errors.failure("KEY_REUSED", f"another request waits under the key {key!r}", {})
        return key

    def send(self, client: Client) -> Sent:
        """Sends what waits, oldest first, and tells what became of it.

        What the server refuses for good goes to `rejected()`. What names something unknown (`NotFound`) is kept and
        asked again for 7 days, and whatever is about the same member or entry waits behind it. If no server is there,
        or it is not known whether it applied the last one, sending stops and the rest is kept.
        """
        with self._sending:
            answers: dict[str, Answer] = {}
            rejected: list[Rejected] = []
            blocked: set[str] = set()
            for place in self._places():
                row = self._one("SELECT key, verb, rpc, message, unknown_since FROM pending WHERE place = ?", place)
                if row is None:
                    continue
                key, verb, rpc, packed, since = row
                message = _message(rpc, packed)
                names = frozenset(_names(message))
                if names & blocked:
                    blocked |= names
                    continue
                try:
                    answers[key] = client._post(rpc, message)
                except errors.NotFound as unknown:
                    if self._wait_or_reject(place, since, unknown):
                        blocked |= names
                    else:
                        rejected.append(self._rejected(place))
                except (errors.Refused, errors.Invalid, errors.Conflict) as refusal:
                    self._reject(place, refusal)
                    rejected.append(self._rejected(place))
                except errors.LedgerError as stop:
                    return Sent(answers, tuple(rejected), self._count(), stop)
                else:
                    self._write("DELETE FROM pending WHERE place = ?", place)
            return Sent(answers, tuple(rejected), self._count(), None)

    def pending(self) -> tuple[Pending, ...]:
        """What waits to be sent, oldest first."""
        columns = "key, verb, rpc, message, added_at, unknown_since, code"
        return tuple(_pending(*row) for row in self._all(f"SELECT {columns} FROM pending ORDER BY place"))

    def rejected(self) -> tuple[Rejected, ...]:
        """What was refused for good, oldest first: for people to look at."""
        return tuple(_rejected(*row) for row in self._all(f"{_REJECTED} ORDER BY place"))

    def again(self, key: str) -> None:
        """Lets a rejected request be sent again, after all others, as it was; raises `KeyError` if there is none."""
        with self._transaction():
            found = self._one("SELECT max(place) FROM rejected WHERE key = ?", text("key", key))
            if found[0] is None:
                raise KeyError(key)
            if self._one("SELECT 1 FROM pending WHERE key = ?", key) is not None:
                raise errors.failure("KEY_REUSED", f"another request waits under the key {key!r}", {})
            self._file.execute(
                "INSERT INTO pending (key, verb, rpc, message, added_at) "
                "SELECT key, verb, rpc, message, added_at FROM rejected WHERE place = ?",
                found,
            )
            self._file.execute("DELETE FROM rejected WHERE place = ?", found)

    def forget(self, key: str) -> None:
        """Drops what was rejected under a key, once somebody has dealt with it; raises `KeyError` if nothing was."""
        with self._transaction():
            if self._file.execute("DELETE FROM rejected WHERE key = ?", (text("key", key),)).rowcount == 0:
                raise KeyError(key)

    def close(self) -> None:
        """Closes the file. Closing twice is fine."""
        with self._lock:
            self._file.close()

    def __len__(self) -> int:
        return self._count()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Outbox {self._path}>"

    def _wait_or_reject(self, place: int, since: str | None, unknown: errors.NotFound) -> bool:
        """Whether it waits on."""
        now = datetime.now(UTC)
        if since is not None and now - datetime.fromisoformat(since) >= PATIENCE:
            self._reject(place, unknown)
            return False
        told = (since or _told(now), unknown.code, place)
        self._write("UPDATE pending SET unknown_since = ?, code = ? WHERE place = ?", *told)
        return True

    def _reject(self, place: int, refusal: errors.LedgerError) -> None:
        """Moves a request to the rejected ones in one go."""
        told = (_told(datetime.now(UTC)), refusal.code, str(refusal), json.dumps(refusal.details), place)
        with self._transaction():
            self._file.execute(
                "INSERT OR IGNORE INTO rejected SELECT place, key, verb, rpc, message, added_at, ?, ?, ?, ? "
                "FROM pending WHERE place = ?",
                told,
            )
            self._file.execute("DELETE FROM pending WHERE place = ?", (place,))

    def _rejected(self, place: int) -> Rejected:
        return _rejected(*self._all(f"{_REJECTED} WHERE place = ?", place)[0])

    def _places(self) -> list[int]:
        return [place for (place,) in self._all("SELECT place FROM pending ORDER BY place")]

    def _count(self) -> int:
        return int(self._all("SELECT count(*) FROM pending")[0][0])

    def _all(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            return self._file.execute(statement, values).fetchall()

    def _one(self, statement: str, *values: object) -> Any:
        with self._lock:
            return self._file.execute(statement, values).fetchone()

    def _write(self, statement: str, *values: object) -> None:
        with self._transaction():
            self._file.execute(statement, values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")


_REJECTED: Final = "SELECT key, verb, rpc, message, added_at, rejected_at, code, told, details FROM rejected"


def _pending(
    key: str, verb: str, rpc: str, packed: bytes, added_at: str, since: str | None, code: str | None
) -> Pending:
    unknown_since = None if since is None else datetime.fromisoformat(since)
    return Pending(key, verb, _request(rpc, packed), datetime.fromisoformat(added_at), unknown_since, code)


def _rejected(
    key: str,
    verb: str,
    rpc: str,
    packed: bytes,
    added_at: str,
    rejected_at: str,
    code: str | None,
    told: str,
    details: str,
) -> Rejected:
    added, moved = datetime.fromisoformat(added_at), datetime.fromisoformat(rejected_at)
    return Rejected(key, verb, _request(rpc, packed), added, moved, code, told, json.loads(details))


def _told(instant: datetime) -> str:
    return instant.isoformat()


def _message(rpc: str, packed: bytes) -> Message:
    from google.protobuf.message_factory import GetMessageClass

    from loyalty_ledger._pb import ledger_service_pb2, partner_service_pb2, referral_service_pb2

    files = (ledger_service_pb2, partner_service_pb2, referral_service_pb2)
    services = [service for file in files for service in file.DESCRIPTOR.services_by_name.values()]
    called = next(service.methods_by_name[rpc] for service in services if rpc in service.methods_by_name)
    message: Message = GetMessageClass(called.input_type)()
    message.ParseFromString(packed)
    return message


def _request(rpc: str, packed: bytes) -> dict[str, Any]:
    from google.protobuf.json_format import MessageToDict

    asked: dict[str, Any] = MessageToDict(_message(rpc, packed), preserving_proto_field_name=True)
    return asked


def _is_same(rpc: str, message: Message, known_rpc: str, known: bytes) -> bool:
    """Whether it is the request that is known; as for the ledger, when it occurred does not matter."""
    if rpc != known_rpc:
        return False
    first, again = _message(rpc, known), _message(rpc, message.SerializeToString())
    for either in (first, again):
        either.ClearField("occurred_time")
    return first == again


def _names(message: Message) -> Iterator[str]:
    """All that a request names: its key, members, aliases, receipts, earlier entries, codes and tokens of referrals.
    Order is kept among those."""
    from google.protobuf.message import Message

    for field, value in message.ListFields():
        if field.name == "code" and isinstance(value, str):
            yield f"code {''.join(filter(str.isalnum, value)).upper()}"
        if field.name in ("token", "touch_token"):
            yield f"token {value}"
        if field.name in ("key", "sequence") or (field.name in ("member", "id") and isinstance(value, str)):
            yield f"{'member' if field.name == 'id' else field.name} {value}"
        for one in value if field.message_type and not isinstance(value, Message) else (value,):
            if isinstance(one, Message) and one.DESCRIPTOR.name in ("Alias", "Receipt"):
                yield f"{one.DESCRIPTOR.name} {one.SerializeToString(deterministic=True).hex()}"
            elif isinstance(one, Message):
                yield from _names(one)


def _sync_folder(path: str) -> None:
    """Makes the name of a new file as lasting as the file."""
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
