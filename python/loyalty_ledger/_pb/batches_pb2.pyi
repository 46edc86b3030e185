import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from loyalty_ledger._pb import authorizations_pb2 as _authorizations_pb2
from loyalty_ledger._pb import code_pb2 as _code_pb2
from loyalty_ledger._pb import members_pb2 as _members_pb2
from loyalty_ledger._pb import partner_service_pb2 as _partner_service_pb2
from loyalty_ledger._pb import points_pb2 as _points_pb2
from loyalty_ledger._pb import purchases_pb2 as _purchases_pb2
from loyalty_ledger._pb import referral_service_pb2 as _referral_service_pb2
from loyalty_ledger._pb import reversals_pb2 as _reversals_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TableVerb(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TABLE_VERB_UNSPECIFIED: _ClassVar[TableVerb]
    TABLE_VERB_MIXED: _ClassVar[TableVerb]
    TABLE_VERB_ENROLL: _ClassVar[TableVerb]
    TABLE_VERB_PURCHASE: _ClassVar[TableVerb]
    TABLE_VERB_ACCRUE: _ClassVar[TableVerb]
    TABLE_VERB_REDEEM: _ClassVar[TableVerb]
TABLE_VERB_UNSPECIFIED: TableVerb
TABLE_VERB_MIXED: TableVerb
TABLE_VERB_ENROLL: TableVerb
TABLE_VERB_PURCHASE: TableVerb
TABLE_VERB_ACCRUE: TableVerb
TABLE_VERB_REDEEM: TableVerb

class PostBatchRequest(_message.Message):
    __slots__ = ("items", "all_or_nothing", "key")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    ALL_OR_NOTHING_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[BatchItem]
    all_or_nothing: bool
    key: str
    def __init__(self, items: _Optional[_Iterable[_Union[BatchItem, _Mapping]]] = ..., all_or_nothing: bool = ..., key: _Optional[str] = ...) -> None: ...

class BatchItem(_message.Message):
    __slots__ = ("accrue_points", "record_purchase", "redeem_points", "authorize_redemption", "capture_redemption", "void_redemption", "reverse_transaction", "adjust_points", "enroll_member", "add_alias", "remove_alias", "replace_alias", "block_member", "unblock_member", "close_member", "transfer_points", "reinstate_points", "extend_expiry", "extend_authorization", "forgive_debt", "activate_points", "link_member", "unlink_member", "issue_referral_code", "disable_referral_code", "record_touch", "bind_referral", "record_step", "review_referral", "dispute_purchase", "change_coupon", "erase_member")
    ACCRUE_POINTS_FIELD_NUMBER: _ClassVar[int]
    RECORD_PURCHASE_FIELD_NUMBER: _ClassVar[int]
    REDEEM_POINTS_FIELD_NUMBER: _ClassVar[int]
    AUTHORIZE_REDEMPTION_FIELD_NUMBER: _ClassVar[int]
    CAPTURE_REDEMPTION_FIELD_NUMBER: _ClassVar[int]
    VOID_REDEMPTION_FIELD_NUMBER: _ClassVar[int]
    REVERSE_TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    ADJUST_POINTS_FIELD_NUMBER: _ClassVar[int]
    ENROLL_MEMBER_FIELD_NUMBER: _ClassVar[int]
    ADD_ALIAS_FIELD_NUMBER: _ClassVar[int]
    REMOVE_ALIAS_FIELD_NUMBER: _ClassVar[int]
    REPLACE_ALIAS_FIELD_NUMBER: _ClassVar[int]
    BLOCK_MEMBER_FIELD_NUMBER: _ClassVar[int]
    UNBLOCK_MEMBER_FIELD_NUMBER: _ClassVar[int]
    CLOSE_MEMBER_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_POINTS_FIELD_NUMBER: _ClassVar[int]
    REINSTATE_POINTS_FIELD_NUMBER: _ClassVar[int]
    EXTEND_EXPIRY_FIELD_NUMBER: _ClassVar[int]
    EXTEND_AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    FORGIVE_DEBT_FIELD_NUMBER: _ClassVar[int]
    ACTIVATE_POINTS_FIELD_NUMBER: _ClassVar[int]
    LINK_MEMBER_FIELD_NUMBER: _ClassVar[int]
    UNLINK_MEMBER_FIELD_NUMBER: _ClassVar[int]
    ISSUE_REFERRAL_CODE_FIELD_NUMBER: _ClassVar[int]
    DISABLE_REFERRAL_CODE_FIELD_NUMBER: _ClassVar[int]
    RECORD_TOUCH_FIELD_NUMBER: _ClassVar[int]
    BIND_REFERRAL_FIELD_NUMBER: _ClassVar[int]
    RECORD_STEP_FIELD_NUMBER: _ClassVar[int]
    REVIEW_REFERRAL_FIELD_NUMBER: _ClassVar[int]
    DISPUTE_PURCHASE_FIELD_NUMBER: _ClassVar[int]
    CHANGE_COUPON_FIELD_NUMBER: _ClassVar[int]
    ERASE_MEMBER_FIELD_NUMBER: _ClassVar[int]
    accrue_points: _points_pb2.AccruePointsRequest
    record_purchase: _purchases_pb2.RecordPurchaseRequest
    redeem_points: _points_pb2.RedeemPointsRequest
    authorize_redemption: _authorizations_pb2.AuthorizeRedemptionRequest
    capture_redemption: _authorizations_pb2.CaptureRedemptionRequest
    void_redemption: _authorizations_pb2.VoidRedemptionRequest
    reverse_transaction: _reversals_pb2.ReverseTransactionRequest
    adjust_points: _points_pb2.AdjustPointsRequest
    enroll_member: _members_pb2.EnrollMemberRequest
    add_alias: _members_pb2.AddAliasRequest
    remove_alias: _members_pb2.RemoveAliasRequest
    replace_alias: _members_pb2.ReplaceAliasRequest
    block_member: _members_pb2.BlockMemberRequest
    unblock_member: _members_pb2.UnblockMemberRequest
    close_member: _members_pb2.CloseMemberRequest
    transfer_points: _points_pb2.TransferPointsRequest
    reinstate_points: _points_pb2.ReinstatePointsRequest
    extend_expiry: _points_pb2.ExtendExpiryRequest
    extend_authorization: _authorizations_pb2.ExtendAuthorizationRequest
    forgive_debt: _points_pb2.ForgiveDebtRequest
    activate_points: _points_pb2.ActivatePointsRequest
    link_member: _partner_service_pb2.LinkMemberRequest
    unlink_member: _partner_service_pb2.UnlinkMemberRequest
    issue_referral_code: _referral_service_pb2.IssueReferralCodeRequest
    disable_referral_code: _referral_service_pb2.DisableReferralCodeRequest
    record_touch: _referral_service_pb2.RecordTouchRequest
    bind_referral: _referral_service_pb2.BindReferralRequest
    record_step: _referral_service_pb2.RecordStepRequest
    review_referral: _referral_service_pb2.ReviewReferralRequest
    dispute_purchase: _referral_service_pb2.DisputePurchaseRequest
    change_coupon: _referral_service_pb2.ChangeCouponRequest
    erase_member: _members_pb2.EraseMemberRequest
    def __init__(self, accrue_points: _Optional[_Union[_points_pb2.AccruePointsRequest, _Mapping]] = ..., record_purchase: _Optional[_Union[_purchases_pb2.RecordPurchaseRequest, _Mapping]] = ..., redeem_points: _Optional[_Union[_points_pb2.RedeemPointsRequest, _Mapping]] = ..., authorize_redemption: _Optional[_Union[_authorizations_pb2.AuthorizeRedemptionRequest, _Mapping]] = ..., capture_redemption: _Optional[_Union[_authorizations_pb2.CaptureRedemptionRequest, _Mapping]] = ..., void_redemption: _Optional[_Union[_authorizations_pb2.VoidRedemptionRequest, _Mapping]] = ..., reverse_transaction: _Optional[_Union[_reversals_pb2.ReverseTransactionRequest, _Mapping]] = ..., adjust_points: _Optional[_Union[_points_pb2.AdjustPointsRequest, _Mapping]] = ..., enroll_member: _Optional[_Union[_members_pb2.EnrollMemberRequest, _Mapping]] = ..., add_alias: _Optional[_Union[_members_pb2.AddAliasRequest, _Mapping]] = ..., remove_alias: _Optional[_Union[_members_pb2.RemoveAliasRequest, _Mapping]] = ..., replace_alias: _Optional[_Union[_members_pb2.ReplaceAliasRequest, _Mapping]] = ..., block_member: _Optional[_Union[_members_pb2.BlockMemberRequest, _Mapping]] = ..., unblock_member: _Optional[_Union[_members_pb2.UnblockMemberRequest, _Mapping]] = ..., close_member: _Optional[_Union[_members_pb2.CloseMemberRequest, _Mapping]] = ..., transfer_points: _Optional[_Union[_points_pb2.TransferPointsRequest, _Mapping]] = ..., reinstate_points: _Optional[_Union[_points_pb2.ReinstatePointsRequest, _Mapping]] = ..., extend_expiry: _Optional[_Union[_points_pb2.ExtendExpiryRequest, _Mapping]] = ..., extend_authorization: _Optional[_Union[_authorizations_pb2.ExtendAuthorizationRequest, _Mapping]] = ..., forgive_debt: _Optional[_Union[_points_pb2.ForgiveDebtRequest, _Mapping]] = ..., activate_points: _Optional[_Union[_points_pb2.ActivatePointsRequest, _Mapping]] = ..., link_member: _Optional[_Union[_partner_service_pb2.LinkMemberRequest, _Mapping]] = ..., unlink_member: _Optional[_Union[_partner_service_pb2.UnlinkMemberRequest, _Mapping]] = ..., issue_referral_code: _Optional[_Union[_referral_service_pb2.IssueReferralCodeRequest, _Mapping]] = ..., disable_referral_code: _Optional[_Union[_referral_service_pb2.DisableReferralCodeRequest, _Mapping]] = ..., record_touch: _Optional[_Union[_referral_service_pb2.RecordTouchRequest, _Mapping]] = ..., bind_referral: _Optional[_Union[_referral_service_pb2.BindReferralRequest, _Mapping]] = ..., record_step: _Optional[_Union[_referral_service_pb2.RecordStepRequest, _Mapping]] = ..., review_referral: _Optional[_Union[_referral_service_pb2.ReviewReferralRequest, _Mapping]] = ..., dispute_purchase: _Optional[_Union[_referral_service_pb2.DisputePurchaseRequest, _Mapping]] = ..., change_coupon: _Optional[_Union[_referral_service_pb2.ChangeCouponRequest, _Mapping]] = ..., erase_member: _Optional[_Union[_members_pb2.EraseMemberRequest, _Mapping]] = ...) -> None: ...

class PostBatchResponse(_message.Message):
    __slots__ = ("results", "refused_item")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_ITEM_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchResult]
    refused_item: int
    def __init__(self, results: _Optional[_Iterable[_Union[BatchResult, _Mapping]]] = ..., refused_item: _Optional[int] = ...) -> None: ...

class BatchResult(_message.Message):
    __slots__ = ("code", "sequence", "recorded_time", "requested", "awarded", "available", "replayed", "message")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_TIME_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    AWARDED_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    code: _code_pb2.Code
    sequence: int
    recorded_time: _timestamp_pb2.Timestamp
    requested: int
    awarded: int
    available: int
    replayed: bool
    message: str
    def __init__(self, code: _Optional[_Union[_code_pb2.Code, str]] = ..., sequence: _Optional[int] = ..., recorded_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., requested: _Optional[int] = ..., awarded: _Optional[int] = ..., available: _Optional[int] = ..., replayed: bool = ..., message: _Optional[str] = ...) -> None: ...

class PostTableRequest(_message.Message):
    __slots__ = ("verb", "arrow_ipc", "create_members", "all_or_nothing", "key")
    VERB_FIELD_NUMBER: _ClassVar[int]
    ARROW_IPC_FIELD_NUMBER: _ClassVar[int]
    CREATE_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    ALL_OR_NOTHING_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    verb: TableVerb
    arrow_ipc: bytes
    create_members: bool
    all_or_nothing: bool
    key: str
    def __init__(self, verb: _Optional[_Union[TableVerb, str]] = ..., arrow_ipc: _Optional[bytes] = ..., create_members: bool = ..., all_or_nothing: bool = ..., key: _Optional[str] = ...) -> None: ...

class PostTableResponse(_message.Message):
    __slots__ = ("arrow_ipc", "refused_row")
    ARROW_IPC_FIELD_NUMBER: _ClassVar[int]
    REFUSED_ROW_FIELD_NUMBER: _ClassVar[int]
    arrow_ipc: bytes
    refused_row: int
    def __init__(self, arrow_ipc: _Optional[bytes] = ..., refused_row: _Optional[int] = ...) -> None: ...
