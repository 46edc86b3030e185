"""Channels to one server, used in turn, and what gRPC is told about them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import grpc

from loyalty_ledger import errors
from loyalty_ledger._pb.journal_service_pb2_grpc import JournalServiceStub
from loyalty_ledger._pb.ledger_service_pb2_grpc import LedgerServiceStub
from loyalty_ledger._pb.partner_service_pb2_grpc import PartnerServiceStub
from loyalty_ledger._pb.program_service_pb2_grpc import ProgramServiceStub
from loyalty_ledger._pb.referral_service_pb2_grpc import ReferralServiceStub

if TYPE_CHECKING:
    from loyalty_ledger.client import ClientTls

_SERVICES: Final = (
    "loyalty.ledger.v1.LedgerService",
    "loyalty.ledger.v1.PartnerService",
    "loyalty.ledger.v1.ProgramService",
    "loyalty.ledger.v1.ReferralService",
    "loyalty.ledger.v1.JournalService",
    "grpc.health.v1.Health",
)

# gRPC itself sends again what a server did not take, after a pause and under the same key.
_SERVICE_CONFIG: Final = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{"service": service} for service in _SERVICES],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
}

_OPTIONS: Final[list[tuple[str, Any]]] = [
    ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
    # Else all channels to one target would share one connection.
    ("grpc.use_local_subchannel_pool", 1),
    # A page of a thousand rows, or a wallet of many lots, is larger than gRPC's 4 MiB.
    ("grpc.max_receive_message_length", 64 << 20),
    # A server that has gone without a word is noticed within half a minute.
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
]


class Line:
    """One channel, and whether a server was heard on it since it was last lost."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.channel = channel
        self.is_heard = False
        stubs = (
            LedgerServiceStub(channel),
            ProgramServiceStub(channel),
            JournalServiceStub(channel),
            ReferralServiceStub(channel),
        )
        self.rpcs: dict[str, Callable[..., Any]] = {name: rpc for stub in stubs for name, rpc in vars(stub).items()}
        partners = vars(PartnerServiceStub(channel))
        # The ledger's service has one of this name too.
        self.rpcs |= {"ListOwnEntries" if name == "ListEntries" else name: rpc for name, rpc in partners.items()}
        self.check_health: Callable[..., Any] = channel.unary_unary("/grpc.health.v1.Health/Check", bytes, bytes)


class Channels:
    """Channels to one server: it takes a bounded number of calls on one, and a lost one holds up only its own."""

    def __init__(self, target: str, tls: ClientTls | None, number: int) -> None:
        self.target = target
        self.money: str | None = None
        """The money of the program in force, once it was asked for."""
        self._lines = [Line(_channel(target, tls)) for _ in range(number)]
        self._turn = count()
        self._process = os.getpid()
        self._is_closed = False

    def next(self) -> Line:
        """The channel whose turn it is."""
        if os.getpid() != self._process:
            raise RuntimeError("this client was made before the process forked; connect again in the child")
        if self._is_closed:
            raise errors.ShuttingDown("the client is closed; connect again")
        return self._lines[next(self._turn) % len(self._lines)]

    def close(self) -> None:
        """Ends all calls and gives the channels up."""
        self._is_closed = True
        for line in self._lines:
            line.channel.close()


def _channel(target: str, tls: ClientTls | None) -> grpc.Channel:
    if tls is None:
        # What is not encrypted is shown to no proxy.
        return grpc.insecure_channel(target, options=[*_OPTIONS, ("grpc.enable_http_proxy", 0)])
    name = [] if tls.server_name is None else [("grpc.ssl_target_name_override", tls.server_name)]
    credentials = grpc.ssl_channel_credentials(
        root_certificates=tls.read("authorities"),
        private_key=tls.read("key"),
        certificate_chain=tls.read("certificate"),
    )
    return grpc.secure_channel(target, credentials, options=[*_OPTIONS, *name])
