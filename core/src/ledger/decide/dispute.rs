//! dispute: a chargeback that the shop lost takes a whole sale back; one that it won after all gives that back.

use super::super::program::Shortfall;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Command, DisputeOutcome, Reverse};
use super::case::{Case, Verdict};
use super::{reverse, undo_reversal};

pub fn decide<'a>(
    case: &mut Case<'_>,
    dispute: &Reverse<'a>,
    outcome: DisputeOutcome,
) -> Result<Verdict<'a>, Rejection> {
    let original = case.original()?;
    match (&original.request.command, outcome) {
        (Command::Purchase(_), DisputeOutcome::Lost) => {
            let whole = Reverse {
                shortfall: Some(shortfall(case)),
                dispute: None,
                ..dispute.clone()
            };
            reverse::decide(case, &whole)
        }
        // Nothing that a won dispute could undo was found.
        (Command::Purchase(_), DisputeOutcome::Won) => {
            let moved = original.effects.first().map(|effect| effect.wallet);
            let wallet = moved.or_else(|| case.wallet_of(original));
            let balance = wallet.map(|wallet| case.draft(wallet).balance());
            let refused = Verdict::refused(Code::NotDisputed, 0, balance.unwrap_or_default());
            Ok(refused.about(original.sequence))
        }
        (Command::Reverse(lost), DisputeOutcome::Won) if lost.dispute.is_some() => {
            undo_reversal::decide(case, original)
        }
        _ => Err(Rejection::new(
            Code::NotReversible,
            "only a purchase is disputed; name one",
        )),
    }
}

/// The dispute has been decided elsewhere, so nothing is there to be blocked.
fn shortfall(case: &Case<'_>) -> Shortfall {
    match case.program().reversal.shortfall {
        Shortfall::Block => Shortfall::Debt,
        shortfall => shortfall,
    }
}
