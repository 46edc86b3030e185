//! How long the writes and syncs of groups took, for whoever watches the disk.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the classes, in microseconds; the last class has none.
const BOUNDS: [u64; 12] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
];

/// Counts by class of time; several threads may add and read.
#[derive(Debug, Default)]
pub struct SyncTimes {
    classes: [AtomicU64; BOUNDS.len() + 1],
    total_micros: AtomicU64,
}

impl SyncTimes {
    pub(super) fn note(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = BOUNDS.partition_point(|bound| *bound < micros);
        self.classes[class].fetch_add(1, Ordering::Relaxed);
        self.total_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// The seconds that all took together.
    pub fn total_seconds(&self) -> f64 {
        self.total_micros.load(Ordering::Relaxed) as f64 / 1e6
    }

    /// Of each class its upper end in seconds (infinite for the last), and how many fell into it.
    pub fn classes(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        let bounds = BOUNDS.iter().map(|bound| *bound as f64 / 1e6);
        let counts = self
            .classes
            .iter()
            .map(|count| count.load(Ordering::Relaxed));
        bounds.chain([f64::INFINITY]).zip(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_their_classes() {
        let times = SyncTimes::default();
        for micros in [1, 100, 101, 2_000_000] {
            times.note(Duration::from_micros(micros));
        }
        let counts: Vec<u64> = times.classes().map(|(_, count)| count).collect();
        assert_eq!(counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(times.total_seconds(), 2.000_202);
        let ends: Vec<f64> = times.classes().map(|(end, _)| end).collect();
        assert_eq!((ends[0], ends[12]), (0.0001, f64::INFINITY));
    }
}
