//! close_period: what waits for the end of a month is let go.

use super::super::super::bounds::ENTRY_REWARDS;
use super::super::super::entry::{Fact, Figures};
use super::super::super::program::LocalDate;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::ClosePeriod;
use super::super::super::time::Instant;
use super::super::case::{Case, Verdict};
use super::desk::Desk;
use super::{book_of, posting};

pub fn decide<'a>(
    case: &mut Case<'_>,
    key: &str,
    close: &ClosePeriod<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let number = book_of(case, &close.program)?;
    let ends_at = end_of(case, close)?;
    if case.now < ends_at {
        let message = format!(
            "the month ends at {ends_at}, and it is {}; close it then",
            case.now
        );
        return Err(Rejection::new(Code::PeriodNotOver, message));
    }
    if case
        .state
        .objects
        .referrals
        .book(number)
        .is_month_closed(close.month)
    {
        return Ok(Verdict::default());
    }
    let mut desk = Desk::new(case, key, Default::default())?;
    let (vested, points, is_all) = match vest(&mut desk, number, ends_at) {
        Ok(vested) => vested,
        Err(code) => return Ok(Verdict::refused(code, 0, Default::default())),
    };
    if is_all {
        desk.tell(Fact::PeriodClosed {
            program: number,
            month: close.month,
        });
    }
    let figures = Figures {
        requested: vested,
        awarded: points,
        ..Figures::default()
    };
    Ok(Verdict {
        figures,
        ..desk.close(Verdict::default())
    })
}

/// First instant after the month in the program's zone.
fn end_of(case: &Case<'_>, close: &ClosePeriod<'_>) -> Result<Instant, Rejection> {
    let next = close.month.next();
    let first = LocalDate::new(next.year(), next.number(), 1);
    let calendar = case.calendar()?;
    let ends_at = first.and_then(|first| calendar.midnight(first).ok());
    ends_at.ok_or_else(|| Rejection::plain(Code::TimeOutOfRange))
}

/// Lets go what waits, as much as one entry may: how many rewards, how many points, and whether that was all.
fn vest(desk: &mut Desk<'_, '_>, number: u16, ends_at: Instant) -> Result<(i64, i64, bool), Code> {
    let mut friends: Vec<u32> = desk.book(number).to_close(ends_at).collect();
    friends.sort_unstable();
    friends.dedup();
    let (mut vested, mut points, mut seen) = (0, 0, 0);
    for friend in friends {
        let mut file = desk.file(number, friend);
        let subject = desk.subject(number, friend).ok_or(Code::UnknownProgram)?;
        for conversion in file.conversions.iter_mut().filter(|one| one.vests_at_close) {
            let rules = desk.rules_of(subject, conversion);
            for reward in &mut conversion.rewards {
                if !reward.may_wait() || reward.hold_ends_at >= ends_at {
                    continue;
                }
                if seen == ENTRY_REWARDS {
                    desk.keep(number, friend, file);
                    return Ok((vested, points, false));
                }
                seen += 1;
                let let_go = posting::vest(desk, rules, reward)?;
                points += let_go;
                vested += i64::from(let_go > 0 || reward.voucher.is_some());
            }
        }
        desk.keep(number, friend, file);
    }
    Ok((vested, points, true))
}
