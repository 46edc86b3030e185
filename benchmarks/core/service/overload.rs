//! Ten times as many callers as a server takes calls: what becomes of those that are taken, of the others, of memory.

use std::time::{Duration, Instant};

use loyalty_ledger::engine::Ledger;
use loyalty_ledger::service::{Config, Limits, Server};
use tonic::Code;
use tonic_types::StatusExt;

use super::clients::{Call, Client, connect};
use super::figures::{median, memory, quantile};

/// Calls in flight that the server takes.
const CAPACITY: usize = 256;
/// Callers of one connection; fewer than it may have streams, so that the server's limit alone counts.
const OF_CONNECTION: usize = 128;
const ROUNDS: usize = 5;
const SPAN: Duration = Duration::from_millis(1_400);

#[derive(Default)]
struct Came {
    /// Microseconds of each call that was taken.
    taken: Vec<f64>,
    refused: usize,
}

/// A caller that comes again when it is told to.
async fn insist(mut client: Client, caller: u64, begun: Instant) -> Came {
    let mut came = Came::default();
    let mut number = caller * 1_000_003;
    while begun.elapsed() < SPAN {
        let start = Instant::now();
        match client.call(Call::Accrue, number).await {
            Ok(()) => came.taken.push(start.elapsed().as_nanos() as f64 / 1e3),
            Err(status) => {
                assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
                let hint = status.get_details_retry_info();
                let after = hint.and_then(|hint| hint.retry_delay);
                came.refused += 1;
                tokio::time::sleep(after.expect("it says when to come again")).await;
            }
        }
        number += 1;
    }
    came
}

async fn round(clients: &[Client], callers: usize) -> Came {
    let begun = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let client = clients[caller / OF_CONNECTION].clone();
        tokio::spawn(insist(client, caller as u64, begun))
    });
    let tasks: Vec<_> = tasks.collect();
    let mut all = Came::default();
    for task in tasks {
        let came = task.await.expect("a caller ends well");
        all.taken.extend(came.taken);
        all.refused += came.refused;
    }
    all
}

/// Both loads are measured in turns; memory after the first round and after the last tells whether it grows.
pub async fn measure(ledger: &Ledger) {
    let config = Config {
        limits: Limits {
            calls: CAPACITY,
            ..Limits::default()
        },
        ..Config::on_loopback()
    };
    let server = Server::start(ledger.clone(), config).expect("it starts");
    let connections = 10 * CAPACITY / OF_CONNECTION;
    let clients = connect(&server.address().to_string(), connections).await;
    let mut memories = Vec::new();
    for callers in [CAPACITY, 10 * CAPACITY] {
        round(&clients, callers).await;
    }
    let mut rounds: [Vec<Came>; 2] = Default::default();
    for _ in 0..ROUNDS {
        memories.push(memory());
        for (callers, rounds) in [CAPACITY, 10 * CAPACITY].into_iter().zip(&mut rounds) {
            rounds.push(round(&clients, callers).await);
        }
    }
    memories.push(memory());
    let [at, over] = &rounds;
    let p99 = |came: &Came| quantile(came.taken.clone(), 0.99);
    let ratios = at.iter().zip(over).map(|(at, over)| p99(over) / p99(at));
    for (callers, rounds) in [CAPACITY, 10 * CAPACITY].into_iter().zip(&rounds) {
        let of = |figure: &dyn Fn(&Came) -> f64| median(rounds.iter().map(figure).collect());
        println!(
            "{callers} callers where {CAPACITY} calls are taken: {:.0} accruals/s, p99 {:.1} ms, {:.0} refusals/s",
            of(&|came| came.taken.len() as f64) / SPAN.as_secs_f64(),
            of(&p99) / 1e3,
            of(&|came| came.refused as f64) / SPAN.as_secs_f64(),
        );
    }
    println!(
        "p99 over capacity: {:.2} of the p99 at capacity; memory after the rounds, clients included: {:.0?} MiB",
        median(ratios.collect()),
        memories
    );
    drop(clients);
    tokio::task::block_in_place(|| server.stop(Duration::from_secs(5)));
}
