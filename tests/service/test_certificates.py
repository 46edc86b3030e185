"""A certificate that is changed while calls go on: new connections meet the new one, those that are open stay."""

import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import trustme

import loyalty_ledger as ll
from service.looks import wait_until
from service.networks import SECONDS

WRITERS = 3
# The server looks at its files every second.
TWO_LOOKS = 2.2


class Files:
    """What a server shows, and whom a client of it trusts."""

    def __init__(self, folder: Path) -> None:
        self.certificate, self.key = folder / "server.pem", folder / "server.key"
        self.authority = folder / "authority.pem"

    def issue(self) -> str:
        """Writes a new authority's certificate; the certificate, as a client meets it."""
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1")
        authority.cert_pem.write_to_path(str(self.authority))
        issued.cert_chain_pems[0].write_to_path(str(self.certificate))
        issued.private_key_pem.write_to_path(str(self.key))
        return issued.cert_chain_pems[0].bytes().decode()

    def tls(self) -> ll.ClientTls:
        return ll.ClientTls(authorities=self.authority)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def met(server: ll.Server) -> str:
    """The certificate that a new connection meets."""
    host, port = server.address.rsplit(":", 1)
    return ssl.get_server_certificate((host, int(port)), timeout=SECONDS)


@contextmanager
def writers(client: ll.Client, served: ll.Ledger) -> Iterator[None]:
    """Threads that write over one client all the while; afterwards everything they wrote is there."""
    over = threading.Event()

    def write(writer: int) -> int:
        for number in count():
            if over.is_set():
                return number
            assert client.accrue("m-1", 1, key=f"{writer}/{number}").awarded == 1
            time.sleep(0.001)
        raise AssertionError

    served.enroll("m-1")
    with ThreadPoolExecutor(WRITERS) as threads:
        writing = [threads.submit(write, writer) for writer in range(WRITERS)]
        try:
            yield
        finally:
            over.set()
        acknowledged = sum(writer.result(SECONDS) for writer in writing)
    assert served.balance("m-1").available == acknowledged


def test_it_is_changed_under_load(served: ll.Ledger, clock: ll.ManualClock, files: Files) -> None:
    first = files.issue()
    shown = ll.TlsFiles(certificate=files.certificate, key=files.key)
    with (
        ll.serve(served, tls=shown, test_clock=clock) as server,
        ll.connect(server.address, tls=files.tls(), channels=1) as client,
        writers(client, served),
    ):
        assert met(server) == first
        before = served.checkpoint().sequence
        second = files.issue()
        wait_until(lambda: met(server) == second)
        wait_until(lambda: served.checkpoint().sequence > before + 100)
        with ll.connect(server.address, tls=files.tls(), channels=1) as newcomer:
            assert newcomer.enroll("m-2").code == "APPLIED"

        files.certificate.write_text("no certificate")
        ends = time.monotonic() + TWO_LOOKS
        while time.monotonic() < ends:
            assert met(server) == second
            time.sleep(0.1)
        with ll.connect(server.address, tls=files.tls(), channels=1) as newcomer:
            assert newcomer.enroll("m-3").code == "APPLIED"
        third = files.issue()
        wait_until(lambda: met(server) == third)
