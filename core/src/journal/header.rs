//! Owns the ledger's header: the file that says which ledger this is and where its chain starts.
//!
//! ```text
//! offset  size  ledger.header, little endian
//!      0     8  magic "LOYLEDGR"
//!      8     2  format number
//!     10     2  shard
//!     12     1  clock kind, given by the engine
//!     13     3  zero
//!     16    16  random id
//!     32    16  fingerprint of the alias key, given by the engine
//!     48     4  payload length p
//!     52     p  payload, given by the engine
//!   52+p    32  BLAKE3 of all bytes before: the start of the chain
//! ```

use std::path::{Path, PathBuf};

use super::disk::{Disk, Kind, read_whole, write_whole};
use super::error::{DuringDisk, JournalError};
use super::frame::{FORMAT, Hash, Identity, u16_at, u32_at};

/// Name of the header file in a ledger's directory.
pub const HEADER_FILE: &str = "ledger.header";

/// Bytes of payload a header can carry.
pub const MAX_PAYLOAD: usize = 4096;

const MAGIC: &[u8; 8] = b"LOYLEDGR";
const FIXED: usize = 52;
const HASH: usize = 32;

/// What a ledger is, fixed when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerHeader {
    /// The format it was made in: the chain starts from these very bytes, whatever is written later.
    pub format: u16,
    /// Random; tells ledgers apart.
    pub id: [u8; 16],
    /// Which shard this ledger is.
    pub shard: u16,
    /// Which clock it was made with; the engine's own numbering.
    pub clock_kind: u8,
    /// Tells the alias key without revealing it; the engine's own.
    pub alias_key_fingerprint: [u8; 16],
    /// What else the engine fixes at birth, at most [`MAX_PAYLOAD`] bytes.
    pub payload: Vec<u8>,
}

impl LedgerHeader {
    /// The bytes of the header file.
    ///
    /// # Panics
    /// If the payload is longer than [`MAX_PAYLOAD`].
    pub fn encode(&self) -> Vec<u8> {
        assert!(
            self.payload.len() <= MAX_PAYLOAD,
            "header payload too large"
        );
        let mut bytes = Vec::with_capacity(FIXED + self.payload.len() + HASH);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.format.to_le_bytes());
        bytes.extend_from_slice(&self.shard.to_le_bytes());
        bytes.extend_from_slice(&[self.clock_kind, 0, 0, 0]);
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&self.alias_key_fingerprint);
        bytes.extend_from_slice(&(self.payload.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&self.payload);
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        bytes
    }

    /// Reads the bytes of the header file at `path`.
    pub fn decode(bytes: &[u8], path: &Path) -> Result<LedgerHeader, JournalError> {
        let damaged = |reason| JournalError::DamagedHeader {
            path: path.to_owned(),
            reason,
        };
        if bytes.len() < FIXED + HASH {
            return Err(damaged("it is too short"));
        }
        if &bytes[..8] != MAGIC {
            return Err(damaged("it does not start as one"));
        }
        let (content, hash) = bytes.split_at(bytes.len() - HASH);
        if blake3::hash(content).as_bytes() != hash {
            return Err(damaged("its hash does not match"));
        }
        let found = u16_at(content, 8);
        if found > FORMAT {
            let file = path.to_owned();
            return Err(JournalError::NewerFormat { file, found });
        }
        if found == 0 || content[13..16] != [0; 3] {
            return Err(damaged("it states no known format"));
        }
        if u32_at(content, 48) as usize != content.len() - FIXED {
            return Err(damaged("its length does not match"));
        }
        Ok(LedgerHeader {
            format: found,
            id: content[16..32].try_into().expect("16 bytes were sliced"),
            shard: u16_at(content, 10),
            clock_kind: content[12],
            alias_key_fingerprint: content[32..48].try_into().expect("16 bytes were sliced"),
            payload: content[FIXED..].to_vec(),
        })
    }

    /// Where the chain of frames starts.
    pub fn chain_start(&self) -> Hash {
        let bytes = self.encode();
        let hash = &bytes[bytes.len() - HASH..];
        hash.try_into().expect("a header ends with 32 bytes")
    }

    /// Reads the header of the ledger in `directory`.
    pub fn read(disk: &dyn Disk, directory: &Path) -> Result<LedgerHeader, JournalError> {
        let path = header_path(directory);
        match disk.kind(directory).during("look at", directory)? {
            Some(Kind::Directory) => {}
            Some(Kind::File) => {
                let path = directory.to_owned();
                return Err(JournalError::NotADirectory { path });
            }
            None => return Err(not_a_ledger(directory)),
        }
        if disk.kind(&path).during("look at", &path)? != Some(Kind::File) {
            return Err(not_a_ledger(directory));
        }
        let bytes = read_whole(disk, &path).during("read", &path)?;
        LedgerHeader::decode(&bytes, &path)
    }

    pub(crate) fn write(&self, disk: &dyn Disk, directory: &Path) -> Result<(), JournalError> {
        write_whole(disk, directory, HEADER_FILE, &self.encode())
            .during("write", &header_path(directory))
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity::of(self.chain_start(), self.shard)
    }
}

fn not_a_ledger(directory: &Path) -> JournalError {
    let directory = directory.to_owned();
    JournalError::NotALedger { directory }
}

fn header_path(directory: &Path) -> PathBuf {
    directory.join(HEADER_FILE)
}
