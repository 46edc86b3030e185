//! Owns the buffer in which the entries of one group commit become a frame.

use super::frame::{
    ENTRY_PREFIX, FINAL_BYTE, FORMAT, FrameHeader, HASH_BYTES, HEADER_BYTES, Hash, Identity,
    MAX_FRAME_BYTES, entry_crc, frame_bytes,
};

/// The entries of one group commit, encoded as they are pushed. Clear it and use it again.
#[derive(Debug, Default)]
pub struct Batch {
    /// Room for the header, then the entries; while being appended also the footer.
    frame: Vec<u8>,
    /// Offset of each entry in the frame.
    starts: Vec<u32>,
    first_sequence: u64,
    time_base: i64,
    /// Bytes of the header and the entries.
    end: usize,
    /// Bytes of all entries pushed, also of those that found no room.
    asked: u64,
}

impl Batch {
    /// An empty batch; call [`Batch::clear`] before pushing.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Empties the batch, keeping its memory. The next entry pushed has `first_sequence`; sequences start at 1.
    pub fn clear(&mut self, first_sequence: u64, time_base: i64) {
        self.frame.clear();
        self.frame.resize(HEADER_BYTES, 0);
        self.starts.clear();
        self.first_sequence = first_sequence;
        self.time_base = time_base;
        self.end = HEADER_BYTES;
        self.asked = 0;
    }

    /// Adds an entry.
    pub fn push(&mut self, entry: &[u8]) {
        self.push_with(|buffer| buffer.extend_from_slice(entry));
    }

    /// Adds an entry that `encode` appends to the buffer it is given; it must only append.
    ///
    /// # Panics
    /// If `encode` shortens the buffer.
    pub fn push_with(&mut self, encode: impl FnOnce(&mut Vec<u8>)) {
        self.frame.truncate(self.end);
        let start = self.end;
        let body = start + ENTRY_PREFIX;
        self.frame.extend_from_slice(&[0; ENTRY_PREFIX]);
        encode(&mut self.frame);
        assert!(self.frame.len() >= body, "an entry must only append");
        self.asked += (self.frame.len() - start) as u64;
        if self.is_too_large() {
            self.frame.truncate(start);
            return;
        }
        let sequence = self.next_sequence();
        let (head, entry) = self.frame.split_at_mut(body);
        let length = entry.len() as u32;
        head[start..start + 4].copy_from_slice(&length.to_le_bytes());
        head[start + 4..].copy_from_slice(&entry_crc(sequence, entry).to_le_bytes());
        self.starts.push(start as u32);
        self.end = self.frame.len();
    }

    /// Entries in the batch.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty() && self.asked == 0
    }

    /// Bytes the frame will take on disk.
    pub fn bytes(&self) -> u64 {
        frame_bytes(self.asked)
    }

    /// Whether more was pushed than a frame holds; appending answers `TooLarge`.
    pub fn is_too_large(&self) -> bool {
        self.bytes() > MAX_FRAME_BYTES
    }

    /// The sequence of the first entry.
    pub fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// The sequence the next entry pushed will have.
    pub fn next_sequence(&self) -> u64 {
        self.first_sequence + self.starts.len() as u64
    }

    /// The instant, in nanoseconds, from which the entries count their own.
    pub fn time_base(&self) -> i64 {
        self.time_base
    }

    pub(crate) fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// Completes the frame: header, hash, padding. May be called again, also with another place in the chain.
    pub(crate) fn seal(&mut self, identity: &Identity, previous: Hash) -> (&[u8], Hash) {
        if self.end == 0 {
            self.clear(self.first_sequence, self.time_base);
        }
        self.frame.truncate(self.end);
        let header = FrameHeader {
            format: FORMAT,
            shard: identity.shard,
            ledger: identity.ledger(),
            first_sequence: self.first_sequence,
            time_base: self.time_base,
            count: self.starts.len() as u32,
            length: (self.end - HEADER_BYTES) as u32,
            previous,
        };
        header.encode(&mut self.frame);
        let hash = *blake3::hash(&self.frame).as_bytes();
        let total = header.frame_bytes() as usize;
        self.frame.reserve(total - self.end);
        self.frame.extend_from_slice(&hash);
        debug_assert!(self.end + HASH_BYTES < total);
        self.frame.resize(total - 1, 0);
        self.frame.push(FINAL_BYTE);
        (&self.frame, hash)
    }
}
