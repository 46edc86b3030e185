//! Plain bytes of an image: numbers as short as they can be, texts behind their length.

use super::ImageError;
use crate::ledger::compact::{
    instant_code, instant_of, push_varint, take_varint, unzigzag, zigzag,
};
use crate::ledger::time::Instant;

type Read<T> = Result<T, ImageError>;

pub(super) struct Writer<'b>(pub &'b mut Vec<u8>);

impl Writer<'_> {
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    #[inline]
    pub fn number(&mut self, value: u64) {
        push_varint(self.0, value);
    }

    pub fn signed(&mut self, value: i64) {
        self.number(zigzag(value));
    }

    /// An amount that is zero or more.
    #[inline]
    pub fn amount(&mut self, value: i64) {
        self.number(value as u64);
    }

    #[inline]
    pub fn instant(&mut self, value: Instant) {
        self.number(instant_code(value));
    }

    #[inline]
    pub fn bytes(&mut self, value: &[u8]) {
        self.number(value.len() as u64);
        self.fixed(value);
    }

    #[inline]
    pub fn fixed(&mut self, value: &[u8]) {
        self.0.extend_from_slice(value);
    }
}

pub(super) struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8]) -> Reader<'b> {
        Reader { rest: bytes }
    }

    pub fn end(&self) -> Read<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(ImageError::Trailing)
        }
    }

    #[inline]
    pub fn byte(&mut self) -> Read<u8> {
        let (byte, rest) = self.rest.split_first().ok_or(ImageError::CutOff)?;
        self.rest = rest;
        Ok(*byte)
    }

    #[inline]
    pub fn number(&mut self) -> Read<u64> {
        let (number, rest) = take_varint(self.rest)?;
        self.rest = rest;
        Ok(number)
    }

    pub fn signed(&mut self) -> Read<i64> {
        self.number().map(unzigzag)
    }

    #[inline]
    pub fn amount(&mut self) -> Read<i64> {
        let number = self.number()?;
        i64::try_from(number).map_err(|_| ImageError::Invalid("an amount is too large"))
    }

    #[inline]
    pub fn instant(&mut self) -> Read<Instant> {
        instant_of(self.number()?).ok_or(ImageError::Invalid("no instant has this code"))
    }

    /// A number that fits a smaller type.
    #[inline]
    pub fn small<T: TryFrom<u64>>(&mut self, otherwise: &'static str) -> Read<T> {
        T::try_from(self.number()?).map_err(|_| ImageError::Invalid(otherwise))
    }

    /// How many things follow, each of which takes at least `smallest` bytes: so no more room is made than the bytes
    /// can fill.
    pub fn count(&mut self, smallest: usize) -> Read<usize> {
        let count: usize = self.small("a count is too large")?;
        if count > self.rest.len() / smallest {
            return Err(ImageError::CutOff);
        }
        Ok(count)
    }

    pub fn bytes(&mut self) -> Read<&'b [u8]> {
        let length = self.small("a length is too large")?;
        let (bytes, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(ImageError::CutOff)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub fn text(&mut self) -> Read<&'b str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| ImageError::NotText)
    }

    pub fn fixed<const LENGTH: usize>(&mut self) -> Read<[u8; LENGTH]> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(ImageError::CutOff)?;
        self.rest = rest;
        Ok(*bytes)
    }
}
