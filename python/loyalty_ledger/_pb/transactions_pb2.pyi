import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import balance_pb2 as _balance_pb2
from loyalty_ledger._pb import code_pb2 as _code_pb2
from loyalty_ledger._pb import entry_pb2 as _entry_pb2
from loyalty_ledger._pb import names_pb2 as _names_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetTransactionRequest(_message.Message):
    __slots__ = ("transaction",)
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    transaction: _names_pb2.Reference
    def __init__(self, transaction: _Optional[_Union[_names_pb2.Reference, _Mapping]] = ...) -> None: ...

class GetTransactionResponse(_message.Message):
    __slots__ = ("entry",)
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    entry: _entry_pb2.Entry
    def __init__(self, entry: _Optional[_Union[_entry_pb2.Entry, _Mapping]] = ...) -> None: ...

class ListEntriesRequest(_message.Message):
    __slots__ = ("member", "wallet", "page_size", "page_token")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    member: _names_pb2.MemberName
    wallet: str
    page_size: int
    page_token: str
    def __init__(self, member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListEntriesResponse(_message.Message):
    __slots__ = ("rows", "next_page_token")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[StatementRow]
    next_page_token: str
    def __init__(self, rows: _Optional[_Iterable[_Union[StatementRow, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class StatementRow(_message.Message):
    __slots__ = ("at_time", "sequence", "verb", "code", "reason", "points", "change", "balance", "original", "moves", "key", "note", "position")
    AT_TIME_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    VERB_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_FIELD_NUMBER: _ClassVar[int]
    MOVES_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    at_time: _timestamp_pb2.Timestamp
    sequence: int
    verb: str
    code: _code_pb2.Code
    reason: str
    points: int
    change: _balance_pb2.Change
    balance: _balance_pb2.Balance
    original: int
    moves: _containers.RepeatedCompositeFieldContainer[_entry_pb2.Move]
    key: str
    note: str
    position: str
    def __init__(self, at_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sequence: _Optional[int] = ..., verb: _Optional[str] = ..., code: _Optional[_Union[_code_pb2.Code, str]] = ..., reason: _Optional[str] = ..., points: _Optional[int] = ..., change: _Optional[_Union[_balance_pb2.Change, _Mapping]] = ..., balance: _Optional[_Union[_balance_pb2.Balance, _Mapping]] = ..., original: _Optional[int] = ..., moves: _Optional[_Iterable[_Union[_entry_pb2.Move, _Mapping]]] = ..., key: _Optional[str] = ..., note: _Optional[str] = ..., position: _Optional[str] = ...) -> None: ...
