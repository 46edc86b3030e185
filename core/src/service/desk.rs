//! What all handlers share: the ledger, who calls, and how a call is let in and answered.

use std::sync::Arc;
use std::time::{Duration, Instant as Timer};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tonic::{Request, Response, Status};

use super::convert::Edge;
use super::convert::answers::Answered;
use super::convert::requests::Write;
use super::status;
use crate::engine::{Failure, Ledger, ManualClock};
use crate::ledger::rejection::{Class, Code};

/// The ledger as the handlers have it.
#[derive(Clone, Debug)]
pub struct Desk {
    pub ledger: Ledger,
    /// Set on a ledger whose clock tests move.
    pub clock: Option<ManualClock>,
    places: Arc<Semaphore>,
}

/// Who calls, as an interceptor found out.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Keys are apart from those of other key spaces.
    pub key_space: Arc<str>,
}

/// A call that was let in; it has its place among those in flight until it is dropped.
#[derive(Debug)]
pub struct Call {
    pub caller: Caller,
    deadline: Option<Timer>,
    _place: OwnedSemaphorePermit,
}

impl Call {
    /// A request whose deadline has passed is not decided: nobody hears the answer.
    pub fn check_deadline(&self) -> Result<(), Status> {
        match self.deadline {
            Some(deadline) if deadline <= Timer::now() => Err(Status::deadline_exceeded(
                "the deadline had passed before the request was decided; nothing was done",
            )),
            _ => Ok(()),
        }
    }
}

impl Desk {
    /// `most` calls may be in flight; one more is `OVERLOADED`.
    pub fn new(ledger: Ledger, clock: Option<ManualClock>, most: usize) -> Desk {
        Desk {
            ledger,
            clock,
            places: Arc::new(Semaphore::new(most)),
        }
    }

    /// Lets a call in.
    pub fn admit<T>(&self, request: &Request<T>) -> Result<Call, Status> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Status::from(Failure::plain(Code::Overloaded)))?;
        let caller = request.extensions().get::<Caller>().cloned();
        Ok(Call {
            caller: caller.ok_or_else(|| Status::unauthenticated("nobody is known to call"))?,
            deadline: timeout_of(request).map(|timeout| Timer::now() + timeout),
            _place: place,
        })
    }

    /// Decides a write on this thread, and answers once it is durable.
    pub async fn write<W: Write>(
        &self,
        request: Request<W>,
    ) -> Result<Response<W::Response>, Status> {
        let call = self.admit(&request)?;
        call.check_deadline()?;
        let (tell, told) = oneshot::channel();
        {
            let edge = Edge {
                caller: &call.caller.key_space,
                ledger: &self.ledger,
            };
            let wanted = request.get_ref().request(edge)?;
            // A client that has gone hears nothing; its key still has the answer.
            self.ledger
                .submit_then(&wanted, move |answer| drop(tell.send(answer)));
        }
        let told = heard(told.await)?;
        let available = Some(told.current_available);
        if told.answer.code.class() == Class::Refused {
            return Err(status::refusal(&told.answer, available));
        }
        Ok(Response::new(Answered::new(&told.answer, available).into()))
    }

    /// Does work that waits for the disk, on a thread for such work.
    pub async fn blocking<T: Send + 'static>(
        &self,
        call: Call,
        work: impl FnOnce(&Ledger, &Call) -> Result<T, Status> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let ledger = self.ledger.clone();
        let done = tokio::task::spawn_blocking(move || {
            call.check_deadline()?;
            work(&ledger, &call)
        });
        match done.await {
            Ok(result) => result.map(Response::new),
            Err(_) => Err(ended()),
        }
    }
}

/// What was told, unless whoever was to tell has gone.
pub fn heard<T>(told: Result<Result<T, Failure>, oneshot::error::RecvError>) -> Result<T, Status> {
    told.map_err(|_| ended())?.map_err(Status::from)
}

fn ended() -> Status {
    Failure::system(
        Code::OutcomeUnknown,
        "the call ended in a defect of this program",
    )
    .into()
}

/// The timeout that a call states for itself, counted from its arrival.
fn timeout_of<T>(request: &Request<T>) -> Option<Duration> {
    let stated = request.metadata().get("grpc-timeout")?.to_str().ok()?;
    let (count, unit) = stated.split_at_checked(stated.len().checked_sub(1)?)?;
    let count: u64 = count.parse().ok().filter(|_| count.len() <= 8)?;
    Some(match unit {
        "H" => Duration::from_secs(count * 3_600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}
