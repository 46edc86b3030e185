import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import answer_pb2 as _answer_pb2
from loyalty_ledger._pb import code_pb2 as _code_pb2
from loyalty_ledger._pb import names_pb2 as _names_pb2
from loyalty_ledger._pb import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CouponAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUPON_ACTION_UNSPECIFIED: _ClassVar[CouponAction]
    COUPON_ACTION_RESERVE: _ClassVar[CouponAction]
    COUPON_ACTION_USE: _ClassVar[CouponAction]
    COUPON_ACTION_RELEASE: _ClassVar[CouponAction]

class TouchMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOUCH_METHOD_UNSPECIFIED: _ClassVar[TouchMethod]
    TOUCH_METHOD_CLICK: _ClassVar[TouchMethod]
    TOUCH_METHOD_CODE: _ClassVar[TouchMethod]
    TOUCH_METHOD_COUPON: _ClassVar[TouchMethod]
    TOUCH_METHOD_INVITE: _ClassVar[TouchMethod]
    TOUCH_METHOD_DIRECT: _ClassVar[TouchMethod]

class ReviewDecision(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REVIEW_DECISION_UNSPECIFIED: _ClassVar[ReviewDecision]
    REVIEW_DECISION_FREEZE: _ClassVar[ReviewDecision]
    REVIEW_DECISION_RELEASE: _ClassVar[ReviewDecision]
    REVIEW_DECISION_DENY: _ClassVar[ReviewDecision]
    REVIEW_DECISION_MOVE: _ClassVar[ReviewDecision]

class DisputeOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DISPUTE_OUTCOME_UNSPECIFIED: _ClassVar[DisputeOutcome]
    DISPUTE_OUTCOME_LOST: _ClassVar[DisputeOutcome]
    DISPUTE_OUTCOME_WON: _ClassVar[DisputeOutcome]

class ReferralCodeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFERRAL_CODE_KIND_UNSPECIFIED: _ClassVar[ReferralCodeKind]
    REFERRAL_CODE_KIND_CODE: _ClassVar[ReferralCodeKind]
    REFERRAL_CODE_KIND_COUPON: _ClassVar[ReferralCodeKind]
    REFERRAL_CODE_KIND_VOUCHER: _ClassVar[ReferralCodeKind]

class ReferralCodeState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFERRAL_CODE_STATE_UNSPECIFIED: _ClassVar[ReferralCodeState]
    REFERRAL_CODE_STATE_OPEN: _ClassVar[ReferralCodeState]
    REFERRAL_CODE_STATE_RESERVED: _ClassVar[ReferralCodeState]
    REFERRAL_CODE_STATE_USED: _ClassVar[ReferralCodeState]
    REFERRAL_CODE_STATE_DISABLED: _ClassVar[ReferralCodeState]
    REFERRAL_CODE_STATE_EXPIRED: _ClassVar[ReferralCodeState]
    REFERRAL_CODE_STATE_PENDING: _ClassVar[ReferralCodeState]
    REFERRAL_CODE_STATE_AVAILABLE: _ClassVar[ReferralCodeState]
    REFERRAL_CODE_STATE_REDEEMED: _ClassVar[ReferralCodeState]
    REFERRAL_CODE_STATE_UNRECOVERED: _ClassVar[ReferralCodeState]

class ReferralEdge(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFERRAL_EDGE_UNSPECIFIED: _ClassVar[ReferralEdge]
    REFERRAL_EDGE_UNBOUND: _ClassVar[ReferralEdge]
    REFERRAL_EDGE_BOUND: _ClassVar[ReferralEdge]
    REFERRAL_EDGE_VOID: _ClassVar[ReferralEdge]
    REFERRAL_EDGE_MOVED: _ClassVar[ReferralEdge]
    REFERRAL_EDGE_CLOSED: _ClassVar[ReferralEdge]
    REFERRAL_EDGE_ANONYMISED: _ClassVar[ReferralEdge]

class ReferralProgress(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFERRAL_PROGRESS_UNSPECIFIED: _ClassVar[ReferralProgress]
    REFERRAL_PROGRESS_ATTRIBUTED: _ClassVar[ReferralProgress]
    REFERRAL_PROGRESS_IN_PROGRESS: _ClassVar[ReferralProgress]
    REFERRAL_PROGRESS_QUALIFIED: _ClassVar[ReferralProgress]
    REFERRAL_PROGRESS_SETTLED: _ClassVar[ReferralProgress]
    REFERRAL_PROGRESS_REVERSED: _ClassVar[ReferralProgress]
    REFERRAL_PROGRESS_EXPIRED: _ClassVar[ReferralProgress]
    REFERRAL_PROGRESS_DISQUALIFIED: _ClassVar[ReferralProgress]

class VoucherState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VOUCHER_STATE_UNSPECIFIED: _ClassVar[VoucherState]
    VOUCHER_STATE_PENDING: _ClassVar[VoucherState]
    VOUCHER_STATE_AVAILABLE: _ClassVar[VoucherState]
    VOUCHER_STATE_RESERVED: _ClassVar[VoucherState]
    VOUCHER_STATE_REDEEMED: _ClassVar[VoucherState]
    VOUCHER_STATE_EXPIRED: _ClassVar[VoucherState]
    VOUCHER_STATE_DISABLED: _ClassVar[VoucherState]
    VOUCHER_STATE_UNRECOVERED: _ClassVar[VoucherState]

class RewardState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REWARD_STATE_UNSPECIFIED: _ClassVar[RewardState]
    REWARD_STATE_PENDING: _ClassVar[RewardState]
    REWARD_STATE_FROZEN: _ClassVar[RewardState]
    REWARD_STATE_WAITING: _ClassVar[RewardState]
    REWARD_STATE_AVAILABLE: _ClassVar[RewardState]
    REWARD_STATE_REDEEMED: _ClassVar[RewardState]
    REWARD_STATE_EXPIRED: _ClassVar[RewardState]
    REWARD_STATE_CANCELLED: _ClassVar[RewardState]
    REWARD_STATE_CLAWED: _ClassVar[RewardState]
    REWARD_STATE_CAP_LIMITED: _ClassVar[RewardState]

class TouchState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOUCH_STATE_UNSPECIFIED: _ClassVar[TouchState]
    TOUCH_STATE_RECORDED: _ClassVar[TouchState]
    TOUCH_STATE_CANDIDATE: _ClassVar[TouchState]
    TOUCH_STATE_WON: _ClassVar[TouchState]
    TOUCH_STATE_LOST: _ClassVar[TouchState]
    TOUCH_STATE_STUB: _ClassVar[TouchState]
    TOUCH_STATE_ORPHANED: _ClassVar[TouchState]
COUPON_ACTION_UNSPECIFIED: CouponAction
COUPON_ACTION_RESERVE: CouponAction
COUPON_ACTION_USE: CouponAction
COUPON_ACTION_RELEASE: CouponAction
TOUCH_METHOD_UNSPECIFIED: TouchMethod
TOUCH_METHOD_CLICK: TouchMethod
TOUCH_METHOD_CODE: TouchMethod
TOUCH_METHOD_COUPON: TouchMethod
TOUCH_METHOD_INVITE: TouchMethod
TOUCH_METHOD_DIRECT: TouchMethod
REVIEW_DECISION_UNSPECIFIED: ReviewDecision
REVIEW_DECISION_FREEZE: ReviewDecision
REVIEW_DECISION_RELEASE: ReviewDecision
REVIEW_DECISION_DENY: ReviewDecision
REVIEW_DECISION_MOVE: ReviewDecision
DISPUTE_OUTCOME_UNSPECIFIED: DisputeOutcome
DISPUTE_OUTCOME_LOST: DisputeOutcome
DISPUTE_OUTCOME_WON: DisputeOutcome
REFERRAL_CODE_KIND_UNSPECIFIED: ReferralCodeKind
REFERRAL_CODE_KIND_CODE: ReferralCodeKind
REFERRAL_CODE_KIND_COUPON: ReferralCodeKind
REFERRAL_CODE_KIND_VOUCHER: ReferralCodeKind
REFERRAL_CODE_STATE_UNSPECIFIED: ReferralCodeState
REFERRAL_CODE_STATE_OPEN: ReferralCodeState
REFERRAL_CODE_STATE_RESERVED: ReferralCodeState
REFERRAL_CODE_STATE_USED: ReferralCodeState
REFERRAL_CODE_STATE_DISABLED: ReferralCodeState
REFERRAL_CODE_STATE_EXPIRED: ReferralCodeState
REFERRAL_CODE_STATE_PENDING: ReferralCodeState
REFERRAL_CODE_STATE_AVAILABLE: ReferralCodeState
REFERRAL_CODE_STATE_REDEEMED: ReferralCodeState
REFERRAL_CODE_STATE_UNRECOVERED: ReferralCodeState
REFERRAL_EDGE_UNSPECIFIED: ReferralEdge
REFERRAL_EDGE_UNBOUND: ReferralEdge
REFERRAL_EDGE_BOUND: ReferralEdge
REFERRAL_EDGE_VOID: ReferralEdge
REFERRAL_EDGE_MOVED: ReferralEdge
REFERRAL_EDGE_CLOSED: ReferralEdge
REFERRAL_EDGE_ANONYMISED: ReferralEdge
REFERRAL_PROGRESS_UNSPECIFIED: ReferralProgress
REFERRAL_PROGRESS_ATTRIBUTED: ReferralProgress
REFERRAL_PROGRESS_IN_PROGRESS: ReferralProgress
REFERRAL_PROGRESS_QUALIFIED: ReferralProgress
REFERRAL_PROGRESS_SETTLED: ReferralProgress
REFERRAL_PROGRESS_REVERSED: ReferralProgress
REFERRAL_PROGRESS_EXPIRED: ReferralProgress
REFERRAL_PROGRESS_DISQUALIFIED: ReferralProgress
VOUCHER_STATE_UNSPECIFIED: VoucherState
VOUCHER_STATE_PENDING: VoucherState
VOUCHER_STATE_AVAILABLE: VoucherState
VOUCHER_STATE_RESERVED: VoucherState
VOUCHER_STATE_REDEEMED: VoucherState
VOUCHER_STATE_EXPIRED: VoucherState
VOUCHER_STATE_DISABLED: VoucherState
VOUCHER_STATE_UNRECOVERED: VoucherState
REWARD_STATE_UNSPECIFIED: RewardState
REWARD_STATE_PENDING: RewardState
REWARD_STATE_FROZEN: RewardState
REWARD_STATE_WAITING: RewardState
REWARD_STATE_AVAILABLE: RewardState
REWARD_STATE_REDEEMED: RewardState
REWARD_STATE_EXPIRED: RewardState
REWARD_STATE_CANCELLED: RewardState
REWARD_STATE_CLAWED: RewardState
REWARD_STATE_CAP_LIMITED: RewardState
TOUCH_STATE_UNSPECIFIED: TouchState
TOUCH_STATE_RECORDED: TouchState
TOUCH_STATE_CANDIDATE: TouchState
TOUCH_STATE_WON: TouchState
TOUCH_STATE_LOST: TouchState
TOUCH_STATE_STUB: TouchState
TOUCH_STATE_ORPHANED: TouchState

class IssueReferralCodeRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "program", "member", "code", "single_use", "expires_time")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    SINGLE_USE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_TIME_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    program: str
    member: _names_pb2.MemberName
    code: str
    single_use: bool
    expires_time: _timestamp_pb2.Timestamp
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., program: _Optional[str] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., code: _Optional[str] = ..., single_use: bool = ..., expires_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class IssueReferralCodeResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class DisableReferralCodeRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "program", "code", "reason", "actor")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    program: str
    code: str
    reason: str
    actor: str
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., program: _Optional[str] = ..., code: _Optional[str] = ..., reason: _Optional[str] = ..., actor: _Optional[str] = ...) -> None: ...

class DisableReferralCodeResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class RecordTouchRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "program", "method", "token", "code", "touched_time")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    TOUCHED_TIME_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    program: str
    method: TouchMethod
    token: str
    code: str
    touched_time: _timestamp_pb2.Timestamp
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., program: _Optional[str] = ..., method: _Optional[_Union[TouchMethod, str]] = ..., token: _Optional[str] = ..., code: _Optional[str] = ..., touched_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RecordTouchResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class BindReferralRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "program", "friend", "code", "token", "fingerprints")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    FRIEND_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINTS_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    program: str
    friend: _names_pb2.MemberName
    code: str
    token: str
    fingerprints: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., program: _Optional[str] = ..., friend: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., code: _Optional[str] = ..., token: _Optional[str] = ..., fingerprints: _Optional[_Iterable[str]] = ...) -> None: ...

class BindReferralResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class RecordStepRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "program", "friend", "step")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    FRIEND_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    program: str
    friend: _names_pb2.MemberName
    step: str
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., program: _Optional[str] = ..., friend: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., step: _Optional[str] = ...) -> None: ...

class RecordStepResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class ReviewReferralRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "program", "friend", "decision", "reason", "actor", "to", "approved_by")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    FRIEND_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    APPROVED_BY_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    program: str
    friend: _names_pb2.MemberName
    decision: ReviewDecision
    reason: str
    actor: str
    to: _names_pb2.MemberName
    approved_by: str
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., program: _Optional[str] = ..., friend: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., decision: _Optional[_Union[ReviewDecision, str]] = ..., reason: _Optional[str] = ..., actor: _Optional[str] = ..., to: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., approved_by: _Optional[str] = ...) -> None: ...

class ReviewReferralResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class CloseReferralPeriodRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "program", "month")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    MONTH_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    program: str
    month: str
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., program: _Optional[str] = ..., month: _Optional[str] = ...) -> None: ...

class CloseReferralPeriodResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class DisputePurchaseRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "original", "outcome")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    original: _names_pb2.Reference
    outcome: DisputeOutcome
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., original: _Optional[_Union[_names_pb2.Reference, _Mapping]] = ..., outcome: _Optional[_Union[DisputeOutcome, str]] = ...) -> None: ...

class DisputePurchaseResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class ChangeCouponRequest(_message.Message):
    __slots__ = ("key", "occurred_time", "receipt", "source", "program", "code", "member", "action", "ttl")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    key: str
    occurred_time: _timestamp_pb2.Timestamp
    receipt: _receipt_pb2.Receipt
    source: _receipt_pb2.Source
    program: str
    code: str
    member: _names_pb2.MemberName
    action: CouponAction
    ttl: _duration_pb2.Duration
    def __init__(self, key: _Optional[str] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., source: _Optional[_Union[_receipt_pb2.Source, _Mapping]] = ..., program: _Optional[str] = ..., code: _Optional[str] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., action: _Optional[_Union[CouponAction, str]] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ChangeCouponResponse(_message.Message):
    __slots__ = ("answer", "replayed", "current_available")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    answer: _answer_pb2.Answer
    replayed: bool
    current_available: int
    def __init__(self, answer: _Optional[_Union[_answer_pb2.Answer, _Mapping]] = ..., replayed: bool = ..., current_available: _Optional[int] = ...) -> None: ...

class GetReferralRequest(_message.Message):
    __slots__ = ("program", "friend")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    FRIEND_FIELD_NUMBER: _ClassVar[int]
    program: str
    friend: _names_pb2.MemberName
    def __init__(self, program: _Optional[str] = ..., friend: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ...) -> None: ...

class GetReferralResponse(_message.Message):
    __slots__ = ("referral",)
    REFERRAL_FIELD_NUMBER: _ClassVar[int]
    referral: Referral
    def __init__(self, referral: _Optional[_Union[Referral, _Mapping]] = ...) -> None: ...

class GetReferralCodeRequest(_message.Message):
    __slots__ = ("program", "code")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    program: str
    code: str
    def __init__(self, program: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...

class GetReferralCodeResponse(_message.Message):
    __slots__ = ("kind", "member", "state", "holder", "label", "expires_time", "reserved_until_time")
    KIND_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_TIME_FIELD_NUMBER: _ClassVar[int]
    RESERVED_UNTIL_TIME_FIELD_NUMBER: _ClassVar[int]
    kind: ReferralCodeKind
    member: str
    state: ReferralCodeState
    holder: str
    label: str
    expires_time: _timestamp_pb2.Timestamp
    reserved_until_time: _timestamp_pb2.Timestamp
    def __init__(self, kind: _Optional[_Union[ReferralCodeKind, str]] = ..., member: _Optional[str] = ..., state: _Optional[_Union[ReferralCodeState, str]] = ..., holder: _Optional[str] = ..., label: _Optional[str] = ..., expires_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reserved_until_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExplainReferralRequest(_message.Message):
    __slots__ = ("program", "friend")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    FRIEND_FIELD_NUMBER: _ClassVar[int]
    program: str
    friend: _names_pb2.MemberName
    def __init__(self, program: _Optional[str] = ..., friend: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ...) -> None: ...

class ExplainReferralResponse(_message.Message):
    __slots__ = ("referral", "meaning")
    REFERRAL_FIELD_NUMBER: _ClassVar[int]
    MEANING_FIELD_NUMBER: _ClassVar[int]
    referral: Referral
    meaning: str
    def __init__(self, referral: _Optional[_Union[Referral, _Mapping]] = ..., meaning: _Optional[str] = ...) -> None: ...

class Referral(_message.Message):
    __slots__ = ("edge", "advocate", "progress", "steps_done", "steps_needed", "disqualified", "rewards", "open", "touches", "notes", "friend")
    EDGE_FIELD_NUMBER: _ClassVar[int]
    ADVOCATE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    STEPS_DONE_FIELD_NUMBER: _ClassVar[int]
    STEPS_NEEDED_FIELD_NUMBER: _ClassVar[int]
    DISQUALIFIED_FIELD_NUMBER: _ClassVar[int]
    REWARDS_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    TOUCHES_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    FRIEND_FIELD_NUMBER: _ClassVar[int]
    edge: ReferralEdge
    advocate: str
    progress: ReferralProgress
    steps_done: int
    steps_needed: int
    disqualified: str
    rewards: _containers.RepeatedCompositeFieldContainer[ReferralReward]
    open: str
    touches: _containers.RepeatedCompositeFieldContainer[ReferralTouch]
    notes: _containers.RepeatedCompositeFieldContainer[ReferralNote]
    friend: str
    def __init__(self, edge: _Optional[_Union[ReferralEdge, str]] = ..., advocate: _Optional[str] = ..., progress: _Optional[_Union[ReferralProgress, str]] = ..., steps_done: _Optional[int] = ..., steps_needed: _Optional[int] = ..., disqualified: _Optional[str] = ..., rewards: _Optional[_Iterable[_Union[ReferralReward, _Mapping]]] = ..., open: _Optional[str] = ..., touches: _Optional[_Iterable[_Union[ReferralTouch, _Mapping]]] = ..., notes: _Optional[_Iterable[_Union[ReferralNote, _Mapping]]] = ..., friend: _Optional[str] = ...) -> None: ...

class ReferralReward(_message.Message):
    __slots__ = ("role", "member", "points", "state", "reason", "voucher")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    VOUCHER_FIELD_NUMBER: _ClassVar[int]
    role: str
    member: str
    points: int
    state: RewardState
    reason: _code_pb2.Code
    voucher: ReferralVoucher
    def __init__(self, role: _Optional[str] = ..., member: _Optional[str] = ..., points: _Optional[int] = ..., state: _Optional[_Union[RewardState, str]] = ..., reason: _Optional[_Union[_code_pb2.Code, str]] = ..., voucher: _Optional[_Union[ReferralVoucher, _Mapping]] = ...) -> None: ...

class ReferralVoucher(_message.Message):
    __slots__ = ("code", "label", "state", "expires_time")
    CODE_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_TIME_FIELD_NUMBER: _ClassVar[int]
    code: str
    label: str
    state: VoucherState
    expires_time: _timestamp_pb2.Timestamp
    def __init__(self, code: _Optional[str] = ..., label: _Optional[str] = ..., state: _Optional[_Union[VoucherState, str]] = ..., expires_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ReferralTouch(_message.Message):
    __slots__ = ("key", "state")
    KEY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    key: str
    state: TouchState
    def __init__(self, key: _Optional[str] = ..., state: _Optional[_Union[TouchState, str]] = ...) -> None: ...

class ReferralNote(_message.Message):
    __slots__ = ("rule", "finding")
    RULE_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    rule: str
    finding: str
    def __init__(self, rule: _Optional[str] = ..., finding: _Optional[str] = ...) -> None: ...

class ListReferralsRequest(_message.Message):
    __slots__ = ("program", "advocate", "page_size", "page_token")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    ADVOCATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    program: str
    advocate: _names_pb2.MemberName
    page_size: int
    page_token: str
    def __init__(self, program: _Optional[str] = ..., advocate: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReferralsResponse(_message.Message):
    __slots__ = ("referrals", "next_page_token")
    REFERRALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    referrals: _containers.RepeatedCompositeFieldContainer[ListedReferral]
    next_page_token: str
    def __init__(self, referrals: _Optional[_Iterable[_Union[ListedReferral, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListedReferral(_message.Message):
    __slots__ = ("friend", "progress", "steps_done", "steps_needed", "disqualified", "open", "points")
    FRIEND_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    STEPS_DONE_FIELD_NUMBER: _ClassVar[int]
    STEPS_NEEDED_FIELD_NUMBER: _ClassVar[int]
    DISQUALIFIED_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    friend: str
    progress: ReferralProgress
    steps_done: int
    steps_needed: int
    disqualified: str
    open: str
    points: int
    def __init__(self, friend: _Optional[str] = ..., progress: _Optional[_Union[ReferralProgress, str]] = ..., steps_done: _Optional[int] = ..., steps_needed: _Optional[int] = ..., disqualified: _Optional[str] = ..., open: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class GetReferralTreeRequest(_message.Message):
    __slots__ = ("program", "member", "up", "down", "depth")
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    UP_FIELD_NUMBER: _ClassVar[int]
    DOWN_FIELD_NUMBER: _ClassVar[int]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    program: str
    member: _names_pb2.MemberName
    up: bool
    down: bool
    depth: int
    def __init__(self, program: _Optional[str] = ..., member: _Optional[_Union[_names_pb2.MemberName, _Mapping]] = ..., up: bool = ..., down: bool = ..., depth: _Optional[int] = ...) -> None: ...

class GetReferralTreeResponse(_message.Message):
    __slots__ = ("members",)
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[TreeMember]
    def __init__(self, members: _Optional[_Iterable[_Union[TreeMember, _Mapping]]] = ...) -> None: ...

class TreeMember(_message.Message):
    __slots__ = ("level", "member", "advocate")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ADVOCATE_FIELD_NUMBER: _ClassVar[int]
    level: int
    member: str
    advocate: str
    def __init__(self, level: _Optional[int] = ..., member: _Optional[str] = ..., advocate: _Optional[str] = ...) -> None: ...

class GetReferralKpisRequest(_message.Message):
    __slots__ = ("program",)
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    program: str
    def __init__(self, program: _Optional[str] = ...) -> None: ...

class GetReferralKpisResponse(_message.Message):
    __slots__ = ("share_rate", "click_to_sign_up", "sign_up_to_qualified", "k_gross", "k_net", "reversal_rate", "cost_per_net_friend", "mean_cycle_seconds")
    SHARE_RATE_FIELD_NUMBER: _ClassVar[int]
    CLICK_TO_SIGN_UP_FIELD_NUMBER: _ClassVar[int]
    SIGN_UP_TO_QUALIFIED_FIELD_NUMBER: _ClassVar[int]
    K_GROSS_FIELD_NUMBER: _ClassVar[int]
    K_NET_FIELD_NUMBER: _ClassVar[int]
    REVERSAL_RATE_FIELD_NUMBER: _ClassVar[int]
    COST_PER_NET_FRIEND_FIELD_NUMBER: _ClassVar[int]
    MEAN_CYCLE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    share_rate: Ratio
    click_to_sign_up: Ratio
    sign_up_to_qualified: Ratio
    k_gross: Ratio
    k_net: Ratio
    reversal_rate: Ratio
    cost_per_net_friend: Ratio
    mean_cycle_seconds: Ratio
    def __init__(self, share_rate: _Optional[_Union[Ratio, _Mapping]] = ..., click_to_sign_up: _Optional[_Union[Ratio, _Mapping]] = ..., sign_up_to_qualified: _Optional[_Union[Ratio, _Mapping]] = ..., k_gross: _Optional[_Union[Ratio, _Mapping]] = ..., k_net: _Optional[_Union[Ratio, _Mapping]] = ..., reversal_rate: _Optional[_Union[Ratio, _Mapping]] = ..., cost_per_net_friend: _Optional[_Union[Ratio, _Mapping]] = ..., mean_cycle_seconds: _Optional[_Union[Ratio, _Mapping]] = ...) -> None: ...

class Ratio(_message.Message):
    __slots__ = ("numerator", "denominator")
    NUMERATOR_FIELD_NUMBER: _ClassVar[int]
    DENOMINATOR_FIELD_NUMBER: _ClassVar[int]
    numerator: int
    denominator: int
    def __init__(self, numerator: _Optional[int] = ..., denominator: _Optional[int] = ...) -> None: ...
