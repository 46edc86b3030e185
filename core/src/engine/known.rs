//! Owns answering what has been answered before: a key that was used, or a document that was reported.

use super::core::Core;
use super::failure::Failure;
use super::originals::Fetched;
use super::writer::Decider;
use crate::ledger::answer::{Answer, answer};
use crate::ledger::decide::{is_same_document, same_content};
use crate::ledger::entry::Entry;
use crate::ledger::keys::Print;
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::Request;
use crate::ledger::state::State;

/// The entry that answered a request before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It has the request's key.
    Key(u64),
    /// It has used up the request's receipt.
    Receipt(u64),
}

impl Known {
    /// The key comes first. `key` is the print of the request's, if it has one.
    pub fn find(state: &State, request: &Request<'_>, key: Option<Print>) -> Option<Known> {
        let by_key = key.and_then(|print| state.keys.find(print)).map(Known::Key);
        by_key.or_else(|| {
            let receipt = request.details.as_ref()?.receipt.as_ref()?;
            let found = state.find_receipt(request.command.receipt_kind()?, receipt);
            found.map(Known::Receipt)
        })
    }

    pub const fn sequence(self) -> u64 {
        let (Known::Key(sequence) | Known::Receipt(sequence)) = self;
        sequence
    }
}

impl Core {
    /// Answers a request that was answered before; that entry is durable.
    pub fn answer_again(&self, request: &Request<'_>, known: Known) -> Result<Answer, Failure> {
        self.with_entry(known.sequence(), |first| {
            self.answer_from(request, known, first)
        })?
    }

    /// The same while that entry is on its way to the disk.
    pub fn answer_undurable(
        &self,
        decider: &Decider,
        request: &Request<'_>,
        known: Known,
    ) -> Result<Answer, Failure> {
        let first = self.known(decider, known, Fetched::default())?;
        self.answer_from(request, known, &first)
    }

    fn answer_from(
        &self,
        request: &Request<'_>,
        known: Known,
        first: &Entry<'_>,
    ) -> Result<Answer, Failure> {
        match known {
            Known::Key(_) if same_content(request, first) => Ok(again(first)),
            Known::Key(sequence) => Err(Failure::Rejected(key_reused(request, sequence))),
            Known::Receipt(sequence) => {
                let now = self.clock.now();
                match is_same_document(&self.state.read(), request, first, now) {
                    true => Ok(again(first)),
                    false => Err(Failure::Rejected(receipt_reused(sequence))),
                }
            }
        }
    }
}

fn again(first: &Entry<'_>) -> Answer {
    Answer {
        replayed: true,
        ..answer(first)
    }
}

fn key_reused(request: &Request<'_>, sequence: u64) -> Rejection {
    let message = format!(
        "the key {:?} was used for another request, entry {sequence}",
        request.key
    );
    Rejection {
        entry: Some(sequence),
        ..Rejection::new(Code::KeyReused, message)
    }
}

fn receipt_reused(sequence: u64) -> Rejection {
    let message = format!(
        "the receipt was reported for another member or total, entry {sequence}; number receipts anew"
    );
    Rejection {
        entry: Some(sequence),
        ..Rejection::new(Code::ReceiptReused, message)
    }
}
