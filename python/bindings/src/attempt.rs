//! What every write carries: its key, when it happened, its document, and where it comes from.

use loyalty_ledger::ledger::request::{Command, Request, Text};
use loyalty_ledger::ledger::source::{Details, EntryMode, Receipt, Source};
use loyalty_ledger::ledger::time::Instant;
use pyo3::prelude::*;

/// Store, terminal, days since 1970-01-01, number.
pub type ReceiptParts = (String, String, i32, String);

/// Store, actor, number of the entry mode, training, partner, verification.
type SourceParts = (String, String, u8, bool, String, String);

/// One attempt of a caller, as a dictionary.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Attempt {
    key: String,
    occurred_at: Option<i64>,
    receipt: Option<ReceiptParts>,
    source: Option<SourceParts>,
    offline: bool,
}

impl Attempt {
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The request that this attempt makes.
    pub fn request<'a>(&'a self, command: Command<'a>) -> Request<'a> {
        Request {
            caller: Text::Borrowed(""),
            key: Text::Borrowed(&self.key),
            occurred_at: self.occurred_at.map(Instant),
            details: self.details(),
            command,
        }
    }

    fn details(&self) -> Option<Box<Details<'_>>> {
        let mut source = Source {
            offline: self.offline,
            ..Source::default()
        };
        if let Some((store, actor, mode, training, partner, verification)) = &self.source {
            source.store = Text::Borrowed(store);
            source.actor = Text::Borrowed(actor);
            source.entry_mode = EntryMode::from_number(*mode).unwrap_or_default();
            source.training = *training;
            source.partner = Text::Borrowed(partner);
            source.verification = Text::Borrowed(verification);
        }
        Details::boxed(self.receipt.as_ref().map(receipt), source)
    }
}

/// A receipt that borrows its parts.
pub fn receipt((store, terminal, business_date, number): &ReceiptParts) -> Receipt<'_> {
    Receipt {
        store: Text::Borrowed(store),
        terminal: Text::Borrowed(terminal),
        business_date: *business_date,
        number: Text::Borrowed(number),
    }
}
