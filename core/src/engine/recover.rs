//! Owns the way from disk to state: the newest good snapshot, then the journal's tail.

use std::path::Path;
use std::sync::Arc;

use super::failure::OpenError;
use super::replay::replay;
use crate::journal::{Disk, Reader};
use crate::ledger::state::State;

/// The state as of the journal's tail, and the sequence of the snapshot it began with (0: none).
pub(super) fn recover(
    _disk: &Arc<dyn Disk>,
    _path: &Path,
    reader: &Reader,
    secret: [u8; 16],
) -> Result<(State, u64), OpenError> {
    let mut state = State::new(secret);
    replay(reader, &mut state, reader.tail_hint())?;
    Ok((state, 0))
}
