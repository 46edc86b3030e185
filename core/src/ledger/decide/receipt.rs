//! Receipts: which document they may name, and when two requests are about the same one.

use super::super::entry::Entry;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Command, Request};
use super::super::state::State;
use super::super::time::Instant;
use super::case::Case;

/// How far ahead of today a business date may lie.
const DAYS_AHEAD: i32 = 366;

/// Whether a request is about the document that an earlier one reported: the same member and the same total, whoever
/// reports it.
pub fn is_same_document(
    state: &State,
    request: &Request<'_>,
    first: &Entry<'_>,
    now: Instant,
) -> bool {
    if first.request.receipt() != request.receipt() {
        return false;
    }
    let same_total = match (&request.command, &first.request.command) {
        (Command::Purchase(purchase), Command::Purchase(first)) => purchase.amount == first.amount,
        (Command::Reverse(reverse), Command::Reverse(first)) => reverse.part == first.part,
        _ => false,
    };
    let at = request.occurred_at.unwrap_or(now);
    let same_member = request.command.member().is_none_or(|name| {
        let member = state.find_member_at(name, at);
        member.is_some() && member == member_of(state, first)
    });
    same_total && same_member
}

/// The member that an entry was about.
fn member_of(state: &State, entry: &Entry<'_>) -> Option<u32> {
    if let Some(effect) = entry.main_effect() {
        return Some(effect.wallet.member);
    }
    let at = entry.request.occurred_at;
    let at = at.unwrap_or_else(|| entry.recorded_at.instant());
    state.find_member_at(entry.request.command.member()?, at)
}

impl Case<'_> {
    /// Whether the request's receipt has a date that a till can have.
    pub fn check_receipt(&self, request: &Request<'_>) -> Result<(), Rejection> {
        let Some(receipt) = request.receipt() else {
            return Ok(());
        };
        let today = self.calendar()?.local_date(self.now).days();
        if receipt.business_date <= today.saturating_add(DAYS_AHEAD) {
            return Ok(());
        }
        Err(Rejection::new(
            Code::ReceiptInvalid,
            "the receipt's business date lies more than a year ahead; set the till's date right",
        ))
    }
}
