//! The compiled zone: instants to local dates and back, pending periods, expiries and grace.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use thiserror::Error;

use super::{ExpiryPolicy, LocalDate, Period, Rounding};
use crate::ledger::time::{Instant, InstantOutOfRange, MICROS_PER_DAY, MICROS_PER_SECOND};

/// The local calendar of one zone. Cheap to clone; every answer is a pure function of its arguments.
///
/// ```text
/// windows   one per change of offset: from (an instant) · offset · local_from (a local time)
/// a gap     ends where a window starts: its local times belong to that window and become its first instant
/// overlap   its local times belong to the earlier window, so that local_from lies after them
/// hints     one per 2^42 µs (51 days): the window in which that stretch starts
/// ```
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: Arc<str>,
    windows: Arc<[Window]>,
    hints: Arc<[u32]>,
}

/// The zone's name is not in the bundled time zone database.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown zone {0:?}; write an IANA name such as \"Europe/Berlin\" or \"UTC\"")]
pub struct UnknownZone(pub String);

/// A stretch of time with one offset from UTC, up to the start of the next window.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: i64,
    offset: i64,
    /// The first local time no earlier window has.
    local_from: i64,
}

const HINT_SHIFT: u32 = 42;
/// More than any zone's distance from UTC.
const MOST_OFFSET: i64 = 26 * 3_600 * MICROS_PER_SECOND;

impl Calendar {
    /// The calendar of an IANA zone, from the database built into this program.
    pub fn of_zone(name: &str) -> Result<Self, UnknownZone> {
        let (canonical, zone) = find_zone(name)?;
        let windows = windows_of(&zone);
        let hints = hints_of(&windows);
        Ok(Self {
            zone: canonical.into(),
            windows: windows.into(),
            hints: hints.into(),
        })
    }

    /// The zone's IANA name.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// The date on the zone's wall calendar at an instant.
    pub fn local_date(&self, instant: Instant) -> LocalDate {
        LocalDate::split(self.local_micros(instant)).0
    }

    /// The first instant of a local date; where midnight is skipped, the next valid instant.
    pub fn midnight(&self, date: LocalDate) -> Result<Instant, InstantOutOfRange> {
        self.instant_of(date, 0)
    }

    /// The same local time after a period: in a gap the next valid instant, in an overlap the first.
    ///
    /// A period without months and days is exact time and looks at no calendar.
    pub fn after(&self, start: Instant, period: Period) -> Result<Instant, InstantOutOfRange> {
        if !start.is_valid() {
            return Err(InstantOutOfRange);
        }
        let moved = if period.months == 0 && period.days == 0 {
            start
        } else {
            let (date, micros_of_day) = LocalDate::split(self.local_micros(start));
            let date = date.plus(period).ok_or(InstantOutOfRange)?;
            self.instant_of(date, micros_of_day)?
        };
        let exact = i64::from(period.seconds)
            .checked_mul(MICROS_PER_SECOND)
            .ok_or(InstantOutOfRange)?;
        moved.checked_add(exact)
    }

    /// When points that activate at an instant expire: the end of a local day, or never.
    pub fn expiry_of(
        &self,
        policy: ExpiryPolicy,
        activates_at: Instant,
    ) -> Result<Instant, InstantOutOfRange> {
        let last_date = match policy {
            ExpiryPolicy::Never => return Ok(Instant::NEVER),
            ExpiryPolicy::Sliding(_) => return Ok(Instant::WITH_WALLET),
            ExpiryPolicy::Rolling {
                period,
                round_up_to: None,
            } => self.date_after(activates_at, period)?,
            ExpiryPolicy::Rolling {
                period,
                round_up_to: Some(rounding),
            } => self.span_end_after(activates_at, period, rounding)?,
            ExpiryPolicy::Fixed(dates) => {
                let earliest = self.date_after(activates_at, dates.min_valid)?;
                dates.next(earliest).ok_or(InstantOutOfRange)?
            }
        };
        self.end_of_day(last_date)
    }

    /// When a wallet's points expire that last saw activity at an instant: at the end of a local day.
    pub fn inactivity_of(
        &self,
        period: Period,
        active_at: Instant,
    ) -> Result<Instant, InstantOutOfRange> {
        self.end_of_day(self.date_after(active_at, period)?)
    }

    /// When points returned at an instant expire: they are valid through the local date after the period.
    pub fn grace_until(
        &self,
        returned_at: Instant,
        period: Period,
    ) -> Result<Instant, InstantOutOfRange> {
        self.end_of_day(self.date_after(returned_at, period)?)
    }

    fn date_after(&self, start: Instant, period: Period) -> Result<LocalDate, InstantOutOfRange> {
        if !start.is_valid() {
            return Err(InstantOutOfRange);
        }
        if period.seconds != 0 {
            return Ok(self.local_date(self.after(start, period)?));
        }
        self.local_date(start).plus(period).ok_or(InstantOutOfRange)
    }

    fn span_end_after(
        &self,
        start: Instant,
        period: Period,
        rounding: Rounding,
    ) -> Result<LocalDate, InstantOutOfRange> {
        let (date, period) = if period.seconds == 0 && start.is_valid() {
            (self.local_date(start), period)
        } else {
            (self.date_after(start, period)?, Period::ZERO)
        };
        date.plus_to_end(period, rounding).ok_or(InstantOutOfRange)
    }

    fn end_of_day(&self, date: LocalDate) -> Result<Instant, InstantOutOfRange> {
        self.midnight(date.tomorrow().ok_or(InstantOutOfRange)?)
    }

    fn local_micros(&self, instant: Instant) -> i64 {
        let window = self.last_window(instant.0, |window| window.from <= instant.0);
        instant.0.saturating_add(window.offset)
    }

    fn instant_of(
        &self,
        date: LocalDate,
        micros_of_day: i64,
    ) -> Result<Instant, InstantOutOfRange> {
        let local = i64::from(date.days())
            .checked_mul(MICROS_PER_DAY)
            .and_then(|start| start.checked_add(micros_of_day))
            .ok_or(InstantOutOfRange)?;
        let earliest = local.saturating_sub(MOST_OFFSET);
        let window = self.last_window(earliest, |window| window.local_from <= local);
        // Inside the gap before a window the subtraction lands ahead of it.
        let micros = local.checked_sub(window.offset).ok_or(InstantOutOfRange)?;
        Instant::from_micros(micros.max(window.from))
    }

    /// The last window that satisfies an ordered test, walking from the window of an instant not after it.
    fn last_window(&self, not_after: i64, reached: impl Fn(&Window) -> bool) -> &Window {
        let stretch = usize::try_from(not_after >> HINT_SHIFT).unwrap_or(0);
        let hint = self.hints[stretch.min(self.hints.len().saturating_sub(1))];
        let candidates = &self.windows[hint as usize..];
        let following = candidates.iter().skip(1);
        following
            .take_while(|window| reached(window))
            .last()
            .unwrap_or(&candidates[0])
    }
}

/// The zone of an IANA name in any case, and the name as the database spells it.
pub(super) fn find_zone(name: &str) -> Result<(String, TimeZone), UnknownZone> {
    let unknown = || UnknownZone(name.to_owned());
    let zone = TimeZoneDatabase::bundled()
        .get(name)
        .map_err(|_| unknown())?;
    if zone.is_unknown() {
        return Err(unknown());
    }
    let canonical = zone.iana_name().ok_or_else(unknown)?.to_owned();
    Ok((canonical, zone))
}

fn windows_of(zone: &TimeZone) -> Vec<Window> {
    let offset_micros = |seconds: i32| i64::from(seconds).saturating_mul(MICROS_PER_SECOND);
    let mut windows = vec![Window {
        from: i64::MIN,
        offset: offset_micros(zone.to_offset(Timestamp::UNIX_EPOCH).seconds()),
        local_from: i64::MIN,
    }];
    for transition in zone.following(Timestamp::UNIX_EPOCH) {
        let from = transition.timestamp().as_microsecond();
        let offset = offset_micros(transition.offset().seconds());
        let last = windows[windows.len().saturating_sub(1)];
        if offset != last.offset {
            windows.push(Window {
                from,
                offset,
                local_from: last.local_from.max(from.saturating_add(last.offset)),
            });
        }
    }
    windows
}

fn hints_of(windows: &[Window]) -> Vec<u32> {
    (0..=Instant::LAST.0 >> HINT_SHIFT)
        .map(|stretch| {
            let start = stretch << HINT_SHIFT;
            let reached = windows.partition_point(|window| window.from <= start);
            u32::try_from(reached.saturating_sub(1)).expect("a zone has fewer than 2^32 offsets")
        })
        .collect()
}
