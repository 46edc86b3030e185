//! The class `_core.Server`: a gRPC server in front of an open ledger, and what it logs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use loyalty_ledger::service::{self, Config, LimitError, Limits, TlsFiles};
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
    limits: GivenLimits,
    sweep_seconds: f64,
}

/// Numbers as they were given, also those that no limit can be.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct GivenLimits {
    connections: i64,
    streams: i64,
    calls: i64,
    message_bytes: i64,
    header_bytes: i64,
    pending_resets: i64,
    call_seconds: f64,
    keepalive_seconds: f64,
    keepalive_timeout_seconds: f64,
    greeting_seconds: f64,
    patience_seconds: f64,
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
            | service::ServeError::Limits(_)
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
            limits: self.limits.limits()?,
            sweep_every: seconds("sweep_seconds", self.sweep_seconds)?,
            test_clock: clock,
        })
    }
}

impl GivenLimits {
    fn limits(&self) -> PyResult<Limits> {
        Ok(Limits {
            connections: count("connections", self.connections)?,
            streams: count("streams", self.streams)?,
            calls: count("calls", self.calls)?,
            message_bytes: count("message_bytes", self.message_bytes)?,
            header_bytes: count("header_bytes", self.header_bytes)?,
            pending_resets: count("pending_resets", self.pending_resets)?,
            call: seconds("call_seconds", self.call_seconds)?,
            keepalive: seconds("keepalive_seconds", self.keepalive_seconds)?,
            keepalive_timeout: seconds(
                "keepalive_timeout_seconds",
                self.keepalive_timeout_seconds,
            )?,
            greeting: seconds("greeting_seconds", self.greeting_seconds)?,
            patience: seconds("patience_seconds", self.patience_seconds)?,
        })
    }
}

fn count<T: TryFrom<i64>>(name: &'static str, given: i64) -> PyResult<T> {
    T::try_from(given)
        .map_err(|_| PyValueError::new_err(LimitError::of_count(name, given).to_string()))
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
