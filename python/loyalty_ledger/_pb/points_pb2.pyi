import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import answer_pb2 as _answer_pb2
from loyalty_ledger._pb import balance_pb2 as _balance_pb2
from loyalty_ledger._pb import money_pb2 as _money_pb2
from loyalty_ledger._pb import names_pb2 as _names_pb2
from loyalty_ledger._pb import purchases_pb2 as _purchases_pb2
from loyalty_ledger._pb import receipt_pb2 as _receipt_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AccruePointsRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "wallet", "points", "activates_time", "expiry", "funder", "price", "enroll")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    ACTIVATES_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_FIELD_NUMBER: _ClassVar[int]
    FUNDER_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    ENROLL_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    wallet: str
    points: int
    activates_time: _timestamp_pb2.Timestamp
    expiry: _balance_pb2.Expiry
    funder: str
    price: _money_pb2.Price
    enroll: _purchases_pb2.Joining
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ..., points: _Optional[int] = ..., activates_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expiry: _Optional[_Union[_balance_pb2.Expiry, _Mapping]] = ..., funder: _Optional[str] = ..., price: _Optional[_Union[_money_pb2.Price, _Mapping]] = ..., enroll: _Optional[_Union[_purchases_pb2.Joining, _Mapping]] = ...) -> None: ...

class AccruePointsResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class RedeemPointsRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "wallet", "points")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    wallet: str
    points: int
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class RedeemPointsResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class AdjustPointsRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "wallet", "points", "reason", "actor", "expiry", "overdraw")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_FIELD_NUMBER: _ClassVar[int]
    OVERDRAW_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    wallet: str
    points: int
    reason: str
    actor: str
    expiry: _balance_pb2.Expiry
    overdraw: bool
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ..., points: _Optional[int] = ..., reason: _Optional[str] = ..., actor: _Optional[str] = ..., expiry: _Optional[_Union[_balance_pb2.Expiry, _Mapping]] = ..., overdraw: bool = ...) -> None: ...

class AdjustPointsResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class TransferPointsRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "giver", "receiver", "wallet", "points")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    GIVER_FIELD_NUMBER: _ClassVar[int]
    RECEIVER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    giver: _names_pb2.MemberName
    receiver: _names_pb2.MemberName
    wallet: str
    points: int
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., giver: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., receiver: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class TransferPointsResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class ReinstatePointsRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "wallet", "lot", "points", "expiry", "reason", "actor")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    LOT_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    wallet: str
    lot: int
    points: int
    expiry: _balance_pb2.Expiry
    reason: str
    actor: str
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ..., lot: _Optional[int] = ..., points: _Optional[int] = ..., expiry: _Optional[_Union[_balance_pb2.Expiry, _Mapping]] = ..., reason: _Optional[str] = ..., actor: _Optional[str] = ...) -> None: ...

class ReinstatePointsResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class ExtendExpiryRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "wallet", "lot", "expiry", "reason", "actor")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    LOT_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    wallet: str
    lot: int
    expiry: _balance_pb2.Expiry
    reason: str
    actor: str
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ..., lot: _Optional[int] = ..., expiry: _Optional[_Union[_balance_pb2.Expiry, _Mapping]] = ..., reason: _Optional[str] = ..., actor: _Optional[str] = ...) -> None: ...

class ExtendExpiryResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class ForgiveDebtRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "wallet", "points", "reason", "actor")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    wallet: str
    points: int
    reason: str
    actor: str
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ..., points: _Optional[int] = ..., reason: _Optional[str] = ..., actor: _Optional[str] = ...) -> None: ...

class ForgiveDebtResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class ActivatePointsRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "original", "member")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    original: _names_pb2.Reference
    member: _names_pb2.MemberName
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., original: _Optional[_Union[_names_pb2.Reference, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ...) -> None: ...

class ActivatePointsResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...
