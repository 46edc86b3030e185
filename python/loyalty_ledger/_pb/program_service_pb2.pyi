import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import answer_pb2 as _answer_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PublishProgramRequest(_message.Message):
    __slots__ = ("toml", "validate_only")
    TOML_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    toml: str
    validate_only: bool
    def __init__(self, toml: _Optional[str] = ..., validate_only: bool = ...) -> None: ...

class PublishProgramResponse(_message.Message):
    __slots__ = ("version", "answer")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    version: int
    answer: _answer_pb2.Answer
    def __init__(self, version: _Optional[int] = ..., answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ...) -> None: ...

class GetProgramRequest(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class GetProgramResponse(_message.Message):
    __slots__ = ("program",)
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    program: Program
    def __init__(self, program: _Optional[_Union[Program, _Mapping]] = ...) -> None: ...

class Program(_message.Message):
    __slots__ = ("version", "sequence", "recorded_time", "toml", "zone", "currency_code", "wallets", "earning")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_TIME_FIELD_NUMBER: _ClassVar[int]
    TOML_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    WALLETS_FIELD_NUMBER: _ClassVar[int]
    EARNING_FIELD_NUMBER: _ClassVar[int]
    version: int
    sequence: int
    recorded_time: _timestamp_pb2.Timestamp
    toml: str
    zone: str
    currency_code: str
    wallets: _containers.RepeatedScalarFieldContainer[str]
    earning: EarnRule
    def __init__(self, version: _Optional[int] = ..., sequence: _Optional[int] = ..., recorded_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., toml: _Optional[str] = ..., zone: _Optional[str] = ..., currency_code: _Optional[str] = ..., wallets: _Optional[_Iterable[str]] = ..., earning: _Optional[_Union[EarnRule, _Mapping]] = ...) -> None: ...

class EarnRule(_message.Message):
    __slots__ = ("points", "per_minor_units", "wallet")
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PER_MINOR_UNITS_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    points: int
    per_minor_units: int
    wallet: str
    def __init__(self, points: _Optional[int] = ..., per_minor_units: _Optional[int] = ..., wallet: _Optional[str] = ...) -> None: ...

class ListVersionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListVersionsResponse(_message.Message):
    __slots__ = ("versions", "next_page_token")
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[ProgramVersion]
    next_page_token: str
    def __init__(self, versions: _Optional[_Iterable[_Union[ProgramVersion, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ProgramVersion(_message.Message):
    __slots__ = ("version", "sequence", "recorded_time")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_TIME_FIELD_NUMBER: _ClassVar[int]
    version: int
    sequence: int
    recorded_time: _timestamp_pb2.Timestamp
    def __init__(self, version: _Optional[int] = ..., sequence: _Optional[int] = ..., recorded_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
