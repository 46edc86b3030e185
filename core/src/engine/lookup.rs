//! Lookup files: the keys and follow-ups of one sealed segment, so that opening need not read its entries.
//!
//! ```text
//! offset  size  NNNNNNNNNN.keys (named by the segment), little endian
//!      0     8  magic "LOYLKEYS"
//!      8     4  format number
//!     12     4  zero
//!     16    16  id of the ledger
//!     32     8  number of the segment
//!     40     8  first sequence of the segment
//!     48     8  last sequence of the segment
//!     56     8  key slots s
//!     64     8  receipt slots r
//!     72     8  slots of what waits p
//!     80     8  follow-ups f
//!     88  16·s  key slots in rising order, each as in `ledger/keys` (big endian)
//!    ...  16·r  receipt slots in rising order
//!    ...  16·p  slots of what waits in rising order
//!    ...  16·f  follow-ups in rising order: original, latest
//!    end    32  BLAKE3 of all bytes before
//! ```
//!
//! A lookup file is derived: when it is missing or damaged it is made again from the segment's entries.

use std::io;
use std::path::{Path, PathBuf};

use super::sealed::{SealedError, SealedReader, write_sealed};
use crate::journal::Disk;
use crate::ledger::entry::Entry;
use crate::ledger::keys::Slot;
use crate::ledger::state::{FollowUp, State};
use crate::ledger::tables::Hashing;

/// Format number of the lookup files that this version writes and reads.
pub const FORMAT: u32 = 2;

/// Ends the name of a lookup file.
pub const SUFFIX: &str = ".keys";

const MAGIC: &[u8; 8] = b"LOYLKEYS";
const RECORD: usize = 16;
/// Records taken from the file at once.
const RECORDS_AT_ONCE: usize = 4_096;

/// Which segment of which ledger a lookup file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub ledger: [u8; 16],
    pub number: u64,
    pub first_sequence: u64,
    pub last_sequence: u64,
}

/// Keys and follow-ups of the entries of one segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lookup {
    slots: Vec<Slot>,
    receipts: Vec<Slot>,
    /// Of one key or receipt several may wait.
    parked: Vec<Slot>,
    follow_ups: Vec<FollowUp>,
}

/// Why a lookup file is of no use. The journal has everything it held.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    #[error(transparent)]
    Sealed(#[from] SealedError),
    #[error("it is no lookup file of format {FORMAT}")]
    OtherFormat,
    #[error("it belongs to another ledger or segment")]
    OtherSegment,
}

impl Lookup {
    /// Notes what an entry leaves in the state's indexes; called for every entry of the segment.
    pub fn add(&mut self, hashing: &Hashing, entry: &Entry<'_>) {
        self.slots.extend(entry.key_slot(hashing));
        self.receipts.extend(entry.receipt_slot(hashing));
        self.parked.extend(entry.parked_slot(hashing));
        self.follow_ups.extend(entry.follow_ups());
    }

    /// Puts everything into a state's indexes; called for the segments in their order.
    pub fn pour(&self, state: &mut State) {
        for slot in &self.slots {
            state.keys.insert(*slot);
        }
        for slot in &self.receipts {
            state.receipts.insert(*slot);
        }
        for slot in &self.parked {
            state.parked.set(*slot);
        }
        for follow_up in &self.follow_ups {
            state.set_follow_up(*follow_up);
        }
    }

    /// Keys noted.
    pub fn keys(&self) -> usize {
        self.slots.len()
    }

    /// Brings both lists in order; of an original only the latest follow-up stays.
    fn sort(&mut self) {
        self.slots.sort_unstable();
        self.receipts.sort_unstable();
        self.parked.sort_unstable();
        self.follow_ups.sort_unstable();
        self.follow_ups.reverse();
        self.follow_ups.dedup_by_key(|follow_up| follow_up.original);
        self.follow_ups.reverse();
    }

    fn is_sound(&self, segment: &Segment) -> bool {
        let inside =
            |sequence| (segment.first_sequence..=segment.last_sequence).contains(&sequence);
        [&self.slots, &self.receipts, &self.parked]
            .iter()
            .all(|slots| {
                slots.is_sorted_by(|one, next| one < next)
                    && slots.iter().all(|slot| inside(slot.sequence()))
            })
            && self
                .follow_ups
                .is_sorted_by(|one, next| one.original < next.original)
            && self.follow_ups.iter().all(|follow_up| {
                inside(follow_up.latest) && (1..follow_up.latest).contains(&follow_up.original)
            })
    }
}

/// Writes the lookup file of a sealed segment and tells its bytes.
pub fn write(
    disk: &dyn Disk,
    directory: &Path,
    segment: &Segment,
    mut lookup: Lookup,
) -> io::Result<u64> {
    lookup.sort();
    write_sealed(disk, directory, &name(segment.number), |writer| {
        let buffer = writer.room()?;
        buffer.extend_from_slice(MAGIC);
        buffer.extend_from_slice(&FORMAT.to_le_bytes());
        buffer.extend_from_slice(&[0; 4]);
        buffer.extend_from_slice(&segment.ledger);
        let numbers = [
            segment.number,
            segment.first_sequence,
            segment.last_sequence,
            lookup.slots.len() as u64,
            lookup.receipts.len() as u64,
            lookup.parked.len() as u64,
            lookup.follow_ups.len() as u64,
        ];
        for number in numbers {
            buffer.extend_from_slice(&number.to_le_bytes());
        }
        let slots = [&lookup.slots, &lookup.receipts, &lookup.parked];
        for slot in slots.into_iter().flatten() {
            writer.room()?.extend_from_slice(&slot.to_bytes());
        }
        for follow_up in &lookup.follow_ups {
            let buffer = writer.room()?;
            buffer.extend_from_slice(&follow_up.original.to_le_bytes());
            buffer.extend_from_slice(&follow_up.latest.to_le_bytes());
        }
        Ok(())
    })
}

/// Reads the lookup file of a sealed segment.
pub fn load(disk: &dyn Disk, directory: &Path, segment: &Segment) -> Result<Lookup, LookupError> {
    let mut reader = SealedReader::open(disk, &path(directory, segment.number))?;
    if reader.array()? != *MAGIC || reader.array()? != FORMAT.to_le_bytes() {
        return Err(LookupError::OtherFormat);
    }
    if reader.array()? != [0; 4] {
        return Err(LookupError::OtherFormat);
    }
    let found = Segment {
        ledger: reader.array()?,
        number: reader.number()?,
        first_sequence: reader.number()?,
        last_sequence: reader.number()?,
    };
    if found != *segment {
        return Err(LookupError::OtherSegment);
    }
    let [slots, receipts, parked] = [reader.number()?, reader.number()?, reader.number()?];
    let follow_ups = reader.number()?;
    let lookup = Lookup {
        slots: records(&mut reader, slots, Slot::from_bytes)?,
        receipts: records(&mut reader, receipts, Slot::from_bytes)?,
        parked: records(&mut reader, parked, Slot::from_bytes)?,
        follow_ups: records(&mut reader, follow_ups, follow_up_of)?,
    };
    reader.finish()?;
    if lookup.is_sound(segment) {
        Ok(lookup)
    } else {
        Err(SealedError::Damaged("its records are out of order or range").into())
    }
}

/// Reads `count` records; no more room is made than the file has bytes for.
fn records<T>(
    reader: &mut SealedReader,
    count: u64,
    read: impl Fn([u8; RECORD]) -> T,
) -> Result<Vec<T>, SealedError> {
    let too_many = SealedError::Damaged("it states more records than it has");
    let fits = count <= reader.left() / RECORD as u64;
    let Some(mut left) = usize::try_from(count).ok().filter(|_| fits) else {
        return Err(too_many);
    };
    let mut records = Vec::with_capacity(left);
    while left > 0 {
        let now = left.min(RECORDS_AT_ONCE);
        let (chunks, _) = reader.take(now * RECORD)?.as_chunks();
        records.extend(chunks.iter().map(|chunk| read(*chunk)));
        left -= now;
    }
    Ok(records)
}

fn follow_up_of(record: [u8; RECORD]) -> FollowUp {
    let number = |start: usize| {
        let bytes = record[start..start + 8].try_into();
        u64::from_le_bytes(bytes.expect("eight bytes were cut out"))
    };
    FollowUp {
        original: number(0),
        latest: number(8),
    }
}

/// The lookup file of the segment with this number.
pub fn path(directory: &Path, segment: u64) -> PathBuf {
    directory.join(name(segment))
}

fn name(segment: u64) -> String {
    format!("{segment:010}{SUFFIX}")
}
