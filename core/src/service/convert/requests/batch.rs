//! The writes of a batch: each checked once, and read again when the engine asks for it.

use super::super::fields::{Edge, FieldError};
use super::Write;
use crate::engine::{Ledger, Rows};
use crate::ledger::rejection::Rejection;
use crate::ledger::request::Request;
use crate::service::wire;
use crate::service::wire::batch_item::Request as Asked;

/// The items of a batch that can be read, as the engine takes them.
#[derive(Debug)]
pub struct Items {
    items: Vec<wire::BatchItem>,
    /// Places of those that can be read.
    readable: Vec<usize>,
    caller: String,
    partner: String,
    ledger: Ledger,
}

impl Items {
    /// Checks every item; those that cannot be read come beside, each with its place.
    pub fn new(items: Vec<wire::BatchItem>, edge: Edge<'_>) -> (Items, Vec<(usize, FieldError)>) {
        let mut readable = Vec::with_capacity(items.len());
        let mut wrong = Vec::new();
        for (place, item) in items.iter().enumerate() {
            match request(item, edge) {
                Ok(_) => readable.push(place),
                Err(error) => wrong.push((place, error.within(&path(place)))),
            }
        }
        let items = Items {
            items,
            readable,
            caller: edge.caller.to_owned(),
            partner: edge.partner.to_owned(),
            ledger: edge.ledger.clone(),
        };
        (items, wrong)
    }

    /// Where an item that can be read stands, and what is said against it there.
    pub fn refused(&self, index: usize, rejection: Rejection) -> (usize, FieldError) {
        let place = self.readable[index];
        (place, FieldError::of(&path(place), rejection))
    }
}

fn path(place: usize) -> String {
    format!("items[{place}]")
}

impl Rows for Items {
    fn len(&self) -> usize {
        self.readable.len()
    }

    fn request(&self, index: usize) -> Request<'_> {
        let edge = Edge {
            caller: &self.caller,
            partner: &self.partner,
            ledger: &self.ledger,
        };
        request(&self.items[self.readable[index]], edge)
            .expect("it could be read when the batch was made")
    }
}

fn request<'r>(item: &'r wire::BatchItem, edge: Edge<'r>) -> Result<Request<'r>, FieldError> {
    let asked = item.request.as_ref();
    let (write, name): (Result<Request<'r>, FieldError>, &str) =
        match asked.ok_or_else(|| FieldError::missing("request"))? {
            Asked::AccruePoints(asked) => (asked.request(edge), "accrue_points"),
            Asked::RecordPurchase(asked) => (asked.request(edge), "record_purchase"),
            Asked::RedeemPoints(asked) => (asked.request(edge), "redeem_points"),
            Asked::AuthorizeRedemption(asked) => (asked.request(edge), "authorize_redemption"),
            Asked::CaptureRedemption(asked) => (asked.request(edge), "capture_redemption"),
            Asked::VoidRedemption(asked) => (asked.request(edge), "void_redemption"),
            Asked::ReverseTransaction(asked) => (asked.request(edge), "reverse_transaction"),
            Asked::AdjustPoints(asked) => (asked.request(edge), "adjust_points"),
            Asked::EnrollMember(asked) => (asked.request(edge), "enroll_member"),
            Asked::AddAlias(asked) => (asked.request(edge), "add_alias"),
            Asked::RemoveAlias(asked) => (asked.request(edge), "remove_alias"),
            Asked::ReplaceAlias(asked) => (asked.request(edge), "replace_alias"),
            Asked::BlockMember(asked) => (asked.request(edge), "block_member"),
            Asked::UnblockMember(asked) => (asked.request(edge), "unblock_member"),
            Asked::CloseMember(asked) => (asked.request(edge), "close_member"),
            Asked::EraseMember(asked) => (asked.request(edge), "erase_member"),
            Asked::TransferPoints(asked) => (asked.request(edge), "transfer_points"),
            Asked::ReinstatePoints(asked) => (asked.request(edge), "reinstate_points"),
            Asked::ExtendExpiry(asked) => (asked.request(edge), "extend_expiry"),
            Asked::ExtendAuthorization(asked) => (asked.request(edge), "extend_authorization"),
            Asked::ForgiveDebt(asked) => (asked.request(edge), "forgive_debt"),
            Asked::LinkMember(asked) => (asked.request(edge), "link_member"),
            Asked::UnlinkMember(asked) => (asked.request(edge), "unlink_member"),
            Asked::ActivatePoints(asked) => (asked.request(edge), "activate_points"),
            Asked::IssueReferralCode(asked) => (asked.request(edge), "issue_referral_code"),
            Asked::DisableReferralCode(asked) => (asked.request(edge), "disable_referral_code"),
            Asked::RecordTouch(asked) => (asked.request(edge), "record_touch"),
            Asked::BindReferral(asked) => (asked.request(edge), "bind_referral"),
            Asked::RecordStep(asked) => (asked.request(edge), "record_step"),
            Asked::ReviewReferral(asked) => (asked.request(edge), "review_referral"),
            Asked::DisputePurchase(asked) => (asked.request(edge), "dispute_purchase"),
            Asked::ChangeCoupon(asked) => (asked.request(edge), "change_coupon"),
        };
    write.map_err(|error| error.within(name))
}
