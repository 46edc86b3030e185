"""kill -9 under load, again and again on the same ledger: what was acknowledged is there, and everything fits."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pyarrow
import pytest

import loyalty_ledger as ll
from crash.child import BATCH_ROWS
from crash.load import MEMBERS, VERBS, Acknowledged, ask

KILLS = 500 if os.environ.get("LOYALTY_LEDGER_SOAK") == "1" else 50
LONGEST_LIFE = 20.0
CHILD = Path(__file__).parent / "child.py"


@contextmanager
def writing(path: Path, run: str, threads: int = 3) -> Iterator[subprocess.Popen[bytes]]:
    """A process that writes to the ledger; at the end it is dead, whatever happened."""
    command = [sys.executable, str(CHILD), str(path), run, str(threads)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"open\n", f"the writer ended with {child.wait(LONGEST_LIFE)}"
        yield child
    finally:
        child.kill()
        child.wait(LONGEST_LIFE)


def killed_after(child: subprocess.Popen[bytes], seconds: float) -> list[str]:
    """Kills the process and returns what it had acknowledged. The pipe is read meanwhile, so that it never fills up."""
    assert child.stdout is not None
    descriptor, received = child.stdout.fileno(), bytearray()
    os.set_blocking(descriptor, False)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        received += child.stdout.read() or b""
        time.sleep(0.001)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait(LONGEST_LIFE) == -signal.SIGKILL
    os.set_blocking(descriptor, True)
    received += child.stdout.read()
    assert received == b"" or received.endswith(b"\n"), "the last line was cut"
    return received.decode().splitlines()


def require_kept(ledger: ll.Ledger, lines: list[str]) -> set[str]:
    """Every acknowledged request answers what it answered before; returns the verbs and codes seen."""
    seen = set()
    for line in lines:
        if "/batch/" in line:
            require_batch_kept(ledger, line)
            continue
        key, code, sequence = line.split()
        assert ask(ledger, key) == (Acknowledged(key, code, int(sequence)), True)
        seen.add(f"{VERBS[int(key.rsplit('/', 1)[1]) % len(VERBS)]} {code}")
    return seen


def require_batch_kept(ledger: ll.Ledger, batch: str) -> None:
    keys = [f"{batch}/{row}" for row in range(BATCH_ROWS)]
    members = [f"m-{row % MEMBERS}" for row in range(BATCH_ROWS)]
    results = ledger.accrue_batch(pyarrow.table({"member": members, "key": keys, "points": [1] * BATCH_ROWS}))
    assert results.replayed == BATCH_ROWS, f"{BATCH_ROWS - results.replayed} rows of {batch} were forgotten"


def require_sound(ledger: ll.Ledger) -> None:
    """The state that came from snapshot and tail is the one that the whole journal gives."""
    report = ledger.verify()
    assert report.ok, report.problems
    assert report.digest == ledger.digest()
    assert ledger.trial_balance().balanced


def test_killed_again_and_again(tmp_path: Path) -> None:
    path, random = tmp_path / "points.ledger", Random(1)
    everything: list[str] = []
    seen: set[str] = set()
    snapshots = 0
    for number in range(KILLS):
        with writing(path, f"run-{number}") as child:
            lines = killed_after(child, random.choice([0, random.uniform(0, 0.02), random.uniform(0.02, 0.2)]))
        everything += lines
        with ll.open(path) as ledger:
            snapshots += ledger.info().snapshot > 0
            seen |= require_kept(ledger, lines)
            require_sound(ledger)
    with ll.open(path) as ledger:
        require_kept(ledger, random.sample(everything, min(3000, len(everything))))
        require_sound(ledger)
    assert len(everything) > KILLS * 20, f"only {len(everything)} requests were acknowledged"
    assert snapshots > KILLS // 4, f"only {snapshots} openings began at a snapshot"
    assert seen >= {f"{verb} APPLIED" for verb in VERBS}, seen


def test_a_second_process_is_turned_away_under_load(tmp_path: Path) -> None:
    path = tmp_path / "points.ledger"
    with writing(path, "first") as child:
        with pytest.raises(ll.CannotOpen, match="another process"):
            ll.open(path)
        with ll.open(path, read_only=True) as reader:
            before = reader.info().entries
            assert reader.balance("m-1").pending == 0
            lines = killed_after(child, 0.2)
            assert reader.info().entries >= before
    with ll.open(path) as ledger:
        require_kept(ledger, lines)
        require_sound(ledger)
