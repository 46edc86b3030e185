//! Owns the doors that never wait for the disk: a call is decided or read on its caller's thread, and is told its
//! answer once all that rests on is durable. For callers of which many share few threads.

use super::core::Core;
use super::failure::Failure;
use super::writer::Outcome;
use crate::ledger::answer::Answer;
use crate::ledger::decide::check_shape;
use crate::ledger::request::Request;
use crate::ledger::settle::settle;

/// An answer, and beside it what its wallet has now: another sum, if it was answered before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub answer: Answer,
    pub current_available: i64,
}

impl Core {
    /// Decides a request now; `tell` is called once the answer may leave, on the syncer's thread or on this one.
    /// What it waits for, if it does, is for the caller to ask for.
    pub fn submit_then(
        &self,
        request: &Request<'_>,
        tell: impl FnOnce(Result<Told, Failure>) + Send + 'static,
    ) -> Option<u64> {
        match self.decide_ahead(request) {
            Ok((outcome, rests_on)) => {
                let told = outcome.map(|answer| self.with_now(answer));
                self.commit
                    .when_durable(rests_on, |durable| tell(durable.and(told)))
            }
            Err(failure) => {
                tell(Err(failure));
                None
            }
        }
    }

    fn with_now(&self, answer: Answer) -> Told {
        let wallet = answer.wallet.filter(|_| answer.replayed);
        let current_available = wallet.map_or(answer.balance.available, |id| {
            let (mut wallet, now) = {
                let state = self.state.read();
                let wallet = state.objects.wallet(id).cloned().unwrap_or_default();
                (wallet, self.now(&state.objects))
            };
            settle(&mut wallet, now, &mut |_movement| {});
            wallet.balance().available
        });
        Told {
            answer,
            current_available,
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
