from loyalty_ledger._pb import receipt_pb2 as _receipt_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Alias(_message.Message):
    __slots__ = ("kind", "value")
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    kind: str
    value: str
    def __init__(self, kind: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class MemberName(_message.Message):
    __slots__ = ("id", "alias")
    ID_FIELD_NUMBER: _ClassVar[int]
    ALIAS_FIELD_NUMBER: _ClassVar[int]
    id: str
    alias: Alias
    def __init__(self, id: _Optional[str] = ..., alias: _Optional[_Union[Alias, _Mapping]] = ...) -> None: ...

class Reference(_message.Message):
    __slots__ = ("sequence", "key", "sales_receipt", "return_receipt")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    SALES_RECEIPT_FIELD_NUMBER: _ClassVar[int]
    RETURN_RECEIPT_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    key: str
    sales_receipt: _receipt_pb2.Receipt
    return_receipt: _receipt_pb2.Receipt
    def __init__(self, sequence: _Optional[int] = ..., key: _Optional[str] = ..., sales_receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., return_receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ...) -> None: ...
