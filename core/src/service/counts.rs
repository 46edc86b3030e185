//! What the parts of the server count as they work; `figures` tells it. Clones count together.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::config::Limits;
use super::places::Places;

#[derive(Clone, Debug)]
pub struct Counts {
    pub connections: Places,
    /// Connections that had a place and came to nothing.
    pub failed_connections: Counter,
    pub calls: Places,
    /// Streams of Watch that are open.
    pub watchers: Gauge,
    pub sweeps: Counter,
    pub failed_sweeps: Counter,
    /// Wallets that sweeps settled.
    pub swept: Counter,
    /// Members looked for in vain.
    pub misses: Counter,
    /// Looks that were refused after too many of those.
    pub rate_limited: Counter,
}

impl Counts {
    pub fn new(limits: &Limits) -> Counts {
        Counts {
            connections: Places::new(limits.connections),
            failed_connections: Counter::default(),
            calls: Places::new(limits.calls),
            watchers: Gauge::default(),
            sweeps: Counter::default(),
            failed_sweeps: Counter::default(),
            swept: Counter::default(),
            misses: Counter::default(),
            rate_limited: Counter::default(),
        }
    }

    /// Adds it to what is told; names of counters get their `_total` as they are told.
    pub fn register(&self, registry: &mut Registry) {
        let gauges = [
            (
                "loyalty_connections",
                "Open connections",
                &self.connections.taken,
            ),
            (
                "loyalty_connections_limit",
                "Connections that may be open",
                &self.connections.most,
            ),
            (
                "loyalty_calls",
                "Calls in flight, those of Watch aside",
                &self.calls.taken,
            ),
            (
                "loyalty_calls_limit",
                "Calls that may be in flight",
                &self.calls.most,
            ),
            ("loyalty_watchers", "Open streams of Watch", &self.watchers),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        let counters = [
            (
                "loyalty_connections_refused",
                "Connections closed because as many were open as may be",
                &self.connections.refused,
            ),
            (
                "loyalty_connections_failed",
                "Connections closed because TLS or HTTP/2 did not come about",
                &self.failed_connections,
            ),
            (
                "loyalty_calls_refused",
                "Calls turned away because as many were in flight as may be",
                &self.calls.refused,
            ),
            (
                "loyalty_sweeps",
                "Sweeps that the server began by itself",
                &self.sweeps,
            ),
            (
                "loyalty_sweeps_failed",
                "Those of them that failed",
                &self.failed_sweeps,
            ),
            (
                "loyalty_swept_wallets",
                "Wallets that they settled",
                &self.swept,
            ),
            ("loyalty_misses", "Members looked for in vain", &self.misses),
            (
                "loyalty_rate_limited",
                "Looks for members refused after too many misses",
                &self.rate_limited,
            ),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
    }
}
