"""A ledger on a server: the same verbs, reads, results and exceptions as of one that is opened here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self

from loyalty_ledger.arguments import count, flag, optional_text, text
from loyalty_ledger.reads import Reads
from loyalty_ledger.referral_reads import ReferralReads
from loyalty_ledger.remote.target import is_loopback
from loyalty_ledger.results import Answer, Checkpoint, Entry, Program
from loyalty_ledger.verbs.corrections import CorrectionVerbs
from loyalty_ledger.verbs.members import MemberVerbs
from loyalty_ledger.verbs.operation import OperationVerbs
from loyalty_ledger.verbs.partners import PartnerVerbs
from loyalty_ledger.verbs.referrals import ReferralVerbs
from loyalty_ledger.verbs.sales import SaleVerbs
from loyalty_ledger.verbs.tables import TableVerbs
from loyalty_ledger.verbs.till import TillVerbs

if TYPE_CHECKING:
    from _typeshed import StrPath
    from google.protobuf.message import Message

    from loyalty_ledger.remote.core import RemoteCore

DEADLINE = 10.0
CHANNELS = 4


@dataclass(frozen=True, kw_only=True)
class ClientTls:
    """Whom a client trusts, and what it shows of itself; files in PEM."""

    authorities: StrPath | None = None
    """Authorities of the server's certificate; those that gRPC comes with if `None`."""
    certificate: StrPath | None = None
    """The client's certificate and its chain, for a server that asks for one."""
    key: StrPath | None = None
    """Its private key."""
    server_name: str | None = None
    """The name in the server's certificate, if that is another than the target's."""

    def read(self, name: Literal["authorities", "certificate", "key"]) -> bytes | None:
        """The bytes of a file that was given."""
        path = getattr(self, name)
        return None if path is None else Path(path).read_bytes()


class Watch(Protocol):
    """Entries as they come; an iterator that can be closed."""

    def __iter__(self) -> Iterator[Entry]: ...

    def __next__(self) -> Entry: ...

    def close(self) -> None:
        """Ends it, also while another thread waits for the next entry."""


class Client(
    SaleVerbs,
    TillVerbs,
    MemberVerbs,
    PartnerVerbs,
    ReferralVerbs,
    CorrectionVerbs,
    TableVerbs,
    OperationVerbs,
    Reads,
    ReferralReads,
):
    """A ledger on a server; made by `loyalty_ledger.connect`. Threads may share it, forked processes may not.

    It does what a `Ledger` does, and says no with the same exceptions. Two of them are at home here: `Unavailable` if
    the server could not be reached, so that nothing was written, and `OutcomeUnknown` if an answer was lost and was not
    heard again within the deadline: the same call under the same key finds out. An object of `Ledger` has besides what
    needs its files: `info`, `snapshot` and `backup`.
    """

    def __init__(self, core: RemoteCore) -> None:
        super().__init__(core)
        self._remote = core

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client {self._remote.connection.target}>"

    def close(self) -> None:
        """Ends what is under way and gives the connections up. Closing twice is fine."""
        self._remote.close()

    def within(self, deadline: float) -> Client:
        """The same client with another deadline, in seconds: `client.within(120).verify()`."""
        return Client(type(self._remote)(self._remote.connection.within(_seconds("deadline", deadline))))

    def program(self) -> Program:
        """The program in force: its version, zone and money."""
        return self._remote.program()

    def checkpoint(self, *, digest: bool = False) -> Checkpoint:
        """Where the journal stands, and what clock and program the ledger is on; `digest` looks at every wallet."""
        return self._remote.checkpoint(flag("digest", digest))

    def watch(self, from_sequence: int = 1, *, patience: float = 60.0) -> Watch:
        """Entries from a sequence on, oldest first, and then as they come; 0 is what comes from now on.

        It goes on by itself after a lost connection, where it was; if no server is there for `patience` seconds, it
        raises `Unavailable`. `close()` ends it, from any thread.
        """
        first = count("from_sequence", from_sequence, 0, 2**63 - 1)
        return self._remote.watch(first, _seconds("patience", patience))

    def _post(self, rpc: str, message: Message) -> Answer:
        """Sends a write that was made before."""
        return self._answer(self._remote.post(rpc, message))


def connect(
    target: str,
    *,
    token: str | None = None,
    tls: ClientTls | bool | None = None,
    deadline: float = DEADLINE,
    channels: int = CHANNELS,
) -> Client:
    """Connects to a server at `host:port`; nothing is sent before the first call.

    `tls` is how: by default TLS, and none on loopback; `False` is none anywhere. `token` says who calls: it is not sent
    unencrypted to another machine (`ValueError`). A call takes at most `deadline` seconds, its retries included.
    `channels` are connections that are used in turn, since a server takes a bounded number of calls on one.
    """
    from loyalty_ledger.remote.channels import Channels
    from loyalty_ledger.remote.connection import Connection
    from loyalty_ledger.remote.core import RemoteCore

    address, shown = text("target", target), optional_text("token", token)
    if not address.strip():
        raise ValueError("target is empty; name a server as host:port")
    secured = _tls(address, tls)
    if shown is not None and secured is None and not is_loopback(address):
        raise ValueError(f"the token would be sent unencrypted to {address}; connect with TLS")
    seconds = _seconds("deadline", deadline)
    opened = Channels(address, secured, count("channels", channels, 1, 64))
    return Client(RemoteCore(Connection(opened, token=shown, deadline=seconds)))


def _tls(target: str, tls: object) -> ClientTls | None:
    if tls is None:
        tls = not is_loopback(target)
    if isinstance(tls, bool):
        return ClientTls() if tls else None
    if not isinstance(tls, ClientTls):
        raise TypeError(f"tls must be a ClientTls, True or False, not {type(tls).__name__}")
    return tls


def _seconds(argument: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{argument} must be seconds (int or float), not {type(value).__name__}")
    if not 0 < value <= 86_400:
        raise ValueError(f"{argument} must be above 0 and at most 86,400 seconds, not {value}")
    return float(value)
