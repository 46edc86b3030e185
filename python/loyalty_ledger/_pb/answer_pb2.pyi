import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import balance_pb2 as _balance_pb2
from loyalty_ledger._pb import code_pb2 as _code_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Answer(_message.Message):
    __slots__ = ("sequence", "recorded_time", "code", "requested", "awarded", "balance", "next_activation_time", "next_expiry_time", "original", "spent", "cash_minor_units", "kept_back_minor_units", "spared", "charged", "taken_back", "overdrawn", "referral", "referral_code", "vested")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_TIME_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    AWARDED_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    NEXT_ACTIVATION_TIME_FIELD_NUMBER: _ClassVar[int]
    NEXT_EXPIRY_TIME_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_FIELD_NUMBER: _ClassVar[int]
    SPENT_FIELD_NUMBER: _ClassVar[int]
    CASH_MINOR_UNITS_FIELD_NUMBER: _ClassVar[int]
    KEPT_BACK_MINOR_UNITS_FIELD_NUMBER: _ClassVar[int]
    SPARED_FIELD_NUMBER: _ClassVar[int]
    CHARGED_FIELD_NUMBER: _ClassVar[int]
    TAKEN_BACK_FIELD_NUMBER: _ClassVar[int]
    OVERDRAWN_FIELD_NUMBER: _ClassVar[int]
    REFERRAL_FIELD_NUMBER: _ClassVar[int]
    REFERRAL_CODE_FIELD_NUMBER: _ClassVar[int]
    VESTED_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    recorded_time: _timestamp_pb2.Timestamp
    code: _code_pb2.Code
    requested: int
    awarded: int
    balance: _balance_pb2.Balance
    next_activation_time: _timestamp_pb2.Timestamp
    next_expiry_time: _timestamp_pb2.Timestamp
    original: int
    spent: int
    cash_minor_units: int
    kept_back_minor_units: int
    spared: int
    charged: int
    taken_back: int
    overdrawn: bool
    referral: _code_pb2.Code
    referral_code: str
    vested: int
    def __init__(self, sequence: _Optional[int] = ..., recorded_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., code: _Optional[_Union[_code_pb2.Code, str]] = ..., requested: _Optional[int] = ..., awarded: _Optional[int] = ..., balance: _Optional[_Union[_balance_pb2.Balance, _Mapping]] = ..., next_activation_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_expiry_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., original: _Optional[int] = ..., spent: _Optional[int] = ..., cash_minor_units: _Optional[int] = ..., kept_back_minor_units: _Optional[int] = ..., spared: _Optional[int] = ..., charged: _Optional[int] = ..., taken_back: _Optional[int] = ..., overdrawn: bool = ..., referral: _Optional[_Union[_code_pb2.Code, str]] = ..., referral_code: _Optional[str] = ..., vested: _Optional[int] = ...) -> None: ...
