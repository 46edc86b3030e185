//! Points that a reversal should take and that are not there: debt, a write-off, money kept back, or no reversal.

use super::super::entry::{Entry, Flow};
use super::super::lot::Lot;
use super::super::program::{Shortfall, SpendRule};
use super::super::rejection::Code;
use super::super::request::Command;
use super::case::Case;
use super::draft::Draft;

/// What points are booked on that a reversal takes, and those that are missing.
#[derive(Clone, Copy, Debug)]
pub struct Booking {
    pub taken: Flow,
    pub owed: Flow,
    /// `None`: what is written off is owed first and forgiven at once.
    pub written_off: Option<Flow>,
}

impl Booking {
    pub const CLAWBACK: Booking = Booking {
        taken: Flow::AccrualReversed,
        owed: Flow::Overdrawn,
        written_off: Some(Flow::WrittenOff),
    };
    pub const ADJUSTMENT: Booking = Booking {
        taken: Flow::AdjustedDown,
        owed: Flow::AdjustOverdrawn,
        written_off: None,
    };
    pub const GIFT: Booking = Booking {
        taken: Flow::TransferredOut,
        owed: Flow::TransferOverdrawn,
        written_off: Some(Flow::TransferWrittenOff),
    };
    pub const REWARD: Booking = Booking {
        taken: Flow::RewardTaken,
        owed: Flow::RewardOverdrawn,
        written_off: Some(Flow::RewardWrittenOff),
    };
    /// The undo of a return of points.
    pub const RETURN: Booking = Booking {
        taken: Flow::ReturnTaken,
        owed: Flow::ReturnOverdrawn,
        written_off: Some(Flow::ReturnWrittenOff),
    };
}

/// How missing points are dealt with.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'p> {
    pub shortfall: Shortfall,
    /// Minor units that may be kept back instead, and what points are worth.
    pub refund: i64,
    pub spending: &'p SpendRule,
}

/// Who bears missing points.
#[derive(Clone, Copy, Debug, Default)]
pub struct Borne {
    pub spared: i64,
    pub charged: i64,
}

/// Deals with points that are missing, of which open holds keep `held`; the code if nothing may be missing.
pub fn bear(
    case: &Case<'_>,
    draft: &mut Draft,
    booking: Booking,
    policy: Policy<'_>,
    (missing, held): (i64, i64),
) -> Result<Borne, Code> {
    let mut borne = Borne::default();
    if missing == 0 {
        return Ok(borne);
    }
    if draft.has_left() || policy.shortfall == Shortfall::PendingOnly {
        borne.spared = missing;
        write_off(draft, booking, missing, 0);
        return Ok(borne);
    }
    let kept = missing.min(held);
    let rest = missing - kept;
    match policy.shortfall {
        Shortfall::Block => return Err(Code::PointsAlreadySpent),
        Shortfall::Clamp => borne.spared = rest,
        Shortfall::ChargeShortfall => borne.charged = rest.min(policy.affordable()),
        Shortfall::Debt | Shortfall::PendingOnly => {}
    }
    draft.move_amount(booking.owed, missing - borne.spared - borne.charged, 0);
    write_off(draft, booking, borne.spared, case.sequence);
    draft.move_amount(Flow::SettledInCash, borne.charged, 0);
    Ok(borne)
}

fn write_off(draft: &mut Draft, booking: Booking, points: i64, entry: u64) {
    match booking.written_off {
        Some(flow) => draft.move_amount(flow, points, entry),
        None => {
            draft.move_amount(booking.owed, points, 0);
            draft.forgive(Flow::DebtForgiven, points);
        }
    }
}

impl Policy<'_> {
    /// As many points as are worth no more than the refund.
    fn affordable(&self) -> i64 {
        let (points, minor_units) = (self.spending.points, self.spending.minor_units);
        let below = (i128::from(self.refund) + 1) * i128::from(points) - 1;
        let most = below.checked_div(i128::from(minor_units));
        most.map_or(0, |most| i64::try_from(most).unwrap_or(i64::MAX))
    }
}

/// The policy that a reversal was asked for, or that its program had.
pub fn policy_of(case: &Case<'_>, reversal: &Entry<'_>) -> Shortfall {
    let program = &case.state.objects.programs[reversal.program as usize];
    match &reversal.request.command {
        Command::Reverse(reverse) => {
            let shortfall = reverse.shortfall.unwrap_or(program.reversal.shortfall);
            match shortfall {
                // A dispute has been decided elsewhere: nothing is there to be blocked.
                Shortfall::Block if reverse.dispute.is_some() => Shortfall::Debt,
                shortfall => shortfall,
            }
        }
        _ => program.reversal.shortfall,
    }
}

/// Points of some lots that open holds keep.
pub fn held_of(draft: &Draft, of: impl Fn(&Lot) -> bool) -> i64 {
    let holds = draft.wallet().holds().iter();
    let parts = holds.flat_map(|hold| &hold.parts);
    parts.filter(|part| of(part)).map(|part| part.amount).sum()
}
