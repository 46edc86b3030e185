"""Serving an open ledger over gRPC from this process."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from loyalty_ledger import _core
from loyalty_ledger.clock import ManualClock
from loyalty_ledger.ledger import Ledger

if TYPE_CHECKING:
    from _typeshed import StrPath


@dataclass(frozen=True, kw_only=True)
class ServerLimits:
    """What one client, and all together, may take of a server."""

    connections: int = 1_024
    """Connections that are open at a time; one more is closed at once."""
    streams: int = 256
    """Calls that one connection has at a time."""
    calls: int = 4_096
    """Calls in flight over all connections; one more is `OVERLOADED`."""
    message_bytes: int = 4 << 20
    """Bytes of one request."""
    header_bytes: int = 16 << 10
    """Bytes of one call's headers."""
    pending_resets: int = 20
    """Calls that a connection may open and reset before they were taken; one more closes it."""
    call_seconds: float = 60.0
    """The longest that a call may take, that of `watch` aside."""
    keepalive_seconds: float = 60.0
    """After how long without a sign of life a connection is asked for one."""
    keepalive_timeout_seconds: float = 20.0
    """How long that sign may take; without it the connection is closed."""
    greeting_seconds: float = 10.0
    """How long a connection may take until it speaks HTTP/2, TLS included."""
    patience_seconds: float = 30.0
    """How long a reader of `watch` may leave a message untaken; a slower one is cut off with `OVERLOADED`."""


@dataclass(frozen=True, kw_only=True)
class TlsFiles:
    """The server's certificate; files that change are read again, without a restart."""

    certificate: StrPath
    """The certificate and its chain, PEM."""
    key: StrPath
    """Its private key, PEM."""
    client_authorities: StrPath | None = None
    """Authorities of client certificates, PEM. With it, every client needs a certificate of one of them."""


class Server:
    """A running server; made by `serve`."""

    def __init__(self, core: _core.Server) -> None:
        self._core = core

    @property
    def address(self) -> str:
        """Where it listens, as `host:port`."""
        return self._core.address()

    @property
    def probes(self) -> str | None:
        """Where /metrics, /livez and /readyz are, as `host:port`."""
        return self._core.probes()

    def wait(self) -> None:
        """Waits until the server is stopped, by another thread or a signal's handler."""
        self._core.wait()

    def stop(self, grace: float = 10.0) -> bool:
        """Takes no more calls and lets those in flight end for `grace` seconds; tells whether all of them did.

        The ledger stays open. Stopping twice is fine.
        """
        return self._core.stop(grace)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Server {self.address}>"


def serve(
    ledger: Ledger,
    listen: str = "127.0.0.1:0",
    *,
    probes: str | None = None,
    tls: TlsFiles | None = None,
    principals: StrPath | None = None,
    limits: ServerLimits | None = None,
    sweep_seconds: float = 60.0,
    test_clock: ManualClock | None = None,
) -> Server:
    """Serves a ledger over gRPC until the server is stopped; other threads go on using the ledger meanwhile.

    `listen` and `probes` are addresses such as `127.0.0.1:7600`; port 0 takes any that is free. `principals` is the
    file of who may call (docs/principals.md); without it everybody may do everything, on loopback alone.
    `sweep_seconds` is how often time's work is written down; 0 is never. `test_clock` is the clock of a ledger that
    tests drive: callers may move it. Raises `OSError` if an address cannot be had, `ValueError` for what must not be
    served.
    """
    settings: _core.ServerSettings = {
        "listen": listen,
        "probes": probes,
        "tls": None if tls is None else _tls(tls),
        "principals": None if principals is None else os.fsdecode(principals),
        "limits": asdict(limits or ServerLimits()),
        "sweep_seconds": sweep_seconds,
    }
    clock = None if test_clock is None else test_clock._core
    return Server(_core.Server.start(ledger._engine, settings, clock=clock))


def _tls(files: TlsFiles) -> tuple[str, str, str | None]:
    authorities = files.client_authorities
    return (
        os.fsdecode(files.certificate),
        os.fsdecode(files.key),
        None if authorities is None else os.fsdecode(authorities),
    )
