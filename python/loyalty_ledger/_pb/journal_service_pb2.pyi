import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import entry_pb2 as _entry_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WatchRequest(_message.Message):
    __slots__ = ("from_sequence", "until_caught_up")
    FROM_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_CAUGHT_UP_FIELD_NUMBER: _ClassVar[int]
    from_sequence: int
    until_caught_up: bool
    def __init__(self, from_sequence: _Optional[int] = ..., until_caught_up: bool = ...) -> None: ...

class WatchResponse(_message.Message):
    __slots__ = ("entries", "next_sequence")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[_entry_pb2.Entry]
    next_sequence: int
    def __init__(self, entries: _Optional[_Iterable[_Union[_entry_pb2.Entry, _Mapping]]] = ..., next_sequence: _Optional[int] = ...) -> None: ...

class GetCheckpointRequest(_message.Message):
    __slots__ = ("include_digest",)
    INCLUDE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    include_digest: bool
    def __init__(self, include_digest: bool = ...) -> None: ...

class GetCheckpointResponse(_message.Message):
    __slots__ = ("ledger_id", "sequence", "recorded_time", "digest", "now_time", "manual_clock", "members", "program_version", "zone", "currency_code", "journal_bytes", "snapshot", "notices")
    LEDGER_ID_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_TIME_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    NOW_TIME_FIELD_NUMBER: _ClassVar[int]
    MANUAL_CLOCK_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_VERSION_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    ledger_id: bytes
    sequence: int
    recorded_time: _timestamp_pb2.Timestamp
    digest: bytes
    now_time: _timestamp_pb2.Timestamp
    manual_clock: bool
    members: int
    program_version: int
    zone: str
    currency_code: str
    journal_bytes: int
    snapshot: int
    notices: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, ledger_id: _Optional[bytes] = ..., sequence: _Optional[int] = ..., recorded_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., digest: _Optional[bytes] = ..., now_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., manual_clock: bool = ..., members: _Optional[int] = ..., program_version: _Optional[int] = ..., zone: _Optional[str] = ..., currency_code: _Optional[str] = ..., journal_bytes: _Optional[int] = ..., snapshot: _Optional[int] = ..., notices: _Optional[_Iterable[str]] = ...) -> None: ...

class VerifyRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class VerifyResponse(_message.Message):
    __slots__ = ("ok", "entries", "members", "problems", "problem_count", "digest")
    OK_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    ok: bool
    entries: int
    members: int
    problems: _containers.RepeatedScalarFieldContainer[str]
    problem_count: int
    digest: bytes
    def __init__(self, ok: bool = ..., entries: _Optional[int] = ..., members: _Optional[int] = ..., problems: _Optional[_Iterable[str]] = ..., problem_count: _Optional[int] = ..., digest: _Optional[bytes] = ...) -> None: ...
