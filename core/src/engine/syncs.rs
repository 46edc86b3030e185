//! How long the writes and syncs of groups took, and how many entries shared one, for whoever watches the disk.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::group::Group;

/// Upper ends of the classes of a sync's microseconds.
const MICROS: [u64; 12] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
];
/// Upper ends of the classes of a group's entries.
const ENTRIES: [u64; 10] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000];

/// What groups took, each by class; several threads may add and read.
#[derive(Debug)]
pub struct Syncs {
    micros: Tally,
    entries: Tally,
}

/// Counts by class; the last class has no end.
#[derive(Debug)]
struct Tally {
    ends: &'static [u64],
    counts: Box<[AtomicU64]>,
    total: AtomicU64,
}

/// Counts by class as they were read.
#[derive(Clone, Debug, PartialEq)]
pub struct Tallied {
    pub total: f64,
    /// Of each class its upper end (infinite for the last), and how many fell into it.
    pub classes: Vec<(f64, u64)>,
}

impl Default for Syncs {
    fn default() -> Syncs {
        Syncs {
            micros: Tally::new(&MICROS),
            entries: Tally::new(&ENTRIES),
        }
    }
}

impl Syncs {
    pub(super) fn note(&self, took: Duration, group: &Group) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.note(micros);
        self.entries.note(group.last() + 1 - group.first());
    }

    pub fn seconds(&self) -> Tallied {
        self.micros.read(1e6)
    }

    pub fn entries(&self) -> Tallied {
        self.entries.read(1.0)
    }
}

impl Tally {
    fn new(ends: &'static [u64]) -> Tally {
        Tally {
            ends,
            counts: (0..=ends.len()).map(|_| AtomicU64::new(0)).collect(),
            total: AtomicU64::new(0),
        }
    }

    fn note(&self, size: u64) {
        let class = self.ends.partition_point(|end| *end < size);
        self.counts[class].fetch_add(1, Ordering::Relaxed);
        self.total.fetch_add(size, Ordering::Relaxed);
    }

    /// So many of what was noted are one.
    fn read(&self, one: f64) -> Tallied {
        let ends = self.ends.iter().map(|end| *end as f64 / one);
        let counts = self
            .counts
            .iter()
            .map(|count| count.load(Ordering::Relaxed));
        Tallied {
            total: self.total.load(Ordering::Relaxed) as f64 / one,
            classes: ends.chain([f64::INFINITY]).zip(counts).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::entry::RecordedAt;

    #[test]
    fn times_and_sizes_fall_into_their_classes() {
        let syncs = Syncs::default();
        let mut group = Group::default();
        for (place, micros) in [1, 100, 101, 2_000_000].into_iter().enumerate() {
            group.push(place as u64 + 1, RecordedAt(1), |_, bytes| bytes.push(0));
            syncs.note(Duration::from_micros(micros), &group);
        }
        let seconds = syncs.seconds();
        let counts = |tallied: &Tallied| -> Vec<u64> {
            tallied.classes.iter().map(|(_, count)| *count).collect()
        };
        assert_eq!(counts(&seconds), [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(seconds.total, 2.000_202);
        let (first, last) = (seconds.classes[0].0, seconds.classes[12].0);
        assert_eq!((first, last), (0.0001, f64::INFINITY));
        let entries = syncs.entries();
        assert_eq!(counts(&entries), [1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!((entries.total, entries.classes[1].0), (10.0, 2.0));
    }
}
