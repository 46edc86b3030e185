//! Puts the chunks of a snapshot together: a second thread reads and hashes ahead of the one that decodes.
//!
//! All that lasts is made on one thread: allocators give memory to several at once far slower.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::sealed::{SealedError, SealedReader};
use super::snapshot::SnapshotError;
use crate::ledger::image::Assembly;
use crate::ledger::state::Objects;

/// Blocks read ahead.
const AHEAD: usize = 16;

type Block = Result<Vec<u8>, SealedError>;

/// Reads as many blocks as there are chunks, to the seal, and puts them together.
pub(super) fn assemble(
    mut assembly: Assembly,
    chunks: u32,
    mut file: SealedReader,
) -> Result<Objects, SnapshotError> {
    let reader = assembly.chunk_reader();
    let seal = thread::scope(|scope| {
        let (blocks, waiting) = sync_channel::<Block>(AHEAD);
        let (used, free) = sync_channel::<Vec<u8>>(AHEAD + 2);
        let reading = scope.spawn(move || {
            read_ahead(&mut file, chunks, &blocks, &free);
            file
        });
        for block in waiting {
            let block = block?;
            assembly.add(reader.read(&block)?)?;
            // The other end is gone once everything is read; then the buffer is not needed again.
            drop(used.try_send(block));
        }
        Ok::<SealedReader, SnapshotError>(reading.join().expect("reading does not panic"))
    })?;
    seal.finish()?;
    Ok(assembly.finish()?)
}

/// Sends blocks until all are sent, one cannot be read, or nobody wants more.
fn read_ahead(
    file: &mut SealedReader,
    chunks: u32,
    blocks: &SyncSender<Block>,
    free: &Receiver<Vec<u8>>,
) {
    for _ in 0..chunks {
        let mut buffer = free.try_recv().unwrap_or_default();
        buffer.clear();
        let block = read_block(file).map(|bytes| {
            buffer.extend_from_slice(bytes);
            buffer
        });
        let failed = block.is_err();
        if blocks.send(block).is_err() || failed {
            return;
        }
    }
}

/// The next block, which stands behind its length.
pub(super) fn read_block(file: &mut SealedReader) -> Result<&[u8], SealedError> {
    let length = u32::from_le_bytes(file.array()?);
    file.take(length as usize)
}
