import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import money_pb2 as _money_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Balance(_message.Message):
    __slots__ = ("pending", "available", "held", "debt")
    PENDING_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    DEBT_FIELD_NUMBER: _ClassVar[int]
    pending: int
    available: int
    held: int
    debt: int
    def __init__(self, pending: _Optional[int] = ..., available: _Optional[int] = ..., held: _Optional[int] = ..., debt: _Optional[int] = ...) -> None: ...

class Change(_message.Message):
    __slots__ = ("pending", "available", "held", "debt")
    PENDING_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    DEBT_FIELD_NUMBER: _ClassVar[int]
    pending: int
    available: int
    held: int
    debt: int
    def __init__(self, pending: _Optional[int] = ..., available: _Optional[int] = ..., held: _Optional[int] = ..., debt: _Optional[int] = ...) -> None: ...

class Lot(_message.Message):
    __slots__ = ("id", "points", "pending", "activates_time", "expires_time", "made_by", "earned_by", "funder", "price")
    ID_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    ACTIVATES_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_TIME_FIELD_NUMBER: _ClassVar[int]
    MADE_BY_FIELD_NUMBER: _ClassVar[int]
    EARNED_BY_FIELD_NUMBER: _ClassVar[int]
    FUNDER_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    id: int
    points: int
    pending: bool
    activates_time: _timestamp_pb2.Timestamp
    expires_time: _timestamp_pb2.Timestamp
    made_by: int
    earned_by: int
    funder: str
    price: _money_pb2.Price
    def __init__(self, id: _Optional[int] = ..., points: _Optional[int] = ..., pending: bool = ..., activates_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expires_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., made_by: _Optional[int] = ..., earned_by: _Optional[int] = ..., funder: _Optional[str] = ..., price: _Optional[_Union[_money_pb2.Price, _Mapping]] = ...) -> None: ...

class Expiry(_message.Message):
    __slots__ = ("expires_time", "never")
    EXPIRES_TIME_FIELD_NUMBER: _ClassVar[int]
    NEVER_FIELD_NUMBER: _ClassVar[int]
    expires_time: _timestamp_pb2.Timestamp
    never: bool
    def __init__(self, expires_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., never: bool = ...) -> None: ...

class Hold(_message.Message):
    __slots__ = ("authorization", "points", "lapses_time")
    AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    LAPSES_TIME_FIELD_NUMBER: _ClassVar[int]
    authorization: int
    points: int
    lapses_time: _timestamp_pb2.Timestamp
    def __init__(self, authorization: _Optional[int] = ..., points: _Optional[int] = ..., lapses_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
