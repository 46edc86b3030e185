//! How a balance came to be, point by point: what came into each lot, what left it, what paid debt; and the debt.

use std::collections::BTreeMap;

use super::history::{Chain, History, HistoryError};
use super::statement::Change;
use crate::ledger::entry::{Balance, Entry, Flow, Movement, RecordedAt, WalletId, Way};
use crate::ledger::lot::{Lot, LotId};
use crate::ledger::settle::settle;
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;

/// All that ever happened to a wallet, sorted by what it happened to. Lots and debt add up to the balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The member's number.
    pub member: u32,
    pub at: Instant,
    pub balance: Balance,
    /// In the order in which they came.
    pub lots: Vec<LotStory>,
    pub debt: DebtStory,
    /// What was only noted: expired points that counted as taken, points written off or settled in cash.
    pub noted: Vec<StoryLine>,
}

/// What became of one lot: came − paid − gone = pending + available + held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotStory {
    /// Its amount is what is left, pending or available.
    pub lot: Lot,
    /// When its points expire in this wallet.
    pub expires_at: Instant,
    pub came: i64,
    /// Points of it that paid debt as they became available.
    pub paid: i64,
    pub gone: i64,
    pub pending: i64,
    pub available: i64,
    pub held: i64,
    pub lines: Vec<StoryLine>,
}

/// Where debt came from and went: made − paid − forgiven = the balance's debt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DebtStory {
    pub made: i64,
    pub paid: i64,
    pub forgiven: i64,
    pub lines: Vec<StoryLine>,
}

/// One movement, and what moved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryLine {
    /// For what time moved, its due instant.
    pub at: RecordedAt,
    /// Sequence of the entry; 0 for what time moved.
    pub sequence: u64,
    /// The entry's verb; `time` for what time moved.
    pub verb: &'static str,
    pub flow: Flow,
    pub points: i64,
    /// The part that paid debt.
    pub paid: i64,
    /// Earlier entry that it captures, voids or reverses, or whose hold it is; 0 if none.
    pub original: u64,
}

/// Explains a wallet as of `now`. Reads every entry that ever changed it.
pub fn explain(
    history: &dyn History,
    wallet: &Wallet,
    id: WalletId,
    now: Instant,
) -> Result<Explanation, HistoryError> {
    let mut links = Chain::new(history, id, wallet.last).collect::<Result<Vec<_>, _>>()?;
    links.reverse();
    let mut stories = Stories::default();
    for link in &links {
        for movement in &link.effect().movements {
            stories.follow(movement, Some(&link.entry));
        }
    }
    let mut present = wallet.clone();
    settle(&mut present, now, &mut |movement| {
        stories.follow(&movement, None)
    });
    Ok(stories.told(&present, id, now))
}

#[derive(Default)]
struct Stories {
    lots: Vec<LotStory>,
    places: BTreeMap<LotId, usize>,
    debt: DebtStory,
    noted: Vec<StoryLine>,
}

impl Stories {
    fn follow(&mut self, movement: &Movement, entry: Option<&Entry<'_>>) {
        let line = line_of(movement, entry);
        match movement.flow.way() {
            Way::Owes => {
                self.debt.made += movement.lot.amount;
                self.debt.lines.push(line);
                return;
            }
            Way::Forgiven => {
                self.debt.forgiven += movement.lot.amount;
                self.debt.lines.push(line);
                return;
            }
            Way::Noted => {
                self.noted.push(line);
                return;
            }
            _ => {}
        }
        if movement.paid > 0 {
            self.debt.paid += movement.paid;
            self.debt.lines.push(line.clone());
        }
        let story = self.story(&movement.lot);
        story.lines.push(line);
        story.paid += movement.paid;
        let change = Change::of(movement);
        story.pending += change.pending;
        story.available += change.available;
        story.held += change.held;
        match movement.flow.way() {
            Way::New | Way::Back | Way::Restored => story.came += movement.lot.amount,
            Way::Out | Way::Taken | Way::Captures => story.gone += movement.lot.amount,
            _ => {}
        }
    }

    fn story(&mut self, lot: &Lot) -> &mut LotStory {
        let at = *self.places.entry(lot.id).or_insert_with(|| {
            self.lots.push(LotStory {
                lot: *lot,
                expires_at: lot.expires_at,
                came: 0,
                paid: 0,
                gone: 0,
                pending: 0,
                available: 0,
                held: 0,
                lines: Vec::new(),
            });
            self.lots.len() - 1
        });
        &mut self.lots[at]
    }

    fn told(mut self, wallet: &Wallet, id: WalletId, now: Instant) -> Explanation {
        for story in &mut self.lots {
            story.expires_at = wallet.expiry_of(&story.lot);
            story.lot = Lot {
                amount: story.pending + story.available,
                pending: story.pending > 0,
                ..story.lot
            };
        }
        Explanation {
            member: id.member,
            at: now,
            balance: wallet.balance(),
            lots: self.lots,
            debt: self.debt,
            noted: self.noted,
        }
    }
}

fn line_of(movement: &Movement, entry: Option<&Entry<'_>>) -> StoryLine {
    let own = entry.filter(|_| movement.due_at.is_none());
    let due = movement
        .due_at
        .map(|due| RecordedAt(due.0.saturating_mul(1_000)));
    let recorded = entry.map(|entry| entry.recorded_at);
    StoryLine {
        at: due.or(recorded).unwrap_or_default(),
        sequence: own.map_or(0, |entry| entry.sequence),
        verb: own.map_or("time", |entry| entry.request.command.verb()),
        flow: movement.flow,
        points: movement.lot.amount,
        paid: movement.paid,
        original: match own.map_or(0, |entry| entry.original) {
            0 => movement.hold,
            original => original,
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::balance::BalanceView;
    use super::super::sample::{ANN, BOB, Sample, steps};
    use super::*;

    fn told(sample: &Sample, id: WalletId) -> Explanation {
        let now = Instant(sample.now);
        explain(sample, sample.wallet(id), id, now).expect("all is there")
    }

    #[test]
    fn a_lot_tells_what_became_of_it() {
        let mut sample = Sample::new();
        sample.at(10).accrue(ANN, 200, 10, 60);
        sample.at(20).accrue(ANN, 300, 40, 600);
        sample.at(50).authorize(ANN, 350, 80);
        sample.at(90);
        let explained = told(&sample, ANN);
        let flows = |story: &LotStory| -> Vec<&str> {
            let lines = story.lines.iter();
            lines.map(|line| line.flow.name()).collect()
        };
        let [first, second] = &explained.lots[..] else {
            panic!("two lots");
        };
        assert_eq!(flows(first), ["accrued", "held", "released", "expired"]);
        assert_eq!(flows(second), ["accrued", "activated", "held", "released"]);
        assert_eq!((first.came, first.gone, first.available), (200, 200, 0));
        assert_eq!((second.came, second.gone, second.available), (300, 0, 300));
        assert_eq!(second.lines[3].verb, "time");
    }

    #[test]
    fn debt_tells_who_paid_it() {
        let mut sample = Sample::new();
        sample.at(10).take_back(ANN, 70);
        sample.at(30).accrue(ANN, 60, 30, 90);
        let explained = told(&sample, ANN);
        let debt = &explained.debt;
        assert_eq!((debt.made, debt.paid, debt.forgiven), (70, 60, 0));
        assert_eq!(explained.lots[0].paid, 60);
        assert_eq!(debt.lines.len(), 2);
    }

    proptest! {
        #[test]
        fn lots_and_debt_add_up_to_the_balance(steps in steps()) {
            let mut sample = Sample::new();
            sample.play(&steps, |_| {});
            for id in [ANN, BOB] {
                let explained = told(&sample, id);
                let view = BalanceView::ahead(sample.wallet(id), Instant(sample.now));
                prop_assert_eq!(explained.balance, view.balance);
                let sum = |part: fn(&LotStory) -> i64| explained.lots.iter().map(part).sum::<i64>();
                let parts = [sum(|lot| lot.pending), sum(|lot| lot.available), sum(|lot| lot.held)];
                let balance = view.balance;
                prop_assert_eq!(parts, [balance.pending, balance.available, balance.held]);
                let debt = &explained.debt;
                prop_assert_eq!(debt.made - debt.paid - debt.forgiven, balance.debt);
                for story in &explained.lots {
                    let left = story.pending + story.available + story.held;
                    prop_assert_eq!(story.came - story.paid - story.gone, left);
                    let found = view.lots.iter().find(|lot| lot.id == story.lot.id);
                    prop_assert_eq!(found.map_or(0, |lot| lot.amount), story.lot.amount);
                }
            }
        }
    }
}
