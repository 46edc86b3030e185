import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import authorizations_pb2 as _authorizations_pb2
from loyalty_ledger._pb import balance_pb2 as _balance_pb2
from loyalty_ledger._pb import code_pb2 as _code_pb2
from loyalty_ledger._pb import entry_pb2 as _entry_pb2
from loyalty_ledger._pb import money_pb2 as _money_pb2
from loyalty_ledger._pb import names_pb2 as _names_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetTotalsRequest(_message.Message):
    __slots__ = ("store", "terminal", "business_date")
    STORE_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    store: str
    terminal: str
    business_date: str
    def __init__(self, store: _Optional[str] = ..., terminal: _Optional[str] = ..., business_date: _Optional[str] = ...) -> None: ...

class GetTotalsResponse(_message.Message):
    __slots__ = ("totals", "open_holds")
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    OPEN_HOLDS_FIELD_NUMBER: _ClassVar[int]
    totals: _containers.RepeatedCompositeFieldContainer[TillTotal]
    open_holds: _containers.RepeatedCompositeFieldContainer[_authorizations_pb2.OpenHold]
    def __init__(self, totals: _Optional[_Iterable[_Union[TillTotal, _Mapping]]] = ..., open_holds: _Optional[_Iterable[_Union[_authorizations_pb2.OpenHold, _Mapping]]] = ...) -> None: ...

class TillTotal(_message.Message):
    __slots__ = ("verb", "code", "count", "money_minor_units", "points")
    VERB_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    MONEY_MINOR_UNITS_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    verb: str
    code: _code_pb2.Code
    count: int
    money_minor_units: int
    points: int
    def __init__(self, verb: _Optional[str] = ..., code: _Optional[_Union[_code_pb2.Code, str]] = ..., count: _Optional[int] = ..., money_minor_units: _Optional[int] = ..., points: _Optional[int] = ...) -> None: ...

class GetLadderRequest(_message.Message):
    __slots__ = ("member", "wallet")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    member: _names_pb2.MemberName
    wallet: str
    def __init__(self, member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ...) -> None: ...

class GetLadderResponse(_message.Message):
    __slots__ = ("steps", "never")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    NEVER_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[LadderStep]
    never: int
    def __init__(self, steps: _Optional[_Iterable[_Union[LadderStep, _Mapping]]] = ..., never: _Optional[int] = ...) -> None: ...

class LadderStep(_message.Message):
    __slots__ = ("expires_time", "local_date", "points")
    EXPIRES_TIME_FIELD_NUMBER: _ClassVar[int]
    LOCAL_DATE_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    expires_time: _timestamp_pb2.Timestamp
    local_date: str
    points: int
    def __init__(self, expires_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., local_date: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class ExplainMemberRequest(_message.Message):
    __slots__ = ("member", "wallet")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    member: _names_pb2.MemberName
    wallet: str
    def __init__(self, member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., wallet: _Optional[str] = ...) -> None: ...

class ExplainMemberResponse(_message.Message):
    __slots__ = ("member", "wallet", "at_time", "balance", "lots", "debt", "noted")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    AT_TIME_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    LOTS_FIELD_NUMBER: _ClassVar[int]
    DEBT_FIELD_NUMBER: _ClassVar[int]
    NOTED_FIELD_NUMBER: _ClassVar[int]
    member: str
    wallet: str
    at_time: _timestamp_pb2.Timestamp
    balance: _balance_pb2.Balance
    lots: _containers.RepeatedCompositeFieldContainer[LotStory]
    debt: DebtStory
    noted: _containers.RepeatedCompositeFieldContainer[StoryLine]
    def __init__(self, member: _Optional[str] = ..., wallet: _Optional[str] = ..., at_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., balance: _Optional[_Union[_balance_pb2.Balance, _Mapping]] = ..., lots: _Optional[_Iterable[_Union[LotStory, _Mapping]]] = ..., debt: _Optional[_Union[DebtStory, _Mapping]] = ..., noted: _Optional[_Iterable[_Union[StoryLine, _Mapping]]] = ...) -> None: ...

class LotStory(_message.Message):
    __slots__ = ("lot", "came", "paid", "gone", "pending", "available", "held", "lines")
    LOT_FIELD_NUMBER: _ClassVar[int]
    CAME_FIELD_NUMBER: _ClassVar[int]
    PAID_FIELD_NUMBER: _ClassVar[int]
    GONE_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    lot: _balance_pb2.Lot
    came: int
    paid: int
    gone: int
    pending: int
    available: int
    held: int
    lines: _containers.RepeatedCompositeFieldContainer[StoryLine]
    def __init__(self, lot: _Optional[_Union[_balance_pb2.Lot, _Mapping]] = ..., came: _Optional[int] = ..., paid: _Optional[int] = ..., gone: _Optional[int] = ..., pending: _Optional[int] = ..., available: _Optional[int] = ..., held: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[StoryLine, _Mapping]]] = ...) -> None: ...

class DebtStory(_message.Message):
    __slots__ = ("made", "paid", "forgiven", "lines")
    MADE_FIELD_NUMBER: _ClassVar[int]
    PAID_FIELD_NUMBER: _ClassVar[int]
    FORGIVEN_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    made: int
    paid: int
    forgiven: int
    lines: _containers.RepeatedCompositeFieldContainer[StoryLine]
    def __init__(self, made: _Optional[int] = ..., paid: _Optional[int] = ..., forgiven: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[StoryLine, _Mapping]]] = ...) -> None: ...

class StoryLine(_message.Message):
    __slots__ = ("at_time", "sequence", "verb", "flow", "points", "paid", "original")
    AT_TIME_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    VERB_FIELD_NUMBER: _ClassVar[int]
    FLOW_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PAID_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_FIELD_NUMBER: _ClassVar[int]
    at_time: _timestamp_pb2.Timestamp
    sequence: int
    verb: str
    flow: _entry_pb2.Flow
    points: int
    paid: int
    original: int
    def __init__(self, at_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sequence: _Optional[int] = ..., verb: _Optional[str] = ..., flow: _Optional[_Union[_entry_pb2.Flow, str]] = ..., points: _Optional[int] = ..., paid: _Optional[int] = ..., original: _Optional[int] = ...) -> None: ...

class GetTrialBalanceRequest(_message.Message):
    __slots__ = ("wallet", "at_time")
    WALLET_FIELD_NUMBER: _ClassVar[int]
    AT_TIME_FIELD_NUMBER: _ClassVar[int]
    wallet: str
    at_time: _timestamp_pb2.Timestamp
    def __init__(self, wallet: _Optional[str] = ..., at_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetTrialBalanceResponse(_message.Message):
    __slots__ = ("wallet", "at_time", "accounts", "terms", "members", "balanced", "stores")
    WALLET_FIELD_NUMBER: _ClassVar[int]
    AT_TIME_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    BALANCED_FIELD_NUMBER: _ClassVar[int]
    STORES_FIELD_NUMBER: _ClassVar[int]
    wallet: str
    at_time: _timestamp_pb2.Timestamp
    accounts: Accounts
    terms: _containers.RepeatedCompositeFieldContainer[TermsAccounts]
    members: _balance_pb2.Balance
    balanced: bool
    stores: _containers.RepeatedCompositeFieldContainer[StoreAccount]
    def __init__(self, wallet: _Optional[str] = ..., at_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., accounts: _Optional[_Union[Accounts, _Mapping]] = ..., terms: _Optional[_Iterable[_Union[TermsAccounts, _Mapping]]] = ..., members: _Optional[_Union[_balance_pb2.Balance, _Mapping]] = ..., balanced: bool = ..., stores: _Optional[_Iterable[_Union[StoreAccount, _Mapping]]] = ...) -> None: ...

class Accounts(_message.Message):
    __slots__ = ("outstanding", "accrued", "accrual_reversed", "redeemed", "redemption_reversed", "expired", "reinstated", "adjusted", "transferred_out", "transferred_in", "forfeited", "written_off", "settled_in_cash")
    OUTSTANDING_FIELD_NUMBER: _ClassVar[int]
    ACCRUED_FIELD_NUMBER: _ClassVar[int]
    ACCRUAL_REVERSED_FIELD_NUMBER: _ClassVar[int]
    REDEEMED_FIELD_NUMBER: _ClassVar[int]
    REDEMPTION_REVERSED_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_FIELD_NUMBER: _ClassVar[int]
    REINSTATED_FIELD_NUMBER: _ClassVar[int]
    ADJUSTED_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_OUT_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_IN_FIELD_NUMBER: _ClassVar[int]
    FORFEITED_FIELD_NUMBER: _ClassVar[int]
    WRITTEN_OFF_FIELD_NUMBER: _ClassVar[int]
    SETTLED_IN_CASH_FIELD_NUMBER: _ClassVar[int]
    outstanding: int
    accrued: int
    accrual_reversed: int
    redeemed: int
    redemption_reversed: int
    expired: int
    reinstated: int
    adjusted: int
    transferred_out: int
    transferred_in: int
    forfeited: int
    written_off: int
    settled_in_cash: int
    def __init__(self, outstanding: _Optional[int] = ..., accrued: _Optional[int] = ..., accrual_reversed: _Optional[int] = ..., redeemed: _Optional[int] = ..., redemption_reversed: _Optional[int] = ..., expired: _Optional[int] = ..., reinstated: _Optional[int] = ..., adjusted: _Optional[int] = ..., transferred_out: _Optional[int] = ..., transferred_in: _Optional[int] = ..., forfeited: _Optional[int] = ..., written_off: _Optional[int] = ..., settled_in_cash: _Optional[int] = ...) -> None: ...

class TermsAccounts(_message.Message):
    __slots__ = ("funder", "price", "accounts")
    FUNDER_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    funder: str
    price: _money_pb2.Price
    accounts: Accounts
    def __init__(self, funder: _Optional[str] = ..., price: _Optional[_Union[_money_pb2.Price, _Mapping]] = ..., accounts: _Optional[_Union[Accounts, _Mapping]] = ...) -> None: ...

class StoreAccount(_message.Message):
    __slots__ = ("store", "points")
    STORE_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    store: str
    points: int
    def __init__(self, store: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...
