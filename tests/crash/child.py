"""A process that writes until it is killed: `child.py LEDGER RUN THREADS`. It prints what is acknowledged."""

import os
import sys
import threading
import traceback
from itertools import count
from pathlib import Path
from threading import Thread

import pyarrow

sys.path.insert(0, str(Path(__file__).parent.parent))

import loyalty_ledger as ll
from crash.load import MEMBERS, write_until_killed

BATCH_ROWS = 300


def main(path: str, run: str, threads: int) -> None:
    threading.excepthook = give_up
    ledger = ll.open(path)
    for member in range(MEMBERS):
        ledger.enroll(f"m-{member}")
    acknowledge("open\n")
    for thread in range(threads):
        Thread(target=write_until_killed, args=(ledger, run, thread, acknowledge), daemon=True).start()
    Thread(target=take_snapshots, args=(ledger,), daemon=True).start()
    write_batches(ledger, run)


def take_snapshots(ledger: ll.Ledger) -> None:
    while True:
        ledger.snapshot()


def write_batches(ledger: ll.Ledger, run: str) -> None:
    for number in count():
        keys = [f"{run}/batch/{number}/{row}" for row in range(BATCH_ROWS)]
        members = [f"m-{row % MEMBERS}" for row in range(BATCH_ROWS)]
        results = ledger.accrue_batch(pyarrow.table({"member": members, "key": keys, "points": [1] * BATCH_ROWS}))
        assert results.applied == BATCH_ROWS
        acknowledge(f"{run}/batch/{number}\n")


def give_up(failed: threading.ExceptHookArgs) -> None:
    """Ends the process in another way than by being killed, which fails the test."""
    traceback.print_exception(failed.exc_value)
    os._exit(3)


def acknowledge(line: str) -> None:
    """One short write to a pipe is never cut."""
    os.write(sys.stdout.fileno(), line.encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
