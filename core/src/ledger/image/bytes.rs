//! Plain bytes of an image: numbers as short as they can be, texts behind their length.

use super::ImageError;
use crate::ledger::compact::{instant_code, instant_of, unzigzag, zigzag};
use crate::ledger::time::Instant;

type Read<T> = Result<T, ImageError>;

pub(super) struct Writer<'b>(pub &'b mut Vec<u8>);

impl Writer<'_> {
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    #[inline]
    pub fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
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
        match self.rest {
            [first, rest @ ..] if *first < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*first))
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Read<u64> {
        let mut value = 0;
        for place in 0..10 {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                let minimal = byte != 0 && (place < 9 || byte == 1);
                return minimal.then_some(value).ok_or(ImageError::NotMinimal);
            }
        }
        Err(ImageError::NotMinimal)
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
