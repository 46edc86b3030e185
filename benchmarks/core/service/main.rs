//! The server under load from clients in Rust, while both share the machine: single calls, tables, single calls beside
//! an import, and more callers than it takes. `cargo bench --bench service -- tables` measures one part alone.

mod clients;
mod figures;
mod import;
mod overload;
mod single_calls;
mod tables;

use std::time::Duration;

use loyalty_ledger::engine::{Ledger, Options};
use loyalty_ledger::service::{Config, Server};

use clients::{connect, enroll};
use figures::Disk;

const CONNECTIONS: usize = 8;

/// Serves a ledger that has all members, and measures what was asked for.
fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let wants = |part: &str| {
        let mut parts = asked.iter().filter(|asked| !asked.starts_with('-'));
        parts.clone().count() == 0 || parts.any(|asked| asked == part)
    };
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("ledger");
    let ledger = Ledger::open(&path, Options::default()).expect("it opens");
    let server = Server::start(ledger.clone(), Config::on_loopback()).expect("it starts");
    let disk = Disk::beside(directory.path());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads can be had");
    let address = server.address().to_string();
    runtime.block_on(async {
        let mut clients = connect(&address, CONNECTIONS).await;
        enroll(&mut clients[0]).await;
        if wants("single_calls") {
            single_calls::measure(&ledger, &clients, &disk).await;
        }
        if wants("tables") {
            tables::measure(&ledger, &clients).await;
        }
        if wants("import") {
            import::measure(&clients).await;
        }
    });
    server.stop(Duration::from_secs(5));
    if wants("overload") {
        overload::measure(&ledger, &runtime);
    }
    drop(runtime);
    ledger.close().expect("all is on disk");
}
