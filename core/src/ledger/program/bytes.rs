//! Numbers, texts and periods of the compiled form.

use super::{CompiledError, Period};

/// Stands for no bound, where bounds are from 0 on.
const UNLIMITED: i64 = -1;

pub(super) struct Writer(pub(super) Vec<u8>);

pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn bound(&mut self, bound: Option<i64>) {
        self.number(bound.unwrap_or(UNLIMITED));
    }

    pub(super) fn length(&mut self, length: usize) {
        let length = u8::try_from(length);
        self.byte(length.expect("names and lists of a checked program are shorter than 256"));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn period(&mut self, period: Period) {
        for number in [period.months, period.days, period.seconds] {
            self.0.extend_from_slice(&number.to_le_bytes());
        }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn take(
        &mut self,
        length: usize,
        part: &'static str,
    ) -> Result<&'a [u8], CompiledError> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(CompiledError::Damaged(part))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn array<const LENGTH: usize>(
        &mut self,
        part: &'static str,
    ) -> Result<[u8; LENGTH], CompiledError> {
        let taken = self.take(LENGTH, part)?;
        Ok(taken
            .try_into()
            .expect("as many bytes were taken as the array holds"))
    }

    pub(super) fn byte(&mut self, part: &'static str) -> Result<u8, CompiledError> {
        let [byte] = self.array(part)?;
        Ok(byte)
    }

    pub(super) fn number(&mut self, part: &'static str) -> Result<i64, CompiledError> {
        Ok(i64::from_le_bytes(self.array(part)?))
    }

    pub(super) fn bound(&mut self, part: &'static str) -> Result<Option<i64>, CompiledError> {
        let bound = self.number(part)?;
        require(bound >= UNLIMITED, part)?;
        Ok((bound != UNLIMITED).then_some(bound))
    }

    pub(super) fn text(
        &mut self,
        part: &'static str,
        longest: usize,
    ) -> Result<String, CompiledError> {
        let length = usize::from(self.byte(part)?);
        let bytes = self.take(length, part)?;
        let text = std::str::from_utf8(bytes).map_err(|_| CompiledError::Damaged(part))?;
        let fits = !text.is_empty() && text.len() <= longest;
        require(fits, part)?;
        Ok(text.to_owned())
    }

    pub(super) fn period(&mut self, part: &'static str) -> Result<Period, CompiledError> {
        let mut numbers = [0; 3];
        for number in &mut numbers {
            *number = u64::from(u32::from_le_bytes(self.array(part)?));
        }
        let [months, days, seconds] = numbers;
        Period::within_bounds(months, days, seconds).ok_or(CompiledError::Damaged(part))
    }
}

pub(super) fn require(holds: bool, part: &'static str) -> Result<(), CompiledError> {
    if holds {
        Ok(())
    } else {
        Err(CompiledError::Damaged(part))
    }
}
