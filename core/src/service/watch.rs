//! Following the journal: each watcher reads for itself, so that a slow one holds up nobody but itself.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::caller::Credentials;
use super::masked;
use super::principals::{Operation, Principal};
use super::wire;
use crate::engine::{Failure, Ledger};
use crate::ledger::rejection::Code;

/// Entries of one message.
const ENTRIES: usize = 256;
/// Messages that wait for a reader.
const AHEAD: usize = 4;
/// How often a reader that gets nothing is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How far the journal is durable, and why it goes no further, if it does not: the engine has one who waits, however
/// many watch.
pub type Tail = watch::Receiver<(u64, Option<Failure>)>;

/// Tells the tail as it moves, for as long as the server lives. It waits for what comes after the one that was told:
/// more may be durable by then.
pub async fn tell_tail(ledger: Ledger, tail: watch::Sender<(u64, Option<Failure>)>) {
    loop {
        let told = tail.borrow().0;
        let failed = durable(&ledger, told + 1).await.err();
        let is_over = failed.is_some();
        tail.send_replace((ledger.durable(), failed));
        if is_over {
            return;
        }
    }
}

type Sender = mpsc::Sender<Result<wire::WatchResponse, Status>>;

/// Entries from a sequence on that a caller may see, until it goes or is shut out, leaves a message untaken for longer
/// than `patience`, or the server stops.
pub fn follow(
    ledger: Ledger,
    credentials: Credentials,
    asked: wire::WatchRequest,
    tail: Tail,
    patience: Duration,
    watchers: Gauge,
    mut stopped: watch::Receiver<bool>,
) -> Result<ReceiverStream<Result<wire::WatchResponse, Status>>, Failure> {
    let last = ledger.info()?.entries;
    let next = match asked.from_sequence {
        0 => last + 1,
        from => from,
    };
    let until = asked.until_caught_up.then_some(last);
    let (sender, entries) = mpsc::channel(AHEAD + 1);
    // Why it ends is told also to a reader that takes nothing for now.
    let farewell = sender
        .clone()
        .try_reserve_owned()
        .expect("nothing was sent yet");
    watchers.inc();
    tokio::spawn(async move {
        let ended = tokio::select! {
            ended = run(&ledger, &credentials, tail, &sender, patience, next, until) => ended,
            // An open stream would hold up the stop for as long as it may take.
            _ = stopped.wait_for(|stopped| *stopped) => Err(Failure::plain(Code::ShuttingDown).into()),
        };
        watchers.dec();
        if let Err(status) = ended {
            farewell.send(Err(status));
        }
    });
    Ok(ReceiverStream::new(entries))
}

async fn run(
    ledger: &Ledger,
    credentials: &Credentials,
    mut tail: Tail,
    sender: &Sender,
    patience: Duration,
    mut next: u64,
    until: Option<u64>,
) -> Result<(), Status> {
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while until.is_none_or(|until| next <= until) {
        tokio::select! {
            reached = reaches(&mut tail, next) => reached?,
            _ = looks.tick() => {
                credentials.look(Operation::Watch)?;
                continue;
            }
            () = sender.closed() => return Ok(()),
        }
        let principal = credentials.look(Operation::Watch)?;
        let response = read(ledger.clone(), principal, next).await?;
        next = response.next_sequence;
        match timeout(patience, sender.send(Ok(response))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Ok(()),
            Err(_) => return Err(Failure::plain(Code::Overloaded).into()),
        }
    }
    Ok(())
}

/// Waits until the tail reaches an entry, or is certain not to.
async fn reaches(tail: &mut Tail, sequence: u64) -> Result<(), Failure> {
    let told = tail.wait_for(|(durable, failed)| *durable >= sequence || failed.is_some());
    match &*told.await.map_err(|_| Failure::plain(Code::ShuttingDown))? {
        (durable, Some(failure)) if *durable < sequence => Err(failure.clone()),
        _ => Ok(()),
    }
}

/// Waits until an entry is durable that may not be decided yet.
async fn durable(ledger: &Ledger, sequence: u64) -> Result<(), Failure> {
    let (tell, told) = oneshot::channel();
    ledger.when_durable(sequence, move |reached| drop(tell.send(reached)));
    super::desk::heard(told.await)
}

async fn read(
    ledger: Ledger,
    principal: Arc<Principal>,
    next: u64,
) -> Result<wire::WatchResponse, Status> {
    let read = tokio::task::spawn_blocking(move || {
        let entries = ledger.entries(next, ENTRIES)?;
        let (view, now) = (ledger.view()?, ledger.now());
        Ok::<_, Failure>(wire::WatchResponse {
            next_sequence: next + entries.len() as u64,
            entries: entries
                .iter()
                .filter(|entry| principal.sees(Operation::Watch, entry))
                .map(|entry| masked::entry(entry, &view, &principal, now))
                .collect(),
        })
    });
    match read.await {
        Ok(read) => read.map_err(Status::from),
        Err(_) => Err(Status::internal(
            "reading the journal ended in a defect of this program",
        )),
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Runtime;

    use super::*;
    use crate::engine::{Clock, ManualClock, Options};
    use crate::journal::MemoryDisk;
    use crate::ledger::time::Instant;

    #[test]
    fn what_became_durable_before_somebody_waited_for_it_is_told() {
        let options = Options {
            clock: Clock::Manual(ManualClock::new(Instant(1_767_225_600_000_000))),
            ..Options::default()
        };
        let ledger = Ledger::open_on(Arc::new(MemoryDisk::new()), options).unwrap();
        let before = ledger.durable();
        let (tell, mut tail) = watch::channel((before, None));
        ledger.publish("").unwrap();
        Runtime::new().unwrap().block_on(async {
            let telling = tokio::spawn(tell_tail(ledger, tell));
            let reached = timeout(Duration::from_secs(10), reaches(&mut tail, before + 1));
            reached.await.unwrap().unwrap();
            telling.abort();
        });
    }
}
