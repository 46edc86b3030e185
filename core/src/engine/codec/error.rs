//! What can be wrong with the bytes of an entry.

use crate::ledger::compact::VarintError;

/// Bytes that are no entry in canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    #[error("the bytes end inside a field")]
    CutOff,
    #[error(
        "tag {0} stands where no such field may: unknown, out of order, or of another wire type"
    )]
    Unexpected(u64),
    #[error("a number takes more bytes than it needs or more than 64 bits")]
    NotMinimal,
    #[error("a field states what its absence means")]
    Redundant,
    #[error("a text is not UTF-8")]
    NotText,
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    #[error("{0} is missing")]
    Missing(&'static str),
}

impl From<VarintError> for CodecError {
    fn from(error: VarintError) -> CodecError {
        match error {
            VarintError::CutOff => CodecError::CutOff,
            VarintError::NotMinimal => CodecError::NotMinimal,
        }
    }
}
