//! The class `_core.Server`: a gRPC server in front of an open ledger, and what it logs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use loyalty_ledger::service::{self, Config, Limits, TlsFiles};
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;

use crate::clock::ManualClock;
use crate::ledger::Ledger;

/// How often a wait looks whether Python has a signal to handle.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What can be set: a dictionary, spans of time in seconds.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Settings {
    listen: String,
    probes: Option<String>,
    /// Certificate, key, authorities of clients.
    tls: Option<(PathBuf, PathBuf, Option<PathBuf>)>,
    principals: Option<PathBuf>,
    connections: usize,
    streams: u32,
    calls: usize,
    message_bytes: usize,
    call_seconds: f64,
    sweep_seconds: f64,
}

/// A server that runs until it is stopped.
#[pyclass(module = "loyalty_ledger._core", frozen)]
pub struct Server {
    running: Mutex<Option<service::Server>>,
    address: SocketAddr,
    probes: Option<SocketAddr>,
}

#[pymethods]
impl Server {
    #[staticmethod]
    #[pyo3(signature = (ledger, settings, *, clock))]
    fn start(
        py: Python<'_>,
        ledger: &Bound<'_, Ledger>,
        settings: Settings,
        clock: Option<&Bound<'_, ManualClock>>,
    ) -> PyResult<Server> {
        let clock = clock.map(|clock| clock.get().0.clone());
        let config = settings.config(clock)?;
        let engine = ledger.get().engine.clone();
        let started = py.detach(|| service::Server::start(engine, config));
        let running = started.map_err(|error| match error {
            service::ServeError::Listen { .. } | service::ServeError::Threads(_) => {
                PyOSError::new_err(error.to_string())
            }
            service::ServeError::Tls(_)
            | service::ServeError::Principals(_)
            | service::ServeError::Refused(_) => PyValueError::new_err(error.to_string()),
            service::ServeError::Ledger(failure) => crate::errors::failed(py, &failure, None),
        })?;
        Ok(Server {
            address: running.address(),
            probes: running.probes(),
            running: Mutex::new(Some(running)),
        })
    }

    /// Where it listens, as `host:port`.
    fn address(&self) -> String {
        self.address.to_string()
    }

    fn probes(&self) -> Option<String> {
        self.probes.map(|address| address.to_string())
    }

    /// Waits until the server is stopped; signals are handled meanwhile.
    fn wait(&self, py: Python<'_>) -> PyResult<()> {
        while self.is_running() {
            py.detach(|| std::thread::sleep(LOOK_EVERY));
            py.check_signals()?;
        }
        Ok(())
    }

    /// Stops it; tells whether all calls ended within `grace_seconds`. Stopping twice is fine.
    fn stop(&self, py: Python<'_>, grace_seconds: f64) -> PyResult<bool> {
        let grace = seconds("grace", grace_seconds)?;
        let running = self.locked().take();
        Ok(py.detach(|| running.is_none_or(|running| running.stop(grace))))
    }
}

impl Server {
    fn is_running(&self) -> bool {
        self.locked().is_some()
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Option<service::Server>> {
        self.running
            .lock()
            .expect("nothing panics while it holds a server")
    }
}

impl Settings {
    fn config(self, clock: Option<loyalty_ledger::engine::ManualClock>) -> PyResult<Config> {
        let tls = self
            .tls
            .map(|(certificate, key, client_authorities)| TlsFiles {
                certificate,
                key,
                client_authorities,
            });
        Ok(Config {
            listen: address("listen", &self.listen)?,
            probes: self
                .probes
                .map(|probes| address("probes", &probes))
                .transpose()?,
            tls,
            principals: self.principals,
            limits: Limits {
                connections: self.connections,
                streams: self.streams,
                calls: self.calls,
                message_bytes: self.message_bytes,
                call: seconds("call_seconds", self.call_seconds)?,
                ..Limits::default()
            },
            sweep_every: seconds("sweep_seconds", self.sweep_seconds)?,
            test_clock: clock,
        })
    }
}

fn address(name: &str, text: &str) -> PyResult<SocketAddr> {
    text.parse().map_err(|_| {
        PyValueError::new_err(format!(
            "{name} {text:?} is no address; write it as 127.0.0.1:7600 or [::1]:7600, port 0 for any"
        ))
    })
}

fn seconds(name: &str, seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| PyValueError::new_err(format!("{name} {seconds} is no span of time")))
}

/// Lets the server log to stderr, as text or as JSON; once per process.
#[pyfunction]
pub fn log_to_stderr(json: bool, verbose: bool) -> PyResult<()> {
    use tracing_subscriber::filter::LevelFilter;
    let level = if verbose {
        LevelFilter::DEBUG
    } else {
        LevelFilter::INFO
    };
    let lines = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_target(false)
        .with_writer(std::io::stderr);
    let set = if json {
        lines.json().flatten_event(true).try_init()
    } else {
        lines.with_ansi(false).try_init()
    };
    set.map_err(|error| PyRuntimeError::new_err(error.to_string()))
}
