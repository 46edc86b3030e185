//! A place in a statement that means the same for ever, whatever is recorded later; and its text form.

use std::fmt;
use std::str::FromStr;

use crate::ledger::entry::RecordedAt;

/// Which of the rows of one instant: time's own come before the entries, in the order of the law of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Rank {
    Lapsed = 0,
    Activated = 1,
    Expired = 2,
    FreezeLapsed = 3,
    Entry = 4,
    /// Points that came in with an entry and expired in it.
    ExpiredAtOnce = 5,
    /// Rewards of referrals that an entry gave, took back, or gave other dates.
    Rewards = 6,
}

impl Rank {
    const ALL: [Rank; 7] = [
        Rank::Lapsed,
        Rank::Activated,
        Rank::Expired,
        Rank::FreezeLapsed,
        Rank::Entry,
        Rank::ExpiredAtOnce,
        Rank::Rewards,
    ];
}

/// What orders the rows of a wallet: instant, rank, hold.
pub(super) type Place = (RecordedAt, Rank, u64);

/// The place of one row. The next page holds the rows before it.
///
/// It also names the nearest entry at or after the row that has a row of its own, so that reading goes on from there
/// instead of from the newest entry; 0 if there is none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    at: RecordedAt,
    rank: Rank,
    hold: u64,
    entry: u64,
}

/// The text is no position that this ledger has given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a position of a statement; pass what an earlier page gave, unchanged")]
pub struct PositionError;

impl Position {
    pub(super) const fn new((at, rank, hold): Place) -> Position {
        Position {
            at,
            rank,
            hold,
            entry: 0,
        }
    }

    pub(super) const fn entered_at(self, entry: u64) -> Position {
        Position { entry, ..self }
    }

    pub(super) const fn entry(&self) -> u64 {
        self.entry
    }

    pub(super) fn is_before(&self, other: &Position) -> bool {
        self.place() < other.place()
    }

    pub(super) fn is_after(&self, recorded_at: RecordedAt) -> bool {
        self.at > recorded_at
    }

    const fn place(&self) -> Place {
        (self.at, self.rank, self.hold)
    }
}

impl fmt::Display for Position {
    /// `instant-rank-hold-entry`, in decimal.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position {
            at,
            rank,
            hold,
            entry,
        } = self;
        write!(formatter, "{}-{}-{hold}-{entry}", at.0, *rank as u8)
    }
}

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Position, PositionError> {
        let parts: Vec<&str> = text.split('-').collect();
        let &[at, rank, hold, entry] = parts.as_slice() else {
            return Err(PositionError);
        };
        let rank: usize = number(rank)?;
        Ok(Position {
            at: RecordedAt(number(at)?),
            rank: *Rank::ALL.get(rank).ok_or(PositionError)?,
            hold: number(hold)?,
            entry: number(entry)?,
        })
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, PositionError> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PositionError);
    }
    text.parse().map_err(|_| PositionError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_leads_back() {
        let position = Position::new((RecordedAt(1_769_900_000_123_456_789), Rank::Lapsed, 42));
        let position = position.entered_at(77);
        assert_eq!(position.to_string().parse(), Ok(position));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "1",
            "1-2-3",
            "1-7-0-0",
            "1-2-3-4-5",
            "-1-2-3-4",
            "a-0-0-0",
            "+1-0-0-0",
            "1-0--0",
        ] {
            assert_eq!(text.parse::<Position>(), Err(PositionError), "{text}");
        }
    }

    #[test]
    fn the_entry_to_go_on_from_is_no_part_of_the_place() {
        let early = Position::new((RecordedAt(1_000), Rank::Expired, 0));
        let late = Position::new((RecordedAt(1_000), Rank::Entry, 0));
        assert!(early.entered_at(9).is_before(&late));
        assert!(!early.entered_at(9).is_before(&early));
    }
}
