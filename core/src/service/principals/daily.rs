//! Points that each key space has moved on the local day, against the limit of its principals.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::check::points_not_allowed;
use super::points::counted;
use super::principal::Principal;
use crate::engine::{Failure, Ledger};
use crate::ledger::bounds::PAGE_ROWS;
use crate::ledger::program::{Calendar, LocalDate};
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::time::Instant;

/// What was moved today, by key space.
#[derive(Debug)]
pub struct DailyPoints {
    day: Mutex<Day>,
}

#[derive(Debug)]
struct Day {
    date: LocalDate,
    used: HashMap<String, i64>,
}

/// Points that are set aside until the answer is known: given back when this is dropped, unless they are kept.
#[derive(Debug)]
#[must_use = "what is dropped is given back at once"]
pub struct Reserved {
    daily: Arc<DailyPoints>,
    principal: Arc<Principal>,
    date: LocalDate,
    points: i64,
}

impl DailyPoints {
    /// A day on which nothing was moved yet.
    pub fn on(date: LocalDate) -> Arc<DailyPoints> {
        let used = HashMap::new();
        Arc::new(DailyPoints {
            day: Mutex::new(Day { date, used }),
        })
    }

    /// The day of `now` as its ledger tells it, for a server that starts: reads every entry of that day.
    pub fn of_ledger(
        ledger: &Ledger,
        calendar: &Calendar,
        now: Instant,
    ) -> Result<Arc<DailyPoints>, Failure> {
        let date = calendar.local_date(now);
        let midnight = calendar.midnight(date).unwrap_or(Instant::FIRST);
        let daily = DailyPoints::on(date);
        let mut next = first_since(ledger, midnight)?;
        loop {
            let entries = ledger.entries(next, PAGE_ROWS)?;
            let Some(last) = entries.last() else {
                return Ok(daily);
            };
            next = last.sequence + 1;
            let mut day = daily.day.lock();
            for entry in entries.iter().filter(|entry| entry.code == Code::Applied) {
                let points = i64::try_from(counted(entry)).unwrap_or(i64::MAX);
                let key_space = &entry.request.caller;
                let after = day.used(key_space).saturating_add(points);
                day.set(key_space, after);
            }
        }
    }

    /// Sets points aside for a request, or says that they are too many for the day. Whoever repeats a request that was
    /// answered before moves nothing: ask the ledger for its key before this no is told.
    pub fn reserve(
        self: &Arc<Self>,
        principal: &Arc<Principal>,
        points: i64,
        today: LocalDate,
    ) -> Result<Option<Reserved>, Rejection> {
        if points == 0 {
            return Ok(None);
        }
        let mut day = self.day.lock();
        day.turn(today);
        let used = day.used(&principal.key_space);
        let after = used.saturating_add(points);
        if let Some(most) = principal.limits.points_per_day.filter(|most| after > *most) {
            return Err(points_not_allowed(format!(
                "{points} points after {used} today; this caller may move {most} a day"
            )));
        }
        day.set(&principal.key_space, after);
        Ok(Some(Reserved {
            daily: Arc::clone(self),
            principal: Arc::clone(principal),
            date: day.date,
            points,
        }))
    }

    /// What a key space has moved today.
    pub fn used(&self, key_space: &str) -> i64 {
        self.day.lock().used(key_space)
    }
}

impl Day {
    /// Begins a new day; a clock that goes back begins none.
    fn turn(&mut self, today: LocalDate) {
        if today > self.date {
            self.date = today;
            self.used.clear();
        }
    }

    fn used(&self, key_space: &str) -> i64 {
        self.used.get(key_space).copied().unwrap_or(0)
    }

    fn set(&mut self, key_space: &str, points: i64) {
        match self.used.get_mut(key_space) {
            Some(used) => *used = points,
            None => {
                self.used.insert(key_space.to_owned(), points);
            }
        }
    }
}

impl Reserved {
    /// The request was applied, for the first time.
    pub fn keep(mut self) {
        self.points = 0;
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut day = self.daily.day.lock();
        if self.points == 0 || day.date != self.date {
            return;
        }
        let key_space = &self.principal.key_space;
        let without = day.used(key_space).saturating_sub(self.points);
        day.set(key_space, without);
    }
}

/// Sequence of the first entry that was recorded at an instant or later.
fn first_since(ledger: &Ledger, instant: Instant) -> Result<u64, Failure> {
    let (mut before, mut after) = (0, ledger.info()?.entries + 1);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if ledger.entry(middle)?.recorded_at.instant() < instant {
            before = middle;
        } else {
            after = middle;
        }
    }
    Ok(after)
}
