//! Puts the chunks of a snapshot together on all processors: one thread reads, the others decode.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope};

use super::sealed::SealedError;
use super::snapshot::SnapshotError;
use crate::ledger::image::{Assembly, ChunkReader, ImageError, Piece};
use crate::ledger::state::Objects;

/// Chunks that one decoding thread has before it or has done.
const AHEAD: usize = 8;
/// More threads than this would wait for the one that reads.
const MOST_THREADS: usize = 8;

/// A thread that decodes; what it is sent comes back in order.
struct Decoder {
    blocks: SyncSender<Vec<u8>>,
    pieces: Receiver<Result<Piece, ImageError>>,
}

/// Reads `chunks` blocks by `next` and puts them together. Decoders take turns, so the pieces come in order.
pub(super) fn assemble(
    mut assembly: Assembly,
    chunks: u32,
    mut next: impl FnMut() -> Result<Vec<u8>, SealedError>,
) -> Result<Objects, SnapshotError> {
    let chunks = chunks as usize;
    let threads = thread::available_parallelism().map_or(1, |count| count.get().min(MOST_THREADS));
    let reader = assembly.chunk_reader();
    thread::scope(|scope| {
        let decoders: Vec<Decoder> = (0..threads)
            .map(|_| Decoder::start(scope, reader))
            .collect();
        let window = threads * AHEAD;
        for number in 0..chunks {
            let decoder = &decoders[number % threads];
            if number >= window {
                assembly.add(decoder.piece()?)?;
            }
            decoder.decode(next()?);
        }
        for number in chunks.saturating_sub(window)..chunks {
            assembly.add(decoders[number % threads].piece()?)?;
        }
        Ok(())
    })
    .and_then(|()| Ok(assembly.finish()?))
}

impl Decoder {
    fn start<'scope>(scope: &'scope Scope<'scope, '_>, reader: ChunkReader) -> Decoder {
        let (blocks, waiting) = sync_channel::<Vec<u8>>(AHEAD);
        let (decoded, pieces) = sync_channel(AHEAD);
        scope.spawn(move || {
            for block in waiting {
                if decoded.send(reader.read(&block)).is_err() {
                    return;
                }
            }
        });
        Decoder { blocks, pieces }
    }

    fn decode(&self, block: Vec<u8>) {
        self.blocks
            .send(block)
            .expect("the thread decodes until its channel is dropped");
    }

    fn piece(&self) -> Result<Piece, ImageError> {
        self.pieces
            .recv()
            .expect("the thread answers for every block it was sent")
    }
}
