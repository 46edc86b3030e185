"""How a client connects: plain on loopback, TLS elsewhere, tokens never in clear; and how it ends."""

import multiprocessing
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme

import loyalty_ledger as ll
from loyalty_ledger._pb.purchases_pb2 import QuotePurchaseResponse
from loyalty_ledger.remote.target import is_loopback
from service.networks import told_server

TOKEN = "llk_1_secret"


@pytest.mark.parametrize(
    "target",
    ["localhost:1", "127.0.0.1:1", "127.8.9.10:1", "[::1]:1", "::1", "127.0.0.1", "unix:/run/l", "dns:///localhost:1"],
)
def test_this_machine(target: str) -> None:
    assert is_loopback(target)


@pytest.mark.parametrize(
    "target", ["pos.example:7600", "localhost.example:1", "10.0.0.1:1", "[2001:db8::1]:1", "2001:db8::1", "0.0.0.0:1"]
)
def test_other_machines(target: str) -> None:
    assert not is_loopback(target)


def test_a_token_is_not_sent_in_clear_to_another_machine() -> None:
    with pytest.raises(ValueError, match="unencrypted to pos.example:7600; connect with TLS"):
        ll.connect("pos.example:7600", token=TOKEN, tls=False)
    with ll.connect("pos.example:7600", token=TOKEN), ll.connect("pos.example:7600", tls=False):
        pass


def test_a_token_goes_with_every_call() -> None:
    heard: list[dict[str, Any]] = []

    def answer(_rpc: str, _request: bytes, context: grpc.ServicerContext) -> bytes:
        heard.append(dict(context.invocation_metadata()))
        response = QuotePurchaseResponse()
        response.answer.code = 1
        return response.SerializeToString()

    with told_server(answer) as address, ll.connect(address, token=TOKEN) as client:
        client.quote("m-1", amount=1, currency="EUR")
    assert [metadata["authorization"] for metadata in heard] == [f"Bearer {TOKEN}"]


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def files(authority: trustme.CA, tmp_path: Path) -> dict[str, Path]:
    """What a server and a client of that authority show."""
    written = {"authority": tmp_path / "authority.pem"}
    authority.cert_pem.write_to_path(str(written["authority"]))
    for name, identity in {"server": "127.0.0.1", "client": "till-3.example"}.items():
        issued = authority.issue_cert(identity)
        written |= {f"{name}_certificate": tmp_path / f"{name}.pem", f"{name}_key": tmp_path / f"{name}.key"}
        issued.cert_chain_pems[0].write_to_path(str(written[f"{name}_certificate"]))
        issued.private_key_pem.write_to_path(str(written[f"{name}_key"]))
    return written


def secured(served: ll.Ledger, clock: ll.ManualClock, files: dict[str, Path], *, asks: bool) -> ll.Server:
    shown = ll.TlsFiles(
        certificate=files["server_certificate"],
        key=files["server_key"],
        client_authorities=files["authority"] if asks else None,
    )
    return ll.serve(served, tls=shown, test_clock=clock)


def test_tls_with_an_authority_of_ones_own(served: ll.Ledger, clock: ll.ManualClock, files: dict[str, Path]) -> None:
    trusted = ll.ClientTls(authorities=files["authority"])
    with secured(served, clock, files, asks=False) as server:
        with ll.connect(server.address, tls=trusted, token=TOKEN) as client:
            assert client.enroll("m-1").sequence == 1
        for wrong in (True, False, ll.ClientTls(authorities=files["authority"], server_name="other.example")):
            with ll.connect(server.address, tls=wrong, deadline=2) as client, pytest.raises(ll.Unavailable):
                client.enroll("m-2")
    assert served.checkpoint().sequence == 1


def test_a_client_certificate_where_the_server_asks_for_one(
    served: ll.Ledger, clock: ll.ManualClock, files: dict[str, Path]
) -> None:
    shown = {"certificate": files["client_certificate"], "key": files["client_key"]}
    with secured(served, clock, files, asks=True) as server:
        with ll.connect(server.address, tls=ll.ClientTls(authorities=files["authority"], **shown)) as client:
            assert client.enroll("m-1").sequence == 1
        nothing = ll.ClientTls(authorities=files["authority"])
        with ll.connect(server.address, tls=nothing, deadline=2) as client, pytest.raises(ll.Unavailable):
            client.enroll("m-2")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"tls": "yes"}, TypeError),
        ({"token": 7}, TypeError),
        ({"deadline": 0}, ValueError),
        ({"deadline": "10"}, TypeError),
        ({"channels": 0}, ValueError),
        ({"channels": 1.5}, TypeError),
    ],
)
def test_wrong_settings(wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(wrong))):
        ll.connect("localhost:1", **wrong)


def test_a_target_that_names_nothing() -> None:
    for wrong, error in (("", ValueError), (" ", ValueError), (None, TypeError), (7600, TypeError)):
        with pytest.raises(error, match="target"):
            ll.connect(wrong)  # type: ignore[arg-type]


def test_a_closed_client_says_so(client: ll.Client) -> None:
    client.close()
    client.close()
    for call in (lambda: client.enroll("m-1"), lambda: client.balance("m-1"), lambda: list(client.watch())):
        with pytest.raises(ll.ShuttingDown, match="the client is closed"):
            call()


def test_a_forked_child_is_told(client: ll.Client) -> None:
    client.enroll("m-1")
    context = multiprocessing.get_context("fork")
    told = context.SimpleQueue()

    def child() -> None:
        try:
            client.balance("m-1")
        except RuntimeError as error:
            told.put(str(error))

    process = context.Process(target=child)
    process.start()
    process.join(30)
    assert not told.empty() and "before the process forked" in told.get()


def test_calls_go_over_all_channels_in_turn(served: ll.Ledger, server: ll.Server) -> None:
    with ll.connect(server.address, channels=3) as client:
        for number in range(6):
            client.enroll(f"m-{number}")
        lines = client._remote.connection._channels._lines
        assert [line.is_heard for line in lines] == [True] * 3
    assert served.checkpoint().members == 6


def test_what_a_client_shows_of_itself(client: ll.Client, server: ll.Server) -> None:
    assert repr(client) == f"<Client {server.address}>"


def test_a_program_that_is_published_again_is_one_more_version_here_and_there(
    client: ll.Client, served: ll.Ledger
) -> None:
    told = []
    for version, ledger in enumerate((served, served, client, client), start=1):
        answer = ledger.publish("[earning]\npoints = 2\nper_minor_units = 100\n")
        told.append((answer.code, answer.replayed, answer.sequence - version))
        assert served.program().version == client.program().version == version
    assert told == [("APPLIED", False, 0)] * 4


def test_money_is_asked_for_again_when_the_program_has_another(client: ll.Client, served: ll.Ledger) -> None:
    client.enroll("m-1")
    client.purchase("m-1", amount="10.00", key="p-1")
    served.publish("[earning]\npoints = 1\nper_minor_units = 100\nmoney = 'CHF'\n")
    with pytest.raises(ll.MoneyCurrencyNotAccepted):
        client.purchase("m-1", amount="10.00", key="p-2")
    assert client.purchase("m-1", amount="10.00", key="p-2").awarded == 10
    assert client.entry(key="p-2").currency == "CHF"
