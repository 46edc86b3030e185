//! How much of an original is reversed: what is left of it, what is asked for, and which parts that is.

use super::super::lot::Lot;
use super::super::rejection::Code;
use super::super::request::Part;

/// What is left of an original, and how much of it is asked for.
pub struct Share {
    pub reversed_before: i64,
    pub asked: i64,
}

impl Share {
    /// An error if nothing is left, or if more is asked than is left; the code says which. Of nothing all can be
    /// reversed once: `is_reversed` tells whether it was.
    pub fn of(
        total: i64,
        reversed_before: i64,
        is_reversed: bool,
        part: &Part,
    ) -> Result<Share, (Code, i64)> {
        let left = total - reversed_before;
        let asked = match part {
            Part::Rest if left == 0 && (total > 0 || is_reversed) => {
                return Err((Code::AlreadyReversed, 0));
            }
            Part::Rest => left,
            Part::Points(points) => *points,
            Part::Money(money) => money.minor_units,
            Part::Lines(_) => unreachable!("lines are turned into money before"),
        };
        if asked > left {
            return Err((Code::ReversalExceedsOriginal, asked));
        }
        Ok(Share {
            reversed_before,
            asked,
        })
    }

    pub fn reversed_after(&self) -> i64 {
        self.reversed_before + self.asked
    }
}

/// Of points standing in line, the `most` that come after the first `skip`.
pub fn parts_after<'l>(line: impl Iterator<Item = &'l Lot>, skip: i64, most: i64) -> Vec<Lot> {
    let (mut skip, mut left) = (skip, most);
    let mut parts = Vec::new();
    for lot in line {
        let skipped = skip.min(lot.amount);
        skip -= skipped;
        let amount = (lot.amount - skipped).min(left);
        left -= amount;
        if amount > 0 {
            parts.push(lot.part(amount));
        }
    }
    parts
}
