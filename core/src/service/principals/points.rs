//! The points that a request names: what limits count.

use crate::ledger::entry::Entry;
use crate::ledger::request::{Command, Spend};

/// How many points a request asks to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Points(u64),
    /// As many as there are.
    All,
}

impl Named {
    const NONE: Named = Named::Points(0);

    fn some_or_all(points: Option<i64>) -> Named {
        points.map_or(Named::All, |points| Named::Points(points.unsigned_abs()))
    }
}

/// Points that a command gives or takes because its caller says so. What rules give for a purchase is the program's; a
/// capture's points were named when they were held; and what is undone was named before.
pub fn named_by(command: &Command<'_>) -> Named {
    match command {
        Command::Accrue(accrue) => Named::Points(accrue.points.unsigned_abs()),
        Command::Redeem(redeem) => Named::Points(redeem.points.unsigned_abs()),
        Command::Authorize(authorize) => Named::Points(authorize.points.unsigned_abs()),
        Command::Adjust(adjust) => Named::Points(adjust.points.unsigned_abs()),
        Command::Transfer(transfer) => Named::Points(transfer.points.unsigned_abs()),
        Command::Reinstate(reinstate) => Named::some_or_all(reinstate.points),
        Command::ForgiveDebt(forgive) => Named::some_or_all(forgive.points),
        Command::Purchase(purchase) => {
            let basket = purchase.basket.as_deref();
            match basket.and_then(|basket| basket.spend.as_ref()) {
                Some(Spend::Redeem { points }) => Named::Points(points.unsigned_abs()),
                Some(Spend::Capture { .. }) | None => Named::NONE,
            }
        }
        _ => Named::NONE,
    }
}

/// The same of an entry that was applied.
pub fn counted(entry: &Entry<'_>) -> u64 {
    match named_by(&entry.request.command) {
        Named::Points(points) => points,
        Named::All => entry.figures.awarded.unsigned_abs(),
    }
}
