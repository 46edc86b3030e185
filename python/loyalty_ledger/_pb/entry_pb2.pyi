import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import answer_pb2 as _answer_pb2
from loyalty_ledger._pb import balance_pb2 as _balance_pb2
from loyalty_ledger._pb import money_pb2 as _money_pb2
from loyalty_ledger._pb import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Flow(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FLOW_UNSPECIFIED: _ClassVar[Flow]
    FLOW_ACCRUED: _ClassVar[Flow]
    FLOW_ACTIVATED: _ClassVar[Flow]
    FLOW_EXPIRED: _ClassVar[Flow]
    FLOW_REDEEMED: _ClassVar[Flow]
    FLOW_REDEMPTION_REVERSED: _ClassVar[Flow]
    FLOW_ACCRUAL_REVERSED: _ClassVar[Flow]
    FLOW_EXPIRY_REVERSED: _ClassVar[Flow]
    FLOW_OVERDRAWN: _ClassVar[Flow]
    FLOW_ADJUSTED_UP: _ClassVar[Flow]
    FLOW_ADJUSTED_DOWN: _ClassVar[Flow]
    FLOW_HELD: _ClassVar[Flow]
    FLOW_RELEASED: _ClassVar[Flow]
    FLOW_CAPTURED: _ClassVar[Flow]
    FLOW_TRANSFERRED_OUT: _ClassVar[Flow]
    FLOW_TRANSFERRED_IN: _ClassVar[Flow]
    FLOW_FORFEITED: _ClassVar[Flow]
    FLOW_REINSTATED: _ClassVar[Flow]
    FLOW_REDEEM_OVERDRAWN: _ClassVar[Flow]
    FLOW_ADJUST_OVERDRAWN: _ClassVar[Flow]
    FLOW_TRANSFER_OVERDRAWN: _ClassVar[Flow]
    FLOW_RETURN_OVERDRAWN: _ClassVar[Flow]
    FLOW_WRITTEN_OFF: _ClassVar[Flow]
    FLOW_RETURN_WRITTEN_OFF: _ClassVar[Flow]
    FLOW_TRANSFER_WRITTEN_OFF: _ClassVar[Flow]
    FLOW_SETTLED_IN_CASH: _ClassVar[Flow]
    FLOW_DEBT_FORGIVEN: _ClassVar[Flow]
    FLOW_MADE_GOOD: _ClassVar[Flow]
    FLOW_ACCRUAL_RESTORED: _ClassVar[Flow]
    FLOW_DEBT_UNDONE: _ClassVar[Flow]
    FLOW_EXPIRY_RESTORED: _ClassVar[Flow]
    FLOW_WRITE_OFF_UNDONE: _ClassVar[Flow]
    FLOW_CASH_UNDONE: _ClassVar[Flow]
    FLOW_RETURN_TAKEN: _ClassVar[Flow]
    FLOW_ADJUSTMENT_RETURNED: _ClassVar[Flow]
    FLOW_MOVED_OUT: _ClassVar[Flow]
    FLOW_MOVED_IN: _ClassVar[Flow]
    FLOW_REWARDED: _ClassVar[Flow]
    FLOW_REWARD_TAKEN: _ClassVar[Flow]
    FLOW_REWARD_EXPIRY_TAKEN: _ClassVar[Flow]
    FLOW_REWARD_OVERDRAWN: _ClassVar[Flow]
    FLOW_REWARD_WRITTEN_OFF: _ClassVar[Flow]
    FLOW_REWARD_RESTORED: _ClassVar[Flow]
    FLOW_REWARD_DEBT_UNDONE: _ClassVar[Flow]
    FLOW_REWARD_EXPIRY_RESTORED: _ClassVar[Flow]
    FLOW_REWARD_WRITE_OFF_UNDONE: _ClassVar[Flow]
FLOW_UNSPECIFIED: Flow
FLOW_ACCRUED: Flow
FLOW_ACTIVATED: Flow
FLOW_EXPIRED: Flow
FLOW_REDEEMED: Flow
FLOW_REDEMPTION_REVERSED: Flow
FLOW_ACCRUAL_REVERSED: Flow
FLOW_EXPIRY_REVERSED: Flow
FLOW_OVERDRAWN: Flow
FLOW_ADJUSTED_UP: Flow
FLOW_ADJUSTED_DOWN: Flow
FLOW_HELD: Flow
FLOW_RELEASED: Flow
FLOW_CAPTURED: Flow
FLOW_TRANSFERRED_OUT: Flow
FLOW_TRANSFERRED_IN: Flow
FLOW_FORFEITED: Flow
FLOW_REINSTATED: Flow
FLOW_REDEEM_OVERDRAWN: Flow
FLOW_ADJUST_OVERDRAWN: Flow
FLOW_TRANSFER_OVERDRAWN: Flow
FLOW_RETURN_OVERDRAWN: Flow
FLOW_WRITTEN_OFF: Flow
FLOW_RETURN_WRITTEN_OFF: Flow
FLOW_TRANSFER_WRITTEN_OFF: Flow
FLOW_SETTLED_IN_CASH: Flow
FLOW_DEBT_FORGIVEN: Flow
FLOW_MADE_GOOD: Flow
FLOW_ACCRUAL_RESTORED: Flow
FLOW_DEBT_UNDONE: Flow
FLOW_EXPIRY_RESTORED: Flow
FLOW_WRITE_OFF_UNDONE: Flow
FLOW_CASH_UNDONE: Flow
FLOW_RETURN_TAKEN: Flow
FLOW_ADJUSTMENT_RETURNED: Flow
FLOW_MOVED_OUT: Flow
FLOW_MOVED_IN: Flow
FLOW_REWARDED: Flow
FLOW_REWARD_TAKEN: Flow
FLOW_REWARD_EXPIRY_TAKEN: Flow
FLOW_REWARD_OVERDRAWN: Flow
FLOW_REWARD_WRITTEN_OFF: Flow
FLOW_REWARD_RESTORED: Flow
FLOW_REWARD_DEBT_UNDONE: Flow
FLOW_REWARD_EXPIRY_RESTORED: Flow
FLOW_REWARD_WRITE_OFF_UNDONE: Flow

class Entry(_message.Message):
    __slots__ = ("answer", "occurred_time", "verb", "caller", "key", "member", "program_version", "amount", "reason", "actor", "receipt", "source", "effects")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    VERB_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_VERSION_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    occurred_time: _timestamp_pb2.Timestamp
    verb: str
    caller: str
    key: str
    member: str
    program_version: int
    amount: _money_pb2.Money
    reason: str
    actor: str
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    effects: _containers.RepeatedCompositeFieldContainer[Effect]
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., verb: _Optional[str] = ..., caller: _Optional[str] = ..., key: _Optional[str] = ..., member: _Optional[str] = ..., program_version: _Optional[int] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., reason: _Optional[str] = ..., actor: _Optional[str] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., effects: _Optional[_Iterable[_Union[Effect, _Mapping]]] = ...) -> None: ...

class Effect(_message.Message):
    __slots__ = ("member", "wallet", "moves", "balance", "next_activation_time", "next_expiry_time")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    MOVES_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    NEXT_ACTIVATION_TIME_FIELD_NUMBER: _ClassVar[int]
    NEXT_EXPIRY_TIME_FIELD_NUMBER: _ClassVar[int]
    member: str
    wallet: str
    moves: _containers.RepeatedCompositeFieldContainer[Move]
    balance: _balance_pb2.Balance
    next_activation_time: _timestamp_pb2.Timestamp
    next_expiry_time: _timestamp_pb2.Timestamp
    def __init__(self, member: _Optional[str] = ..., wallet: _Optional[str] = ..., moves: _Optional[_Iterable[_Union[Move, _Mapping]]] = ..., balance: _Optional[_Union[_balance_pb2.Balance, _Mapping]] = ..., next_activation_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_expiry_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Move(_message.Message):
    __slots__ = ("flow", "points", "paid", "lot", "made_by", "activates_time", "expires_time", "due_time", "hold")
    FLOW_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PAID_FIELD_NUMBER: _ClassVar[int]
    LOT_FIELD_NUMBER: _ClassVar[int]
    MADE_BY_FIELD_NUMBER: _ClassVar[int]
    ACTIVATES_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_TIME_FIELD_NUMBER: _ClassVar[int]
    DUE_TIME_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    flow: Flow
    points: int
    paid: int
    lot: int
    made_by: int
    activates_time: _timestamp_pb2.Timestamp
    expires_time: _timestamp_pb2.Timestamp
    due_time: _timestamp_pb2.Timestamp
    hold: int
    def __init__(self, flow: _Optional[_Union[Flow, str]] = ..., points: _Optional[int] = ..., paid: _Optional[int] = ..., lot: _Optional[int] = ..., made_by: _Optional[int] = ..., activates_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expires_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., due_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., hold: _Optional[int] = ...) -> None: ...
