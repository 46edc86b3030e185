//! Every key ever used, as an 88-bit print and the sequence of its entry: 16 bytes a key, kept for ever.
//!
//! ```text
//!  127 ............................ 40 39 ............ 0
//!  print (88 bits of the keyed hash)   sequence (40 bits)
//! ```
//!
//! 256 parts, chosen by the print's top byte, grow one at a time, so that no write waits for one large table.

use super::bounds::SEQUENCE_BITS;
use super::tables::{Hashing, Table};

/// Parts of the table.
pub const PARTS: usize = 256;
const SEQUENCE_MASK: u128 = (1 << SEQUENCE_BITS) - 1;

/// A key's place in the table: the top 88 bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Print(u128);

impl Print {
    pub fn of(hashing: &Hashing, caller: &str, key: &str) -> Print {
        Print(hashing.hash_pair(caller.as_bytes(), key.as_bytes()) & !SEQUENCE_MASK)
    }

    const fn part(self) -> usize {
        (self.0 >> 120) as usize
    }

    const fn hash(self) -> u64 {
        (self.0 >> SEQUENCE_BITS) as u64
    }
}

/// One slot: print and sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(u128);

impl Slot {
    pub const fn new(print: Print, sequence: u64) -> Slot {
        Slot(print.0 | sequence as u128)
    }

    pub const fn print(self) -> Print {
        Print(self.0 & !SEQUENCE_MASK)
    }

    pub const fn sequence(self) -> u64 {
        (self.0 & SEQUENCE_MASK) as u64
    }

    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    pub const fn from_bytes(bytes: [u8; 16]) -> Slot {
        Slot(u128::from_be_bytes(bytes))
    }
}

#[derive(Clone, Debug)]
pub struct Keys {
    parts: Vec<Table<Slot>>,
}

impl Default for Keys {
    fn default() -> Keys {
        Keys {
            parts: (0..PARTS).map(|_| Table::new()).collect(),
        }
    }
}

impl Keys {
    pub fn find(&self, print: Print) -> Option<u64> {
        self.parts[print.part()]
            .find(print.hash(), |slot| slot.print() == print)
            .map(Slot::sequence)
    }

    pub fn insert(&mut self, slot: Slot) {
        let print = slot.print();
        self.parts[print.part()].insert(print.hash(), slot, |slot| slot.print().hash());
    }

    pub fn len(&self) -> usize {
        self.parts.iter().map(Table::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn reserve(&mut self, more: usize) {
        for part in &mut self.parts {
            part.reserve(more / PARTS, |slot| slot.print().hash());
        }
    }

    /// Every slot in order of print.
    pub fn sorted(&self) -> impl Iterator<Item = Slot> + '_ {
        (0..PARTS).flat_map(|part| self.sorted_part(part))
    }

    /// The slots of one part in order of print; the parts follow one another in that order.
    pub fn sorted_part(&self, part: usize) -> Vec<Slot> {
        self.parts[part].sorted(|slot| *slot)
    }
}
