//! Owns answering what has been answered before: a key that was used, or a document that was reported.

use super::core::Core;
use super::failure::Failure;
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
}

impl Core {
    /// Answers a request that was answered before; that entry is durable.
    pub fn answer_again(&self, request: &Request<'_>, known: Known) -> Result<Answer, Failure> {
        match known {
            Known::Key(sequence) => self.replay(request, sequence),
            Known::Receipt(sequence) => self.replay_document(request, sequence),
        }
    }

    /// Answers a request whose key an earlier entry has; that entry is durable.
    pub fn replay(&self, request: &Request<'_>, sequence: u64) -> Result<Answer, Failure> {
        self.with_entry(sequence, |first| match same_content(request, first) {
            true => Ok(again(first)),
            false => Err(Failure::Rejected(key_reused(request, sequence))),
        })?
    }

    /// Answers a request whose receipt an earlier entry has used up.
    fn replay_document(&self, request: &Request<'_>, sequence: u64) -> Result<Answer, Failure> {
        let now = self.clock.now();
        self.with_entry(sequence, |first| {
            let state = self.state.read();
            match is_same_document(&state, request, first, now) {
                true => Ok(again(first)),
                false => Err(Failure::Rejected(receipt_reused(sequence))),
            }
        })?
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
