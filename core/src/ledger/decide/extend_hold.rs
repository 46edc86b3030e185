//! extend: a hold lives on, counted from now.

use super::super::rejection::{Code, Rejection};
use super::super::request::ExtendHold;
use super::super::time::Instant;
use super::capture::Held;
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, extend: &ExtendHold<'a>) -> Result<Verdict<'a>, Rejection> {
    let hold = Held::find(case)?;
    if hold.points == 0 {
        return Ok(hold.refused_as_ended(case, 0));
    }
    let longest = case.program().holds.longest_micros;
    let opened_at = case.original()?.recorded_at.instant();
    let lapses_at = Instant(case.now.0.saturating_add(extend.ttl_micros));
    if lapses_at.0 > opened_at.0.saturating_add(longest) {
        let message = format!(
            "this hold was opened at {opened_at} and lives at most {} seconds from then",
            longest / 1_000_000
        );
        return Err(Rejection::new(Code::InvalidTtl, message));
    }
    Ok(hold.extend(lapses_at))
}
