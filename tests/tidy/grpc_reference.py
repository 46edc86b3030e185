"""The reference of the gRPC service, written from the comments of the protos."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

import protos

DOCUMENT = protos.ROOT / "docs" / "grpc-reference.md"
OPENING = """# The gRPC service

<!-- Written by tests/tidy/grpc_reference.py from proto/loyalty/ledger/v1; do not edit. -->

Package `loyalty.ledger.v1`. Points are whole numbers, money is in minor units with its ISO 4217 code, times are
`google.protobuf.Timestamp`. Every write needs a `key`, and may be sent again under it: it has one effect. What the
codes mean, and whether they are remembered, is in [Answer codes](codes.md).
"""

# Numbers of fields in the descriptors, along which comments are addressed.
MESSAGES, ENUMS, SERVICES = 4, 5, 6
FIELDS, VALUES, METHODS, ONEOFS = 2, 2, 2, 8


class Commented:
    """A file and the comments in it."""

    def __init__(self, file: FileDescriptorProto) -> None:
        self.file = file
        places = file.source_code_info.location
        self._comments = {tuple(place.path): place.leading_comments for place in places if place.leading_comments}

    def comment(self, *address: int) -> str:
        """What stands before an element, as one paragraph, or several where it is a list."""
        text = self._comments.get(address, "")
        lines = [line.strip() for line in text.strip().splitlines()]
        return "\n".join(lines)


def cell(comment: str) -> str:
    """A comment as a cell of a table."""
    parts = [""]
    for line in comment.splitlines():
        if not line or line.startswith("- "):
            parts.append("")
        parts[-1] = f"{parts[-1]} {line}".strip()
    return "<br>".join(part for part in parts if part).replace("|", "\\|")


def anchor(name: str) -> str:
    """Where the heading of a name is linked to."""
    return f"#{name.lower()}"


def type_of(field: FieldDescriptorProto) -> str:
    """A field's type, with a link to it where it is one of ours."""
    name = field.type_name.removeprefix(".")
    if name.startswith("loyalty.ledger.v1."):
        short = name.removeprefix("loyalty.ledger.v1.")
        told = f"[{short}]({anchor(short)})"
    elif name:
        told = f"`{name.removeprefix('google.protobuf.')}`"
    else:
        told = f"`{FieldDescriptorProto.Type.Name(field.type).removeprefix('TYPE_').lower()}`"
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return f"repeated {told}"
    return f"optional {told}" if field.proto3_optional else told


def service(commented: Commented, place: int, found: ServiceDescriptorProto) -> Iterator[str]:
    """A service and its calls."""
    yield f"## {found.name}\n\n{commented.comment(SERVICES, place)}\n"
    yield "| call | does | takes | answers |\n| --- | --- | --- | --- |"
    for number, method in enumerate(found.method):
        asked, answered = (name.rsplit(".", 1)[-1] for name in (method.input_type, method.output_type))
        stream = "stream of " if method.server_streaming else ""
        does = cell(commented.comment(SERVICES, place, METHODS, number))
        yield f"| {method.name} | {does} | [{asked}]({anchor(asked)}) | {stream}[{answered}]({anchor(answered)}) |"
    yield ""


def message(commented: Commented, place: int, found: DescriptorProto) -> Iterator[str]:
    """A message and its fields."""
    yield f"### {found.name}\n\n{commented.comment(MESSAGES, place)}\n"
    if not found.field:
        return
    yield "| number | field | type | meaning |\n| --- | --- | --- | --- |"
    told: set[int] = set()
    for number, field in enumerate(found.field):
        oneof = field.oneof_index if field.HasField("oneof_index") and not field.proto3_optional else None
        if oneof is not None and oneof not in told:
            told.add(oneof)
            about = cell(commented.comment(MESSAGES, place, ONEOFS, oneof))
            yield f"| | _one of_ `{found.oneof_decl[oneof].name}` | | {about} |"
        name = f"`{field.name}`" if oneof is None else f"· `{field.name}`"
        meaning = cell(commented.comment(MESSAGES, place, FIELDS, number))
        yield f"| {field.number} | {name} | {type_of(field)} | {meaning} |"
    yield ""


def enum(commented: Commented, place: int, found: EnumDescriptorProto) -> Iterator[str]:
    """An enum and its values."""
    yield f"### {found.name}\n\n{commented.comment(ENUMS, place)}\n"
    yield "| number | value | meaning |\n| --- | --- | --- |"
    for number, value in enumerate(found.value):
        yield f"| {value.number} | `{value.name}` | {cell(commented.comment(ENUMS, place, VALUES, number))} |"
    yield ""


def document() -> str:
    """The whole text of docs/grpc-reference.md."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Commented(file) for file in protos.descriptors(Path(folder)).file]
    parts = [OPENING]
    for file in files:
        for place, found in enumerate(file.file.service):
            parts += service(file, place, found)
    parts.append("## Messages\n")
    for file in files:
        for place, told in enumerate(file.file.message_type):
            parts += message(file, place, told)
    parts.append("## Enums\n")
    for file in files:
        for place, listed in enumerate(file.file.enum_type):
            parts += enum(file, place, listed)
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(f"wrote {DOCUMENT.relative_to(protos.ROOT)}")
