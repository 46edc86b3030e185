//! Ten times as many callers as a server takes calls: what becomes of those that are taken, of the others, of memory.

use std::time::{Duration, Instant};

use loyalty_ledger::engine::Ledger;
use loyalty_ledger::service::{Config, Limits, Server};
use tokio::runtime::Runtime;
use tonic::Code;
use tonic_types::StatusExt;

use super::clients::{Call, Client, connect};
use super::figures::{median, memory, quantile};

/// Calls in flight that the server takes.
const CAPACITY: usize = 256;
/// Callers of one connection; fewer than it may have streams, so that the server's limit alone counts.
const OF_CONNECTION: usize = 128;
const LOADS: [usize; 2] = [CAPACITY, 10 * CAPACITY];
const ROUNDS: usize = 5;
/// While all callers come at once, nothing is counted.
const ARRIVAL: Duration = Duration::from_millis(1_400);
const SPAN: Duration = Duration::from_millis(2_800);
const COUNTED: f64 = 1.4;
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
const MOST_DOUBLINGS: u32 = 10;

#[derive(Default)]
struct Came {
    /// Microseconds of each call that was taken.
    taken: Vec<f64>,
    refused: usize,
}

/// A caller that comes again when it is told to, and later with each refusal in a row, as clients of gRPC do.
async fn insist(mut client: Client, caller: u64, begun: Instant) -> Came {
    let mut came = Came::default();
    let mut number = caller * 1_000_003;
    let mut in_a_row = 0;
    while begun.elapsed() < SPAN {
        let start = Instant::now();
        match client.call(Call::Accrue, number).await {
            Ok(()) => {
                if start.duration_since(begun) > ARRIVAL {
                    came.taken.push(start.elapsed().as_nanos() as f64 / 1e3);
                }
                in_a_row = 0;
            }
            Err(status) => {
                assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
                let hint = status.get_details_retry_info();
                let after = hint.and_then(|hint| hint.retry_delay);
                let after = after.expect("it says when to come again");
                came.refused += usize::from(start.duration_since(begun) > ARRIVAL);
                tokio::time::sleep(LONGEST_PAUSE.min(after * (1 << in_a_row))).await;
                in_a_row = MOST_DOUBLINGS.min(in_a_row + 1);
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

/// Both loads in turns, after one of each that does not count; memory as it was before and after every turn.
async fn rounds(address: &str) -> ([Vec<Came>; 2], Vec<f64>) {
    let clients = connect(address, 10 * CAPACITY / OF_CONNECTION).await;
    for callers in LOADS {
        round(&clients, callers).await;
    }
    let mut rounds: [Vec<Came>; 2] = Default::default();
    let mut memories = vec![memory()];
    for _ in 0..ROUNDS {
        for (callers, rounds) in LOADS.into_iter().zip(&mut rounds) {
            rounds.push(round(&clients, callers).await);
        }
        memories.push(memory());
    }
    (rounds, memories)
}

pub fn measure(ledger: &Ledger, runtime: &Runtime) {
    let limits = Limits {
        calls: CAPACITY,
        ..Limits::default()
    };
    let config = Config {
        limits,
        ..Config::on_loopback()
    };
    let server = Server::start(ledger.clone(), config).expect("it starts");
    let (rounds, memories) = runtime.block_on(rounds(&server.address().to_string()));
    server.stop(Duration::from_secs(5));
    let p99 = |came: &Came| quantile(came.taken.clone(), 0.99);
    for (callers, rounds) in LOADS.into_iter().zip(&rounds) {
        let of = |figure: &dyn Fn(&Came) -> f64| median(rounds.iter().map(figure).collect());
        println!(
            "{callers} callers where {CAPACITY} calls are taken: {:.0} accruals/s, p99 {:.1} ms, {:.0} refusals/s",
            of(&|came| came.taken.len() as f64) / COUNTED,
            of(&p99) / 1e3,
            of(&|came| came.refused as f64) / COUNTED,
        );
    }
    let [at, over] = &rounds;
    let ratios = at.iter().zip(over).map(|(at, over)| p99(over) / p99(at));
    println!(
        "p99 of those that are taken, over that at capacity: {:.2}; memory, clients included: {memories:.0?} MiB",
        median(ratios.collect()),
    );
}
