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

/// A limit with which no server can do its work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the limit {name} is {given}; it has to be {least} to {most}")]
pub struct LimitError {
    name: &'static str,
    given: String,
    least: &'static str,
    most: String,
}

/// What a count may be at most; a larger one is a slip.
const MOST_COUNTED: usize = 1 << 30;
/// What a span of time may be at most.
const LONGEST: Duration = Duration::from_secs(86_400);

impl LimitError {
    /// Of a number that no count can be.
    pub fn of_count(name: &'static str, given: impl ToString) -> LimitError {
        LimitError {
            name,
            given: given.to_string(),
            least: "1",
            most: MOST_COUNTED.to_string(),
        }
    }
}

impl Limits {
    /// Whether a server can work within them.
    pub fn check(&self) -> Result<(), LimitError> {
        let counts = [
            ("connections", self.connections),
            ("streams", self.streams as usize),
            ("calls", self.calls),
            ("message_bytes", self.message_bytes),
            ("header_bytes", self.header_bytes as usize),
            ("pending_resets", self.pending_resets),
        ];
        for (name, given) in counts {
            if !(1..=MOST_COUNTED).contains(&given) {
                return Err(LimitError::of_count(name, given));
            }
        }
        let spans = [
            ("call_seconds", self.call),
            ("keepalive_seconds", self.keepalive),
            ("keepalive_timeout_seconds", self.keepalive_timeout),
            ("greeting_seconds", self.greeting),
            ("patience_seconds", self.patience),
        ];
        for (name, given) in spans {
            if given < Duration::from_millis(1) || given > LONGEST {
                return Err(LimitError {
                    name,
                    given: given.as_secs_f64().to_string(),
                    least: "0.001",
                    most: LONGEST.as_secs().to_string(),
                });
            }
        }
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_nobody_can_live_with_are_named() {
        Limits::default().check().unwrap();
        let wrong = [
            (
                Limits {
                    calls: 0,
                    ..Limits::default()
                },
                "the limit calls is 0; it has to be 1 to 1073741824",
            ),
            (
                Limits {
                    connections: usize::MAX,
                    ..Limits::default()
                },
                "the limit connections is 18446744073709551615; it has to be 1 to 1073741824",
            ),
            (
                Limits {
                    patience: Duration::ZERO,
                    ..Limits::default()
                },
                "the limit patience_seconds is 0; it has to be 0.001 to 86400",
            ),
            (
                Limits {
                    keepalive: Duration::MAX,
                    ..Limits::default()
                },
                "the limit keepalive_seconds is 18446744073709552000; it has to be 0.001 to 86400",
            ),
        ];
        for (limits, told) in wrong {
            assert_eq!(limits.check().unwrap_err().to_string(), told);
        }
    }
}
