//! How numbers become small in stored bytes: signed ones in zigzag, instants in whole seconds where they can.

use super::time::Instant;

const MICROS: u64 = super::time::MICROS_PER_SECOND as u64;

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
