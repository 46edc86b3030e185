//! Owns the clocks: the system's, one moved by hand, and the stamp each entry gets from them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::failure::Failure;
use crate::ledger::entry::RecordedAt;
use crate::ledger::rejection::Code;
use crate::ledger::time::Instant;

/// 2262-01-01T00:00:00Z: nanoseconds since 1970 run out in that year, and entries need room to stay apart.
const LAST_RECORDED: Instant = Instant(9_214_646_400_000_000);

/// Where a ledger's time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    Manual(ManualClock),
    /// Stands in for the system's clock where a test makes it jump.
    #[doc(hidden)]
    Scripted(ScriptedTime),
}

impl Clock {
    pub fn kind(&self) -> ClockKind {
        match self {
            Clock::Manual(_) => ClockKind::Manual,
            Clock::System | Clock::Scripted(_) => ClockKind::System,
        }
    }

    pub fn now(&self) -> Instant {
        match self {
            Clock::Manual(clock) => clock.now(),
            Clock::System => RecordedAt(system_nanos()).instant(),
            Clock::Scripted(time) => RecordedAt(time.wall_nanos.load(Ordering::SeqCst)).instant(),
        }
    }
}

/// Which clock a ledger was made with; its header says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ClockKind {
    System = 1,
    Manual = 2,
}

impl ClockKind {
    pub fn from_number(number: u8) -> Option<ClockKind> {
        [ClockKind::System, ClockKind::Manual]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }

    pub const fn name(self) -> &'static str {
        match self {
            ClockKind::System => "system",
            ClockKind::Manual => "manual",
        }
    }
}

/// A clock that stands still until it is moved, and only forward. Clones share it.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

/// A manual clock was to go backwards or out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the clock stands at {now} and cannot go to {asked}; it goes forward only, up to the year 9999, and entries are \
     recorded up to 2262"
)]
pub struct ClockError {
    pub now: Instant,
    pub asked: Instant,
}

impl ManualClock {
    pub fn new(start: Instant) -> ManualClock {
        ManualClock(Arc::new(AtomicI64::new(start.0)))
    }

    pub fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }

    pub fn advance_to(&self, to: Instant) -> Result<(), ClockError> {
        let refused = |now| Err(ClockError { now, asked: to });
        if !to.is_valid() {
            return refused(self.now());
        }
        let before = self.0.fetch_max(to.0, Ordering::SeqCst);
        if to.0 < before {
            return refused(Instant(before));
        }
        Ok(())
    }

    /// Moves on to an instant that lies ahead; one that has passed changes nothing.
    pub(super) fn follow(&self, to: Instant) {
        if to.is_valid() {
            self.0.fetch_max(to.0, Ordering::SeqCst);
        }
    }
}

/// A system clock and the monotonic time beside it, both set by hand.
#[derive(Clone, Debug, Default)]
pub struct ScriptedTime {
    wall_nanos: Arc<AtomicI64>,
    monotonic_nanos: Arc<AtomicI64>,
}

impl ScriptedTime {
    pub fn new(wall: Instant) -> ScriptedTime {
        let time = ScriptedTime::default();
        time.wall_nanos.store(wall.0 * 1_000, Ordering::SeqCst);
        time
    }

    /// Lets time pass as it should.
    pub fn pass(&self, micros: i64) {
        self.jump(micros);
        self.monotonic_nanos
            .fetch_add(micros * 1_000, Ordering::SeqCst);
    }

    /// Sets the wall clock forward or back while no time passes.
    pub fn jump(&self, micros: i64) {
        self.wall_nanos.fetch_add(micros * 1_000, Ordering::SeqCst);
    }
}

/// Gives entries their instants: strictly increasing, and none at all once the system's clock has jumped.
#[derive(Debug)]
pub(super) struct Stamper {
    clock: Clock,
    jump_nanos: i64,
    /// Monotonic zero of this process.
    origin: std::time::Instant,
    /// The wall and monotonic time last seen, both in nanoseconds.
    seen: Option<(i64, i64)>,
    /// An operator said that a clock behind the last entry is right.
    accepted: bool,
    jumped: Option<String>,
}

impl Stamper {
    pub fn new(clock: Clock, jump_micros: i64, accepted: bool) -> Stamper {
        Stamper {
            clock,
            jump_nanos: jump_micros.saturating_mul(1_000),
            origin: std::time::Instant::now(),
            seen: None,
            accepted,
            jumped: None,
        }
    }

    /// The instant of the next entry.
    pub fn stamp(&mut self, last: RecordedAt) -> Result<RecordedAt, Failure> {
        let next = last.0.saturating_add(1);
        if let Clock::Manual(clock) = &self.clock {
            let now = clock.now();
            check_manual(now)?;
            return Ok(RecordedAt(now.0.saturating_mul(1_000).max(next)));
        }
        let (wall, monotonic) = self.look();
        self.jumped = self.jump(wall, monotonic, last);
        if let Some(jumped) = &self.jumped {
            return Err(Failure::system(Code::ClockJump, jumped.clone()));
        }
        self.accepted &= last.0 > wall;
        self.seen = Some((wall, monotonic));
        Ok(RecordedAt(wall.max(next)))
    }

    /// Whether an entry could be stamped now; what is found is not kept.
    pub fn check(&self, last: RecordedAt) -> Result<(), Failure> {
        if let Clock::Manual(clock) = &self.clock {
            return check_manual(clock.now());
        }
        let (wall, monotonic) = self.look();
        match self.jump(wall, monotonic, last) {
            Some(jumped) => Err(Failure::system(Code::ClockJump, jumped)),
            None => Ok(()),
        }
    }

    fn look(&self) -> (i64, i64) {
        match &self.clock {
            Clock::Scripted(time) => (
                time.wall_nanos.load(Ordering::SeqCst),
                time.monotonic_nanos.load(Ordering::SeqCst),
            ),
            _ => (system_nanos(), nanos(self.origin.elapsed())),
        }
    }

    /// The jump that was found before, or the one that these times tell of.
    fn jump(&self, wall: i64, monotonic: i64, last: RecordedAt) -> Option<String> {
        if self.jumped.is_some() {
            return self.jumped.clone();
        }
        let (wall_before, monotonic_before) = self.seen.unwrap_or((wall, monotonic));
        let ahead = (wall - wall_before).saturating_sub(monotonic - monotonic_before);
        if ahead > self.jump_nanos {
            return Some(format!(
                "the system clock jumped ahead by {} s to {}; set the clock right, or open with accept_clock",
                ahead / 1_000_000_000,
                RecordedAt(wall).instant()
            ));
        }
        let behind = last.0.saturating_sub(wall);
        (behind > self.jump_nanos && !self.accepted).then(|| {
            format!(
                "the system clock shows {} but the last entry is of {}; set the clock right, or open with accept_clock",
                RecordedAt(wall).instant(),
                last.instant()
            )
        })
    }
}

fn check_manual(now: Instant) -> Result<(), Failure> {
    if now <= LAST_RECORDED {
        return Ok(());
    }
    let message = format!(
        "the manual clock stands at {now}; entries are recorded up to {LAST_RECORDED}: open with a clock before it"
    );
    Err(Failure::system(Code::ClockJump, message))
}

fn system_nanos() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => nanos(since),
        // Before 1970: behind every entry, which the stamper refuses.
        Err(_) => 0,
    }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_manual_clock_moves_forward_only_and_stamps_stay_apart() {
        let clock = ManualClock::new(Instant(10));
        let mut stamper = Stamper::new(Clock::Manual(clock.clone()), 0, false);
        let first = stamper.stamp(RecordedAt(0)).unwrap();
        let second = stamper.stamp(first).unwrap();
        assert_eq!((first.0, second.0), (10_000, 10_001));
        assert!(clock.advance_to(Instant(9)).is_err());
        assert!(clock.advance_to(Instant::NEVER).is_err());
        clock.advance_to(Instant(12)).unwrap();
        assert_eq!(stamper.stamp(second).unwrap().0, 12_000);
    }

    #[test]
    fn a_manual_clock_beyond_what_nanoseconds_can_tell_stamps_nothing() {
        let clock = ManualClock::new(LAST_RECORDED);
        let mut stamper = Stamper::new(Clock::Manual(clock.clone()), 0, false);
        assert!(stamper.stamp(RecordedAt(0)).unwrap() < RecordedAt(i64::MAX));
        clock.advance_to(Instant(LAST_RECORDED.0 + 1)).unwrap();
        assert!(stamper.check(RecordedAt(0)).is_err());
        let refused = stamper.stamp(RecordedAt(0));
        assert_eq!(refused.unwrap_err().code(), Code::ClockJump);
    }

    #[test]
    fn a_jump_stops_stamps_for_good_and_time_that_passes_does_not() {
        for jump in [-3600 * SECOND, 3600 * SECOND] {
            let time = ScriptedTime::new(Instant(1_000_000 * SECOND));
            let mut stamper = Stamper::new(Clock::Scripted(time.clone()), 60 * SECOND, false);
            let mut last = stamper.stamp(RecordedAt(0)).unwrap();
            time.pass(7200 * SECOND);
            last = stamper.stamp(last).unwrap();
            time.jump(59 * SECOND);
            last = stamper.stamp(last).unwrap();
            time.jump(jump);
            assert_eq!(stamper.check(last).unwrap_err().code(), Code::ClockJump);
            time.jump(-jump);
            stamper.check(last).unwrap();
            time.jump(jump);
            assert_eq!(stamper.stamp(last).unwrap_err().code(), Code::ClockJump);
            time.jump(-jump);
            assert_eq!(stamper.check(last).unwrap_err().code(), Code::ClockJump);
            assert_eq!(stamper.stamp(last).unwrap_err().code(), Code::ClockJump);
        }
    }

    #[test]
    fn an_accepted_clock_behind_the_last_entry_counts_on_from_it() {
        let time = ScriptedTime::new(Instant(1_000 * SECOND));
        let last = RecordedAt(5_000 * SECOND * 1_000);
        let clock = Clock::Scripted(time.clone());
        let refused = Stamper::new(clock.clone(), SECOND, false).stamp(last);
        assert_eq!(refused.unwrap_err().code(), Code::ClockJump);
        let mut stamper = Stamper::new(clock, SECOND, true);
        assert_eq!(stamper.stamp(last).unwrap().0, last.0 + 1);
        time.pass(4_500 * SECOND);
        assert_eq!(stamper.stamp(last).unwrap().0, 5_500 * SECOND * 1_000);
        time.jump(-600 * SECOND);
        assert_eq!(
            stamper
                .stamp(RecordedAt(5_500 * SECOND * 1_000))
                .unwrap_err()
                .code(),
            Code::ClockJump
        );
    }
}
