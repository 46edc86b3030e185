"""The protos of the service as the tidy tests and the generators compile them."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]
PROTOS = ROOT / "proto"
FOLDER = "loyalty/ledger/v1"
IMAGE = PROTOS / "loyalty-ledger-v1.binpb"


def names() -> list[str]:
    """Every file of the package, as imports name it."""
    return sorted(str(path.relative_to(PROTOS)) for path in (PROTOS / FOLDER).glob("*.proto"))


def compile_to(*outputs: str) -> None:
    """Runs protoc over all files, with these options saying what to write and where."""
    known = str(files("grpc_tools") / "_proto")
    failed = protoc.main(["protoc", f"-I{PROTOS}", f"-I{known}", *outputs, *names()])
    if failed:
        sys.exit("protoc found an error in the protos; see above")


def descriptors(folder: Path) -> FileDescriptorSet:
    """The files with their comments, written to `folder` on the way."""
    written = folder / "descriptors.binpb"
    compile_to("--include_source_info", f"--descriptor_set_out={written}")
    return FileDescriptorSet.FromString(written.read_bytes())
