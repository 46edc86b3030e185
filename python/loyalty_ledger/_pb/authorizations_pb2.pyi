import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import answer_pb2 as _answer_pb2
from loyalty_ledger._pb import names_pb2 as _names_pb2
from loyalty_ledger._pb import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuthorizeRedemptionRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "wallet", "points", "ttl", "allow_partial")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    ALLOW_PARTIAL_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    wallet: str
    points: int
    ttl: _duration_pb2.Duration
    allow_partial: bool
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ..., points: _Optional[int] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., allow_partial: bool = ...) -> None: ...

class AuthorizeRedemptionResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class CaptureRedemptionRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "authorization", "points")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    authorization: _names_pb2.Reference
    points: int
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., authorization: _Optional[_Union[_names_pb2.Reference, _Mapping]] = ..., points: _Optional[int] = ...) -> None: ...

class CaptureRedemptionResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class VoidRedemptionRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "authorization")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    authorization: _names_pb2.Reference
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., authorization: _Optional[_Union[_names_pb2.Reference, _Mapping]] = ...) -> None: ...

class VoidRedemptionResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class ExtendAuthorizationRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "authorization", "ttl")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    authorization: _names_pb2.Reference
    ttl: _duration_pb2.Duration
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., authorization: _Optional[_Union[_names_pb2.Reference, _Mapping]] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ExtendAuthorizationResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class ListHoldsRequest(_message.Message):
    __slots__ = ("store", "older_than", "page_size", "page_token")
    STORE_FIELD_NUMBER: _ClassVar[int]
    OLDER_THAN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    store: str
    older_than: _duration_pb2.Duration
    page_size: int
    page_token: str
    def __init__(self, store: _Optional[str] = ..., older_than: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListHoldsResponse(_message.Message):
    __slots__ = ("holds", "next_page_token")
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    holds: _containers.RepeatedCompositeFieldContainer[OpenHold]
    next_page_token: str
    def __init__(self, holds: _Optional[_Iterable[_Union[OpenHold, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class OpenHold(_message.Message):
    __slots__ = ("authorization", "member", "wallet", "points", "opened_time", "lapses_time", "store", "terminal", "key")
    AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    OPENED_TIME_FIELD_NUMBER: _ClassVar[int]
    LAPSES_TIME_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    authorization: int
    member: str
    wallet: str
    points: int
    opened_time: _timestamp_pb2.Timestamp
    lapses_time: _timestamp_pb2.Timestamp
    store: str
    terminal: str
    key: str
    def __init__(self, authorization: _Optional[int] = ..., member: _Optional[str] = ..., wallet: _Optional[str] = ..., points: _Optional[int] = ..., opened_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., lapses_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., store: _Optional[str] = ..., terminal: _Optional[str] = ..., key: _Optional[str] = ...) -> None: ...
