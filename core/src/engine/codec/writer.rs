//! Writes protobuf fields in canonical form. Callers name fields in ascending order.

use crate::ledger::compact::{instant_code, push_varint, zigzag};
use crate::ledger::time::Instant;

pub(super) const VARINT: u32 = 0;
pub(super) const LENGTH_DELIMITED: u32 = 2;

pub(super) struct Writer<'b> {
    buffer: &'b mut Vec<u8>,
}

impl<'b> Writer<'b> {
    pub fn new(buffer: &'b mut Vec<u8>) -> Writer<'b> {
        Writer { buffer }
    }

    /// A number without presence: left out when zero.
    #[inline]
    pub fn number(&mut self, field: u32, value: u64) {
        if value != 0 {
            self.stated_number(field, value);
        }
    }

    /// A number with presence.
    #[inline]
    pub fn stated_number(&mut self, field: u32, value: u64) {
        self.varint(u64::from(field << 3 | VARINT));
        self.varint(value);
    }

    /// A number with presence, left out when it equals what its absence means.
    #[inline]
    pub fn number_unless(&mut self, field: u32, value: u64, meant: u64) {
        if value != meant {
            self.stated_number(field, value);
        }
    }

    #[inline]
    pub fn integer(&mut self, field: u32, value: i64) {
        self.number(field, value as u64);
    }

    /// A signed number in zigzag, left out when zero.
    #[inline]
    pub fn signed(&mut self, field: u32, value: i64) {
        self.number(field, zigzag(value));
    }

    #[inline]
    pub fn flag(&mut self, field: u32, value: bool) {
        self.number(field, u64::from(value));
    }

    #[inline]
    pub fn instant(&mut self, field: u32, value: Instant) {
        self.stated_number(field, instant_code(value));
    }

    #[inline]
    pub fn instant_unless(&mut self, field: u32, value: Instant, meant: Instant) {
        if value != meant {
            self.instant(field, value);
        }
    }

    /// Text without presence: left out when empty.
    #[inline]
    pub fn text(&mut self, field: u32, value: &str) {
        if !value.is_empty() {
            self.stated_bytes(field, value.as_bytes());
        }
    }

    #[inline]
    pub fn bytes(&mut self, field: u32, value: &[u8]) {
        if !value.is_empty() {
            self.stated_bytes(field, value);
        }
    }

    /// Bytes or text with presence.
    #[inline]
    pub fn stated_bytes(&mut self, field: u32, value: &[u8]) {
        self.varint(u64::from(field << 3 | LENGTH_DELIMITED));
        self.varint(value.len() as u64);
        self.buffer.extend_from_slice(value);
    }

    /// A message: its fields are written in place, then its length is put before them.
    #[inline]
    pub fn message(&mut self, field: u32, write: impl FnOnce(&mut Writer<'_>)) {
        self.varint(u64::from(field << 3 | LENGTH_DELIMITED));
        let start = self.buffer.len();
        self.buffer.push(0);
        write(self);
        let length = self.buffer.len() - start - 1;
        if length < 0x80 {
            self.buffer[start] = length as u8;
        } else {
            self.widen_length(start, length as u64);
        }
    }

    #[cold]
    fn widen_length(&mut self, start: usize, length: u64) {
        let mut prefix = Vec::with_capacity(10);
        push_varint(&mut prefix, length);
        self.buffer.splice(start..=start, prefix);
    }

    #[inline]
    fn varint(&mut self, value: u64) {
        push_varint(self.buffer, value);
    }
}
