"""A server that is killed under load, again and again; its tills ask by the same keys until they are answered."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from threading import Event

import loyalty_ledger as ll
from crash.load import MEMBERS, VERBS, Acknowledged, ask, key_of
from service.looks import wait_until, written
from service.networks import SECONDS

KILLS = 20
TILLS = 4
SERVE = """
import sys, loyalty_ledger as ll
with ll.open(sys.argv[1]) as ledger, ll.serve(ledger, sys.argv[2]) as server:
    print("serving", flush=True)
    sys.stdin.read()
"""


@contextmanager
def serving(path: Path, address: str) -> Iterator[subprocess.Popen[str]]:
    """A served ledger in a process of its own; at the end it is dead."""
    command = [sys.executable, "-c", SERVE, str(path), address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == "serving\n"
            yield process
        finally:
            process.kill()


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as tried:
        return f"127.0.0.1:{tried.getsockname()[1]}"


def work(address: str, till: int, over: Event, acknowledged: list[Acknowledged]) -> None:
    """A till at work: what is not answered is asked again under its key before anything else."""
    with ll.connect(address, channels=1, deadline=2) as client:
        for number in count():
            asked = None
            while not over.is_set():
                try:
                    asked = ask(client, key_of("run", till, number))  # type: ignore[arg-type]
                except (ll.Unavailable, ll.OutcomeUnknown):
                    continue
                break
            if over.is_set():
                return
            if asked is not None:
                acknowledged.append(asked[0])


def require_kept(ledger: ll.Ledger, acknowledged: list[Acknowledged]) -> None:
    """Every answer that a till had is the ledger's, and no key had two effects."""
    keys = [entry.key for entry in written(ledger) if entry.key]
    assert len(keys) == len(set(keys))
    assert {answer.key for answer in acknowledged} <= set(keys)
    for answer in acknowledged:
        assert ask(ledger, answer.key) == (answer, True)
    report = ledger.verify()
    assert report.ok and report.digest == ledger.digest(), report.problems


def test_what_tills_were_told_outlives_twenty_kills(tmp_path: Path) -> None:
    path, address, random = tmp_path / "points.ledger", free_address(), Random(1)
    with ll.open(path) as ledger:
        for member in range(MEMBERS):
            ledger.enroll(f"m-{member}")
    acknowledged: list[Acknowledged] = []
    over = Event()
    with ThreadPoolExecutor(TILLS) as threads:
        tills = [threads.submit(work, address, till, over, acknowledged) for till in range(TILLS)]
        try:
            for _ in range(KILLS):
                with serving(path, address) as process:
                    enough = len(acknowledged) + random.randint(1, 100)
                    wait_until(lambda: len(acknowledged) >= enough)  # noqa: B023
                    process.kill()
                    assert process.wait(SECONDS) == -signal.SIGKILL
        finally:
            over.set()
        for till in tills:
            till.result(SECONDS)
    with ll.open(path) as ledger:
        require_kept(ledger, acknowledged)
    seen = {VERBS[int(answer.key.rsplit("/", 1)[1]) % len(VERBS)] for answer in acknowledged}
    assert seen == set(VERBS) and len(acknowledged) > 5 * KILLS
