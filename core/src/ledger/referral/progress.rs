//! Progress: how far a bound friend is on the way to qualification, and what became of it.
//!
//! ```text
//! event                           open (k of n)           qualified  settled    reversed   expired  too small  denied
//! a new step in time              k + 1, n-th: qualified  –          –          –          –        –          –
//! an earlier event, within grace  –                       qualified  qualified  qualified  –        qualified  –
//! first sale below the minimum    too small               –          –          –          –        –          –
//! deadline and grace over         expired                 –          –          –          –        –          –
//! no reward waits any more        –                       settled    –          –          –        –          –
//! refunded below the minimum      –                       reversed   reversed   –          –        –          –
//! dispute lost                    –                       reversed   reversed   –          –        –          –
//! dispute won, sale stands again  –                       –          –          qualified  –        –          –
//! freeze lapses                   –                       reversed   –          –          –        –          –
//! denied                          denied                  reversed   reversed   –          denied   denied     –
//! ```
//!
//! A dash: it can't happen, or nothing changes. Refunds and disputes outside the clawback window, undone refunds and
//! later events change nothing. A qualification that known refunds undo is reversed in the same entry. Without an edge
//! there is no progress.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Bound; `done` of the `needed` steps are done.
    Open {
        done: u8,
        needed: u8,
    },
    Qualified,
    /// Qualified, and no reward waits any more.
    Settled,
    /// Nobody keeps anything.
    Reversed,
    /// The steps were not done in time.
    Expired,
    /// The first purchase of all decides, and it was too small.
    BelowMinimum,
    /// A person denied the referral before it qualified.
    Denied,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressEvent {
    StepDone,
    EarlierEvent,
    FirstSaleBelow,
    DeadlineOver,
    NothingWaits,
    RefundedBelow,
    DisputeLost,
    DisputeWon,
    FreezeLapses,
    Denied,
}

impl Progress {
    /// The progress of a friend who was bound now.
    pub fn bound(needed: u8) -> Self {
        Self::Open { done: 0, needed }
    }

    /// The progress after an event; nothing changes where it cannot happen.
    #[must_use]
    pub fn after(self, event: ProgressEvent) -> Self {
        match (self, event) {
            (Self::Open { done, needed }, ProgressEvent::StepDone) => {
                let done = done.saturating_add(1);
                if done < needed {
                    Self::Open { done, needed }
                } else {
                    Self::Qualified
                }
            }
            (Self::Open { .. }, ProgressEvent::FirstSaleBelow) => Self::BelowMinimum,
            (Self::Open { .. }, ProgressEvent::DeadlineOver) => Self::Expired,
            (
                Self::Qualified | Self::Settled | Self::Reversed | Self::BelowMinimum,
                ProgressEvent::EarlierEvent,
            )
            | (Self::Reversed, ProgressEvent::DisputeWon) => Self::Qualified,
            (Self::Qualified, ProgressEvent::NothingWaits) => Self::Settled,
            (
                Self::Qualified | Self::Settled,
                ProgressEvent::RefundedBelow | ProgressEvent::DisputeLost | ProgressEvent::Denied,
            )
            | (Self::Qualified, ProgressEvent::FreezeLapses) => Self::Reversed,
            (Self::Open { .. } | Self::Expired | Self::BelowMinimum, ProgressEvent::Denied) => {
                Self::Denied
            }
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Progress::{BelowMinimum, Denied, Expired, Qualified, Reversed, Settled};
    use super::*;

    const OPEN: Progress = Progress::Open { done: 1, needed: 3 };
    const NEXT: Progress = Progress::Open { done: 2, needed: 3 };
    const ALL: [Progress; 7] = [
        OPEN,
        Qualified,
        Settled,
        Reversed,
        Expired,
        BelowMinimum,
        Denied,
    ];

    /// The states after an event, told by those that change.
    fn changed(changes: &[(Progress, Progress)]) -> [Progress; 7] {
        ALL.map(|state| {
            let change = changes.iter().find(|(before, _)| *before == state);
            change.map_or(state, |(_, after)| *after)
        })
    }

    #[test]
    fn every_event_leads_where_the_table_says() {
        let undone = [(Qualified, Reversed), (Settled, Reversed)];
        let anew = [Qualified, Settled, Reversed, BelowMinimum].map(|state| (state, Qualified));
        let before = [OPEN, Expired, BelowMinimum].map(|state| (state, Denied));
        let rows = [
            (ProgressEvent::StepDone, changed(&[(OPEN, NEXT)])),
            (ProgressEvent::EarlierEvent, changed(&anew)),
            (
                ProgressEvent::FirstSaleBelow,
                changed(&[(OPEN, BelowMinimum)]),
            ),
            (ProgressEvent::DeadlineOver, changed(&[(OPEN, Expired)])),
            (
                ProgressEvent::NothingWaits,
                changed(&[(Qualified, Settled)]),
            ),
            (ProgressEvent::RefundedBelow, changed(&undone)),
            (ProgressEvent::DisputeLost, changed(&undone)),
            (ProgressEvent::DisputeWon, changed(&[(Reversed, Qualified)])),
            (
                ProgressEvent::FreezeLapses,
                changed(&[(Qualified, Reversed)]),
            ),
            (
                ProgressEvent::Denied,
                changed(&[before.as_slice(), &undone].concat()),
            ),
        ];
        for (event, row) in rows {
            assert_eq!(ALL.map(|state| state.after(event)), row, "{event:?}");
        }
    }

    #[test]
    fn the_last_step_qualifies() {
        let mut progress = Progress::bound(3);
        for done in 1..3 {
            progress = progress.after(ProgressEvent::StepDone);
            assert_eq!(progress, Progress::Open { done, needed: 3 });
        }
        assert_eq!(progress.after(ProgressEvent::StepDone), Qualified);
    }
}
