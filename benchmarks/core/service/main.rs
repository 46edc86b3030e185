//! The server under load from a client in Rust: a bare call, accruals, holds, members, batches, while all share the
//! machine. Runs are interleaved; medians of them are told, as ratios to the bare call of the same run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use loyalty_ledger::engine::{Ledger, Options};
use loyalty_ledger::service::wire::ledger_service_client::LedgerServiceClient;
use loyalty_ledger::service::wire::{self, batch_item, member_name, reference};
use loyalty_ledger::service::{Config, Server};
use rustix::time::{ClockId, clock_gettime};
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const CONNECTIONS: usize = 8;
const CALLERS: [usize; 4] = [1, 8, 64, 256];
const ROUNDS: usize = 5;
const SPAN: Duration = Duration::from_millis(700);
const MEMBERS: u64 = 50_000;
const BATCH: u64 = 8_192;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Bare,
    Accrue,
    AuthorizeAndCapture,
    GetMember,
}

const CALLS: [Call; 4] = [
    Call::Bare,
    Call::Accrue,
    Call::AuthorizeAndCapture,
    Call::GetMember,
];

/// What one run came to: calls a second, and their times in microseconds.
#[derive(Clone, Copy, Debug)]
struct Run {
    rate: f64,
    p50: f64,
    p99: f64,
    /// Of client and server together, microseconds of processor a call.
    cpu: f64,
}

#[derive(Clone)]
struct Client {
    health: HealthClient<Channel>,
    ledger: LedgerServiceClient<Channel>,
}

static NEXT_KEY: AtomicU64 = AtomicU64::new(0);

fn key() -> String {
    format!("till-{:020}", NEXT_KEY.fetch_add(1, Ordering::Relaxed))
}

fn member(number: u64) -> Option<wire::MemberName> {
    let id = format!("m-{:08}", number % MEMBERS);
    Some(wire::MemberName {
        name: Some(member_name::Name::Id(id)),
    })
}

fn accrual(key: String, number: u64) -> wire::AccruePointsRequest {
    wire::AccruePointsRequest {
        key,
        member: member(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20),
        points: 10,
        ..Default::default()
    }
}

impl Client {
    async fn call(&mut self, call: Call, number: u64) -> Result<(), tonic::Status> {
        match call {
            Call::Bare => {
                self.health.check(HealthCheckRequest::default()).await?;
            }
            Call::Accrue => {
                self.ledger.accrue_points(accrual(key(), number)).await?;
            }
            Call::AuthorizeAndCapture => {
                let held = wire::AuthorizeRedemptionRequest {
                    key: key(),
                    member: member(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20),
                    points: 1,
                    ..Default::default()
                };
                let held = self.ledger.authorize_redemption(held).await?.into_inner();
                let sequence = held.answer.expect("it was answered").sequence;
                let authorization = Some(wire::Reference {
                    reference: Some(reference::Reference::Sequence(sequence)),
                });
                let capture = wire::CaptureRedemptionRequest {
                    key: key(),
                    authorization,
                    ..Default::default()
                };
                self.ledger.capture_redemption(capture).await?;
            }
            Call::GetMember => {
                let asked = wire::GetMemberRequest {
                    member: member(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20),
                    ..Default::default()
                };
                self.ledger.get_member(asked).await?;
            }
        }
        Ok(())
    }
}

fn processor_micros() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

async fn run(clients: &[Client], call: Call, callers: usize) -> Run {
    let begun = Instant::now();
    let cpu = processor_micros();
    let tasks = (0..callers).map(|caller| {
        let mut client = clients[caller % clients.len()].clone();
        tokio::spawn(async move {
            let mut times = Vec::new();
            let mut number = caller as u64 * 1_000_003;
            while begun.elapsed() < SPAN {
                let start = Instant::now();
                client
                    .call(call, number)
                    .await
                    .expect("nothing refuses a benchmark");
                times.push(start.elapsed().as_nanos() as f64 / 1e3);
                number += 1;
            }
            times
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a caller ends well"));
    }
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = (processor_micros() - cpu) / times.len() as f64;
    times.sort_by(f64::total_cmp);
    Run {
        rate: times.len() as f64 / seconds,
        p50: times[times.len() / 2],
        p99: times[times.len() * 99 / 100],
        cpu,
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Rows a second of batches as large as they may be, from one caller and from four.
async fn batches(clients: &[Client], callers: usize) -> f64 {
    let begun = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let mut client = clients[caller].clone();
        tokio::spawn(async move {
            let mut sent = 0;
            while begun.elapsed() < SPAN * 2 {
                let items = (0..BATCH).map(|number| {
                    let accrual = accrual(key(), number * 7 + caller as u64);
                    wire::BatchItem {
                        request: Some(batch_item::Request::AccruePoints(accrual)),
                    }
                });
                let batch = wire::PostBatchRequest {
                    items: items.collect(),
                    ..Default::default()
                };
                let answer = client
                    .ledger
                    .post_batch(batch)
                    .await
                    .expect("it is answered");
                sent += answer.into_inner().results.len() as u64;
            }
            sent
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut sent = 0;
    for task in tasks {
        sent += task.await.expect("a caller ends well");
    }
    sent as f64 / begun.elapsed().as_secs_f64()
}

async fn connect(address: &str) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let channel = Channel::from_shared(format!("http://{address}"))
            .expect("an address of ours")
            .tcp_nodelay(true)
            .connect()
            .await
            .expect("the server listens");
        clients.push(Client {
            health: HealthClient::new(channel.clone()),
            ledger: LedgerServiceClient::new(channel).max_decoding_message_size(16 << 20),
        });
    }
    clients
}

async fn enroll(client: &mut Client) {
    for first in (0..MEMBERS).step_by(BATCH as usize) {
        let items = (first..MEMBERS.min(first + BATCH)).map(|number| {
            let accrue = wire::AccruePointsRequest {
                key: format!("first-{number}"),
                member: member(number),
                points: 1_000_000,
                enroll: Some(wire::Joining::default()),
                ..Default::default()
            };
            wire::BatchItem {
                request: Some(batch_item::Request::AccruePoints(accrue)),
            }
        });
        let items = items.collect();
        let batch = wire::PostBatchRequest {
            items,
            ..Default::default()
        };
        let answer = client
            .ledger
            .post_batch(batch)
            .await
            .expect("it is answered");
        assert!(
            answer
                .into_inner()
                .results
                .iter()
                .all(|result| result.sequence > 0)
        );
    }
}

fn main() {
    let directory = tempfile::tempdir().expect("there is room");
    let ledger =
        Ledger::open(&directory.path().join("ledger"), Options::default()).expect("it opens");
    let server = Server::start(ledger.clone(), Config::on_loopback()).expect("it starts");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads can be had");
    let address = server.address().to_string();
    runtime.block_on(async {
        let mut clients = connect(&address).await;
        enroll(&mut clients[0]).await;
        let clients = Arc::new(clients);
        println!(
            "{:<24}{:>8}{:>10}{:>10}{:>10}{:>10}{:>8}{:>8}",
            "call", "callers", "calls/s", "p50 µs", "p99 µs", "cpu µs", "rate ×", "cpu ×"
        );
        for callers in CALLERS {
            let mut runs: BTreeMap<Call, Vec<Run>> = BTreeMap::new();
            for _ in 0..ROUNDS {
                for call in CALLS {
                    runs.entry(call)
                        .or_default()
                        .push(run(&clients, call, callers).await);
                }
            }
            let of = |call: Call, figure: fn(&Run) -> f64| {
                median(runs[&call].iter().map(figure).collect())
            };
            for call in CALLS {
                println!(
                    "{:<24}{callers:>8}{:>10.0}{:>10.0}{:>10.0}{:>10.1}{:>8.2}{:>8.2}",
                    format!("{call:?}"),
                    of(call, |run| run.rate),
                    of(call, |run| run.p50),
                    of(call, |run| run.p99),
                    of(call, |run| run.cpu),
                    of(call, |run| run.rate) / of(Call::Bare, |run| run.rate),
                    of(call, |run| run.cpu) / of(Call::Bare, |run| run.cpu),
                );
            }
        }
        for callers in [1, 4] {
            let mut rates = Vec::new();
            for _ in 0..ROUNDS {
                rates.push(batches(&clients, callers).await);
            }
            println!(
                "PostBatch of {BATCH}, {callers} callers: {:.0} accruals/s",
                median(rates)
            );
        }
    });
    drop(runtime);
    server.stop(Duration::from_secs(5));
    ledger.close().expect("all is on disk");
}
