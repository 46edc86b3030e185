"""Stock gRPC clients of Node and Go play one till's day, with code made from our protos, and are answered alike.

Their packages go to `.cache/interop` of the tree. A toolchain that is missing, or packages that cannot be had, skip the
test and say so; whatever goes wrong after that fails it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import loyalty_ledger as ll
from loyalty_ledger import _core

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PROTOS = ROOT / "proto"
CACHE = ROOT / ".cache" / "interop"
# Of package clients: files of ours that contradict each other, or packages that are not what they were.
WRONG = ("EUSAGE", "EINTEGRITY", "missing go.sum entry", "checksum mismatch", "SECURITY ERROR")
BUILDING = 400
PLAYING = 60

DAY = {
    "joined": {"awarded": 200, "code": "CODE_APPLIED"},
    "found": {"member": "m-1", "status": "MEMBER_STATUS_ACTIVE", "available": 200},
    "quoted": {"spent": 100, "cash": 900, "awarded": 9},
    "refused": {"status": 9, "code": "INSUFFICIENT_POINTS"},
    "held": {"held": 150, "available": 50},
    "paid": {"spent": 100, "cash": 900, "awarded": 9, "held": 0},
    "back": {"cash": 2500, "awarded": 25, "original": True},
    "again": {"replayed": True, "awarded": 200, "available": 84},
    "totals": [
        ["authorize", "CODE_APPLIED", 1, 0, 150],
        ["authorize", "CODE_INSUFFICIENT_POINTS", 1, 0, 0],
        ["purchase", "CODE_APPLIED", 2, 21_000, 209],
        ["reverse", "CODE_APPLIED", 1, 2_500, 25],
    ],
    "statement": [
        ["reverse", "12/3/3/reverse/1", -25, 84],
        ["purchase", "12/3/2/purchase/1", 59, 109],
        ["authorize", "12/3/2/authorize/2", -150, 50],
        ["purchase", "12/3/1/purchase/1", 200, 200],
    ],
}


@pytest.fixture
def till(served: ll.Ledger, clock: ll.ManualClock, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Address and token of a till of store 12, at a server that lets nobody else in."""
    token, digits = _core.new_token("till-3")
    principals = tmp_path / "principals.toml"
    principals.write_text(
        f'[principals.till-3]\nrole = "pos"\nstores = ["12"]\ntokens = [{{ id = "till-3", hash = "{digits}" }}]\n',
        encoding="utf-8",
    )
    with ll.serve(served, principals=principals, test_clock=clock) as server:
        yield server.address, token


def tool(name: str) -> str:
    """A program of a toolchain; without it the test is skipped."""
    found = shutil.which(name) or shutil.which(name, path="/usr/local/go/bin")
    if found is None:
        pytest.skip(f"no {name} on this machine")
    return found


def run(*command: str | Path, folder: Path, seconds: int, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def fetched(what: str, *command: str | Path, folder: Path, **environment: str) -> None:
    """Gets packages from a registry; if it cannot be reached the test is skipped."""
    ended = run(*command, folder=folder, seconds=BUILDING, **environment)
    assert not any(word in ended.stderr for word in WRONG), ended.stderr
    if ended.returncode != 0:
        why = (ended.stderr.strip() or ended.stdout.strip() or "without a word").splitlines()[0]
        pytest.skip(f"{what} cannot be had here: {why}")


def played(till: tuple[str, str], *command: str | Path, folder: Path) -> Any:
    """What a program tells of the day."""
    address, token = till
    told = run(*command, folder=folder, seconds=PLAYING, LOYALTY_LEDGER_SERVER=address, LOYALTY_LEDGER_TOKEN=token)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


@pytest.mark.parametrize("protos", [(PROTOS,), ()], ids=["protos", "reflection"])
def test_node(till: tuple[str, str], served: ll.Ledger, protos: tuple[Path, ...]) -> None:
    """With the protos of the tree, and with those alone that the server itself tells."""
    node, npm = tool("node"), tool("npm")
    folder = shutil.copytree(HERE / "node", CACHE / "node", dirs_exist_ok=True)
    quiet = (
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
        "--fetch-retries",
        "1",
        "--cache",
        CACHE / "npm",
    )
    fetched("grpc-js", npm, "ci", *quiet, folder=folder)
    assert played(till, node, "till.js", *protos, folder=folder) == DAY
    assert_kept(served)


@pytest.mark.skipif(
    os.environ.get("LOYALTY_LEDGER_SOAK") != "1", reason="Go compiles gRPC for a minute: `make soak` does"
)
def test_go(till: tuple[str, str], served: ll.Ledger) -> None:
    go = tool("go")
    folder = shutil.copytree(HERE / "go", CACHE / "go" / "till", dirs_exist_ok=True)
    here = {
        "GOMODCACHE": str(CACHE / "go" / "modules"),
        "GOCACHE": str(CACHE / "go" / "build"),
        "GOBIN": str(CACHE / "go" / "bin"),
        "GOFLAGS": "-buildvcs=false -modcacherw",
        "GOTOOLCHAIN": "local",
    }
    fetched("Go's gRPC", go, "mod", "download", folder=folder, **here)
    built(go, "install", "tool", folder=folder, **here)
    generate_go(CACHE / "go" / "bin", folder)
    built(go, "build", "-o", "till", ".", folder=folder, **here)
    assert played(till, folder / "till", folder=folder) == DAY
    assert_kept(served)


def built(*command: str | Path, folder: Path, **environment: str) -> None:
    ended = run(*command, folder=folder, seconds=BUILDING, **environment)
    assert ended.returncode == 0, ended.stderr


def generate_go(plugins: Path, folder: Path) -> None:
    """Messages and clients of all protos, as one Go package; the protos name none."""
    names = [str(path.relative_to(PROTOS)) for path in sorted((PROTOS / "loyalty" / "ledger" / "v1").glob("*.proto"))]
    options = ["module=till", *(f"M{name}=till/ledgerpb" for name in names)]
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTOS}"]
    for plugin, out in (("protoc-gen-go", "go"), ("protoc-gen-go-grpc", "go-grpc")):
        command += [f"--plugin={plugin}={plugins / plugin}", f"--{out}_out={folder}"]
        command += [f"--{out}_opt={option}" for option in options]
    built(*command, *names, folder=folder)


def assert_kept(served: ll.Ledger) -> None:
    """The ledger itself has what the till was told."""
    balance = served.balance(card="2760001")
    assert (balance.available, balance.held) == (84, 0)
    assert served.verify().ok
