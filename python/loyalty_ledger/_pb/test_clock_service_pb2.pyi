import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AdvanceRequest(_message.Message):
    __slots__ = ("to_time",)
    TO_TIME_FIELD_NUMBER: _ClassVar[int]
    to_time: _timestamp_pb2.Timestamp
    def __init__(self, to_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AdvanceResponse(_message.Message):
    __slots__ = ("now_time",)
    NOW_TIME_FIELD_NUMBER: _ClassVar[int]
    now_time: _timestamp_pb2.Timestamp
    def __init__(self, now_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class NowRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class NowResponse(_message.Message):
    __slots__ = ("now_time",)
    NOW_TIME_FIELD_NUMBER: _ClassVar[int]
    now_time: _timestamp_pb2.Timestamp
    def __init__(self, now_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
