"""Runs the command as a person would, and keeps what it printed apart from what it told."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loyalty_ledger.cli import main


@dataclass(frozen=True)
class Ended:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.out)


class Command:
    """Runs `loyalty-ledger` in a folder: in this process, or in one of its own with `in_process_of_its_own`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        code = 0
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["loyalty-ledger", *arguments])
            try:
                main()
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 0
        return Ended(code, out.getvalue(), err.getvalue())

    def in_process_of_its_own(self, *arguments: str, **environment: str) -> Ended:
        """The same, as a shell would."""
        ended = subprocess.run(
            [sys.executable, "-m", "loyalty_ledger.cli", *arguments],
            cwd=self.folder,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def write(self, name: str, *lines: str) -> str:
        """Writes a file into the folder and gives its name."""
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return name


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """The command, in a folder of its own."""
    return Command(tmp_path)


@pytest.fixture
def ledger(run: Command) -> str:
    """A ledger on the system's clock with the default program, with two members that have points."""
    assert run("init", "points.ledger").code == 0
    run.write("accruals.csv", "member,key,points", "m-1,a/1,100", "m-2,a/2,50", "m-1,a/3,7")
    imported = run("import", "points.ledger", "accruals.csv", "--verb", "accrue", "--create-members")
    assert imported.code == 0, imported.err
    return "points.ledger"
