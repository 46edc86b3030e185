//! Many accruals in one call: as items of a message, as tables from a native client, and the same tables embedded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, RecordBatchIterator, StringArray};
use loyalty_ledger::engine::Ledger;
use loyalty_ledger::service::wire::{PostTableRequest, TableVerb};
use loyalty_ledger::table::{OneVerb, Rules, Verb, ipc};

use super::clients::{BATCH, Client, accrual, batch, key, member_id, scattered};
use super::figures::median;

const ROUNDS: usize = 5;
const SPAN: Duration = Duration::from_millis(1_400);
/// Rows of one table, and tables of a round.
const ROWS: u64 = 50_000;
const TABLES: u64 = 10;

/// Accruals under keys of their own.
pub fn table(rows: u64) -> RecordBatch {
    let numbers = || (0..rows).map(scattered);
    let column = |name: &str, values: ArrayRef| (name.to_owned(), values);
    let columns = [
        column(
            "member",
            Arc::new(StringArray::from_iter_values(numbers().map(member_id))),
        ),
        column(
            "key",
            Arc::new(StringArray::from_iter_values(numbers().map(|_| key()))),
        ),
        column(
            "points",
            Arc::new(Int64Array::from_iter_values(numbers().map(|_| 10))),
        ),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of one length")
}

pub fn request(rows: u64) -> PostTableRequest {
    PostTableRequest {
        verb: TableVerb::Accrue as i32,
        arrow_ipc: ipc::write(&table(rows)).into(),
        ..Default::default()
    }
}

/// Rows a second of tables that were made before, so many calls in flight.
async fn over_grpc(clients: &[Client], callers: u64) -> f64 {
    let mut sent: Vec<Vec<PostTableRequest>> = Vec::new();
    for _ in 0..callers {
        sent.push((0..TABLES / callers).map(|_| request(ROWS)).collect());
    }
    let begun = Instant::now();
    let tasks: Vec<_> = sent
        .into_iter()
        .zip(clients)
        .map(|(requests, client)| {
            let mut client = client.clone();
            tokio::spawn(async move {
                for request in requests {
                    let posted = client.ledger.post_table(request).await;
                    posted.expect("it is answered");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a caller ends well");
    }
    (ROWS * TABLES) as f64 / begun.elapsed().as_secs_f64()
}

/// The same tables, without a server.
fn embedded(ledger: &Ledger) -> f64 {
    let tables: Vec<RecordBatch> = (0..TABLES).map(|_| table(ROWS)).collect();
    let begun = Instant::now();
    for table in tables {
        let schema = table.schema();
        let reader = RecordBatchIterator::new([Ok(table)], schema);
        let rules = Rules {
            ledger,
            caller: "",
            money: *b"EUR",
            manual: false,
        };
        let rows = OneVerb::read(reader, Verb::Accrue, false, &rules).expect("it can be read");
        let answers = ledger.submit_rows(Arc::new(rows)).expect("it is written");
        assert!(answers.iter().all(|answer| answer.sequence > 0));
    }
    (ROWS * TABLES) as f64 / begun.elapsed().as_secs_f64()
}

/// Rows a second of batches as large as they may be.
async fn batches(clients: &[Client], callers: usize) -> f64 {
    let begun = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let mut client = clients[caller].clone();
        tokio::spawn(async move {
            let mut sent = 0;
            while begun.elapsed() < SPAN {
                let accruals = (0..BATCH).map(|number| accrual(number * 7 + caller as u64));
                let answer = client.ledger.post_batch(batch(accruals)).await;
                sent += answer.expect("it is answered").into_inner().results.len();
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

pub async fn measure(ledger: &Ledger, clients: &[Client]) {
    for callers in [1, 2] {
        let (mut rates, mut beside) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            beside.push(embedded(ledger));
            rates.push(over_grpc(clients, callers).await);
        }
        let ratio = median(rates.iter().zip(&beside).map(|(a, b)| a / b).collect());
        println!(
            "PostTable of {ROWS}, {callers} in flight: {:.0} rows/s, embedded {:.0}, ratio {ratio:.2}",
            median(rates),
            median(beside),
        );
    }
    for callers in [1, 4] {
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            rates.push(batches(clients, callers).await);
        }
        println!(
            "PostBatch of {BATCH}, {callers} callers: {:.0} accruals/s",
            median(rates)
        );
    }
}
