//! Owns reading beside a writer: a state of its own that takes in what the writer has made durable.

use parking_lot::Mutex;

use super::clock::{Clock, ManualClock};
use super::core::Core;
use super::failure::Failure;
use super::replay::replay;
use crate::journal::Follower;

/// The journal as another process writes it.
#[derive(Debug)]
pub(super) struct Follow {
    follower: Mutex<Follower>,
    /// Stands at the last entry, for a ledger whose writer's clock is manual.
    clock: Option<ManualClock>,
}

impl Follow {
    pub fn new(follower: Follower, clock: &Clock) -> Follow {
        let clock = match clock {
            Clock::Manual(clock) => Some(clock.clone()),
            Clock::System | Clock::Scripted(_) => None,
        };
        Follow {
            follower: Mutex::new(follower),
            clock,
        }
    }

    /// Takes in what was appended since.
    pub fn refresh(&self, core: &Core) -> Result<(), Failure> {
        let mut follower = self.follower.lock();
        let tail = follower.refresh().map_err(Failure::reading)?;
        if core.state.read().objects.sequence >= tail {
            return Ok(());
        }
        let mut state = core.state.write();
        replay(&core.reader, &mut state, tail).map_err(Failure::reading)?;
        if let Some(clock) = &self.clock {
            clock.follow(state.objects.recorded_at.instant());
        }
        Ok(())
    }
}
