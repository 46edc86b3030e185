//! Owns a group: entries decided together, encoded, and found in memory until they are durable.

use crate::ledger::entry::RecordedAt;

/// Encoded entries end to end.
#[derive(Debug, Default)]
pub(super) struct Group {
    first: u64,
    base: RecordedAt,
    bytes: Vec<u8>,
    /// Where each entry ends in `bytes`.
    ends: Vec<usize>,
}

/// An entry's bytes and the instant that its place in its group gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encoded<'g> {
    pub expected: RecordedAt,
    pub bytes: &'g [u8],
}

impl Group {
    /// Empties the group, keeping its memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Adds the next entry, which `encode` appends given the instant its place gives it. The first entry's sequence
    /// and instant are the group's.
    pub fn push(
        &mut self,
        sequence: u64,
        recorded_at: RecordedAt,
        encode: impl FnOnce(RecordedAt, &mut Vec<u8>),
    ) {
        if self.ends.is_empty() {
            self.first = sequence;
            self.base = recorded_at;
        }
        debug_assert_eq!(sequence, self.first + self.ends.len() as u64);
        encode(self.expected(self.ends.len()), &mut self.bytes);
        self.ends.push(self.bytes.len());
    }

    /// Takes the last entry out again.
    pub fn drop_last(&mut self) {
        self.ends.pop();
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    pub fn entry(&self, sequence: u64) -> Option<Encoded<'_>> {
        let place = usize::try_from(sequence.checked_sub(self.first)?).ok()?;
        (place < self.ends.len()).then(|| self.at(place))
    }

    pub fn entries(&self) -> impl Iterator<Item = Encoded<'_>> {
        (0..self.ends.len()).map(|place| self.at(place))
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn first(&self) -> u64 {
        self.first
    }

    /// Sequence of the last entry; of an empty group nothing sensible.
    pub fn last(&self) -> u64 {
        self.first + self.ends.len() as u64 - 1
    }

    pub fn base(&self) -> RecordedAt {
        self.base
    }

    /// Bytes of all entries.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of the last entry.
    pub fn last_bytes(&self) -> usize {
        let before = self
            .ends
            .len()
            .checked_sub(2)
            .map_or(0, |place| self.ends[place]);
        self.bytes.len() - before
    }

    fn at(&self, place: usize) -> Encoded<'_> {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        Encoded {
            expected: self.expected(place),
            bytes: &self.bytes[start..self.ends[place]],
        }
    }

    fn expected(&self, place: usize) -> RecordedAt {
        RecordedAt(self.base.0.saturating_add(place as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_sequence_until_they_are_dropped() {
        let mut group = Group::default();
        for (sequence, text) in [(7, "one"), (8, ""), (9, "three")] {
            group.push(sequence, RecordedAt(100), |_, bytes| {
                bytes.extend_from_slice(text.as_bytes())
            });
        }
        let found = group.entry(9).unwrap();
        assert_eq!(
            (found.expected, found.bytes),
            (RecordedAt(102), &b"three"[..])
        );
        assert_eq!(group.entry(8).unwrap().bytes, b"");
        assert_eq!((group.first(), group.last(), group.last_bytes()), (7, 9, 5));
        assert!(group.entry(6).is_none() && group.entry(10).is_none());
        group.drop_last();
        assert_eq!(group.entries().count(), 2);
        assert_eq!((group.last(), group.bytes()), (8, 3));
        group.clear();
        assert!(group.is_empty() && group.entry(7).is_none());
    }
}
