//! Rewards of the role advocate that count against caps, by member and month.

use smallvec::SmallVec;

use super::packed::Packed;
use crate::ledger::compact::{push_varint, take_varint, unzigzag, zigzag};
use crate::ledger::referral::commands::Month;

/// A record is a member's months that have any, in order, each with its count.
#[derive(Clone, Debug, Default)]
pub(super) struct Given(Packed<32>);

impl Given {
    /// Of all months.
    pub fn of(&self, member: u32) -> i64 {
        self.months(member).map(|(_, count)| count).sum()
    }

    pub fn of_month(&self, member: u32, month: Month) -> i64 {
        let mut months = self.months(member);
        let found = months.find(|(known, _)| *known == month);
        found.map_or(0, |(_, count)| count)
    }

    fn months(&self, member: u32) -> impl Iterator<Item = (Month, i64)> {
        let mut rest = self.0.get(member).unwrap_or_default();
        let mut number = move || {
            let (number, after) = take_varint(rest).ok()?;
            rest = after;
            Some(unzigzag(number))
        };
        std::iter::from_fn(move || Some((Month(number()? as i32), number()?)))
    }

    pub fn add(&mut self, member: u32, month: Month, by: i64) {
        let mut months: SmallVec<[(Month, i64); 12]> = self.months(member).collect();
        match months.binary_search_by_key(&month, |(month, _)| *month) {
            Ok(place) => months[place].1 += by,
            Err(place) => months.insert(place, (month, by)),
        }
        let mut record = Vec::with_capacity(8 * months.len());
        for (month, count) in months.into_iter().filter(|(_, count)| *count != 0) {
            push_varint(&mut record, zigzag(i64::from(month.0)));
            push_varint(&mut record, zigzag(count));
        }
        self.0.set(member, &record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_those_of_zero_are_not_kept() {
        let [march, april] = [Month::of(2026, 3), Month::of(2026, 4)];
        let mut given = Given::default();
        for (month, by) in [(april, 1), (march, 1), (april, 1), (march, -1)] {
            given.add(7, month, by);
        }
        assert_eq!((given.of(7), given.of(8)), (2, 0));
        assert_eq!(given.of_month(7, april), 2);
        assert_eq!(given.of_month(7, march), 0);
        given.add(7, april, -2);
        assert_eq!((given.of(7), given.0.len()), (0, 0));
    }
}
