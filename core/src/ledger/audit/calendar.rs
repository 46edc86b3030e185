//! What an entry says of the local calendar: the day of an offline allowance, the date of a wallet that is in use.
//!
//! An entry is read back under whichever time zone database is built in by then, so a day or a date only has to be one
//! that the zone could have had when it was written: clocks were set otherwise by some hours, never by a day.

use super::super::entry::{Effect, Entry, Fact};
use super::super::program::ExpiryPolicy;
use super::super::state::State;
use super::super::time::{Instant, MICROS_PER_SECOND};
use super::{Finding, demand};

/// By how much a zone's clocks may have been set otherwise when the entry was written.
const DOUBT: i64 = 3 * 3_600 * MICROS_PER_SECOND;
/// Local days have always ended at an instant that is a multiple of this.
const STEP: i64 = 30 * MICROS_PER_SECOND;

pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    for fact in &entry.facts {
        if let Fact::OfflineUsed { day, .. } = fact {
            check_day(state, occurred_at(entry), *day)?;
        }
    }
    for effect in &entry.effects {
        if effect.inactive_at != Instant::NEVER {
            check_inactivity(state, occurred_at(entry), effect)?;
        }
    }
    Ok(())
}

fn occurred_at(entry: &Entry<'_>) -> Instant {
    let now = entry.recorded_at.instant();
    entry.request.occurred_at.unwrap_or(now)
}

pub fn check_day(state: &State, occurred_at: Instant, day: i32) -> Finding {
    let Some(calendar) = &state.calendar else {
        return Ok(());
    };
    let near = |micros: i64| {
        calendar
            .local_date(Instant(occurred_at.0.saturating_add(micros)))
            .days()
    };
    demand(
        (near(-DOUBT)..=near(DOUBT)).contains(&day),
        "it uses up the allowance of another day",
    )
}

fn check_inactivity(state: &State, occurred_at: Instant, effect: &Effect) -> Finding {
    let currencies = &state.objects.program().currencies;
    let policy = currencies
        .get(usize::from(effect.wallet.currency))
        .map(|currency| currency.expiry);
    let Some(ExpiryPolicy::Sliding(period)) = policy else {
        return Err("it dates a wallet whose points have dates of their own".to_owned());
    };
    demand(
        effect.inactive_at.0 % STEP == 0,
        "its wallet's date of inactivity is no end of a day",
    )?;
    let Some(calendar) = &state.calendar else {
        return Ok(());
    };
    let near = |micros: i64| {
        let from = Instant(occurred_at.0.saturating_add(micros));
        let date = calendar.inactivity_of(period, from);
        date.map_or(Instant::NEVER.0, |date| date.0.saturating_add(micros))
    };
    demand(
        (near(-DOUBT)..=near(DOUBT)).contains(&effect.inactive_at.0),
        "its wallet's date of inactivity is not the one that follows from its use",
    )
}
