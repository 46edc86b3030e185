//! Single calls while another connection imports tables one after the other, against the same without the import.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use loyalty_ledger::service::wire::PostTableRequest;

use super::clients::{Call, Client};
use super::figures::{median, quantile};
use super::single_calls::times;
use super::tables::request;

const ROUNDS: usize = 5;
const SPAN: Duration = Duration::from_millis(1_400);
const ROWS: u64 = 50_000;
const TABLES: u64 = 30;
const CALLS: [Call; 2] = [Call::Accrue, Call::GetMember];

/// An import that goes on until it is stopped.
struct Import {
    stop: Arc<AtomicBool>,
    rows: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Import {
    /// Its tables are made before; those of a round are more than it takes.
    fn start(client: &Client) -> Import {
        let mut tables: Vec<PostTableRequest> = (0..TABLES).map(|_| request(ROWS)).collect();
        let (stop, rows) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (mut client, stopped, sent) = (client.clone(), Arc::clone(&stop), Arc::clone(&rows));
        let task = tokio::spawn(async move {
            while !stopped.load(Ordering::Relaxed) {
                let table = tables.pop().expect("there are more than it takes");
                let posted = client.ledger.post_table(table).await;
                posted.expect("it is answered");
                sent.fetch_add(ROWS, Ordering::Relaxed);
            }
        });
        Import { stop, rows, task }
    }

    /// Rows that were imported.
    async fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("the import ends well");
        self.rows.load(Ordering::Relaxed)
    }
}

/// The import has a connection of its own.
pub async fn measure(clients: &[Client]) {
    let (importer, callers) = clients.split_first().expect("there are connections");
    for call in CALLS {
        let (mut alone, mut beside, mut rates) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            alone.push(times(callers, call, 1, SPAN).await);
            let import = Import::start(importer);
            let begun = Instant::now();
            beside.push(times(callers, call, 1, SPAN).await);
            rates.push(import.stop().await as f64 / begun.elapsed().as_secs_f64());
        }
        let of = |rounds: &[Vec<f64>], part| {
            let rounds = rounds.iter().map(|times| quantile(times.clone(), part));
            median(rounds.collect()) / 1e3
        };
        println!(
            "{call:?} during an import of {:.0} rows/s: p50 {:.2} ms, p99 {:.2} ms; without it {:.2} and {:.2} ms",
            median(rates),
            of(&beside, 0.5),
            of(&beside, 0.99),
            of(&alone, 0.5),
            of(&alone, 0.99),
        );
    }
}
