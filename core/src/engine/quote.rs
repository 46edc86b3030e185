//! Owns quotes: what a request would be answered, decided as ever and never written.

use super::core::Core;
use super::failure::Failure;
use crate::ledger::answer::{Answer, answer};
use crate::ledger::decide::{Moment, Originals, check_unwritten, decide, rests_on_past};
use crate::ledger::entry::RecordedAt;
use crate::ledger::request::Request;

impl Core {
    /// The answer that the request would get now, with no sequence. Its key and receipt may be used or missing: they
    /// are not looked up.
    pub fn quote(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        self.enter_read()?;
        check_unwritten(request)?;
        let fetched = self.prefetch(request);
        let (outcome, rests_on) = {
            // Nothing is decided meanwhile, so that the earlier entries fit the state.
            let decider = self.decider.lock();
            let now = RecordedAt(self.clock.now().0.saturating_mul(1_000));
            let rests_on_past = rests_on_past(&self.state.read(), request);
            let mut originals = match rests_on_past {
                true => self.fetch(&decider, request, now, fetched)?,
                false => Originals::default(),
            };
            originals.parked.clear();
            let state = self.state.read();
            let objects = &state.objects;
            let moment = Moment {
                sequence: objects.sequence + 1,
                recorded_at: RecordedAt(now.0.max(objects.recorded_at.0.saturating_add(1))),
            };
            let entry = decide(&state, request.clone(), moment, &originals);
            (entry.map(|entry| answer(&entry)), objects.sequence)
        };
        self.commit.wait(rests_on)?;
        Ok(Answer {
            sequence: 0,
            ..outcome?
        })
    }
}
