//! Single calls: a bare one, accruals, holds, members, from one caller and from many. Runs are interleaved; medians of
//! them are told, and of their ratios to the bare call of the same round.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use loyalty_ledger::engine::Ledger;

use super::clients::{Call, Client};
use super::figures::{Disk, median, processor_micros, quantile};

const CALLERS: [usize; 4] = [1, 8, 64, 256];
const ROUNDS: usize = 5;
const SPAN: Duration = Duration::from_millis(700);
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
    /// Entries that shared a sync.
    shared: f64,
}

/// Calls from so many callers, and how long each took, in microseconds.
pub async fn times(clients: &[Client], call: Call, callers: usize, span: Duration) -> Vec<f64> {
    let begun = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let mut client = clients[caller % clients.len()].clone();
        tokio::spawn(async move {
            let mut times = Vec::new();
            let mut number = caller as u64 * 1_000_003;
            while begun.elapsed() < span {
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
    times
}

/// Entries and syncs so far.
fn written(ledger: &Ledger) -> (u64, u64) {
    let groups = ledger.syncs().entries().classes;
    let syncs = groups.iter().map(|(_, count)| count).sum();
    (ledger.durable(), syncs)
}

async fn run(ledger: &Ledger, clients: &[Client], call: Call, callers: usize) -> Run {
    let begun = Instant::now();
    let cpu = processor_micros();
    let (entries, syncs) = written(ledger);
    let times = times(clients, call, callers, SPAN).await;
    let seconds = begun.elapsed().as_secs_f64();
    let (entries, syncs) = (written(ledger).0 - entries, written(ledger).1 - syncs);
    Run {
        rate: times.len() as f64 / seconds,
        cpu: (processor_micros() - cpu) / times.len() as f64,
        shared: entries as f64 / syncs.max(1) as f64,
        p50: quantile(times.clone(), 0.5),
        p99: quantile(times, 0.99),
    }
}

pub async fn measure(ledger: &Ledger, clients: &[Client], disk: &Disk) {
    println!(
        "{:<24}{:>8}{:>10}{:>10}{:>10}{:>10}{:>8}{:>8}{:>10}",
        "call", "callers", "calls/s", "p50 µs", "p99 µs", "cpu µs", "rate ×", "cpu ×", "a sync"
    );
    for callers in CALLERS {
        let mut runs: BTreeMap<Call, Vec<Run>> = BTreeMap::new();
        let mut syncs = Vec::new();
        for _ in 0..ROUNDS {
            syncs.push(disk.sync_micros());
            for call in CALLS {
                let run = run(ledger, clients, call, callers).await;
                runs.entry(call).or_default().push(run);
            }
        }
        let of =
            |call: Call, figure: fn(&Run) -> f64| median(runs[&call].iter().map(figure).collect());
        let ratio = |call: Call, figure: fn(&Run) -> f64| {
            let pairs = runs[&call].iter().zip(&runs[&Call::Bare]);
            median(
                pairs
                    .map(|(run, bare)| figure(run) / figure(bare))
                    .collect(),
            )
        };
        for call in CALLS {
            println!(
                "{:<24}{callers:>8}{:>10.0}{:>10.0}{:>10.0}{:>10.1}{:>8.2}{:>8.2}{:>10.1}",
                format!("{call:?}"),
                of(call, |run| run.rate),
                of(call, |run| run.p50),
                of(call, |run| run.p99),
                of(call, |run| run.cpu),
                ratio(call, |run| run.rate),
                ratio(call, |run| run.cpu),
                of(call, |run| run.shared),
            );
        }
        if callers == 1 {
            let beyond = of(Call::Accrue, |run| run.p50) - of(Call::Bare, |run| run.p50);
            let sync = median(syncs);
            let beyond = beyond / sync;
            println!(
                "a block written and synced: {sync:.0} µs; Accrue takes {beyond:.1} × that beyond Bare"
            );
        }
    }
}
