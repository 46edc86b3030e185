//! authorize: specific lots are held for a till, for a while.

use super::super::entry::{Figures, Flow, Opened, WalletId};
use super::super::rejection::{Code, Rejection};
use super::super::request::Authorize;
use super::super::time::Instant;
use super::case::{Case, Verdict};

pub fn decide<'a>(
    case: &mut Case<'_>,
    authorize: &Authorize<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let holds = &case.program().holds;
    let ttl = authorize.ttl_micros.unwrap_or(holds.default_micros);
    if ttl > holds.longest_micros {
        let most = holds.longest_micros / 1_000_000;
        return Err(Rejection::new(
            Code::InvalidTtl,
            format!("a hold lives at most {most} seconds in this program"),
        ));
    }
    let currency = case.currency(&authorize.wallet)?;
    let member = case.spender(&authorize.member)?;
    case.check_taking(&authorize.member, member, authorize.points)?;
    let mut draft = case.draft(WalletId { member, currency });
    let before = draft.balance();
    let points = if authorize.allow_partial {
        authorize.points.min(before.available)
    } else {
        authorize.points
    };
    if points == 0 || before.available < points {
        return Ok(Verdict::refused(
            Code::InsufficientPoints,
            authorize.points,
            before,
        ));
    }
    let order = case.program().currencies[usize::from(currency)].draw_order;
    draft.open_hold(Opened {
        hold: case.sequence,
        lapses_at: Instant(case.now.0.saturating_add(ttl)),
    });
    draft.draw(Flow::Held, points, order, case.sequence);
    let figures = Figures {
        requested: authorize.points,
        awarded: points,
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}
