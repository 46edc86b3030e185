import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import answer_pb2 as _answer_pb2
from loyalty_ledger._pb import members_pb2 as _members_pb2
from loyalty_ledger._pb import money_pb2 as _money_pb2
from loyalty_ledger._pb import names_pb2 as _names_pb2
from loyalty_ledger._pb import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecordPurchaseRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "amount", "lines", "eligible_minor_units", "spend", "enroll", "referral")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    ELIGIBLE_MINOR_UNITS_FIELD_NUMBER: _ClassVar[int]
    SPEND_FIELD_NUMBER: _ClassVar[int]
    ENROLL_FIELD_NUMBER: _ClassVar[int]
    REFERRAL_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    amount: _money_pb2.Money
    lines: _containers.RepeatedCompositeFieldContainer[Line]
    eligible_minor_units: int
    spend: Spend
    enroll: Joining
    referral: _members_pb2.ReferralReference
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[Line, _Mapping]]] = ..., eligible_minor_units: _Optional[int] = ..., spend: _Optional[_Union[Spend, _Mapping]] = ..., enroll: _Optional[_Union[Joining, _Mapping]] = ..., referral: _Optional[_Union[_members_pb2.ReferralReference, _Mapping]] = ...) -> None: ...

class RecordPurchaseResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class QuotePurchaseRequest(_message.Message):
    __slots__ = ("occurred_time", "receipt", "source", "member", "amount", "lines", "eligible_minor_units", "spend", "enroll", "referral")
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    ELIGIBLE_MINOR_UNITS_FIELD_NUMBER: _ClassVar[int]
    SPEND_FIELD_NUMBER: _ClassVar[int]
    ENROLL_FIELD_NUMBER: _ClassVar[int]
    REFERRAL_FIELD_NUMBER: _ClassVar[int]
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    amount: _money_pb2.Money
    lines: _containers.RepeatedCompositeFieldContainer[Line]
    eligible_minor_units: int
    spend: Spend
    enroll: Joining
    referral: _members_pb2.ReferralReference
    def __init__(self, occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[Line, _Mapping]]] = ..., eligible_minor_units: _Optional[int] = ..., spend: _Optional[_Union[Spend, _Mapping]] = ..., enroll: _Optional[_Union[Joining, _Mapping]] = ..., referral: _Optional[_Union[_members_pb2.ReferralReference, _Mapping]] = ...) -> None: ...

class QuotePurchaseResponse(_message.Message):
    __slots__ = ("answer",)
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ...) -> None: ...

class Line(_message.Message):
    __slots__ = ("sku", "category", "quantity", "amount_minor_units", "excluded")
    SKU_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_UNITS_FIELD_NUMBER: _ClassVar[int]
    EXCLUDED_FIELD_NUMBER: _ClassVar[int]
    sku: str
    category: str
    quantity: int
    amount_minor_units: int
    excluded: bool
    def __init__(self, sku: _Optional[str] = ..., category: _Optional[str] = ..., quantity: _Optional[int] = ..., amount_minor_units: _Optional[int] = ..., excluded: bool = ...) -> None: ...

class Spend(_message.Message):
    __slots__ = ("redeem_points", "capture")
    REDEEM_POINTS_FIELD_NUMBER: _ClassVar[int]
    CAPTURE_FIELD_NUMBER: _ClassVar[int]
    redeem_points: int
    capture: CapturedSpend
    def __init__(self, redeem_points: _Optional[int] = ..., capture: _Optional[_Union[CapturedSpend, _Mapping]] = ...) -> None: ...

class CapturedSpend(_message.Message):
    __slots__ = ("authorization", "points")
    AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    authorization: _names_pb2.Reference
    points: int
    def __init__(self, authorization: _Optional[_Union[_names_pb2.Reference, _Mapping]] = ..., points: _Optional[int] = ...) -> None: ...

class Joining(_message.Message):
    __slots__ = ("id", "aliases")
    ID_FIELD_NUMBER: _ClassVar[int]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    id: str
    aliases: _containers.RepeatedCompositeFieldContainer[_names_pb2.Alias]
    def __init__(self, id: _Optional[str] = ..., aliases: _Optional[_Iterable[_Union[_names_pb2.Alias, _Mapping]]] = ...) -> None: ...
