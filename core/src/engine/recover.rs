//! Owns the way from disk to state: the newest good snapshot, the keys of its entries, then the journal's tail.

use std::io;
use std::path::Path;

use super::failure::OpenError;
use super::lookup::{self, Lookup, Segment};
use super::replay::{ReplayError, replay, scan};
use super::sealed::remove_unfinished;
use super::snapshot;
use crate::journal::{Disk, Reader, SegmentInfo};
use crate::ledger::state::{Objects, State};
use crate::ledger::tables::Hashing;

/// Where a state is recovered from.
pub(super) struct Source<'d> {
    pub disk: &'d dyn Disk,
    pub directory: &'d Path,
    pub reader: &'d Reader,
    pub secret: [u8; 16],
    /// Whether derived files may be written and removed.
    pub writes: bool,
}

/// A state as of the journal's tail.
pub(super) struct Recovered {
    pub state: State,
    /// Sequence of the snapshot it began with; 0: none.
    pub snapshot: u64,
    /// What was found wanting and is of no consequence.
    pub notices: Vec<String>,
}

impl Source<'_> {
    pub fn recover(&self) -> Result<Recovered, OpenError> {
        let mut notices = Vec::new();
        let tail = self.reader.tail_hint();
        self.check_ahead(tail)?;
        let found = self.newest(tail, &mut notices)?;
        let snapshot = found.as_ref().map_or(0, |objects| objects.sequence);
        let mut state = match found {
            Some(objects) => self.around(objects, &mut notices)?,
            None => State::new(self.secret),
        };
        replay(self.reader, &mut state, tail)?;
        Ok(Recovered {
            state,
            snapshot,
            notices,
        })
    }

    /// A snapshot is only ever written after its entries: one ahead of the journal says that entries are lost. Beside a
    /// writer it may just have come.
    fn check_ahead(&self, tail: u64) -> Result<(), OpenError> {
        if !self.writes {
            return Ok(());
        }
        let suffixes = [snapshot::SUFFIX, lookup::SUFFIX];
        remove_unfinished(self.disk, self.directory, &suffixes).map_err(unreadable)?;
        let newest = snapshot::list(self.disk, self.directory)
            .map_err(unreadable)?
            .pop();
        match newest {
            Some(snapshot) if snapshot > tail => Err(OpenError::SnapshotAhead { snapshot, tail }),
            _ => Ok(()),
        }
    }

    fn newest(&self, tail: u64, notices: &mut Vec<String>) -> Result<Option<Objects>, OpenError> {
        let id = self.reader.header().id;
        let newest =
            snapshot::load_newest(self.disk, self.directory, id, tail).map_err(unreadable)?;
        for (path, error) in &newest.skipped {
            notices.push(format!(
                "the snapshot {} was skipped: {error}",
                path.display()
            ));
        }
        Ok(newest.objects)
    }

    /// The state around a snapshot's objects, with the keys and follow-ups of its entries.
    fn around(&self, objects: Objects, notices: &mut Vec<String>) -> Result<State, OpenError> {
        let through = objects.sequence;
        let mut state = State::around(objects, self.secret);
        let segments = self.reader.segments();
        for info in segments
            .iter()
            .filter(|info| info.first_sequence <= through)
        {
            self.lookup(info, through, notices)?.pour(&mut state);
        }
        Ok(state)
    }

    fn lookup(
        &self,
        info: &SegmentInfo,
        through: u64,
        notices: &mut Vec<String>,
    ) -> Result<Lookup, OpenError> {
        let segment = segment_of(self.reader.header().id, info);
        let hashing = Hashing::new(self.secret);
        if !info.sealed || info.last_sequence > through {
            return Ok(make_lookup(self.reader, &hashing, &segment, through)?);
        }
        let reason = match lookup::load(self.disk, self.directory, &segment) {
            Ok(lookup) => return Ok(lookup),
            Err(error) => error,
        };
        notices.push(format!(
            "the keys of segment {} were read from its entries: {reason}",
            info.number
        ));
        let made = make_lookup(self.reader, &hashing, &segment, through)?;
        if self.writes
            && let Err(error) = lookup::write(self.disk, self.directory, &segment, made.clone())
        {
            notices.push(format!(
                "the lookup file of segment {} was not written: {error}",
                info.number
            ));
        }
        Ok(made)
    }
}

pub(super) fn segment_of(ledger: [u8; 16], info: &SegmentInfo) -> Segment {
    Segment {
        ledger,
        number: u64::from(info.number),
        first_sequence: info.first_sequence,
        last_sequence: info.last_sequence,
    }
}

/// The lookup of a segment's entries up to and with `through`.
pub(super) fn make_lookup(
    reader: &Reader,
    hashing: &Hashing,
    segment: &Segment,
    through: u64,
) -> Result<Lookup, ReplayError> {
    let mut lookup = Lookup::default();
    let through = through.min(segment.last_sequence);
    if through >= segment.first_sequence {
        scan(reader, segment.first_sequence, through, |entry| {
            lookup.add(hashing, entry);
            Ok(())
        })?;
    }
    Ok(lookup)
}

fn unreadable(source: io::Error) -> OpenError {
    OpenError::System {
        what: "the snapshots cannot be listed",
        source,
    }
}
