"""A disk that takes no more: writes are told so and do nothing, reads go on, and the probes say it."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

import loyalty_ledger as ll
from service.looks import figure, probe, wait_until
from service.networks import SECONDS

WRITERS = 4
SERVE = """
import sys, loyalty_ledger as ll
with ll.open(sys.argv[1]) as ledger, ll.serve(ledger, probes="127.0.0.1:0") as server:
    print(server.address, server.probes, flush=True)
    sys.stdin.read()
"""
# No file may grow beyond 3,072 blocks of 512 bytes: the journal's first segment fits, its second does not.
SMALL_FILES = ["sh", "-c", 'mkdir -p "$0" && ulimit -f 3072 && exec "$@"']


@contextmanager
def serving(short_of: list[str], place: Path) -> Iterator[tuple[str, str]]:
    """A server in a process that is short of room in a folder: its address, and that of its probes."""
    command = [*short_of, str(place), sys.executable, "-c", SERVE, str(place / "points.ledger")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address, probes = process.stdout.readline().split()
            yield address, probes
            _, _ = process.communicate("", SECONDS)
        finally:
            process.kill()


def fill(client: ll.Client, writer: int) -> tuple[int, ll.DiskFull]:
    """Accrues points one by one until the disk is full; how many, and how it was told."""
    for number in count():
        try:
            client.accrue("m-1", 1, key=f"{writer}/{number}")
        except ll.DiskFull as full:
            return number, full
    raise AssertionError


def is_read(client: ll.Client) -> bool:
    """Whether a member is read whose last entries did not come to be; the server takes a moment to forget them."""
    try:
        return client.balance("m-1").available > 0
    except ll.DiskFull:
        return False


def require_reading_alone(address: str, probes: str) -> int:
    """Fills the disk of a server; the points that it acknowledged until then."""
    assert probe(probes, "/readyz") == (200, "ready\n") and figure(probes, "loyalty_writable") == 1
    with ll.connect(address) as client, ThreadPoolExecutor(WRITERS) as threads:
        client.enroll("m-1")
        filled = list(threads.map(fill, [client] * WRITERS, range(WRITERS)))
        acknowledged = sum(number for number, _ in filled)
        assert acknowledged > 100
        wait_until(lambda: is_read(client))
        assert client.balance("m-1").available == acknowledged
        assert client.checkpoint().sequence == acknowledged + 1 and client.verify().ok
        assert client.entry(key="0/0").awarded == 1
        for writer, (number, full) in enumerate(filled):
            assert full.retryable and full.details["retry_after"] == 1.0
            with pytest.raises(ll.TransactionNotFound):
                client.entry(key=f"{writer}/{number}")
        for refuse in (lambda: client.redeem("m-1", 1, key="r-1"), lambda: client.enroll("m-2")):
            with pytest.raises(ll.DiskFull):
                refuse()
    status, told = probe(probes, "/readyz")
    assert status == 503 and "DISK_FULL" in told
    assert probe(probes, "/livez")[0] == 200 and figure(probes, "loyalty_writable") == 0
    return acknowledged


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    with serving(SMALL_FILES, tmp_path) as (address, probes):
        acknowledged = require_reading_alone(address, probes)
    with ll.open(tmp_path / "points.ledger") as ledger:
        assert ledger.verify().ok and ledger.checkpoint().sequence == acknowledged + 1
        assert ledger.redeem("m-1", 1, key="r-1").balance.available == acknowledged - 1
