//! Rewards: what one role got for a qualification, and what became of it.
//!
//! ```text
//! event          pending    frozen     waiting    available  redeemed  expired  cancelled  clawed  limited
//! hold ends      vests      –          –          –          –         –        –          –       –
//! month closes   –          –          available  –          –         –        –          –       –
//! freeze         frozen     –          frozen     –          –         –        –          –       –
//! release        –          stands     –          –          –         –        –          –       –
//! freeze lapses  –          cancelled  –          –          –         –        –          –       –
//! taken back     cancelled  cancelled  cancelled  clawed     clawed    clawed   –          –       –
//! dispute won    –          –          –          –          –         –        stands     stands  –
//! last spent     –          –          –          redeemed   –         –        –          –       –
//! expires        –          –          –          expired    –         –        –          –       –
//! .. part spent  –          –          –          redeemed   –         –        –          –       –
//! member closes  cancelled  cancelled  cancelled  expired    –         –        –          –       –
//! ```
//!
//! A dash: it can't happen, or nothing changes. *Vests*: available, or waiting if the program vests at close. *Stands*:
//! frozen, pending, waiting or available, by the freeze, the hold and the program. A refund that takes a part changes
//! nothing but the points; a unit of the cap that becomes free leaves limited rewards limited.

use crate::ledger::program::referral::Vest;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RewardState {
    /// The hold is not over.
    Pending,
    /// A person has to decide.
    Frozen,
    /// The hold is over, the month is not closed.
    Waiting,
    /// A point of it can be spent, or is held.
    Available,
    Redeemed,
    Expired,
    /// Taken back before it vested, or never given.
    Cancelled,
    /// Taken back after it vested.
    Clawed,
    CapLimited,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RewardEvent {
    HoldEnds(Vest),
    MonthCloses,
    Freeze,
    Release(Standing),
    FreezeLapses,
    TakenBack,
    DisputeWon(Standing),
    LastPointSpent,
    Expires { was_spent: bool },
    MemberCloses,
}

/// What decides where a reward that is there stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub is_frozen: bool,
    pub hold_is_over: bool,
    pub vest: Vest,
}

/// Why a role gets nothing at qualification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// Its member has left, there are no points, or the sale never stood.
    Nothing,
    CapReached,
}

impl RewardState {
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Frozen,
        Self::Waiting,
        Self::Available,
        Self::Redeemed,
        Self::Expired,
        Self::Cancelled,
        Self::Clawed,
        Self::CapLimited,
    ];

    /// The state of a reward that is decided at qualification.
    pub fn decided(withheld: Option<Withheld>, standing: Standing) -> Self {
        match withheld {
            None => standing.state(),
            Some(Withheld::Nothing) => Self::Cancelled,
            Some(Withheld::CapReached) => Self::CapLimited,
        }
    }

    /// The state after an event; nothing changes where it cannot happen.
    #[must_use]
    pub fn after(self, event: RewardEvent) -> Self {
        match (self, event) {
            (Self::Pending, RewardEvent::HoldEnds(Vest::AtClose)) => Self::Waiting,
            (Self::Pending, RewardEvent::HoldEnds(Vest::AtHoldEnd))
            | (Self::Waiting, RewardEvent::MonthCloses) => Self::Available,
            (Self::Pending | Self::Waiting, RewardEvent::Freeze) => Self::Frozen,
            (Self::Frozen, RewardEvent::Release(standing))
            | (Self::Cancelled | Self::Clawed, RewardEvent::DisputeWon(standing)) => {
                standing.state()
            }
            (Self::Frozen, RewardEvent::FreezeLapses)
            | (
                Self::Pending | Self::Frozen | Self::Waiting,
                RewardEvent::TakenBack | RewardEvent::MemberCloses,
            ) => Self::Cancelled,
            (Self::Available | Self::Redeemed | Self::Expired, RewardEvent::TakenBack) => {
                Self::Clawed
            }
            (
                Self::Available,
                RewardEvent::LastPointSpent | RewardEvent::Expires { was_spent: true },
            ) => Self::Redeemed,
            (
                Self::Available,
                RewardEvent::Expires { was_spent: false } | RewardEvent::MemberCloses,
            ) => Self::Expired,
            _ => self,
        }
    }
}

impl Standing {
    pub fn state(self) -> RewardState {
        match (self.is_frozen, self.hold_is_over, self.vest) {
            (true, _, _) => RewardState::Frozen,
            (false, false, _) => RewardState::Pending,
            (false, true, Vest::AtHoldEnd) => RewardState::Available,
            (false, true, Vest::AtClose) => RewardState::Waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RewardState::{
        Available, Cancelled, CapLimited, Clawed, Expired, Frozen, Pending, Redeemed, Waiting,
    };
    use super::*;

    fn standings() -> Vec<(Standing, RewardState)> {
        let mut all = Vec::new();
        for (is_frozen, hold_is_over, by_hold, by_close) in [
            (false, false, Pending, Pending),
            (false, true, Available, Waiting),
            (true, false, Frozen, Frozen),
            (true, true, Frozen, Frozen),
        ] {
            for (vest, state) in [(Vest::AtHoldEnd, by_hold), (Vest::AtClose, by_close)] {
                let standing = Standing {
                    is_frozen,
                    hold_is_over,
                    vest,
                };
                all.push((standing, state));
            }
        }
        all
    }

    /// The states after an event, told by those that change.
    fn changed(changes: &[(RewardState, RewardState)]) -> [RewardState; 9] {
        RewardState::ALL.map(|state| {
            let change = changes.iter().find(|(before, _)| *before == state);
            change.map_or(state, |(_, after)| *after)
        })
    }

    #[test]
    fn every_event_leads_where_the_table_says() {
        let mut rows = vec![
            (
                RewardEvent::HoldEnds(Vest::AtHoldEnd),
                changed(&[(Pending, Available)]),
            ),
            (
                RewardEvent::HoldEnds(Vest::AtClose),
                changed(&[(Pending, Waiting)]),
            ),
            (RewardEvent::MonthCloses, changed(&[(Waiting, Available)])),
            (
                RewardEvent::Freeze,
                changed(&[(Pending, Frozen), (Waiting, Frozen)]),
            ),
            (RewardEvent::FreezeLapses, changed(&[(Frozen, Cancelled)])),
            (
                RewardEvent::TakenBack,
                [
                    Cancelled, Cancelled, Cancelled, Clawed, Clawed, Clawed, Cancelled, Clawed,
                    CapLimited,
                ],
            ),
            (
                RewardEvent::LastPointSpent,
                changed(&[(Available, Redeemed)]),
            ),
            (
                RewardEvent::Expires { was_spent: false },
                changed(&[(Available, Expired)]),
            ),
            (
                RewardEvent::Expires { was_spent: true },
                changed(&[(Available, Redeemed)]),
            ),
            (
                RewardEvent::MemberCloses,
                [
                    Cancelled, Cancelled, Cancelled, Expired, Redeemed, Expired, Cancelled, Clawed,
                    CapLimited,
                ],
            ),
        ];
        for (standing, state) in standings() {
            rows.push((RewardEvent::Release(standing), changed(&[(Frozen, state)])));
            let given_back = changed(&[(Cancelled, state), (Clawed, state)]);
            rows.push((RewardEvent::DisputeWon(standing), given_back));
        }
        for (event, row) in rows {
            assert_eq!(
                RewardState::ALL.map(|state| state.after(event)),
                row,
                "{event:?}"
            );
        }
    }

    #[test]
    fn a_reward_begins_as_it_stands_unless_it_is_withheld() {
        for (standing, state) in standings() {
            assert_eq!(standing.state(), state);
            assert_eq!(RewardState::decided(None, standing), state);
            assert_eq!(
                RewardState::decided(Some(Withheld::Nothing), standing),
                Cancelled
            );
            assert_eq!(
                RewardState::decided(Some(Withheld::CapReached), standing),
                CapLimited
            );
        }
    }
}
