//! The writes of a batch: each checked once, and read again when the engine asks for it.

use std::sync::Arc;

use super::super::fields::{Edge, FieldError};
use super::Write;
use crate::engine::{Failure, Ledger, Rows};
use crate::ledger::request::Request;
use crate::service::principals::Principal;
use crate::service::wire;
use crate::service::wire::batch_item::Request as Asked;

/// The items of a batch that can be read and may be made, as the engine takes them.
#[derive(Debug)]
pub struct Items {
    items: Vec<wire::BatchItem>,
    /// Places of those that can be read and may be made.
    taken: Vec<usize>,
    principal: Arc<Principal>,
    ledger: Ledger,
}

impl Items {
    /// Checks every item; those that cannot be read, or that `allow` says no to, come beside, each with its place.
    pub fn new(
        items: Vec<wire::BatchItem>,
        principal: &Arc<Principal>,
        ledger: &Ledger,
        mut allow: impl FnMut(&Request<'_>) -> Result<(), Failure>,
    ) -> Result<(Items, Vec<(usize, FieldError)>), Failure> {
        let items = Items {
            taken: Vec::with_capacity(items.len()),
            items,
            principal: Arc::clone(principal),
            ledger: ledger.clone(),
        };
        let mut taken = Vec::with_capacity(items.items.len());
        let mut wrong = Vec::new();
        for place in 0..items.items.len() {
            let path = || format!("items[{place}]");
            let error = match items.read(place).map(|request| allow(&request)) {
                Ok(Ok(())) => {
                    taken.push(place);
                    continue;
                }
                Ok(Err(Failure::Rejected(rejection))) => FieldError::of(&path(), rejection),
                Ok(Err(failure)) => return Err(failure),
                Err(error) => error.within(&path()),
            };
            wrong.push((place, error));
        }
        Ok((Items { taken, ..items }, wrong))
    }

    fn read(&self, place: usize) -> Result<Request<'_>, FieldError> {
        let edge = Edge {
            caller: &self.principal.key_space,
            ledger: &self.ledger,
        };
        let mut request = request(&self.items[place], edge)?;
        self.principal.sign(&mut request);
        Ok(request)
    }
}

impl Rows for Items {
    fn len(&self) -> usize {
        self.taken.len()
    }

    fn request(&self, index: usize) -> Request<'_> {
        self.read(self.taken[index])
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
            Asked::TransferPoints(asked) => (asked.request(edge), "transfer_points"),
            Asked::ReinstatePoints(asked) => (asked.request(edge), "reinstate_points"),
            Asked::ExtendExpiry(asked) => (asked.request(edge), "extend_expiry"),
            Asked::ExtendAuthorization(asked) => (asked.request(edge), "extend_authorization"),
            Asked::ForgiveDebt(asked) => (asked.request(edge), "forgive_debt"),
            Asked::ActivatePoints(asked) => (asked.request(edge), "activate_points"),
        };
    write.map_err(|error| error.within(name))
}
