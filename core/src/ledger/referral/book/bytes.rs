//! The bytes of packed records: a text, an instant or a member that stood there before is told by its place or
//! distance.

use smallvec::SmallVec;

use crate::ledger::compact::{push_varint, take_varint, unzigzag, zigzag};
use crate::ledger::time::Instant;

/// Texts of a record that later ones are compared with.
const TEXTS: usize = 8;

/// What stood there last.
#[derive(Default)]
struct Last {
    instant: i64,
    member: i64,
    origin: u64,
}

#[derive(Default)]
pub(super) struct Writer {
    pub bytes: Vec<u8>,
    texts: SmallVec<[(u32, u32); TEXTS]>,
    last: Last,
}

impl Writer {
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub fn number(&mut self, number: u64) {
        push_varint(&mut self.bytes, number);
    }

    pub fn signed(&mut self, number: i64) {
        self.number(zigzag(number));
    }

    /// Twice the length and the letters; or twice the place of the same text, and one.
    pub fn text(&mut self, text: &str) {
        let bytes = &self.bytes;
        let is_same =
            |(start, end): &(u32, u32)| bytes[*start as usize..*end as usize] == *text.as_bytes();
        if let Some(place) = self.texts.iter().position(is_same) {
            return self.number((place as u64) << 1 | 1);
        }
        self.number((text.len() as u64) << 1);
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(text.as_bytes());
        if self.texts.len() < TEXTS {
            self.texts.push((start, self.bytes.len() as u32));
        }
    }

    /// One and the distance to the last one; 0 is `NEVER`.
    pub fn instant(&mut self, instant: Instant) {
        if instant == Instant::NEVER {
            return self.number(0);
        }
        let distance = instant.0.wrapping_sub(self.last.instant);
        self.number(zigzag(distance).wrapping_add(1));
        self.last.instant = instant.0;
    }

    pub fn member(&mut self, member: u32) {
        self.signed(i64::from(member) - self.last.member);
        self.last.member = i64::from(member);
    }

    /// The mark of rewards stands first, so that it moves to the lowest place.
    pub fn origin(&mut self, origin: u64) {
        let origin = origin.rotate_left(1);
        self.signed(origin.wrapping_sub(self.last.origin) as i64);
        self.last.origin = origin;
    }
}

/// Reads what a writer wrote: there is nothing else in a record.
pub(super) struct Reader<'b> {
    rest: &'b [u8],
    texts: SmallVec<[&'b str; TEXTS]>,
    last: Last,
}

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8]) -> Reader<'b> {
        Reader {
            rest: bytes,
            texts: SmallVec::new(),
            last: Last::default(),
        }
    }

    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let (byte, rest) = self.rest.split_first().expect("records are whole");
        self.rest = rest;
        *byte
    }

    pub fn number(&mut self) -> u64 {
        let (number, rest) = take_varint(self.rest).expect("records are whole");
        self.rest = rest;
        number
    }

    pub fn signed(&mut self) -> i64 {
        unzigzag(self.number())
    }

    pub fn text(&mut self) -> &'b str {
        let number = self.number();
        let count = (number >> 1) as usize;
        if number & 1 == 1 {
            return self.texts[count];
        }
        let (text, rest) = self.rest.split_at(count);
        self.rest = rest;
        let text = std::str::from_utf8(text).expect("a text was written");
        if self.texts.len() < TEXTS {
            self.texts.push(text);
        }
        text
    }

    pub fn instant(&mut self) -> Instant {
        let number = self.number();
        if number == 0 {
            return Instant::NEVER;
        }
        let distance = unzigzag(number.wrapping_sub(1));
        self.last.instant = self.last.instant.wrapping_add(distance);
        Instant(self.last.instant)
    }

    pub fn member(&mut self) -> u32 {
        self.last.member += self.signed();
        self.last.member as u32
    }

    pub fn origin(&mut self) -> u64 {
        self.last.origin = self.last.origin.wrapping_add(self.signed() as u64);
        self.last.origin.rotate_right(1)
    }
}
