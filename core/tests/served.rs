//! A server on a disk that hesitates, and before readers and connections that take their time.

mod ledgers;

use std::future::Future;
use std::io::Read;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use ledgers::*;
use loyalty_ledger::engine::{Clock, Ledger, Options, ScriptedTime};
use loyalty_ledger::journal::Disk;
use loyalty_ledger::journal::faulty::FaultyDisk;
use loyalty_ledger::service::wire::journal_service_client::JournalServiceClient;
use loyalty_ledger::service::wire::ledger_service_client::LedgerServiceClient;
use loyalty_ledger::service::wire::{self, member_name, reference};
use loyalty_ledger::service::{Config, Limits, Server};
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;

const PATIENCE: Duration = Duration::from_secs(10);
/// How long nothing may come before it is taken that nothing does.
const SILENCE: Duration = Duration::from_millis(300);

struct Served {
    ledger: Ledger,
    server: Server,
    runtime: Runtime,
}

impl Served {
    fn on(disk: Arc<dyn Disk>, limits: Limits) -> Served {
        let clock = clock();
        let ledger = open(&disk, &clock);
        let config = Config {
            limits,
            test_clock: Some(clock),
            ..Config::on_loopback()
        };
        Served {
            server: Server::start(ledger.clone(), config).unwrap(),
            ledger,
            runtime: Runtime::new().unwrap(),
        }
    }

    /// What /metrics tells; for a server that has probes.
    fn told(&self) -> String {
        let mut connection = TcpStream::connect(self.server.probes().unwrap()).unwrap();
        let asked = b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        std::io::Write::write_all(&mut connection, asked).unwrap();
        let mut told = String::new();
        connection.read_to_string(&mut told).unwrap();
        told
    }

    fn endpoint(&self) -> Endpoint {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.server.address()));
        endpoint.unwrap().timeout(PATIENCE)
    }

    fn channel(&self) -> Channel {
        self.runtime.block_on(self.endpoint().connect()).unwrap()
    }

    fn accrue(&self, key: &str, member: &str) {
        self.ledger.submit(accrue(key, member, 1)).unwrap();
    }
}

async fn write(channel: Channel, key: &str, member: &str) -> Result<i64, Status> {
    let asked = wire::AccruePointsRequest {
        key: key.to_owned(),
        member: Some(named(member)),
        points: 1,
        ..Default::default()
    };
    let answered = LedgerServiceClient::new(channel)
        .accrue_points(asked)
        .await?;
    let answer = answered.into_inner().answer.unwrap();
    Ok(answer.balance.unwrap().available)
}

async fn read(channel: Channel, member: &str) -> Result<i64, Status> {
    let asked = wire::GetMemberRequest {
        member: Some(named(member)),
        ..Default::default()
    };
    let answered = LedgerServiceClient::new(channel).get_member(asked).await?;
    let wallets = answered.into_inner().wallets;
    Ok(wallets[0].balance.as_ref().unwrap().available)
}

async fn find(channel: Channel, key: &str) -> Result<u64, Status> {
    let asked = wire::GetTransactionRequest {
        transaction: Some(wire::Reference {
            reference: Some(reference::Reference::Key(key.to_owned())),
        }),
    };
    let answered = LedgerServiceClient::new(channel)
        .get_transaction(asked)
        .await?;
    Ok(answered
        .into_inner()
        .entry
        .unwrap()
        .answer
        .unwrap()
        .sequence)
}

async fn follow(channel: Channel, from: u64, to_the_end: bool) -> Streaming<wire::WatchResponse> {
    let asked = wire::WatchRequest {
        from_sequence: from,
        until_caught_up: to_the_end,
    };
    let entries = JournalServiceClient::new(channel).watch(asked).await;
    entries.unwrap().into_inner()
}

fn named(member: &str) -> wire::MemberName {
    wire::MemberName {
        name: Some(member_name::Name::Id(member.to_owned())),
    }
}

/// The sequences of the next message.
async fn next_of(stream: &mut Streaming<wire::WatchResponse>) -> Vec<u64> {
    let message = timeout(PATIENCE, stream.message()).await.unwrap();
    sequences(&message.unwrap().unwrap())
}

fn sequences(message: &wire::WatchResponse) -> Vec<u64> {
    let answers = message.entries.iter().map(|entry| entry.answer.as_ref());
    answers.map(|answer| answer.unwrap().sequence).collect()
}

#[test]
fn no_answer_leaves_before_what_it_rests_on_is_on_disk() {
    let disk = FaultyDisk::new();
    let served = Served::on(Arc::new(disk.clone()), Limits::default());
    served.accrue("k-1", "ann");
    served.accrue("k-2", "bob");
    let channel = served.channel();
    served.runtime.block_on(async {
        let mut watched = follow(channel.clone(), 2, false).await;
        assert_eq!(next_of(&mut watched).await, [2]);
        disk.hold_syncs();
        let written = tokio::spawn(write(channel.clone(), "k-3", "ann"));
        let held = disk.clone();
        tokio::task::spawn_blocking(move || held.wait_for_held_sync())
            .await
            .unwrap();
        let again = tokio::spawn(write(channel.clone(), "k-3", "ann"));
        let seen = tokio::spawn(read(channel.clone(), "ann"));
        let found = tokio::spawn(find(channel.clone(), "k-3"));
        let missed = tokio::spawn(find(channel.clone(), "k-9"));
        assert!(timeout(SILENCE, watched.message()).await.is_err());
        assert!(!written.is_finished() && !again.is_finished());
        assert!(!seen.is_finished() && !found.is_finished() && !missed.is_finished());
        disk.release_syncs();
        assert_eq!(written.await.unwrap().unwrap(), 2);
        assert_eq!(again.await.unwrap().unwrap(), 2);
        assert_eq!(seen.await.unwrap().unwrap(), 2);
        assert_eq!(found.await.unwrap().unwrap(), 3);
        assert_eq!(missed.await.unwrap().unwrap_err().code(), Code::NotFound);
        assert_eq!(next_of(&mut watched).await, [3]);
    });
    assert!(served.server.stop(PATIENCE));
}

#[test]
fn a_sync_that_fails_lets_no_good_answer_out() {
    let disk = FaultyDisk::new();
    let served = Served::on(Arc::new(disk.clone()), Limits::default());
    served.accrue("k-1", "ann");
    let channel = served.channel();
    disk.fail_sync(disk.syncs() + 1);
    served.runtime.block_on(async {
        let status = write(channel.clone(), "k-2", "ann").await.unwrap_err();
        assert_eq!(reason(&status), "OUTCOME_UNKNOWN");
        let status = write(channel.clone(), "k-3", "ann").await.unwrap_err();
        assert_eq!(reason(&status), "POISONED");
        let status = find(channel.clone(), "k-2").await.unwrap_err();
        assert_eq!(reason(&status), "OUTCOME_UNKNOWN");
    });
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[test]
fn a_slow_reader_holds_up_nobody_and_resumes_where_it_was_told() {
    let patience = SILENCE;
    let limits = Limits {
        patience,
        ..Limits::default()
    };
    let served = Served::on(memory(), limits);
    served.accrue("k-0", "ann");
    // As narrow as HTTP/2 lets it be.
    let narrow = served.endpoint().initial_stream_window_size(65_535);
    let channel = served.runtime.block_on(narrow.connect()).unwrap();
    let mut slow = served.runtime.block_on(follow(channel.clone(), 1, false));
    let mut quick = served.runtime.block_on(follow(served.channel(), 1, false));
    const ENTRIES: u64 = 12_000;
    for number in 1..ENTRIES {
        served.accrue(&format!("{number:0100}"), "ann");
    }
    served.runtime.block_on(async {
        let mut next = 1;
        while next <= ENTRIES {
            next = quick.message().await.unwrap().unwrap().next_sequence;
        }
        // Nothing shows from outside that the server has lost its patience.
        tokio::time::sleep(3 * patience).await;
        let (mut next, status) = read_on(&mut slow, 1).await;
        let status = status.unwrap();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::ResourceExhausted, "OVERLOADED")
        );
        assert!(status.get_details_retry_info().is_some());
        assert!(next < ENTRIES, "it was not slow enough to be cut off");
        let mut again = follow(channel, next, true).await;
        (next, _) = read_on(&mut again, next).await;
        assert_eq!(next, ENTRIES + 1);
    });
}

/// Reads to the end of a stream: every entry once, in order; where to resume, and why it ended if not well.
async fn read_on(
    stream: &mut Streaming<wire::WatchResponse>,
    mut next: u64,
) -> (u64, Option<Status>) {
    loop {
        match timeout(PATIENCE, stream.message()).await.unwrap() {
            Ok(Some(message)) => {
                let expected: Vec<u64> = (next..message.next_sequence).collect();
                assert_eq!(sequences(&message), expected);
                next = message.next_sequence;
            }
            Ok(None) => return (next, None),
            Err(status) => return (next, Some(status)),
        }
    }
}

#[test]
fn connections_that_say_nothing_are_closed_and_leave_room_for_others() {
    let limits = Limits {
        connections: 4,
        greeting: SILENCE,
        ..Limits::default()
    };
    let served = Served::on(memory(), limits);
    served.accrue("k-1", "ann");
    let speaks = served.channel();
    let mut silent: Vec<TcpStream> = (0..3)
        .map(|_| TcpStream::connect(served.server.address()).unwrap())
        .collect();
    std::io::Write::write_all(&mut silent[0], b"PRI * HTTP/2.0\r\n").unwrap();
    std::io::Write::write_all(&mut silent[1], b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    for connection in &mut silent {
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let ended = connection.read(&mut [0; 64]);
        assert!(matches!(ended, Ok(0)) || is_reset(&ended), "{ended:?}");
    }
    let later = served.channel();
    served.runtime.block_on(async {
        assert_eq!(read(later, "ann").await.unwrap(), 1);
        assert_eq!(write(speaks, "k-2", "ann").await.unwrap(), 2);
    });
}

#[test]
fn figures_tell_a_clock_that_jumped_before_a_write_finds_out() {
    let time = ScriptedTime::new(START);
    let options = Options {
        clock: Clock::Scripted(time.clone()),
        ..options(&clock())
    };
    let ledger = Ledger::open_on(memory(), options).unwrap();
    let config = Config {
        probes: Some(([127, 0, 0, 1], 0).into()),
        ..Config::on_loopback()
    };
    let served = Served {
        server: Server::start(ledger.clone(), config).unwrap(),
        ledger,
        runtime: Runtime::new().unwrap(),
    };
    served.accrue("k-1", "ann");
    let says = |writable, jumped| {
        let told = served.told();
        for line in [
            format!("\nloyalty_writable {writable}\n"),
            format!("\nloyalty_stopped{{code=\"CLOCK_JUMP\"}} {jumped}\n"),
            "\nloyalty_stopped{code=\"DISK_FULL\"} 0\n".to_owned(),
        ] {
            assert!(told.contains(&line), "{told}");
        }
    };
    says(1, 0);
    time.jump(3_600 * 1_000_000);
    says(0, 1);
    time.jump(-3_600 * 1_000_000);
    says(1, 0);
}

fn is_reset<T>(ended: &std::io::Result<T>) -> bool {
    matches!(ended, Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset)
}

/// Waits until a call is answered well.
async fn until_well<T, F: Future<Output = Result<T, Status>>>(call: impl Fn() -> F) -> T {
    let answered = timeout(PATIENCE, async {
        loop {
            match call().await {
                Ok(answer) => return answer,
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    });
    answered.await.unwrap()
}

#[test]
fn on_a_full_disk_nothing_is_written_and_all_that_was_is_read() {
    let disk = FaultyDisk::new();
    let served = Served::on(Arc::new(disk.clone()), Limits::default());
    served.accrue("k-bob", "bob");
    served.accrue("k-ann", "ann");
    let channel = served.channel();
    disk.limit_space(Some(disk.used()));
    served.runtime.block_on(async {
        let mut applied = 0;
        let status = loop {
            match write(channel.clone(), &format!("k-{applied}"), "ann").await {
                Ok(_) => applied += 1,
                Err(status) => break status,
            }
        };
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::Unavailable, "DISK_FULL")
        );
        let refused = format!("k-{applied}");
        assert_eq!(
            until_well(|| read(channel.clone(), "ann")).await,
            applied + 1
        );
        assert_eq!(read(channel.clone(), "bob").await.unwrap(), 1);
        assert_eq!(find(channel.clone(), "k-0").await.unwrap(), 3);
        let missed = find(channel.clone(), &refused).await.unwrap_err();
        assert_eq!(reason(&missed), "TRANSACTION_NOT_FOUND");
        let again = write(channel.clone(), &refused, "ann").await.unwrap_err();
        assert_eq!(reason(&again), "DISK_FULL");
        let mut entries = follow(channel.clone(), 1, true).await;
        assert_eq!(read_on(&mut entries, 1).await.0, applied as u64 + 3);
    });
    let failure = served.ledger.check_writable().unwrap_err();
    assert_eq!(
        failure.code(),
        loyalty_ledger::ledger::rejection::Code::DiskFull
    );
}
