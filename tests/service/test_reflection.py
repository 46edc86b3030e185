"""A client that knows nothing but a server's address: it asks for the schema, and enrolls a member."""

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import loyalty_ledger as ll
from service.networks import SECONDS

LEDGER = "loyalty.ledger.v1.LedgerService"
Field = descriptor_pb2.FieldDescriptorProto
# The part of grpc/reflection that is used: name, number, type, whether repeated, and the type's name.
MESSAGES: dict[str, list[tuple[str, int, Any, bool, str]]] = {
    "ServerReflectionRequest": [
        ("file_by_filename", 3, Field.TYPE_STRING, False, ""),
        ("file_containing_symbol", 4, Field.TYPE_STRING, False, ""),
        ("list_services", 7, Field.TYPE_STRING, False, ""),
    ],
    "FileDescriptorResponse": [("file_descriptor_proto", 1, Field.TYPE_BYTES, True, "")],
    "ServiceResponse": [("name", 1, Field.TYPE_STRING, False, "")],
    "ListServiceResponse": [("service", 1, Field.TYPE_MESSAGE, True, "ServiceResponse")],
    "ServerReflectionResponse": [
        ("file_descriptor_response", 4, Field.TYPE_MESSAGE, False, "FileDescriptorResponse"),
        ("list_services_response", 6, Field.TYPE_MESSAGE, False, "ListServiceResponse"),
    ],
}


def reflection_messages() -> dict[str, Any]:
    """The classes of those messages, by name."""
    file = descriptor_pb2.FileDescriptorProto(name="reflection.proto", package="by.hand", syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        if name.endswith("Request"):
            message.oneof_decl.add(name="asked")
        for field, number, kind, is_repeated, of in fields:
            label = Field.LABEL_REPEATED if is_repeated else Field.LABEL_OPTIONAL
            added = message.field.add(name=field, number=number, type=kind, label=label)
            if of:
                added.type_name = f".by.hand.{of}"
            if name.endswith("Request"):
                added.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindFileByName("reflection.proto").message_types_by_name
    return {name: message_factory.GetMessageClass(descriptor) for name, descriptor in found.items()}


@pytest.fixture
def channel(server: ll.Server) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(server.address) as opened:
        yield opened


@pytest.fixture(params=["v1", "v1alpha"])
def ask(channel: grpc.Channel, request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Asks the server about itself."""
    messages = reflection_messages()
    rpc = channel.stream_stream(
        f"/grpc.reflection.{request.param}.ServerReflection/ServerReflectionInfo",
        messages["ServerReflectionRequest"].SerializeToString,
        messages["ServerReflectionResponse"].FromString,
    )

    def asked(**question: str) -> Any:
        return next(rpc(iter([messages["ServerReflectionRequest"](**question)]), timeout=SECONDS))

    return asked


def fetched(ask: Callable[..., Any], **question: str) -> dict[str, descriptor_pb2.FileDescriptorProto]:
    """A file and all that it rests on, by name, those first that others rest on."""
    files: dict[str, descriptor_pb2.FileDescriptorProto] = {}
    for encoded in ask(**question).file_descriptor_response.file_descriptor_proto:
        file = descriptor_pb2.FileDescriptorProto.FromString(encoded)
        for needed in file.dependency:
            files |= fetched(ask, file_by_filename=needed)
        files[file.name] = file
    return files


def test_it_lists_what_it_serves(ask: Callable[..., Any]) -> None:
    listed = {service.name for service in ask(list_services="").list_services_response.service}
    assert {LEDGER, "loyalty.ledger.v1.JournalService", "loyalty.ledger.v1.ProgramService"} < listed
    assert "grpc.health.v1.Health" in listed


def test_a_member_is_enrolled_by_what_it_tells_alone(
    ask: Callable[..., Any], channel: grpc.Channel, served: ll.Ledger
) -> None:
    pool = descriptor_pool.DescriptorPool()
    for file in fetched(ask, file_containing_symbol=LEDGER).values():
        pool.Add(file)
    rpc = pool.FindServiceByName(LEDGER).methods_by_name["EnrollMember"]
    request, response = (message_factory.GetMessageClass(one) for one in (rpc.input_type, rpc.output_type))
    call = channel.unary_unary(f"/{LEDGER}/{rpc.name}", request.SerializeToString, response.FromString)
    asked = request(key="e-1", member="m-1", aliases=[{"kind": "card", "value": "2760001"}])
    answer = call(asked, timeout=SECONDS).answer
    assert (answer.sequence, served.checkpoint().sequence) == (1, 1)
    assert served.balance(card="2760001").available == 0
    assert answer.DESCRIPTOR.file.pool is pool
