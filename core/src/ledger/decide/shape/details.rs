//! The shape of receipts and sources.

use super::super::super::bounds::ID_BYTES;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::{Details, Receipt};

pub fn check(details: &Details<'_>) -> Result<(), Rejection> {
    if let Some(receipt) = &details.receipt {
        check_receipt(receipt)?;
    }
    let source = &details.source;
    if source.store.len() > ID_BYTES || source.actor.len() > ID_BYTES {
        return Err(Rejection::plain(Code::SourceInvalid));
    }
    if *details == Details::default() {
        let message = "details that say nothing are left out";
        return Err(Rejection::new(Code::SourceInvalid, message));
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
