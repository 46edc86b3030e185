//! Owns the doors that never wait for the disk: a call is decided or read on its caller's thread, and is told its
//! answer once all that rests on is durable. For callers of which many share few threads.

use super::core::Core;
use super::failure::Failure;
use super::writer::Outcome;
use crate::ledger::answer::Answer;
use crate::ledger::decide::check_shape;
use crate::ledger::request::Request;

impl Core {
    /// Decides a request now; `tell` is called once the answer may leave, on the syncer's thread or on this one.
    pub fn submit_then(
        &self,
        request: &Request<'_>,
        tell: impl FnOnce(Result<Answer, Failure>) + Send + 'static,
    ) {
        match self.decide_ahead(request) {
            Ok((outcome, rests_on)) => self
                .commit
                .when_durable(rests_on, Box::new(|durable| tell(durable.and(outcome)))),
            Err(failure) => tell(Err(failure)),
        }
    }

    /// What a request is answered, and up to where the journal has to be durable for it.
    fn decide_ahead(
        &self,
        request: &Request<'_>,
    ) -> Result<(Result<Answer, Failure>, u64), Failure> {
        let in_line = self.enter_write()?;
        check_shape(request)?;
        let fetched = self.prefetch(request);
        let mut decider = self.lock_decider()?;
        drop(in_line);
        let outcome = self.guarded(&mut decider, |decider| {
            match self.decide_one(decider, request, fetched) {
                Outcome::Known(known) if known.sequence() > self.commit.durable() => {
                    let answer = self.answer_undurable(decider, request, known);
                    Outcome::Answered(answer)
                }
                outcome => outcome,
            }
        })?;
        let rests_on = decider.last();
        drop(decider);
        self.snapshots.note(rests_on);
        let answer = match outcome {
            Outcome::Answered(answer) => answer,
            Outcome::Known(known) => self.answer_again(request, known),
        };
        Ok((answer, rests_on))
    }
}
