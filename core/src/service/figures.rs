//! Figures about calls and the ledger, as Prometheus reads them. No label names a member.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use prost::Message;
use prost_types::FileDescriptorSet;
use rustix::fs::statvfs;
use tonic::Code;

use super::counts::Counts;
use super::wire::DESCRIPTORS;
use crate::engine::{Ledger, Tallied};
use crate::ledger::rejection::Code as Answer;

/// Upper ends of the classes of a call's seconds.
const CALL_SECONDS: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// Why writes may have stopped, by code.
const STOPS: [Answer; 4] = [
    Answer::Poisoned,
    Answer::AuditFailed,
    Answer::DiskFull,
    Answer::ClockJump,
];

/// Codes of gRPC.
const CODES: usize = 17;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Method {
    pub grpc_service: String,
    pub grpc_method: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Handled {
    grpc_service: String,
    grpc_method: String,
    grpc_code: String,
}

/// What is counted of one RPC; found once per call.
pub struct OfMethod {
    pub method: Method,
    started: Counter,
    seconds: Histogram,
    /// By the number of the gRPC code; those that never came are not told.
    handled: [OnceLock<Counter>; CODES],
}

/// What is counted, and the registry that tells it.
pub struct Figures {
    registry: Registry,
    /// Every RPC there is, by path: nobody can make up labels.
    methods: HashMap<String, Arc<OfMethod>>,
    /// What is none.
    other: Arc<OfMethod>,
    handled: Family<Handled, Counter>,
}

impl fmt::Debug for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Figures").finish_non_exhaustive()
    }
}

impl Figures {
    pub fn new(ledger: Ledger, counts: &Counts) -> Figures {
        let mut registry = Registry::default();
        let started: Family<Method, Counter> = Family::default();
        let handled = Family::default();
        let seconds: Family<Method, Histogram> =
            Family::new_with_constructor(|| Histogram::new(CALL_SECONDS));
        registry.register("grpc_server_started", "Calls that came", started.clone());
        registry.register(
            "grpc_server_handled",
            "Calls that were answered",
            handled.clone(),
        );
        registry.register(
            "grpc_server_handling_seconds",
            "How long calls took",
            seconds.clone(),
        );
        counts.register(&mut registry);
        registry.register_collector(Box::new(OfLedger { ledger }));
        let of_method = |grpc_service: &str, grpc_method: &str| {
            let method = Method {
                grpc_service: grpc_service.to_owned(),
                grpc_method: grpc_method.to_owned(),
            };
            Arc::new(OfMethod {
                started: started.get_or_create(&method).clone(),
                seconds: seconds.get_or_create(&method).clone(),
                handled: [const { OnceLock::new() }; CODES],
                method,
            })
        };
        let methods = methods().into_iter().map(|(service, method)| {
            (format!("/{service}/{method}"), of_method(&service, &method))
        });
        Figures {
            registry,
            methods: methods.collect(),
            other: of_method("other", "other"),
            handled,
        }
    }

    /// A call of a path such as `/package.Service/Method` begins.
    pub fn started(&self, path: &str) -> Arc<OfMethod> {
        let of_method = self.methods.get(path).unwrap_or(&self.other);
        of_method.started.inc();
        Arc::clone(of_method)
    }

    /// It was answered.
    pub fn handled(&self, of_method: &OfMethod, code: Code, took: Duration) {
        let counter = of_method.handled[code as usize].get_or_init(|| {
            let handled = Handled {
                grpc_service: of_method.method.grpc_service.clone(),
                grpc_method: of_method.method.grpc_method.clone(),
                grpc_code: format!("{code:?}"),
            };
            self.handled.get_or_create(&handled).clone()
        });
        counter.inc();
        of_method.seconds.observe(took.as_secs_f64());
    }

    /// All of it, in the text format.
    pub fn told(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("text can always be added to");
        text
    }
}

/// Services and methods of all that is served.
fn methods() -> Vec<(String, String)> {
    let mut methods = Vec::new();
    for set in [DESCRIPTORS, tonic_health::pb::FILE_DESCRIPTOR_SET] {
        let set = FileDescriptorSet::decode(set).expect("the descriptors were made by a build");
        for file in set.file {
            for service in &file.service {
                let named = format!("{}.{}", file.package(), service.name());
                let own = service.method.iter();
                methods.extend(own.map(|method| (named.clone(), method.name().to_owned())));
            }
        }
    }
    methods
}

/// What the ledger says about itself, asked for at every scrape.
#[derive(Debug)]
struct OfLedger {
    ledger: Ledger,
}

impl Collector for OfLedger {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        self.encode_stops(&mut encoder)?;
        for (name, help, value) in self.gauges() {
            let gauge = ConstGauge::new(value);
            let metric = encoder.encode_descriptor(name, help, None, gauge.metric_type())?;
            gauge.encode(metric)?;
        }
        let syncs = self.ledger.syncs();
        let histograms = [
            (
                "loyalty_sync_seconds",
                "How long the disk took to make groups durable",
                syncs.seconds(),
            ),
            (
                "loyalty_sync_entries",
                "Entries that one sync made durable",
                syncs.entries(),
            ),
        ];
        for (name, help, tallied) in histograms {
            encode_histogram(&mut encoder, name, help, &tallied)?;
        }
        Ok(())
    }
}

impl OfLedger {
    /// Whether writes go on, and what stopped them. A queue that is full for a moment stops nothing.
    fn encode_stops(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let refused = self.ledger.check_writable().err();
        let code = refused.map(|failure| failure.code());
        let stopped = code.filter(|code| *code != Answer::Overloaded);
        let writable = ConstGauge::new(i64::from(stopped.is_none()));
        let help = "1 while writes go on";
        writable.encode(encoder.encode_descriptor(
            "loyalty_writable",
            help,
            None,
            MetricType::Gauge,
        )?)?;
        let help = "1 for the code with which writes are refused until the ledger is opened again";
        let mut family =
            encoder.encode_descriptor("loyalty_stopped", help, None, MetricType::Gauge)?;
        for stop in STOPS {
            let gauge = ConstGauge::new(i64::from(stopped == Some(stop)));
            gauge.encode(family.encode_family(&[("code", stop.name())])?)?;
        }
        Ok(())
    }

    /// Name, help and value of what is one number.
    fn gauges(&self) -> Vec<(&'static str, &'static str, i64)> {
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let (waiting, most) = self.ledger.queue();
        let mut gauges = vec![
            (
                "loyalty_queue",
                "Writes that wait to be decided",
                whole(waiting as u64),
            ),
            (
                "loyalty_queue_limit",
                "Writes that may wait to be decided",
                whole(most as u64),
            ),
        ];
        let Ok(info) = self.ledger.info() else {
            return gauges;
        };
        gauges.extend([
            (
                "loyalty_entries",
                "Sequence of the last entry",
                whole(info.entries),
            ),
            (
                "loyalty_members",
                "Members ever enrolled",
                i64::from(info.members),
            ),
            (
                "loyalty_journal_bytes",
                "Size of the journal",
                whole(info.journal_bytes),
            ),
            (
                "loyalty_snapshot",
                "Sequence of the newest snapshot",
                whole(info.snapshot),
            ),
            (
                "loyalty_program_version",
                "Version in force",
                i64::from(info.program_version),
            ),
            (
                "loyalty_notices",
                "What opening mended, and what goes wrong",
                whole(info.notices.len() as u64),
            ),
        ]);
        if let Ok(disk) = statvfs(&info.path) {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let help = "Room left for the ledger";
            gauges.push(("loyalty_disk_free_bytes", help, whole(free)));
        }
        gauges
    }
}

fn encode_histogram(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    tallied: &Tallied,
) -> Result<(), fmt::Error> {
    let classes = tallied.classes.iter();
    let classes: Vec<(f64, u64)> = classes
        .map(|(end, count)| (end.min(f64::MAX), *count))
        .collect();
    let count = classes.iter().map(|(_, count)| count).sum();
    encoder
        .encode_descriptor(name, help, None, MetricType::Histogram)?
        .encode_histogram::<NoLabelSet>(tallied.total, count, &classes, None)
}
