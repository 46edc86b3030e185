"""References without the ledger: what the disk allows, and SQLite doing the same durable work."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

BLOCK = 4096
CHUNK = 1 << 20


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class BareFile:
    """A preallocated file that is written from its start to its end, again and again, with a sync after each write."""

    def __init__(self, path: Path, length: int = 8 << 20) -> None:
        self._length = length
        self._at = 0
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.pwrite(self._file, bytes(length), 0)
        os.fsync(self._file)

    def sync(self, size: int = BLOCK) -> float:
        """Writes `size` bytes, waits until they are on disk, and tells how long that took."""
        written = bytes([1]) * size
        if self._at + size > self._length:
            self._at = 0
        started = time.perf_counter()
        os.pwrite(self._file, written, self._at)
        os.fdatasync(self._file)
        taken = time.perf_counter() - started
        self._at += -(-size // BLOCK) * BLOCK
        return taken

    def close(self) -> None:
        os.close(self._file)


def write_in_sequence(path: Path, size: int) -> float:
    """Seconds for a new file of `size` bytes, written in pieces and synced at its end."""
    piece = bytes([1]) * CHUNK

    def write() -> None:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for _ in range(-(-size // CHUNK)):
            os.write(file, piece)
        os.fsync(file)
        os.close(file)

    taken = seconds(write)
    path.unlink()
    return taken


def read_files(paths: list[Path]) -> float:
    """Seconds for reading files from start to end, and no more."""
    space = bytearray(CHUNK)

    def read() -> None:
        for path in paths:
            with path.open("rb", buffering=0) as file:
                while file.readinto(space):
                    pass

    return seconds(read)


def sqlite_accruals(path: Path, table: pa.Table) -> float:
    """Rows per second of SQLite: a unique key and a balance per row, one durable transaction per 8,192 rows."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entry (key TEXT PRIMARY KEY, member TEXT, points INTEGER) WITHOUT ROWID")
    connection.execute("CREATE TABLE balance (member TEXT PRIMARY KEY, points INTEGER) WITHOUT ROWID")
    rows = list(zip(*(table[name].to_pylist() for name in ("key", "member", "points")), strict=True))
    balances = [row[1:] for row in rows]

    def write() -> None:
        for first in range(0, len(rows), 8_192):
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows[first : first + 8_192])
            connection.executemany(
                "INSERT INTO balance VALUES (?, ?) ON CONFLICT DO UPDATE SET points = points + excluded.points",
                balances[first : first + 8_192],
            )
            connection.execute("COMMIT")

    rate = len(rows) / seconds(write)
    connection.close()
    for leftover in path.parent.glob(f"{path.name}*"):
        leftover.unlink()
    return rate
