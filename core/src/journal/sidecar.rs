//! Owns the sidecar of a sealed segment: where each of its entries stands. Derived; rebuilt when missing or bad.
//!
//! ```text
//! offset  size  segment-NNNNNNNN.index, little endian
//!      0     4  magic "LLSX"
//!      4     2  format number
//!      6     2  zero
//!      8     8  ledger: the first bytes of the chain's start
//!     16     4  segment number
//!     20     4  zero
//!     24     8  first sequence
//!     32     8  count of entries, c
//!     40     8  bytes of frames in the segment
//!     48    32  hash of the last frame before the segment
//!     80    32  hash of the last frame in it
//!    112     4  CRC-32C of the 112 bytes above
//!    116   8·c  per entry: u32 offset of its prefix · u32 offset of its frame
//! ```
//!
//! The slots need no checksum of their own: an entry's checksum covers its sequence, so a wrong slot is noticed when
//! it is used.

use std::io;
use std::path::Path;

use super::disk::{Access, Disk, DiskFile, write_whole};
use super::frame::{FORMAT, Identity, u16_at, u32_at, u64_at};
use super::segment::{Segment, Slot, Slots, sidecar_name, sidecar_path};

const MAGIC: &[u8; 4] = b"LLSX";
const HEAD: usize = 116;
const CRC_AT: usize = 112;
const SLOT: usize = 8;

/// Writes the sidecar of a sealed segment.
pub(crate) fn write_sidecar(
    disk: &dyn Disk,
    directory: &Path,
    identity: &Identity,
    segment: &Segment,
    slots: &[Slot],
) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(HEAD + slots.len() * SLOT);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&[0; 2]);
    bytes.extend_from_slice(&identity.ledger());
    bytes.extend_from_slice(&segment.number.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&segment.first_sequence.to_le_bytes());
    bytes.extend_from_slice(&(slots.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&segment.end.to_le_bytes());
    bytes.extend_from_slice(&segment.previous);
    bytes.extend_from_slice(&segment.last_hash);
    bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
    for slot in slots {
        bytes.extend_from_slice(&slot.entry.to_le_bytes());
        bytes.extend_from_slice(&slot.frame.to_le_bytes());
    }
    write_whole(disk, directory, &sidecar_name(segment.number), &bytes)
}

/// What a sidecar says of its segment; `None` if it is missing, damaged or of another ledger.
pub(crate) fn read_sidecar(
    disk: &dyn Disk,
    directory: &Path,
    identity: &Identity,
    number: u32,
) -> Option<Segment> {
    let path = sidecar_path(directory, number);
    let file = disk.open(&path, Access::Read).ok()?;
    let mut head = [0; HEAD];
    if file.read_at(&mut head, 0).ok()? < HEAD
        || &head[..4] != MAGIC
        || crc32c::crc32c(&head[..CRC_AT]) != u32_at(&head, CRC_AT)
        || u16_at(&head, 4) != FORMAT
        || head[8..16] != identity.ledger()
        || u32_at(&head, 16) != number
    {
        return None;
    }
    let count = u64_at(&head, 32);
    let expected = count.checked_mul(SLOT as u64)?.checked_add(HEAD as u64)?;
    if file.length().ok()? != expected {
        return None;
    }
    let first_sequence = u64_at(&head, 24);
    Some(Segment {
        number,
        first_sequence,
        next_sequence: first_sequence.checked_add(count)?,
        end: u64_at(&head, 40),
        previous: head[48..80].try_into().expect("32 bytes were sliced"),
        last_hash: head[80..112].try_into().expect("32 bytes were sliced"),
        slots: Slots::Sidecar,
        file: None,
    })
}

/// The slot at `index`; `None` if the file ends before.
pub(crate) fn read_slot(file: &dyn DiskFile, index: u64) -> io::Result<Option<Slot>> {
    let mut bytes = [0; SLOT];
    let read = file.read_at(&mut bytes, HEAD as u64 + index * SLOT as u64)?;
    Ok((read == SLOT).then(|| Slot {
        entry: u32_at(&bytes, 0),
        frame: u32_at(&bytes, 4),
    }))
}
