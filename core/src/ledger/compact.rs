//! How numbers become small in stored bytes: seven bits a byte, signed ones in zigzag, instants in whole seconds where
//! they can.

use super::time::Instant;

const MICROS: u64 = super::time::MICROS_PER_SECOND as u64;

/// Bytes that are no number in its shortest form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VarintError {
    CutOff,
    NotMinimal,
}

/// Appends a number, seven bits a byte, lowest first; all bytes but the last have the top bit.
#[inline]
pub(crate) fn push_varint(buffer: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        buffer.push(value as u8 | 0x80);
        value >>= 7;
    }
    buffer.push(value as u8);
}

/// The number at the start of the bytes, and what follows it.
#[inline]
pub(crate) fn take_varint(bytes: &[u8]) -> Result<(u64, &[u8]), VarintError> {
    match bytes {
        [first, rest @ ..] if *first < 0x80 => Ok((u64::from(*first), rest)),
        _ => take_long_varint(bytes),
    }
}

/// Up to eight bytes at once: finds the last byte, then closes the gaps of one bit pair by pair.
fn take_long_varint(bytes: &[u8]) -> Result<(u64, &[u8]), VarintError> {
    let Some(word) = bytes.first_chunk().map(|word| u64::from_le_bytes(*word)) else {
        return take_any_varint(bytes);
    };
    let ends = !word & 0x8080_8080_8080_8080;
    if ends == 0 {
        return take_any_varint(bytes);
    }
    let bits = ends.trailing_zeros() + 1;
    let word = word & (u64::MAX >> (64 - bits));
    if word >> (bits - 8) == 0 {
        return Err(VarintError::NotMinimal);
    }
    let sevens = word & 0x7f7f_7f7f_7f7f_7f7f;
    let pairs = (sevens & 0x007f_007f_007f_007f) | (sevens & 0x7f00_7f00_7f00_7f00) >> 1;
    let fours = (pairs & 0x0000_3fff_0000_3fff) | (pairs & 0x3fff_0000_3fff_0000) >> 2;
    let all = (fours & 0x0fff_ffff) | (fours & 0x0fff_ffff_0000_0000) >> 4;
    Ok((all, &bytes[bits as usize / 8..]))
}

/// Byte by byte: near the end of the bytes, and numbers of nine or ten bytes.
fn take_any_varint(bytes: &[u8]) -> Result<(u64, &[u8]), VarintError> {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if *byte < 0x80 {
            let minimal = (*byte != 0 || place == 0) && (place < 9 || *byte == 1);
            let rest = &bytes[place + 1..];
            return minimal
                .then_some((value, rest))
                .ok_or(VarintError::NotMinimal);
        }
    }
    Err(if bytes.len() < 10 {
        VarintError::CutOff
    } else {
        VarintError::NotMinimal
    })
}

/// 0, −1, 1, −2 … become 0, 1, 2, 3 …
#[inline]
pub(crate) const fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

#[inline]
pub(crate) const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Twice the seconds if they are whole, else twice the microseconds and one.
#[inline]
pub(crate) fn instant_code(instant: Instant) -> u64 {
    let micros = u64::try_from(instant.0).expect("instants before 1970 are refused by shape");
    if micros.is_multiple_of(MICROS) {
        (micros / MICROS) << 1
    } else {
        micros << 1 | 1
    }
}

/// The instant of a code; `None` if no instant has it.
#[inline]
pub(crate) fn instant_of(code: u64) -> Option<Instant> {
    let number = code >> 1;
    let micros = if code & 1 == 0 {
        number.checked_mul(MICROS)?
    } else if number.is_multiple_of(MICROS) {
        return None;
    } else {
        number
    };
    i64::try_from(micros).ok().map(Instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_of_number_comes_back() {
        for bits in 0..=64_u32 {
            let value = u64::MAX.checked_shr(64 - bits).unwrap_or(0);
            for value in [value, value / 3, value ^ value >> 5] {
                let mut bytes = Vec::new();
                push_varint(&mut bytes, value);
                assert_eq!(take_varint(&bytes), Ok((value, &[][..])));
                assert_eq!(take_any_varint(&bytes), Ok((value, &[][..])));
                for length in 0..bytes.len() {
                    assert_eq!(take_varint(&bytes[..length]), Err(VarintError::CutOff));
                }
                bytes.extend([0xff; 9]);
                assert_eq!(take_varint(&bytes), Ok((value, &[0xff; 9][..])));
            }
        }
    }

    #[test]
    fn longer_forms_are_refused() {
        for zeros in 1..10 {
            let mut bytes = vec![0x81];
            bytes.resize(zeros, 0x80);
            bytes.push(0);
            assert_eq!(take_varint(&bytes), Err(VarintError::NotMinimal));
            bytes.extend([0; 9]);
            assert_eq!(take_varint(&bytes), Err(VarintError::NotMinimal));
        }
        assert_eq!(take_varint(&[0xff; 11]), Err(VarintError::NotMinimal));
        let too_large = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2];
        assert_eq!(take_varint(&too_large), Err(VarintError::NotMinimal));
    }

    #[test]
    fn every_number_comes_back() {
        for value in [0, -1, 1, i64::MIN, i64::MAX, 1_250] {
            assert_eq!(unzigzag(zigzag(value)), value);
        }
        assert_eq!([0, -1, 1, -2].map(zigzag), [0, 1, 2, 3]);
    }

    #[test]
    fn every_instant_has_one_code() {
        for micros in [0, 1, 999_999, 1_000_000, 1_773_652_500_123_456, i64::MAX] {
            let instant = Instant(micros);
            assert_eq!(instant_of(instant_code(instant)), Some(instant));
        }
        assert_eq!(instant_code(Instant(1_000_000)), 2);
        assert_eq!(instant_code(Instant::NEVER), u64::MAX);
        assert_eq!(instant_of(2_000_001), None);
        assert_eq!(instant_of(u64::MAX - 1), None);
    }
}
