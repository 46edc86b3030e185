//! Owns the two kinds of no: a rejection (the business says no) and a failure of the system; and why opening failed.

use std::io;

use crate::journal::JournalError;
use crate::ledger::audit::AuditError;
use crate::ledger::rejection::{Code, Rejection};

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The request cannot be taken as it is; nothing was written.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The system cannot serve it; the message says what to do next.
    #[error("{}: {message}", code.name())]
    System { code: Code, message: String },
}

impl Failure {
    pub fn code(&self) -> Code {
        match self {
            Failure::Rejected(rejection) => rejection.code,
            Failure::System { code, .. } => *code,
        }
    }

    pub fn system(code: Code, message: impl Into<String>) -> Failure {
        Failure::System {
            code,
            message: message.into(),
        }
    }

    /// The code with the table's own meaning as message.
    pub fn plain(code: Code) -> Failure {
        Failure::system(code, code.row().meaning)
    }

    /// A failure to read what the journal is known to hold.
    pub(super) fn reading(error: impl std::fmt::Display) -> Failure {
        Failure::system(Code::ChainBroken, error.to_string())
    }
}

/// Why a ledger was not opened, and what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("{0}; restore a backup, or restore up to the entry before it")]
    Audit(#[from] AuditError),
    #[error(
        "entry {sequence} cannot be read: {reason}; restore a backup, or restore up to the entry before it"
    )]
    Entry { sequence: u64, reason: String },
    #[error(
        "a snapshot stands at entry {snapshot} but the journal ends at {tail}: entries are lost; put the missing \
         journal segments back, or restore a backup"
    )]
    SnapshotAhead { snapshot: u64, tail: u64 },
    #[error("{0}")]
    ClockKind(&'static str),
    #[error("{0}")]
    AliasKey(String),
    #[error(
        "the ledger's header was written by another program or version; use the release that made it"
    )]
    Header,
    #[error("{0}")]
    Failed(#[from] Failure),
    #[error("{what}: {source}; check the disk and the machine's limits, then open again")]
    System {
        what: &'static str,
        source: io::Error,
    },
}

impl OpenError {
    /// The code of the table that says it best, where one does.
    pub fn code(&self) -> Option<Code> {
        match self {
            OpenError::Audit(_) => Some(Code::AuditFailed),
            OpenError::Entry { .. } | OpenError::SnapshotAhead { .. } => Some(Code::ChainBroken),
            OpenError::Failed(failure) => Some(failure.code()),
            OpenError::Journal(error) => code_of_journal(error),
            _ => None,
        }
    }
}

fn code_of_journal(error: &JournalError) -> Option<Code> {
    match error {
        JournalError::NoSpace { .. } => Some(Code::DiskFull),
        JournalError::ReadOnly { .. } => Some(Code::ReadOnly),
        JournalError::Corrupt { .. }
        | JournalError::MissingSegment { .. }
        | JournalError::OtherLedger { .. }
        | JournalError::DamagedHeader { .. } => Some(Code::ChainBroken),
        JournalError::AlreadyExists { .. } | JournalError::NotEmpty { .. } => {
            Some(Code::DirectoryNotEmpty)
        }
        JournalError::BeyondTail { .. } => Some(Code::TransactionNotFound),
        _ => None,
    }
}
