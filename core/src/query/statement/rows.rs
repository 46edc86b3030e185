//! Rows of a statement: the movements of one effect, grouped by what happened and when.

use std::collections::BTreeMap;
use std::ops::{Add, Sub};

use super::position::{Place, Position, Rank};
use crate::ledger::entry::{Balance, Effect, Entry, Fact, Flow, Movement, RecordedAt, Way};
use crate::ledger::lot::Lot;
use crate::ledger::rejection::Code;
use crate::ledger::request::{Command, DisputeOutcome};
use crate::ledger::time::Instant;

/// One row: an entry's own movements, or what time moved at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRow {
    /// When it happened in record time; for what time moved, its due instant.
    pub at: RecordedAt,
    /// Sequence of the entry; 0 for what time moved.
    pub sequence: u64,
    /// The entry's verb; `time` for what time moved.
    pub verb: &'static str,
    pub code: Code,
    /// Why, in one stable word, such as `purchase`, `redemption`, `purchase_reversed`, `expired` or `hold_lapsed`.
    pub reason: &'static str,
    /// Change of the available points.
    pub points: i64,
    /// Change of all four parts.
    pub change: Change,
    /// The balance after this row.
    pub balance: Balance,
    /// Entry that it captures, voids or reverses, or whose hold lapsed; 0 if none.
    pub original: u64,
    /// What moved, in order.
    pub lots: Vec<LotPart>,
    /// The entry's key; empty for what time moved.
    pub key: String,
    /// Why it was done by hand, in the word that whoever did it gave; empty elsewhere.
    pub note: String,
    /// Pass it as `before` to go on with the rows before this one.
    pub position: Position,
}

/// Signed changes of the four parts of a balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub pending: i64,
    pub available: i64,
    pub held: i64,
    pub debt: i64,
}

/// Points of one lot on the move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotPart {
    pub flow: Flow,
    /// `amount` is what moved; for `Overdrawn` it belongs to no lot.
    pub lot: Lot,
    /// The part of the amount that paid debt.
    pub paid: i64,
}

/// Movements by the row that shows them, oldest first.
type Groups = BTreeMap<Place, Vec<Movement>>;

/// The rows of one effect, oldest first. A sweep has none of its own, nor has what only shows the wallet.
pub(super) fn of_effect(entry: &Entry<'_>, effect: &Effect) -> Vec<StatementRow> {
    let own = effect
        .movements
        .iter()
        .position(|movement| movement.due_at.is_none())
        .unwrap_or(effect.movements.len());
    let (time, own) = effect.movements.split_at(own);
    let mut groups = time_groups(time);
    if has_row_of_its_own(entry, effect, own) {
        groups.insert((entry.recorded_at, Rank::Entry, 0), Vec::new());
    }
    for movement in own {
        let rank = match movement.flow {
            Flow::Expired => Rank::ExpiredAtOnce,
            _ if movement.is_of_reward() => Rank::Rewards,
            _ => Rank::Entry,
        };
        let place = (entry.recorded_at, rank, 0);
        groups.entry(place).or_default().push(*movement);
    }
    let all: Change = effect.movements.iter().map(Change::of).sum();
    in_rows(groups, effect.after - all, Some(entry))
}

/// Whether an entry has a row in a wallet beside what it did for referrals there.
fn has_row_of_its_own(entry: &Entry<'_>, effect: &Effect, own: &[Movement]) -> bool {
    if own.iter().any(|movement| !movement.is_of_reward()) {
        return true;
    }
    let is_main = entry
        .main_effect()
        .is_some_and(|main| main.wallet == effect.wallet);
    (own.is_empty() || is_main) && tells_of_nothing(&entry.request.command)
}

/// Whether a command has a row of its own also where it moved nothing.
const fn tells_of_nothing(command: &Command<'_>) -> bool {
    !matches!(
        command,
        Command::Sweep
            | Command::AddAlias(_)
            | Command::RemoveAlias(_)
            | Command::ReplaceAlias(_)
            | Command::Block(_)
            | Command::Unblock(_)
            | Command::IssueCode(_)
            | Command::DisableCode(_)
            | Command::RecordTouch(_)
            | Command::BindReferral(_)
            | Command::RecordStep(_)
            | Command::ReviewReferral(_)
            | Command::ClosePeriod(_)
            | Command::ChangeCoupon(_)
    )
}

/// The rows of what time moved, oldest first, after `balance`.
pub(super) fn of_time(movements: &[Movement], balance: Balance) -> Vec<StatementRow> {
    in_rows(time_groups(movements), balance, None)
}

/// One row per lapsed hold, one for what activated and one for what expired at an instant.
fn time_groups(movements: &[Movement]) -> Groups {
    let mut groups = Groups::new();
    for movement in movements {
        let (rank, hold) = match movement.flow {
            Flow::Released => (Rank::Lapsed, movement.hold),
            Flow::Activated => (Rank::Activated, 0),
            Flow::RewardTaken => (Rank::FreezeLapsed, 0),
            _ => (Rank::Expired, 0),
        };
        let due = movement.due_at.unwrap_or(Instant(0));
        let place = (RecordedAt(due.0.saturating_mul(1_000)), rank, hold);
        groups.entry(place).or_default().push(*movement);
    }
    groups
}

fn in_rows(groups: Groups, before: Balance, entry: Option<&Entry<'_>>) -> Vec<StatementRow> {
    let mut balance = before;
    let mut rows = Vec::with_capacity(groups.len());
    for (place, movements) in groups {
        let change: Change = movements.iter().map(Change::of).sum();
        balance = balance + change;
        let own = entry.filter(|_| place.1 >= Rank::Entry);
        rows.push(StatementRow {
            at: place.0,
            sequence: own.map_or(0, |entry| entry.sequence),
            verb: own.map_or("time", |entry| entry.request.command.verb()),
            code: own.map_or(Code::Applied, |entry| entry.code),
            reason: reason(place.1, own, &movements),
            points: change.available,
            change,
            balance,
            original: own.map_or(place.2, |entry| entry.original),
            lots: movements.iter().map(LotPart::of).collect(),
            key: own.map_or_else(String::new, |entry| entry.request.key.to_string()),
            note: own
                .and_then(|entry| entry.request.command.hand())
                .map_or_else(String::new, |(reason, _)| reason.to_string()),
            position: Position::new(place),
        });
    }
    rows
}

fn reason(rank: Rank, entry: Option<&Entry<'_>>, movements: &[Movement]) -> &'static str {
    match (rank, entry) {
        (Rank::Lapsed, _) => "hold_lapsed",
        (Rank::Activated, _) => "activated",
        (Rank::FreezeLapsed, _) => "referral_freeze_lapsed",
        (Rank::Rewards, _) => rewards(movements),
        (Rank::Expired | Rank::ExpiredAtOnce, _) | (Rank::Entry, None) => "expired",
        (Rank::Entry, Some(entry)) => match entry.request.command {
            Command::Redeem(_) | Command::Capture(_) if entry.figures.charged > 0 => {
                "store_charged"
            }
            Command::Purchase(_) => "purchase",
            Command::Accrue(_) => "accrual",
            Command::Redeem(_) => "redemption",
            Command::Authorize(_) => "authorization",
            Command::Adjust(_) => "adjustment",
            Command::Reverse(ref reverse) => match reverse.dispute {
                Some(DisputeOutcome::Lost) => "chargeback",
                Some(DisputeOutcome::Won) => "chargeback_reversed",
                None => reversal(entry, movements),
            },
            Command::Transfer(_) => transfer(movements),
            Command::CloseMember(_) => "closed",
            Command::EraseMember(_) => "erased",
            Command::Reinstate(_) => "reinstated",
            Command::ExtendLot(_) => "extended",
            Command::ExtendHold(_) => "hold_extended",
            Command::ForgiveDebt(_) => "debt_forgiven",
            Command::Activate(_) => "activated",
            _ => entry.request.command.verb(),
        },
    }
}

/// A reversal is named after what it undid, as far as its figures and movements tell.
fn reversal(entry: &Entry<'_>, movements: &[Movement]) -> &'static str {
    let reopens = |fact: &Fact<'_>| matches!(fact, Fact::Reopened { .. });
    if entry.facts.iter().any(reopens) {
        return "reversal_reversed";
    }
    if entry.figures.reversed_money > 0 {
        return "purchase_reversed";
    }
    if entry.figures.charged < 0 {
        return "store_credited";
    }
    let names = |flow: Flow| match flow {
        Flow::AccrualReversed
        | Flow::ExpiryReversed
        | Flow::Overdrawn
        | Flow::WrittenOff
        | Flow::SettledInCash => Some((0, "accrual_reversed")),
        Flow::AdjustmentReturned | Flow::AdjustedDown | Flow::AdjustOverdrawn => {
            Some((1, "adjustment_reversed"))
        }
        Flow::TransferredIn
        | Flow::TransferredOut
        | Flow::TransferOverdrawn
        | Flow::TransferWrittenOff => Some((2, "transfer_reversed")),
        Flow::RedemptionReversed => Some((3, "redemption_reversed")),
        _ => None,
    };
    let told = movements.iter().filter_map(|movement| names(movement.flow));
    told.min().map_or("reversal", |(_, name)| name)
}

/// What became of rewards, in the first word that holds: taken back, given back, given, or given other dates.
fn rewards(movements: &[Movement]) -> &'static str {
    let any = |flows: &[Flow]| {
        movements
            .iter()
            .any(|movement| flows.contains(&movement.flow))
    };
    let taken = [
        Flow::RewardTaken,
        Flow::RewardExpiryTaken,
        Flow::RewardOverdrawn,
        Flow::RewardWrittenOff,
    ];
    if any(&taken) {
        "referral_reward_reversed"
    } else if any(&[Flow::Rewarded]) {
        "referral_reward"
    } else if any(&[Flow::MovedIn]) && !any(&[Flow::RewardRestored]) {
        "referral_reward_dated"
    } else {
        "referral_reward_restored"
    }
}

/// A transfer is told from the side of the wallet it is shown in.
fn transfer(movements: &[Movement]) -> &'static str {
    let comes = |movement: &Movement| movement.flow == Flow::TransferredIn;
    if movements.iter().any(comes) {
        "transferred_in"
    } else {
        "transferred_out"
    }
}

impl LotPart {
    fn of(movement: &Movement) -> LotPart {
        LotPart {
            flow: movement.flow,
            lot: movement.lot,
            paid: movement.paid,
        }
    }
}

impl Change {
    /// What a movement does to the four parts.
    pub fn of(movement: &Movement) -> Change {
        let (amount, paid) = (movement.lot.amount, movement.paid);
        let none = Change::default();
        let filled = Change {
            available: amount - paid,
            debt: -paid,
            ..none
        };
        match movement.flow.way() {
            Way::New | Way::Back | Way::Restored if movement.lot.pending => Change {
                pending: amount,
                ..none
            },
            Way::New | Way::Back | Way::Restored => filled,
            Way::Activates => Change {
                pending: -amount,
                ..filled
            },
            Way::Releases => Change {
                held: -amount,
                ..filled
            },
            Way::Taken if movement.lot.pending => Change {
                pending: -amount,
                ..none
            },
            Way::Out | Way::Taken => Change {
                available: -amount,
                ..none
            },
            Way::Holds => Change {
                available: -amount,
                held: amount,
                ..none
            },
            Way::Captures => Change {
                held: -amount,
                ..none
            },
            Way::Owes => Change {
                debt: amount,
                ..none
            },
            Way::Forgiven => Change {
                debt: -amount,
                ..none
            },
            Way::Noted => none,
        }
    }
}

impl std::iter::Sum for Change {
    fn sum<I: Iterator<Item = Change>>(changes: I) -> Change {
        changes.fold(Change::default(), |sum, change| Change {
            pending: sum.pending + change.pending,
            available: sum.available + change.available,
            held: sum.held + change.held,
            debt: sum.debt + change.debt,
        })
    }
}

impl Add<Change> for Balance {
    type Output = Balance;

    fn add(self, change: Change) -> Balance {
        Balance {
            pending: self.pending + change.pending,
            available: self.available + change.available,
            held: self.held + change.held,
            debt: self.debt + change.debt,
        }
    }
}

impl Sub<Change> for Balance {
    type Output = Balance;

    fn sub(self, change: Change) -> Balance {
        Balance {
            pending: self.pending - change.pending,
            available: self.available - change.available,
            held: self.held - change.held,
            debt: self.debt - change.debt,
        }
    }
}
