//! Reads protobuf fields in canonical form. Callers ask for fields in ascending order; what nobody asks for is refused.

use super::error::CodecError;
use super::writer::{LENGTH_DELIMITED, VARINT};
use crate::ledger::compact::{instant_of, take_varint, unzigzag};
use crate::ledger::time::Instant;

type Read<T> = Result<T, CodecError>;

#[derive(Clone)]
pub(super) struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8]) -> Reader<'b> {
        Reader { rest: bytes }
    }

    /// Whether all was read: what stands at a message's end is mostly absent.
    #[inline(always)]
    pub const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Nothing may be left.
    #[inline]
    pub fn end(&mut self) -> Read<()> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(CodecError::Unexpected(self.varint()?))
    }

    /// A number without presence: zero when absent.
    #[inline]
    pub fn number(&mut self, field: u32) -> Read<u64> {
        match self.stated_number(field)? {
            Some(0) => Err(CodecError::Redundant),
            found => Ok(found.unwrap_or(0)),
        }
    }

    #[inline]
    pub fn stated_number(&mut self, field: u32) -> Read<Option<u64>> {
        if self.takes(field << 3 | VARINT) {
            self.varint().map(Some)
        } else {
            Ok(None)
        }
    }

    /// A number with presence, whose absence means `meant`.
    #[inline]
    pub fn number_unless(&mut self, field: u32, meant: u64) -> Read<u64> {
        match self.stated_number(field)? {
            Some(number) if number == meant => Err(CodecError::Redundant),
            found => Ok(found.unwrap_or(meant)),
        }
    }

    #[inline]
    pub fn integer(&mut self, field: u32) -> Read<i64> {
        self.number(field).map(|number| number as i64)
    }

    #[inline]
    pub fn stated_integer(&mut self, field: u32) -> Read<Option<i64>> {
        let number = self.stated_number(field)?;
        Ok(number.map(|number| number as i64))
    }

    #[inline]
    pub fn signed(&mut self, field: u32) -> Read<i64> {
        self.number(field).map(unzigzag)
    }

    #[inline]
    pub fn stated_signed(&mut self, field: u32) -> Read<Option<i64>> {
        Ok(self.stated_number(field)?.map(unzigzag))
    }

    /// A number without presence that fits a smaller type.
    #[inline]
    pub fn small<T: TryFrom<u64>>(&mut self, field: u32, what: &'static str) -> Read<T> {
        T::try_from(self.number(field)?).map_err(|_| CodecError::OutOfRange(what))
    }

    #[inline]
    pub fn flag(&mut self, field: u32) -> Read<bool> {
        match self.number(field)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(CodecError::OutOfRange("a flag")),
        }
    }

    #[inline]
    pub fn instant(&mut self, field: u32) -> Read<Option<Instant>> {
        let Some(code) = self.stated_number(field)? else {
            return Ok(None);
        };
        let instant = instant_of(code).ok_or(CodecError::OutOfRange("an instant"))?;
        Ok(Some(instant))
    }

    #[inline]
    pub fn instant_unless(&mut self, field: u32, meant: Instant) -> Read<Instant> {
        match self.instant(field)? {
            Some(instant) if instant == meant => Err(CodecError::Redundant),
            found => Ok(found.unwrap_or(meant)),
        }
    }

    /// Text without presence: empty when absent.
    #[inline]
    pub fn text(&mut self, field: u32) -> Read<&'b str> {
        match self.stated_text(field)? {
            Some("") => Err(CodecError::Redundant),
            found => Ok(found.unwrap_or("")),
        }
    }

    #[inline]
    pub fn stated_text(&mut self, field: u32) -> Read<Option<&'b str>> {
        let bytes = self.stated_bytes(field)?;
        let text = bytes.map(std::str::from_utf8).transpose();
        text.map_err(|_| CodecError::NotText)
    }

    #[inline]
    pub fn bytes(&mut self, field: u32) -> Read<&'b [u8]> {
        match self.stated_bytes(field)? {
            Some([]) => Err(CodecError::Redundant),
            found => Ok(found.unwrap_or(&[])),
        }
    }

    /// Bytes of one length, always present.
    pub fn exactly<const LENGTH: usize>(
        &mut self,
        field: u32,
        what: &'static str,
    ) -> Read<[u8; LENGTH]> {
        let bytes = self.stated_bytes(field)?.ok_or(CodecError::Missing(what))?;
        <[u8; LENGTH]>::try_from(bytes).map_err(|_| CodecError::OutOfRange(what))
    }

    /// A message, read to its end by `read`.
    #[inline]
    pub fn message<T>(
        &mut self,
        field: u32,
        read: impl FnOnce(&mut Reader<'b>) -> Read<T>,
    ) -> Read<Option<T>> {
        let Some(bytes) = self.stated_bytes(field)? else {
            return Ok(None);
        };
        let mut inner = Reader::new(bytes);
        let value = read(&mut inner)?;
        inner.end()?;
        Ok(Some(value))
    }

    #[inline]
    fn stated_bytes(&mut self, field: u32) -> Read<Option<&'b [u8]>> {
        if !self.takes(field << 3 | LENGTH_DELIMITED) {
            return Ok(None);
        }
        let length = usize::try_from(self.varint()?).map_err(|_| CodecError::CutOff)?;
        let (bytes, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(CodecError::CutOff)?;
        self.rest = rest;
        Ok(Some(bytes))
    }

    /// Whether the next field has this tag; if so it is passed.
    #[inline(always)]
    fn takes(&mut self, tag: u32) -> bool {
        let rest = if tag < 0x80 {
            match self.rest {
                [first, rest @ ..] if *first == tag as u8 => rest,
                _ => return false,
            }
        } else {
            match self.rest {
                [first, second, rest @ ..]
                    if *first == tag as u8 | 0x80 && *second == (tag >> 7) as u8 =>
                {
                    rest
                }
                _ => return false,
            }
        };
        self.rest = rest;
        true
    }

    #[inline]
    fn varint(&mut self) -> Read<u64> {
        let (number, rest) = take_varint(self.rest)?;
        self.rest = rest;
        Ok(number)
    }
}
