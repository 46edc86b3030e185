"""`loyalty-ledger serve`: its address, its settings, its end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

import loyalty_ledger as ll
from loyalty_ledger._pb import members_pb2, names_pb2
from loyalty_ledger._pb.ledger_service_pb2_grpc import LedgerServiceStub
from loyalty_ledger.cli.output import InputProblem
from loyalty_ledger.cli.serve import Settings, read_settings

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "server.md"
PATIENCE = 30


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[object]:
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "loyalty_ledger.cli", "serve", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.wait(PATIENCE)


def enrolled(address: str, member: str) -> bool:
    with grpc.insecure_channel(address) as channel:
        stub = LedgerServiceStub(channel)
        stub.EnrollMember(members_pb2.EnrollMemberRequest(member=member), timeout=PATIENCE)
        found = stub.GetMember(members_pb2.GetMemberRequest(member=names_pb2.MemberName(id=member)), timeout=PATIENCE)
        return found.member == member


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(serve, tmp_path: Path, ending: signal.Signals) -> None:
    with ll.open(tmp_path / "ledger"):
        pass
    process, address = serve(str(tmp_path / "ledger"), "--listen", "127.0.0.1:0")
    assert re.fullmatch(r"127\.0\.0\.1:\d+", address)
    assert enrolled(address, "m-1")
    # An idle connection does not keep it.
    with grpc.insecure_channel(address) as idle:
        grpc.channel_ready_future(idle).result(PATIENCE)
        process.send_signal(ending)
        assert process.wait(PATIENCE) == 0
    assert process.stderr is not None and "stopping" in process.stderr.read()
    with ll.open(tmp_path / "ledger") as ledger:
        assert ledger.balance("m-1").available == 0


def test_probes_tell_that_it_is_ready_and_count_calls(serve, tmp_path: Path) -> None:
    with ll.open(tmp_path / "ledger") as ledger, ll.serve(ledger, probes="127.0.0.1:0") as server:
        assert enrolled(server.address, "m-1")

        def got(path: str) -> str:
            with urllib.request.urlopen(f"http://{server.probes}{path}", timeout=PATIENCE) as response:
                return response.read().decode()

        assert got("/livez") == "alive\n" and got("/readyz") == "ready\n"
        figures = got("/metrics")
        method = 'grpc_service="loyalty.ledger.v1.LedgerService",grpc_method="EnrollMember"'
        assert f'grpc_server_handled_total{{{method},grpc_code="Ok"}} 1' in figures
        assert "loyalty_writable 1" in figures and "loyalty_entries 1" in figures
        assert re.search(r"loyalty_sync_seconds_count [1-9]", figures)
        assert "m-1" not in figures


def test_nobody_makes_up_labels(tmp_path: Path) -> None:
    with ll.open(tmp_path / "ledger") as ledger, ll.serve(ledger, probes="127.0.0.1:0") as server:
        with grpc.insecure_channel(server.address) as channel:
            for path in ("/loyalty.ledger.v1.LedgerService/Rob", "/bank/Rob"):
                with pytest.raises(grpc.RpcError) as refused:
                    channel.unary_unary(path)(b"", timeout=PATIENCE)
                assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
        with urllib.request.urlopen(f"http://{server.probes}/metrics", timeout=PATIENCE) as response:
            assert "Rob" not in response.read().decode()


def test_the_file_of_the_guide_changes_nothing(tmp_path: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "serve.toml").write_text(text, encoding="utf-8")
    assert read_settings(tmp_path / "serve.toml") == Settings() == read_settings(None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("listen = 7600", "listen = 7600 has the wrong type"),
        ('lisen = "127.0.0.1:0"', "lisen is not a setting"),
        ("[limits]\ncalls = true", "limits.calls = True has the wrong type"),
        ("[limits]\ncall = 1", "limits.call is not a setting"),
        ("[limits]\npatience_seconds = 'long'", "limits.patience_seconds = 'long' has the wrong type"),
        ("limits = 3", "limits is a table"),
        ("[tls]\ncertificate = 'a.pem'", "tls.key is missing"),
        ("listen = ", "Invalid value"),
    ],
)
def test_settings_that_are_wrong_are_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "serve.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputProblem, match=re.escape(says)):
        read_settings(tmp_path / "serve.toml")


@pytest.mark.parametrize(
    ("listen", "says"),
    [
        ("0.0.0.0:0", "only loopback is served"),
        ("localhost", "is no address"),
        ("127.0.0.1:99999", "is no address"),
    ],
)
def test_addresses_that_are_not_served(tmp_path: Path, listen: str, says: str) -> None:
    with ll.open(tmp_path / "ledger") as ledger, pytest.raises(ValueError, match=says):
        ll.serve(ledger, listen)


def test_an_address_in_use(tmp_path: Path) -> None:
    with (
        ll.open(tmp_path / "ledger") as ledger,
        ll.serve(ledger) as server,
        pytest.raises(OSError, match=re.escape(server.address)),
    ):
        ll.serve(ledger, server.address)


def test_a_reader_is_not_served(tmp_path: Path) -> None:
    with (
        ll.open(tmp_path / "ledger"),
        ll.open(tmp_path / "ledger", read_only=True) as reader,
        pytest.raises(ValueError, match="read-only"),
    ):
        ll.serve(reader)


def test_a_manual_clock_is_served_as_a_test_clock_alone(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    clock = ll.ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    with ll.open(tmp_path / "ledger", clock=clock) as ledger:
        with pytest.raises(ValueError, match="manual clock"):
            ll.serve(ledger)
        with ll.serve(ledger, test_clock=clock) as server:
            assert enrolled(server.address, "m-1")
