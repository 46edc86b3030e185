//! What all handlers share: the ledger, who calls, and how a call is let in and answered.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant as Timer};

use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};
use tonic::{Request, Response, Status};

use super::config::Limits;
use super::convert::Edge;
use super::convert::answers::Answered;
use super::convert::requests::Write;
use super::counts::Counts;
use super::guard::{Guard, is_miss, missed};
use super::places::Place;
use super::postbox::Postbox;
use super::principals::{Operation, Principal, Role};
use super::status;
use super::syncs::Syncs;
use super::watch::Tail;
use crate::engine::{Failure, Ledger, ManualClock, Told};
use crate::ledger::rejection::{Class, Code};
use crate::ledger::request as ledger;

/// The ledger as the handlers have it.
#[derive(Clone, Debug)]
pub struct Desk {
    pub ledger: Ledger,
    pub guard: Arc<Guard>,
    /// Set on a ledger whose clock tests move.
    pub clock: Option<ManualClock>,
    /// How far the journal is durable.
    pub tail: Tail,
    /// How long a reader of Watch may leave a message untaken.
    pub patience: Duration,
    /// Turns true when the server is told to stop.
    pub stopped: watch::Receiver<bool>,
    /// Answers come through it once they are durable.
    postbox: Postbox,
    syncs: Syncs,
    pub counts: Counts,
}

/// A call that was let in; it has its place among those in flight until it is dropped.
#[derive(Debug)]
pub struct Call {
    pub principal: Arc<Principal>,
    pub operation: Operation,
    deadline: Option<Timer>,
    _place: Place,
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

    /// What conversions know of this call.
    pub fn edge<'e>(&'e self, ledger: &'e Ledger) -> Edge<'e> {
        Edge {
            caller: &self.principal.key_space,
            partner: &self.principal.partner,
            ledger,
        }
    }
}

impl Desk {
    /// As many calls may be in flight as the limits say; one more is `OVERLOADED`.
    pub fn new(
        ledger: Ledger,
        guard: Arc<Guard>,
        clock: Option<ManualClock>,
        limits: &Limits,
        counts: Counts,
        tail: Tail,
        stopped: watch::Receiver<bool>,
    ) -> Desk {
        Desk {
            ledger,
            guard,
            clock,
            tail,
            patience: limits.patience,
            stopped,
            postbox: Postbox::default(),
            syncs: Syncs::default(),
            counts,
        }
    }

    /// Whoever calls.
    pub fn caller<T>(request: &Request<T>) -> Result<&Arc<Principal>, Failure> {
        let principal = request.extensions().get::<Arc<Principal>>();
        principal.ok_or_else(|| Failure::plain(Code::UnknownCredential))
    }

    /// Lets a call in, if its caller may make it.
    pub fn admit<T>(&self, operation: Operation, request: &Request<T>) -> Result<Call, Status> {
        let principal = Desk::caller(request)?;
        principal.may(operation)?;
        let place = self.counts.calls.take();
        let place = place.ok_or_else(|| Failure::plain(Code::Overloaded))?;
        Ok(Call {
            principal: Arc::clone(principal),
            operation,
            deadline: timeout_of(request).map(|timeout| Timer::now() + timeout),
            _place: place,
        })
    }

    /// Decides a write on this thread, and answers once it is durable.
    pub async fn write<W: Write + Send + Sync + 'static>(
        &self,
        operation: Operation,
        request: Request<W>,
    ) -> Result<Response<W::Response>, Status>
    where
        W::Response: Send + 'static,
    {
        let call = self.admit(operation, &request)?;
        call.check_deadline()?;
        let asked = request.into_inner();
        let (tell, told) = self.postbox.address();
        let sees_balance = {
            let mut wanted = asked.request(call.edge(&self.ledger))?;
            call.principal.sign(&mut wanted);
            let allowed = self.guard.check(&call.principal, operation, &wanted)?;
            if allowed.original.is_none() {
                // A code that names the member is gone once it is used.
                let sees_balance = self.sees_balance(&call, &wanted);
                self.want(self.submit(&call, &wanted, allowed.points, tell)?);
                Some(sees_balance)
            } else {
                None
            }
        };
        let Some(sees_balance) = sees_balance else {
            let desk = self.clone();
            let work = move |_: &Ledger, call: &Call| desk.look_and_write(call, &asked);
            return self.blocking(call, work).await;
        };
        let told = self.noted_write(&call, heard(told.await))?;
        answered(told, sees_balance).map(Response::new)
    }

    /// Whether the answer to a write may state the balance of the member that it names.
    fn sees_balance(&self, call: &Call, wanted: &ledger::Request<'_>) -> bool {
        let principal = &call.principal;
        let link = |name| {
            self.ledger
                .link(name, &principal.partner, wanted.occurred_at)
        };
        let member = wanted.command.member();
        principal.role != Role::Partner
            || member.is_some_and(|name| principal.sees_balance(name, link(name)))
    }

    /// A write that is about an earlier entry which its caller may not be allowed to touch.
    fn look_and_write<W: Write>(&self, call: &Call, asked: &W) -> Result<W::Response, Status> {
        let mut wanted = asked.request(call.edge(&self.ledger))?;
        call.principal.sign(&mut wanted);
        let allowed = self.guard.check(&call.principal, call.operation, &wanted)?;
        if let Some(reference) = allowed.original {
            self.guard
                .check_original(&call.principal, &wanted, reference)?;
        }
        let sees_balance = self.sees_balance(call, &wanted);
        let (tell, told) = mpsc::channel();
        let tell = move |answer| drop(tell.send(answer));
        if let Some(sequence) = self.submit(call, &wanted, allowed.points, tell)? {
            self.ledger.ask_for_sync(sequence);
        }
        let told = told.recv().map_err(|_| ended())?;
        answered(self.noted_write(call, told)?, sees_balance)
    }

    /// Hands a write to the ledger. Its points are set aside, and used up if it is applied, also when its caller has
    /// gone. Answers the sequence that it waits for, if it does.
    fn submit(
        &self,
        call: &Call,
        wanted: &ledger::Request<'_>,
        points: i64,
        tell: impl FnOnce(Result<Told, Failure>) + Send + 'static,
    ) -> Result<Option<u64>, Failure> {
        let reserved = self.guard.reserve(&call.principal, wanted, points)?;
        Ok(self.ledger.submit_then(wanted, move |told| {
            let is_new = |told: &Told| !told.answer.replayed && told.answer.sequence != 0;
            let applied = |told: &Told| told.answer.code.class() == Class::Applied;
            if let Some(reserved) = reserved
                && told
                    .as_ref()
                    .is_ok_and(|told| is_new(told) && applied(told))
            {
                reserved.keep();
            }
            tell(told);
        }))
    }

    /// Sees to it that what a call waits for, if it does, becomes durable soon.
    pub fn want(&self, waits_for: Option<u64>) {
        let Some(sequence) = waits_for else {
            return;
        };
        if self.counts.calls.taken.get() > 1 {
            self.syncs.want(sequence);
        } else {
            // There is nobody to share a sync with.
            self.ledger.ask_for_sync(sequence);
        }
    }

    /// Begins what a server does beside its calls.
    pub fn work(&self, runtime: &Runtime) {
        runtime.spawn(self.postbox.clone().hand_out());
        runtime.spawn(self.syncs.clone().ask(self.ledger.clone()));
    }

    /// What came of a look for a member; one that is not there counts as a miss of the caller.
    pub fn noted<T>(&self, call: &Call, told: Result<T, Failure>) -> Result<T, Status> {
        told.map_err(|failure| {
            if is_miss(failure.code()) {
                self.guard.note_misses(&call.principal, 1);
            }
            match failure.code() {
                // Why a partner does not find a member is none of its business.
                Code::MemberNotFound if call.principal.role == Role::Partner => {
                    Failure::from(call.principal.knows_nobody()).into()
                }
                _ => Status::from(failure),
            }
        })
    }

    /// What came of a write; a referral code that is none counts as a miss too, whatever else was decided.
    fn noted_write(&self, call: &Call, told: Result<Told, Failure>) -> Result<Told, Status> {
        if told.as_ref().is_ok_and(|told| missed(&told.answer)) {
            self.guard.note_misses(&call.principal, 1);
        }
        self.noted(call, told)
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
            Err(_) => Err(ended().into()),
        }
    }
}

/// The answer to a write, as far as its caller may see it.
fn answered<R: From<Answered>>(told: Told, sees_balance: bool) -> Result<R, Status> {
    let Told {
        answer,
        current_available,
    } = told;
    let available = Some(current_available);
    if answer.code.class() == Class::Refused {
        return Err(status::refusal(&answer, available, sees_balance));
    }
    let answered = Answered::new(&answer, available);
    Ok(match sees_balance {
        true => answered,
        false => answered.without_balance(),
    }
    .into())
}

/// What was told, unless whoever was to tell has gone.
pub fn heard<T>(told: Result<Result<T, Failure>, oneshot::error::RecvError>) -> Result<T, Failure> {
    told.map_err(|_| ended())?
}

fn ended() -> Failure {
    Failure::system(
        Code::OutcomeUnknown,
        "the call ended in a defect of this program",
    )
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
