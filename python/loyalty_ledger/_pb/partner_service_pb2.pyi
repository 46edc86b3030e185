import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import answer_pb2 as _answer_pb2
from loyalty_ledger._pb import entry_pb2 as _entry_pb2
from loyalty_ledger._pb import members_pb2 as _members_pb2
from loyalty_ledger._pb import names_pb2 as _names_pb2
from loyalty_ledger._pb import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LinkMemberRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "partner", "partner_member", "scopes", "daily_points", "consent", "starts_time", "ends_time")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    PARTNER_MEMBER_FIELD_NUMBER: _ClassVar[int]
    SCOPES_FIELD_NUMBER: _ClassVar[int]
    DAILY_POINTS_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    STARTS_TIME_FIELD_NUMBER: _ClassVar[int]
    ENDS_TIME_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    partner: str
    partner_member: str
    scopes: _containers.RepeatedScalarFieldContainer[_members_pb2.LinkScope]
    daily_points: int
    consent: str
    starts_time: _timestamp_pb2.Timestamp
    ends_time: _timestamp_pb2.Timestamp
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., partner: _Optional[str] = ..., partner_member: _Optional[str] = ..., scopes: _Optional[_Iterable[_Union[_members_pb2.LinkScope, str]]] = ..., daily_points: _Optional[int] = ..., consent: _Optional[str] = ..., starts_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LinkMemberResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class UnlinkMemberRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "partner", "reason")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    partner: str
    reason: str
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., partner: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class UnlinkMemberResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class IssueOneTimeCodeRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "member", "partner", "points", "ttl")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    member: _names_pb2.MemberName
    partner: str
    points: int
    ttl: _duration_pb2.Duration
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., partner: _Optional[str] = ..., points: _Optional[int] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class IssueOneTimeCodeResponse(_message.Message):
    __slots__ = ("code", "expires_time", "answer", "replayed", "current_available")
    CODE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_TIME_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    code: str
    expires_time: _timestamp_pb2.Timestamp
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, code: _Optional[str] = ..., expires_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class PartnerServiceListEntriesRequest(_message.Message):
    __slots__ = ("member", "page_size", "page_token", "partner")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    member: _names_pb2.MemberName
    page_size: int
    page_token: str
    partner: str
    def __init__(self, member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., partner: _Optional[str] = ...) -> None: ...

class PartnerServiceListEntriesResponse(_message.Message):
    __slots__ = ("entries", "next_page_token")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[_entry_pb2.Entry]
    next_page_token: str
    def __init__(self, entries: _Optional[_Iterable[_Union[_entry_pb2.Entry, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
