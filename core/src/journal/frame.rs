//! Owns the frame: the bytes of one group commit, and how they are checked.
//!
//! ```text
//! offset    size  frame, little endian, starts on a multiple of 512 in its segment
//!      0       4  magic "LLFR"
//!      4       2  format number
//!      6       2  shard
//!      8       8  ledger: the first bytes of the chain's start
//!     16       8  first sequence; of an empty frame, the next one
//!     24       8  time base, signed nanoseconds
//!     32       4  count of entries; 0 marks a clean close
//!     36       4  length of the entries in bytes, n
//!     40      32  hash of the frame before; of the first frame, the chain's start
//!     72       4  CRC-32C of the 72 bytes above
//!     76       n  entries, each: u32 length · u32 CRC-32C of (u64 sequence · u32 length · bytes) · bytes
//!   76+n      32  hash: BLAKE3 of the 76 + n bytes above
//!  108+n          zeros to one byte short of a multiple of 512
//!   last       1  0xA5, never zero
//! ```
//!
//! Frames are whole sectors, so a sector that was acknowledged is never written again, and a write cut short by a
//! power failure leaves sectors of the frame zero, as the segment was prepared. Magic, format number and the CRC keep
//! their places in every format, so that an older program can tell a newer frame from a damaged one.

/// The highest format number this program knows.
pub const FORMAT: u16 = 5;

/// A frame is at most this long.
pub const MAX_FRAME_BYTES: u64 = 64 << 20;

/// Reading and writing of disks happens in whole sectors of this size.
pub const SECTOR: usize = 512;

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

pub(crate) const MAGIC: &[u8; 4] = b"LLFR";
pub(crate) const HEADER_BYTES: usize = 76;
pub(crate) const ENTRY_PREFIX: usize = 8;
pub(crate) const HASH_BYTES: usize = 32;
pub(crate) const FINAL_BYTE: u8 = 0xA5;
const CRC_AT: usize = 72;

/// What every frame of a ledger carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub start: Hash,
    pub shard: u16,
}

impl Identity {
    pub fn of(start: Hash, shard: u16) -> Identity {
        Identity { start, shard }
    }

    pub fn ledger(&self) -> [u8; 8] {
        self.start[..8].try_into().expect("8 bytes were sliced")
    }
}

/// The fields at the head of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub format: u16,
    pub shard: u16,
    pub ledger: [u8; 8],
    pub first_sequence: u64,
    pub time_base: i64,
    pub count: u32,
    pub length: u32,
    pub previous: Hash,
}

impl FrameHeader {
    /// Writes the header over the first bytes of a frame.
    pub fn encode(&self, frame: &mut [u8]) {
        frame[0..4].copy_from_slice(MAGIC);
        frame[4..6].copy_from_slice(&self.format.to_le_bytes());
        frame[6..8].copy_from_slice(&self.shard.to_le_bytes());
        frame[8..16].copy_from_slice(&self.ledger);
        frame[16..24].copy_from_slice(&self.first_sequence.to_le_bytes());
        frame[24..32].copy_from_slice(&self.time_base.to_le_bytes());
        frame[32..36].copy_from_slice(&self.count.to_le_bytes());
        frame[36..40].copy_from_slice(&self.length.to_le_bytes());
        frame[40..72].copy_from_slice(&self.previous);
        let crc = crc32c::crc32c(&frame[..CRC_AT]);
        frame[CRC_AT..HEADER_BYTES].copy_from_slice(&crc.to_le_bytes());
    }

    /// Reads the header; the reason if there is none. The format may be a newer one: look at it first.
    pub fn decode(bytes: &[u8]) -> Result<FrameHeader, &'static str> {
        if bytes.len() < HEADER_BYTES {
            return Err("the file ends within a frame's header");
        }
        if &bytes[..4] != MAGIC {
            return Err("no frame starts here");
        }
        if crc32c::crc32c(&bytes[..CRC_AT]) != u32_at(bytes, CRC_AT) {
            return Err("the checksum of the frame's header does not match");
        }
        Ok(FrameHeader {
            format: u16_at(bytes, 4),
            shard: u16_at(bytes, 6),
            ledger: bytes[8..16].try_into().expect("8 bytes were sliced"),
            first_sequence: u64_at(bytes, 16),
            time_base: u64_at(bytes, 24) as i64,
            count: u32_at(bytes, 32),
            length: u32_at(bytes, 36),
            previous: bytes[40..72].try_into().expect("32 bytes were sliced"),
        })
    }

    /// Bytes of the whole frame.
    pub fn frame_bytes(&self) -> u64 {
        frame_bytes(u64::from(self.length))
    }

    /// The sequence after this frame's last; `None` if there cannot be one.
    pub fn next_sequence(&self) -> Option<u64> {
        self.first_sequence.checked_add(u64::from(self.count))
    }
}

/// Bytes of a frame whose entries take `length` bytes.
pub(crate) fn frame_bytes(length: u64) -> u64 {
    let content = length.saturating_add((HEADER_BYTES + HASH_BYTES + 1) as u64);
    content
        .div_ceil(SECTOR as u64)
        .saturating_mul(SECTOR as u64)
}

/// The checksum that stands before an entry: of its sequence too, so that a wrong offset cannot pass off another entry.
pub(crate) fn entry_crc(sequence: u64, bytes: &[u8]) -> u32 {
    let mut prefix = [0; 12];
    prefix[..8].copy_from_slice(&sequence.to_le_bytes());
    prefix[8..].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    crc32c::crc32c_append(crc32c::crc32c(&prefix), bytes)
}

/// Checks all of a frame but its place in the chain, calling `each` with the offset of every entry.
/// `frame` is exactly as long as the header says.
pub(crate) fn check_frame(
    header: &FrameHeader,
    frame: &[u8],
    mut each: impl FnMut(u32),
) -> Result<Hash, &'static str> {
    let end = HEADER_BYTES + header.length as usize;
    let (content, rest) = frame.split_at(end);
    let (hash, padding) = rest.split_at(HASH_BYTES);
    let (last, padding) = padding
        .split_last()
        .expect("a frame is longer than its content and hash");
    if *last != FINAL_BYTE {
        return Err("the frame's final byte is wrong");
    }
    if !is_zero(padding) {
        return Err("the frame's padding is not zero");
    }
    let computed = *blake3::hash(content).as_bytes();
    if computed != hash {
        return Err("the frame's hash does not match");
    }
    let mut at = HEADER_BYTES;
    for index in 0..header.count {
        let sequence = header.first_sequence.wrapping_add(u64::from(index));
        let bytes = entry_at(content, at, sequence)?;
        each(at as u32);
        at += ENTRY_PREFIX + bytes.len();
    }
    if at != end {
        return Err("the frame's entries do not fill it");
    }
    Ok(computed)
}

/// The entry whose prefix stands at `at`, its checksum checked.
pub(crate) fn entry_at(content: &[u8], at: usize, sequence: u64) -> Result<&[u8], &'static str> {
    let start = at + ENTRY_PREFIX;
    if content.len() < start {
        return Err("an entry reaches beyond its frame");
    }
    let length = u32_at(content, at) as usize;
    let Some(bytes) = content.get(start..start.saturating_add(length)) else {
        return Err("an entry reaches beyond its frame");
    };
    if entry_crc(sequence, bytes) != u32_at(content, at + 4) {
        return Err("the checksum of an entry does not match");
    }
    Ok(bytes)
}

/// Whether a frame that fails its checks was cut short while it was being written: the file ends within it, its final
/// byte is zero, or one of its sectors is. `present` is what the file has of the frame's `total` bytes.
pub(crate) fn is_torn(present: &[u8], total: u64) -> bool {
    (present.len() as u64) < total
        || present.last() == Some(&0)
        || present.chunks(SECTOR).any(is_zero)
}

pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    // Blocks of constant size compile to wide comparisons; opening compares tens of megabytes.
    let mut blocks = bytes.chunks_exact(64);
    let whole = blocks
        .by_ref()
        .all(|block| block.iter().fold(0, |all, byte| all | byte) == 0);
    whole && blocks.remainder().iter().all(|byte| *byte == 0)
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().expect("2 bytes were sliced"))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes were sliced"))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes were sliced"))
}
