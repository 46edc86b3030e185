//! Owns online copies of a ledger, and ledgers made from them.

use std::path::Path;
use std::sync::Arc;

use super::alias::{ALIAS_KEY_FILE, AliasKey};
use super::clock::Clock;
use super::core::Core;
use super::failure::{Failure, OpenError};
use super::ledger::Ledger;
use super::open::{ClockChoice, Options, open};
use crate::journal::{self, Disk, JournalError, LedgerHeader, RealDisk, write_whole};
use crate::ledger::rejection::Code;
use crate::ledger::request::Record;

impl Core {
    /// Copies what is durable now to an empty directory, the alias key beside it; answers the last entry's sequence.
    pub fn backup(&self, target_disk: &dyn Disk, target: &Path) -> Result<u64, Failure> {
        self.enter_read()?;
        let copied = journal::backup(&self.reader, target_disk, target, None)
            .map_err(|error| of_copy(&error))?;
        self.alias_key.copy(target_disk, target).map_err(|error| {
            let message = format!(
                "the alias key cannot be written to {}: {error}",
                target.display()
            );
            Failure::system(Code::ReadOnly, message)
        })?;
        Ok(copied.last_sequence)
    }
}

impl AliasKey {
    fn copy(&self, disk: &dyn Disk, directory: &Path) -> std::io::Result<()> {
        write_whole(disk, directory, ALIAS_KEY_FILE, self.bytes())
    }
}

fn of_copy(error: &JournalError) -> Failure {
    let code = match error {
        JournalError::NoSpace { .. } => Code::DiskFull,
        JournalError::Corrupt { .. } | JournalError::MissingSegment { .. } => Code::ChainBroken,
        JournalError::AlreadyExists { .. } | JournalError::NotEmpty { .. } => {
            Code::DirectoryNotEmpty
        }
        _ => Code::ReadOnly,
    };
    Failure::system(code, error.to_string())
}

/// Makes a ledger in an empty directory from a backup (or any ledger that is not damaged), whole or up to and with an
/// entry. It is verified before this answers, and records that it was restored. Answers the sequence restored to.
pub fn restore(source: &Path, target: &Path, through: Option<u64>) -> Result<u64, OpenError> {
    restore_on(
        Arc::new(RealDisk),
        source,
        Arc::new(RealDisk),
        target,
        through,
    )
}

/// As [`restore`], on any disks.
#[doc(hidden)]
pub fn restore_on(
    source_disk: Arc<dyn Disk>,
    source: &Path,
    target_disk: Arc<dyn Disk>,
    target: &Path,
    through: Option<u64>,
) -> Result<u64, OpenError> {
    let header = LedgerHeader::read(source_disk.as_ref(), source)?;
    let key = AliasKey::read(source_disk.as_ref(), source, header.alias_key_fingerprint)?;
    let copied = journal::restore(
        source_disk,
        source,
        Arc::clone(&target_disk),
        target,
        through,
    )?;
    key.copy(target_disk.as_ref(), target)
        .map_err(|source| OpenError::System {
            what: "the alias key cannot be written",
            source,
        })?;
    let options = Options {
        clock: Clock::System,
        accept_clock: true,
        ..Options::default()
    };
    let ledger: Ledger = open(target_disk, target, options, ClockChoice::AsMade)?;
    ledger.record(Record::Restored {
        through: copied.last_sequence,
    })?;
    ledger.close()?;
    Ok(copied.last_sequence)
}
