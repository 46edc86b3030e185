//! How a server is set up; every setting has a default that is safe.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::tls::TlsFiles;
use crate::engine::ManualClock;

#[derive(Clone, Debug)]
pub struct Config {
    /// Port 0: any free one.
    pub listen: SocketAddr,
    /// Where /metrics, /livez and /readyz are; nowhere if `None`.
    pub probes: Option<SocketAddr>,
    pub tls: Option<TlsFiles>,
    /// Who may call. Without it everybody may do everything, on loopback alone.
    pub principals: Option<PathBuf>,
    pub limits: Limits,
    /// How often time's work is written down; never if zero.
    pub sweep_every: Duration,
    /// The clock of a ledger that tests drive: adds TestClockService, on loopback alone.
    pub test_clock: Option<ManualClock>,
}

/// What one client, and all together, may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub connections: usize,
    /// Calls that one connection has at a time.
    pub streams: u32,
    /// Calls in flight over all connections.
    pub calls: usize,
    /// Bytes of a request's message.
    pub message_bytes: usize,
    /// Bytes of a call's headers.
    pub header_bytes: u32,
    /// The longest that a call may take; Watch is exempt.
    pub call: Duration,
    /// After how long without a sign of life a connection is asked for one, and how long the sign may take.
    pub keepalive: Duration,
    pub keepalive_timeout: Duration,
    /// How long a connection may take until it speaks HTTP/2, TLS included.
    pub greeting: Duration,
    /// How long a reader of Watch may leave a message untaken; a slower one is cut off.
    pub patience: Duration,
    /// Calls that a connection may open and reset before they were taken.
    pub pending_resets: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 1_024,
            streams: 256,
            calls: 4_096,
            message_bytes: 4 << 20,
            header_bytes: 16 << 10,
            call: Duration::from_secs(60),
            keepalive: Duration::from_secs(60),
            keepalive_timeout: Duration::from_secs(20),
            greeting: Duration::from_secs(10),
            patience: Duration::from_secs(30),
            pending_resets: 20,
        }
    }
}

impl Config {
    /// A server on loopback, at any free port.
    pub fn on_loopback() -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            probes: None,
            tls: None,
            principals: None,
            limits: Limits::default(),
            sweep_every: Duration::from_secs(60),
            test_clock: None,
        }
    }
}
