import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import answer_pb2 as _answer_pb2
from loyalty_ledger._pb import money_pb2 as _money_pb2
from loyalty_ledger._pb import names_pb2 as _names_pb2
from loyalty_ledger._pb import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Shortfall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SHORTFALL_UNSPECIFIED: _ClassVar[Shortfall]
    SHORTFALL_DEBT: _ClassVar[Shortfall]
    SHORTFALL_CLAMP: _ClassVar[Shortfall]
    SHORTFALL_CHARGE_SHORTFALL: _ClassVar[Shortfall]
    SHORTFALL_BLOCK: _ClassVar[Shortfall]
    SHORTFALL_PENDING_ONLY: _ClassVar[Shortfall]

class Restore(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESTORE_UNSPECIFIED: _ClassVar[Restore]
    RESTORE_ORIGINAL: _ClassVar[Restore]
    RESTORE_GRACE: _ClassVar[Restore]
    RESTORE_REISSUE: _ClassVar[Restore]
SHORTFALL_UNSPECIFIED: Shortfall
SHORTFALL_DEBT: Shortfall
SHORTFALL_CLAMP: Shortfall
SHORTFALL_CHARGE_SHORTFALL: Shortfall
SHORTFALL_BLOCK: Shortfall
SHORTFALL_PENDING_ONLY: Shortfall
RESTORE_UNSPECIFIED: Restore
RESTORE_ORIGINAL: Restore
RESTORE_GRACE: Restore
RESTORE_REISSUE: Restore

class ReverseTransactionRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "original", "points", "amount", "lines", "member", "shortfall", "restore")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    SHORTFALL_FIELD_NUMBER: _ClassVar[int]
    RESTORE_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    original: _names_pb2.Reference
    points: int
    amount: _money_pb2.Money
    lines: ReturnedLines
    member: _names_pb2.MemberName
    shortfall: Shortfall
    restore: Restore
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., original: _Optional[_Union[_names_pb2.Reference, _Mapping]] = ..., points: _Optional[int] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., lines: _Optional[_Union[ReturnedLines, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., shortfall: _Optional[_Union[Shortfall, str]] = ..., restore: _Optional[_Union[Restore, str]] = ...) -> None: ...

class ReverseTransactionResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class ReturnedLines(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[ReturnedLine]
    def __init__(self, lines: _Optional[_Iterable[_Union[ReturnedLine, _Mapping]]] = ...) -> None: ...

class ReturnedLine(_message.Message):
    __slots__ = ("line", "quantity")
    LINE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    line: int
    quantity: int
    def __init__(self, line: _Optional[int] = ..., quantity: _Optional[int] = ...) -> None: ...
