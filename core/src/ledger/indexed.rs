//! What an entry leaves in the indexes of the state and of the lookup files: keys, receipts, what waits, follow-ups.

use smallvec::SmallVec;

use super::entry::{Entry, Fact};
use super::keys::{Print, Slot};
use super::rejection::{Class, Code};
use super::request::{Command, Receipt, ReceiptKind, Reference};
use super::state::FollowUp;
use super::tables::Hashing;

impl Print {
    /// The print of a receipt: no caller's name begins as its does, so it is never that of a key.
    pub fn of_receipt(hashing: &Hashing, kind: ReceiptKind, receipt: &Receipt<'_>) -> Print {
        let mut named = Vec::with_capacity(64);
        for text in [&receipt.store, &receipt.terminal, &receipt.number] {
            named.extend_from_slice(&(text.len() as u32).to_le_bytes());
            named.extend_from_slice(text.as_bytes());
        }
        named.extend_from_slice(&receipt.business_date.to_le_bytes());
        let space = match kind {
            ReceiptKind::Sale => "\0sale",
            ReceiptKind::Return => "\0return",
        };
        Print::of_bytes(hashing, space.as_bytes(), &named)
    }

    /// The print of what a reference names; `None` for a sequence.
    pub fn of_reference(
        hashing: &Hashing,
        caller: &str,
        reference: &Reference<'_>,
    ) -> Option<Print> {
        match reference {
            Reference::Sequence(_) => None,
            Reference::Key(key) => Some(Print::of(hashing, caller, key)),
            Reference::Receipt(name) => Some(Print::of_receipt(hashing, name.kind, &name.receipt)),
        }
    }
}

impl Entry<'_> {
    /// Its key, if it has one.
    pub fn key_slot(&self, hashing: &Hashing) -> Option<Slot> {
        let request = &self.request;
        let print = || Print::of(hashing, &request.caller, &request.key);
        (!request.key.is_empty()).then(|| Slot::new(print(), self.sequence))
    }

    /// The receipt that it uses up: of an applied purchase or reversal.
    pub fn receipt_slot(&self, hashing: &Hashing) -> Option<Slot> {
        let receipt = self.request.receipt()?;
        let kind = self.request.command.receipt_kind()?;
        let print = Print::of_receipt(hashing, kind, receipt);
        (self.code.class() == Class::Applied).then(|| Slot::new(print, self.sequence))
    }

    /// What it waits for, if that has not arrived.
    pub fn parked_slot(&self, hashing: &Hashing) -> Option<Slot> {
        if self.code != Code::Parked {
            return None;
        }
        let reference = self.request.command.reference()?;
        let print = Print::of_reference(hashing, &self.request.caller, reference)?;
        Some(Slot::new(print, self.sequence))
    }

    /// The originals whose latest follow-up it is.
    pub fn follow_ups(&self) -> SmallVec<[FollowUp; 1]> {
        let mut found = SmallVec::new();
        if self.follows_up() {
            found.push(FollowUp {
                original: self.original,
                latest: self.sequence,
            });
        }
        for fact in &self.facts {
            if let Fact::Reopened { original } = fact {
                found.push(FollowUp {
                    original: *original,
                    latest: self.sequence,
                });
            }
        }
        found
    }

    /// Whether later requests about its original have to know it: a reversal also of nothing, so that it happens once,
    /// but not the void of a hold that was gone.
    fn follows_up(&self) -> bool {
        if self.original == 0 || self.code.class() != Class::Applied {
            return false;
        }
        let mut movements = self.effects.iter().flat_map(|effect| &effect.movements);
        match self.request.command {
            Command::Reverse(_) => true,
            Command::Capture(_) | Command::Void(_) | Command::Purchase(_) => {
                self.figures.charged > 0 || movements.any(|movement| movement.due_at.is_none())
            }
            _ => false,
        }
    }
}
