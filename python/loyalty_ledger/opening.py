"""Opening a ledger, and making one from a backup."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from loyalty_ledger import _core
from loyalty_ledger.arguments import count, flag, text
from loyalty_ledger.clock import ManualClock
from loyalty_ledger.ledger import Ledger

if TYPE_CHECKING:
    from _typeshed import StrPath


def open(
    path: StrPath,
    *,
    program: str | StrPath | None = None,
    clock: ManualClock | None = None,
    read_only: bool = False,
    accept_clock: bool = False,
    create: bool = True,
) -> Ledger:
    """Opens the ledger in a directory, or makes it there; only one process may write to it at a time.

    `program` is the path of a program file, or its text, which has a line break: it is put in force if it differs
    from the program in force.
    `read_only` reads beside a writer, without its lock. `clock` is for ledgers made with a manual clock.
    `accept_clock` takes the system's clock as right after it has jumped. `create=False` insists on an existing ledger.
    """
    if clock is not None and not isinstance(clock, ManualClock):
        raise TypeError(f"clock must be a ManualClock, not {type(clock).__name__}")
    core = _core.Ledger.open(
        _directory("path", path),
        program=_program_text(program),
        clock=None if clock is None else clock._core,
        read_only=flag("read_only", read_only),
        accept_clock=flag("accept_clock", accept_clock),
        create=flag("create", create),
    )
    return Ledger(core, _directory("path", path))


def restore(source: StrPath, target: StrPath, through: int | None = None) -> int:
    """Makes a ledger in `target` from a backup, up to and including entry `through`; returns its last sequence."""
    last = None if through is None else count("through", through, 1, 2**63 - 1)
    return _core.restore(_directory("source", source), _directory("target", target), last)


def _directory(argument: str, path: object) -> str:
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"{argument} must be a path, not {type(path).__name__}")
    return os.fsdecode(path)


def _program_text(program: str | StrPath | None) -> str | None:
    """A program file's text has a line break, or is empty; anything else is its path."""
    if program is None:
        return None
    if isinstance(program, str) and (program == "" or "\n" in program):
        return text("program", program)
    return Path(_directory("program", program)).read_text(encoding="utf-8")
