//! Edges: who brought a friend, at most one per program and friend.
//!
//! ```text
//! event                     unbound         bound             moved             void              closed
//! a claim passes            bound, applied  already referred  already referred  already referred  unbound, not new
//! a claim fails             its reason      already referred  already referred  already referred  unbound, its reason
//! a touch wins, claim open  bound           –                 –                 –                 –
//! nobody wins, claim open   –               unbound           –                 –                 –
//! first sale, grace over    closed          –                 –                 –                 –
//! freeze, release           no attribution  applied           applied           no attribution    no attribution
//! move                      no attribution  moved, applied    applied           no attribution    no attribution
//! deny                      no attribution  void, applied     void, applied     no attribution    no attribution
//! an end is erased          –               anonymised        anonymised        –                 –
//! ```
//!
//! A dash: it can't happen, or nothing changes. An anonymised edge is the bound or moved one that it was in all but
//! what is told of it, and is told as such again once both of its ends are there, as after a move. A claim fails if no
//! touch wins, or if the winner is denied. A touch that loses, a sale before the touch once the claim is over, and an
//! advocate or a friend who leaves change nothing. A typed code's refusals, then *blocked* and *self*, are told before
//! *already referred*.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EdgeState {
    #[default]
    Unbound,
    Bound,
    /// Bound to whom a person gave it.
    Moved,
    /// Denied by a person; for good.
    Void,
    /// The friend bought without anybody, and grace is over.
    Closed,
    /// Bound or moved, and the friend or the advocate was erased.
    Anonymised,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeEvent {
    /// A claim, and a touch wins that no rule denies.
    ClaimPasses,
    /// A claim, and no touch wins or the winner is denied.
    ClaimFails,
    Wins,
    NobodyWins,
    GraceOver,
    FreezeOrRelease,
    Move,
    Deny,
    Erase,
}

/// What the one who asked is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeAnswer {
    Applied,
    AlreadyReferred,
    NotNew,
    /// Why the claim failed.
    ItsReason,
    NoAttribution,
    /// Nobody asked.
    Nothing,
}

impl EdgeState {
    pub const ALL: [Self; 6] = [
        Self::Unbound,
        Self::Bound,
        Self::Moved,
        Self::Void,
        Self::Closed,
        Self::Anonymised,
    ];

    /// Whether nobody else can bring the friend any more.
    pub const fn is_taken(self) -> bool {
        matches!(
            self,
            Self::Bound | Self::Moved | Self::Void | Self::Anonymised
        )
    }

    /// The state after an event, and what is answered.
    #[must_use]
    pub fn after(self, event: EdgeEvent) -> (Self, EdgeAnswer) {
        match event {
            EdgeEvent::ClaimPasses | EdgeEvent::ClaimFails => self.claimed(event),
            EdgeEvent::Wins if self == Self::Unbound => (Self::Bound, EdgeAnswer::Nothing),
            EdgeEvent::NobodyWins if self == Self::Bound => (Self::Unbound, EdgeAnswer::Nothing),
            EdgeEvent::Erase if matches!(self, Self::Bound | Self::Moved) => {
                (Self::Anonymised, EdgeAnswer::Nothing)
            }
            EdgeEvent::GraceOver if self == Self::Unbound => (Self::Closed, EdgeAnswer::Nothing),
            EdgeEvent::Wins | EdgeEvent::NobodyWins | EdgeEvent::GraceOver | EdgeEvent::Erase => {
                (self, EdgeAnswer::Nothing)
            }
            EdgeEvent::FreezeOrRelease | EdgeEvent::Move | EdgeEvent::Deny => self.reviewed(event),
        }
    }

    fn reviewed(self, event: EdgeEvent) -> (Self, EdgeAnswer) {
        if !matches!(self, Self::Bound | Self::Moved | Self::Anonymised) {
            return (self, EdgeAnswer::NoAttribution);
        }
        let after = match event {
            EdgeEvent::Move => Self::Moved,
            EdgeEvent::Deny => Self::Void,
            _ => self,
        };
        (after, EdgeAnswer::Applied)
    }

    fn claimed(self, event: EdgeEvent) -> (Self, EdgeAnswer) {
        let passes = event == EdgeEvent::ClaimPasses;
        match self {
            Self::Bound | Self::Moved | Self::Void | Self::Anonymised => {
                (self, EdgeAnswer::AlreadyReferred)
            }
            Self::Unbound if passes => (Self::Bound, EdgeAnswer::Applied),
            Self::Closed if passes => (Self::Unbound, EdgeAnswer::NotNew),
            Self::Unbound | Self::Closed => (Self::Unbound, EdgeAnswer::ItsReason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EdgeAnswer::{AlreadyReferred, Applied, ItsReason, NoAttribution, NotNew, Nothing};
    use super::EdgeState::{Anonymised, Bound, Closed, Moved, Unbound, Void};
    use super::*;

    #[test]
    fn every_event_leads_where_the_table_says() {
        let quiet = |row: [EdgeState; 6]| row.map(|state| (state, Nothing));
        let referred = |state| (state, AlreadyReferred);
        let nobody = |state| (state, NoAttribution);
        let reviewed = |taken: [EdgeState; 3]| {
            let [bound, moved, anonymised] = taken.map(|state| (state, Applied));
            let [unbound, void, closed] = [Unbound, Void, Closed].map(nobody);
            [unbound, bound, moved, void, closed, anonymised]
        };
        let claimed = |unbound, closed| {
            let [bound, moved, void, anonymised] = [Bound, Moved, Void, Anonymised].map(referred);
            [unbound, bound, moved, void, closed, anonymised]
        };
        let rows = [
            (
                EdgeEvent::ClaimPasses,
                claimed((Bound, Applied), (Unbound, NotNew)),
            ),
            (
                EdgeEvent::ClaimFails,
                claimed((Unbound, ItsReason), (Unbound, ItsReason)),
            ),
            (
                EdgeEvent::Wins,
                quiet([Bound, Bound, Moved, Void, Closed, Anonymised]),
            ),
            (
                EdgeEvent::NobodyWins,
                quiet([Unbound, Unbound, Moved, Void, Closed, Anonymised]),
            ),
            (
                EdgeEvent::GraceOver,
                quiet([Closed, Bound, Moved, Void, Closed, Anonymised]),
            ),
            (
                EdgeEvent::FreezeOrRelease,
                reviewed([Bound, Moved, Anonymised]),
            ),
            (EdgeEvent::Move, reviewed([Moved, Moved, Moved])),
            (EdgeEvent::Deny, reviewed([Void, Void, Void])),
            (
                EdgeEvent::Erase,
                quiet([Unbound, Anonymised, Anonymised, Void, Closed, Anonymised]),
            ),
        ];
        for (event, row) in rows {
            assert_eq!(
                EdgeState::ALL.map(|state| state.after(event)),
                row,
                "{event:?}"
            );
        }
    }
}
