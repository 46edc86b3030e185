//! Requests come in: one conversion per message that asks for a write.

mod batch;
mod members;
mod partners;
mod points;
mod purchases;
mod referrals;
mod table;
mod tills;

use std::borrow::Cow;

use prost_types::Timestamp;

use super::answers::Answered;
use super::fields::{self, Edge, FieldError};
use crate::ledger::request::{Command, Details, Request, Source, Text};
use crate::service::wire;

pub use batch::Items;
pub use partners::partner;
pub use purchases::quote;
pub use table::{Asked, asked_of_table};

/// A message that asks for one write under a key.
pub trait Write {
    /// What it is answered with.
    type Response: From<Answered>;

    /// The request that it makes of this caller.
    fn request<'r>(&'r self, edge: Edge<'r>) -> Result<Request<'r>, FieldError>;
}

/// What every write states beside what it asks for.
struct Attempt<'r> {
    key: Text<'r>,
    occurred_time: Option<&'r Timestamp>,
    receipt: Option<&'r wire::Receipt>,
    source: Option<&'r wire::Source>,
}

impl<'r> Attempt<'r> {
    fn request(self, edge: Edge<'r>, command: Command<'r>) -> Result<Request<'r>, FieldError> {
        let receipt = self
            .receipt
            .map(|receipt| fields::receipt("receipt", receipt));
        let source = self.source.map_or(Ok(Source::default()), fields::source)?;
        Ok(Request {
            caller: Cow::Borrowed(edge.caller),
            key: self.key,
            occurred_at: fields::optional_instant("occurred_time", self.occurred_time)?,
            details: Details::boxed(receipt.transpose()?, source),
            command,
        })
    }
}

/// Messages that state a key, their answers, and what makes commands of them.
macro_rules! writes {
    ($($request:ident $response:ident $command:path;)*) => {$(
        impl Write for wire::$request {
            type Response = wire::$response;

            fn request<'r>(&'r self, edge: Edge<'r>) -> Result<Request<'r>, FieldError> {
                let attempt = Attempt {
                    key: Cow::Borrowed(&self.key),
                    occurred_time: self.occurred_time.as_ref(),
                    receipt: self.receipt.as_ref(),
                    source: self.source.as_ref(),
                };
                attempt.request(edge, $command(self, edge)?)
            }
        }
    )*};
}

writes! {
    AddAliasRequest AddAliasResponse members::add_alias;
    RemoveAliasRequest RemoveAliasResponse members::remove_alias;
    ReplaceAliasRequest ReplaceAliasResponse members::replace_alias;
    BlockMemberRequest BlockMemberResponse members::block;
    UnblockMemberRequest UnblockMemberResponse members::unblock;
    CloseMemberRequest CloseMemberResponse members::close;
    EraseMemberRequest EraseMemberResponse members::erase;
    RecordPurchaseRequest RecordPurchaseResponse purchases::record;
    AccruePointsRequest AccruePointsResponse points::accrue;
    RedeemPointsRequest RedeemPointsResponse points::redeem;
    AdjustPointsRequest AdjustPointsResponse points::adjust;
    TransferPointsRequest TransferPointsResponse points::transfer;
    ReinstatePointsRequest ReinstatePointsResponse points::reinstate;
    ExtendExpiryRequest ExtendExpiryResponse points::extend;
    ForgiveDebtRequest ForgiveDebtResponse points::forgive_debt;
    ActivatePointsRequest ActivatePointsResponse points::activate;
    AuthorizeRedemptionRequest AuthorizeRedemptionResponse tills::authorize;
    CaptureRedemptionRequest CaptureRedemptionResponse tills::capture;
    VoidRedemptionRequest VoidRedemptionResponse tills::void;
    ExtendAuthorizationRequest ExtendAuthorizationResponse tills::extend;
    ReverseTransactionRequest ReverseTransactionResponse tills::reverse;
    LinkMemberRequest LinkMemberResponse partners::link;
    UnlinkMemberRequest UnlinkMemberResponse partners::unlink;
    IssueOneTimeCodeRequest IssueOneTimeCodeResponse partners::issue;
    IssueReferralCodeRequest IssueReferralCodeResponse referrals::issue_code;
    DisableReferralCodeRequest DisableReferralCodeResponse referrals::disable_code;
    RecordTouchRequest RecordTouchResponse referrals::touch;
    BindReferralRequest BindReferralResponse referrals::bind;
    RecordStepRequest RecordStepResponse referrals::step;
    ReviewReferralRequest ReviewReferralResponse referrals::review;
    CloseReferralPeriodRequest CloseReferralPeriodResponse referrals::close_period;
    DisputePurchaseRequest DisputePurchaseResponse referrals::dispute;
    ChangeCouponRequest ChangeCouponResponse referrals::change_coupon;
}

impl Write for wire::EnrollMemberRequest {
    type Response = wire::EnrollMemberResponse;

    /// An enrolment without a key has one that its member's id makes.
    fn request<'r>(&'r self, edge: Edge<'r>) -> Result<Request<'r>, FieldError> {
        let attempt = Attempt {
            key: match self.key.as_str() {
                "" => Cow::Owned(format!("enroll/{}", self.member)),
                key => Cow::Borrowed(key),
            },
            occurred_time: self.occurred_time.as_ref(),
            receipt: self.receipt.as_ref(),
            source: self.source.as_ref(),
        };
        attempt.request(edge, members::enroll(self, edge)?)
    }
}
