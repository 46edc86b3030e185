//! Where a request comes from, and which document of a till it is about.

use super::request::{Request, Text};

/// The document a request is about, and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details<'a> {
    pub receipt: Option<Receipt<'a>>,
    pub source: Source<'a>,
}

/// Names a document of a till, whoever reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt<'a> {
    pub store: Text<'a>,
    /// Empty where a store numbers its receipts without it.
    pub terminal: Text<'a>,
    /// Days since 1970-01-01.
    pub business_date: i32,
    pub number: Text<'a>,
}

/// Whether a receipt documents a sale or a return: both may bear one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ReceiptKind {
    Sale = 0,
    Return = 1,
}

/// A receipt and what it documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptName<'a> {
    pub kind: ReceiptKind,
    pub receipt: Receipt<'a>,
}

/// Where and how a request came about. Of all this only `offline` makes it another request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source<'a> {
    /// The store of a request without a receipt.
    pub store: Text<'a>,
    pub actor: Text<'a>,
    pub entry_mode: EntryMode,
    /// The till decided without the ledger; it is recorded whatever the member's state is.
    pub offline: bool,
    /// Answered as if it were real, and never written.
    pub training: bool,
    /// Id of the partner on whose behalf it is made; empty: on nobody's.
    pub partner: Text<'a>,
    /// Names how the member proved to be there, wherever that is kept; empty: not at all.
    pub verification: Text<'a>,
}

/// How the member was told at the till.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum EntryMode {
    #[default]
    Unknown = 0,
    Scanned = 1,
    Swiped = 2,
    Keyed = 3,
    Phone = 4,
    App = 5,
}

impl EntryMode {
    pub const ALL: [EntryMode; 6] = [
        EntryMode::Unknown,
        EntryMode::Scanned,
        EntryMode::Swiped,
        EntryMode::Keyed,
        EntryMode::Phone,
        EntryMode::App,
    ];

    pub fn from_number(number: u8) -> Option<EntryMode> {
        EntryMode::ALL
            .into_iter()
            .find(|mode| *mode as u8 == number)
    }
}

impl<'a> Details<'a> {
    /// Details worth keeping; `None` if they say nothing.
    pub fn boxed(receipt: Option<Receipt<'a>>, source: Source<'a>) -> Option<Box<Details<'a>>> {
        let details = Details { receipt, source };
        (details != Details::default()).then(|| Box::new(details))
    }
}

impl<'a> Request<'a> {
    pub fn receipt(&self) -> Option<&Receipt<'a>> {
        self.details.as_ref()?.receipt.as_ref()
    }

    pub fn source(&self) -> Option<&Source<'a>> {
        self.details.as_ref().map(|details| &details.source)
    }

    pub fn is_offline(&self) -> bool {
        self.source().is_some_and(|source| source.offline)
    }

    /// The partner on whose behalf it is made, if it is on anybody's.
    pub fn partner(&self) -> Option<&str> {
        let partner = self.source()?.partner.as_ref();
        (!partner.is_empty()).then_some(partner)
    }

    /// The store it comes from: the receipt's, else the source's, else none.
    pub fn store(&self) -> &str {
        let receipt = self.receipt().map(|receipt| &receipt.store);
        let store = receipt.or_else(|| self.source().map(|source| &source.store));
        store.map_or("", |store| store.as_ref())
    }
}
