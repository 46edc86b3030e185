"""The protos of the service: their style, what must not change in them, and what is written from them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto

import grpc_reference
import protos
import python_stubs

BUF = Path(sys.executable).parent / "buf"


def buf(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs buf; it needs neither network nor repository."""
    return subprocess.run([BUF, *arguments], capture_output=True, text=True, timeout=120, check=False)


def breaking(module: Path) -> subprocess.CompletedProcess[str]:
    """Compares a module with what was released."""
    return buf("breaking", module, "--against", protos.IMAGE)


def test_the_protos_keep_the_style() -> None:
    found = buf("lint", protos.PROTOS)
    assert found.returncode == 0, found.stdout + found.stderr
    found = buf("format", protos.PROTOS, "--path", protos.PROTOS / protos.FOLDER, "--diff", "--exit-code")
    assert found.returncode == 0, "run `make proto`\n" + found.stdout + found.stderr


def test_the_protos_break_no_client() -> None:
    found = breaking(protos.PROTOS)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("answer.proto", "int64 awarded = 5;", "int64 awarded = 17;"),
        ("money.proto", "int64 minor_units = 1;", "int32 minor_units = 1;"),
        ("receipt.proto", "ENTRY_MODE_APP = 5;", "ENTRY_MODE_APPLICATION = 5;"),
        ("ledger_service.proto", "rpc Sweep(SweepRequest) returns (SweepResponse);", ""),
    ],
)
def test_a_break_is_found(name: str, old: str, new: str, tmp_path: Path) -> None:
    module = tmp_path / "proto"
    shutil.copytree(protos.PROTOS, module)
    changed = module / protos.FOLDER / name
    text = changed.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new), encoding="utf-8")
    found = breaking(module)
    assert found.returncode == 100, found.stdout + found.stderr
    assert name in found.stdout


def test_the_stubs_are_fresh() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in python_stubs.FOLDER.glob("*.py*")}
    assert kept == python_stubs.stubs(), "run `make proto`"


@pytest.mark.parametrize("name", sorted(path.stem for path in python_stubs.FOLDER.glob("*_pb2*.py")))
def test_the_stubs_can_be_used(name: str) -> None:
    module = import_module(f"loyalty_ledger._pb.{name}")
    if name.endswith("_grpc"):
        service = "".join(word.capitalize() for word in name.removesuffix("_pb2_grpc").split("_"))
        assert hasattr(module, f"{service}Stub")
    else:
        assert module.DESCRIPTOR.package == "loyalty.ledger.v1"


def test_the_reference_is_fresh() -> None:
    assert grpc_reference.DOCUMENT.read_text(encoding="utf-8") == grpc_reference.document(), "run `make proto`"


def test_the_reference_tells_of_everything(tmp_path: Path) -> None:
    text = grpc_reference.document()
    for file in protos.descriptors(tmp_path).file:
        for name in named(file):
            assert name in text, name


def named(file: FileDescriptorProto) -> list[str]:
    """What a reader looks up: calls, messages, fields, values."""
    calls = [f"| {call.name} |" for service in file.service for call in service.method]
    messages = [f"### {message.name}\n" for message in file.message_type]
    fields = [f"`{field.name}` |" for message in file.message_type for field in message.field]
    values = [f"`{value.name}` |" for enum in file.enum_type for value in enum.value]
    return calls + messages + fields + values


def test_comments_are_cells() -> None:
    told = grpc_reference.cell("One sentence\nthat goes on.\n\n- a | b\n- c\ngoes on\n\nThe end.")
    assert told == "One sentence that goes on.<br>- a \\| b<br>- c goes on<br>The end."
