//! Touches: what is known of one way to a friend, and whether it won.
//!
//! A claim is a friend's word that the touch's token was theirs; it is open for the grace of the program.
//!
//! ```text
//! event                           unknown    stub       recorded   candidate  won        lost       orphaned
//! recorded, nobody claims it      recorded   –          –          –          –          –          –
//! recorded, an open claim         candidate  candidate  –          –          –          –          –
//! recorded, claims over, bound    lost       –          –          –          –          –          –
//! recorded, claims over, unbound  refused    –          –          –          –          –          refused
//! a claim names its token         stub       –          candidate  –          –          –          –
//! it wins, claim open             –          –          –          won        –          won        –
//! another wins                    –          –          –          lost       lost       –          –
//! a person moves the edge         –          –          –          lost       lost       –          –
//! nobody wins, claim open         –          –          –          –          candidate  candidate  –
//! claim over                      –          orphaned   –          lost       –          –          –
//! ```
//!
//! A dash: it can't happen, or nothing changes. What is refused is forgotten.

pub use crate::ledger::program::referral::Method;

/// What became of a touch, as one claim sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TouchState {
    /// Neither recorded nor claimed.
    #[default]
    Unknown,
    /// Claimed, and not recorded yet.
    Stub,
    /// Recorded, and claimed by nobody.
    Recorded,
    Candidate,
    Won,
    Lost,
    /// Claimed, and never recorded in time.
    Orphaned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TouchEvent {
    Recorded(Claims),
    Named,
    Wins,
    /// Or a person moves the edge.
    AnotherWins,
    NobodyWins,
    ClaimOver,
}

/// The claims to the token of a touch that is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claims {
    None,
    Open,
    OverAndBound,
    OverAndUnbound,
}

impl TouchState {
    pub const ALL: [Self; 7] = [
        Self::Unknown,
        Self::Stub,
        Self::Recorded,
        Self::Candidate,
        Self::Won,
        Self::Lost,
        Self::Orphaned,
    ];

    /// The state after an event; nothing changes where it cannot happen.
    #[must_use]
    pub fn after(self, event: TouchEvent) -> Self {
        match (self, event) {
            (Self::Unknown, TouchEvent::Recorded(Claims::None)) => Self::Recorded,
            (Self::Unknown | Self::Stub, TouchEvent::Recorded(Claims::Open)) => Self::Candidate,
            (Self::Unknown, TouchEvent::Recorded(Claims::OverAndBound)) => Self::Lost,
            (Self::Unknown, TouchEvent::Named) => Self::Stub,
            (Self::Recorded, TouchEvent::Named) => Self::Candidate,
            (Self::Candidate | Self::Lost, TouchEvent::Wins) => Self::Won,
            (Self::Candidate | Self::Won, TouchEvent::AnotherWins) => Self::Lost,
            (Self::Won | Self::Lost, TouchEvent::NobodyWins) => Self::Candidate,
            (Self::Stub, TouchEvent::ClaimOver) => Self::Orphaned,
            (Self::Candidate, TouchEvent::ClaimOver) => Self::Lost,
            _ => self,
        }
    }
}

impl Claims {
    /// Whether a touch that comes now is refused: nobody can be bound by it any more.
    pub fn refuse(self) -> bool {
        self == Self::OverAndUnbound
    }
}

#[cfg(test)]
mod tests {
    use super::TouchState::{Candidate, Lost, Orphaned, Recorded, Stub, Unknown, Won};
    use super::*;

    #[test]
    fn every_event_leads_where_the_table_says() {
        let rows = [
            (
                TouchEvent::Recorded(Claims::None),
                [Recorded, Stub, Recorded, Candidate, Won, Lost, Orphaned],
            ),
            (
                TouchEvent::Recorded(Claims::Open),
                [
                    Candidate, Candidate, Recorded, Candidate, Won, Lost, Orphaned,
                ],
            ),
            (
                TouchEvent::Recorded(Claims::OverAndBound),
                [Lost, Stub, Recorded, Candidate, Won, Lost, Orphaned],
            ),
            (
                TouchEvent::Recorded(Claims::OverAndUnbound),
                TouchState::ALL,
            ),
            (
                TouchEvent::Named,
                [Stub, Stub, Candidate, Candidate, Won, Lost, Orphaned],
            ),
            (
                TouchEvent::Wins,
                [Unknown, Stub, Recorded, Won, Won, Won, Orphaned],
            ),
            (
                TouchEvent::AnotherWins,
                [Unknown, Stub, Recorded, Lost, Lost, Lost, Orphaned],
            ),
            (
                TouchEvent::NobodyWins,
                [
                    Unknown, Stub, Recorded, Candidate, Candidate, Candidate, Orphaned,
                ],
            ),
            (
                TouchEvent::ClaimOver,
                [Unknown, Orphaned, Recorded, Lost, Won, Lost, Orphaned],
            ),
        ];
        for (event, row) in rows {
            assert_eq!(
                TouchState::ALL.map(|state| state.after(event)),
                row,
                "{event:?}"
            );
        }
    }

    #[test]
    fn only_a_touch_that_binds_nobody_is_refused() {
        let all = [
            Claims::None,
            Claims::Open,
            Claims::OverAndBound,
            Claims::OverAndUnbound,
        ];
        assert_eq!(all.map(Claims::refuse), [false, false, false, true]);
    }
}
