//! The shape of receipts and sources.

use super::super::super::bounds::{ID_BYTES, PARTNER_BYTES};
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::{Details, Receipt};
use super::check_id;

pub fn check(details: &Details<'_>) -> Result<(), Rejection> {
    if let Some(receipt) = &details.receipt {
        check_receipt(receipt)?;
    }
    let source = &details.source;
    let texts = [&source.store, &source.actor, &source.verification];
    if texts.into_iter().any(|text| text.len() > ID_BYTES) {
        return Err(Rejection::plain(Code::SourceInvalid));
    }
    if !source.partner.is_empty() {
        check_partner(&source.partner)?;
    }
    if *details == Details::default() {
        let message = "details that say nothing are left out";
        return Err(Rejection::new(Code::SourceInvalid, message));
    }
    Ok(())
}

/// The form of a partner's id.
pub fn check_partner(partner: &str) -> Result<(), Rejection> {
    check_id(partner, "partner's id")?;
    if partner.len() > PARTNER_BYTES {
        let message = format!("a partner's id has at most {PARTNER_BYTES} bytes");
        return Err(Rejection::new(Code::InvalidId, message));
    }
    Ok(())
}

pub fn check_receipt(receipt: &Receipt<'_>) -> Result<(), Rejection> {
    let named = |text: &str| (1..=ID_BYTES).contains(&text.len());
    if named(&receipt.store) && named(&receipt.number) && receipt.terminal.len() <= ID_BYTES {
        Ok(())
    } else {
        Err(Rejection::plain(Code::ReceiptInvalid))
    }
}
