//! Owns replay: journal bytes → entries → audit → apply. Runs no rule.
//!
//! ```text
//!  thread of its own: read, check hashes and chain ──▶ blocks ──▶ caller: decode, touch, audit, apply
//! ```

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use smallvec::SmallVec;

use super::codec;
use super::failure::OpenError;
use super::originals::Replayed;
use crate::journal::{JournalError, Reader};
use crate::ledger::apply::apply;
use crate::ledger::audit::{AuditError, audit};
use crate::ledger::decide::{Originals, gather, is_audited_with_past};
use crate::ledger::entry::{Entry, RecordedAt};
use crate::ledger::keys::Print;
use crate::ledger::state::State;

/// Why a replay stopped short.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplayError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("entry {sequence} cannot be read: {reason}")]
    Entry { sequence: u64, reason: String },
    #[error(transparent)]
    Audit(#[from] AuditError),
}

impl From<ReplayError> for OpenError {
    fn from(error: ReplayError) -> OpenError {
        match error {
            ReplayError::Journal(error) => OpenError::Journal(error),
            ReplayError::Entry { sequence, reason } => OpenError::Entry { sequence, reason },
            ReplayError::Audit(error) => OpenError::Audit(error),
        }
    }
}

/// Entries' bytes, copied out of their frames.
#[derive(Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    entries: Vec<Place>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    sequence: u64,
    expected: RecordedAt,
    start: usize,
    end: usize,
}

type Blocks = Receiver<Result<Block, JournalError>>;

/// Bytes of a block.
const BLOCK_BYTES: usize = 1 << 20;
/// Blocks read ahead.
const BLOCKS_AHEAD: usize = 4;
/// Entries whose memory is touched together.
const TOUCHED: usize = 64;
/// Fewer entries are replayed without a thread.
const SHORT: u64 = 1_000;

/// Applies the entries after the state's own, up to and with `through`.
pub(super) fn replay(reader: &Reader, state: &mut State, through: u64) -> Result<(), ReplayError> {
    let from = state.objects.sequence + 1;
    if through < from {
        return Ok(());
    }
    each_block(reader, from, through, |block| {
        apply_block(reader, state, block)
    })
}

/// Shows the entries from `from` to `through`, in order.
pub(super) fn scan(
    reader: &Reader,
    from: u64,
    through: u64,
    mut each: impl FnMut(&Entry<'_>) -> Result<(), ReplayError>,
) -> Result<(), ReplayError> {
    each_block(reader, from, through, |block| {
        for place in &block.entries {
            each(&decode(block, place)?)?;
        }
        Ok(())
    })
}

fn each_block(
    reader: &Reader,
    from: u64,
    through: u64,
    mut each: impl FnMut(&Block) -> Result<(), ReplayError>,
) -> Result<(), ReplayError> {
    if through.saturating_sub(from) < SHORT {
        return read(reader, from, through, |block| each(&block).map(|()| true));
    }
    thread::scope(|scope| {
        let (sender, blocks) = sync_channel(BLOCKS_AHEAD);
        scope.spawn(move || send(reader, from, through, &sender));
        take(blocks, each)
    })
}

fn take(
    blocks: Blocks,
    mut each: impl FnMut(&Block) -> Result<(), ReplayError>,
) -> Result<(), ReplayError> {
    for block in blocks {
        each(&block?)?;
    }
    Ok(())
}

fn send(
    reader: &Reader,
    from: u64,
    through: u64,
    blocks: &SyncSender<Result<Block, JournalError>>,
) {
    // A receiver that is gone has seen an error of its own, and wants no more.
    let sent = read(reader, from, through, |block| {
        Ok::<bool, JournalError>(blocks.send(Ok(block)).is_ok())
    });
    if let Err(error) = sent {
        let _receiver_gone = blocks.send(Err(error));
    }
}

/// Reads frames into blocks until `take` wants no more.
fn read<E: From<JournalError>>(
    reader: &Reader,
    from: u64,
    through: u64,
    mut take: impl FnMut(Block) -> Result<bool, E>,
) -> Result<(), E> {
    let mut frames = reader.frames(from)?;
    let mut block = Block::default();
    while let Some(frame) = frames.next_frame()? {
        if frame.first_sequence() > through {
            break;
        }
        let wanted = frame
            .entries()
            .filter(|entry| (from..=through).contains(&entry.sequence));
        for entry in wanted {
            let start = block.bytes.len();
            block.bytes.extend_from_slice(entry.bytes);
            block.entries.push(Place {
                sequence: entry.sequence,
                expected: RecordedAt(entry.time_base.saturating_add(i64::from(entry.index))),
                start,
                end: block.bytes.len(),
            });
        }
        if block.bytes.len() >= BLOCK_BYTES && !take(std::mem::take(&mut block))? {
            return Ok(());
        }
    }
    take(block).map(|_more| ())
}

fn decode<'b>(block: &'b Block, place: &Place) -> Result<Entry<'b>, ReplayError> {
    let bytes = &block.bytes[place.start..place.end];
    codec::decode(place.sequence, place.expected, bytes).map_err(|error| ReplayError::Entry {
        sequence: place.sequence,
        reason: error.to_string(),
    })
}

fn apply_block(reader: &Reader, state: &mut State, block: &Block) -> Result<(), ReplayError> {
    let mut entries = Vec::with_capacity(TOUCHED);
    for places in block.entries.chunks(TOUCHED) {
        entries.clear();
        for place in places {
            entries.push(decode(block, place)?);
        }
        touch(state, &entries);
        for entry in &entries {
            audit(state, entry, &audited_with(reader, state, entry)?)?;
            apply(state, entry);
        }
    }
    Ok(())
}

/// What the audit of an entry looks at; most stand for themselves.
fn audited_with(
    reader: &Reader,
    state: &State,
    entry: &Entry<'_>,
) -> Result<Originals, ReplayError> {
    if !is_audited_with_past(state, entry) {
        return Ok(Originals::default());
    }
    let mut past = Replayed { reader, state };
    gather(&mut past, &entry.request, entry.recorded_at)
}

/// Reads what applying will need, one kind of memory at a time over all entries, so that the waits for it overlap.
fn touch(state: &State, entries: &[Entry<'_>]) {
    let mut seen = 0u64;
    let members = state.objects.member_count();
    let wallets = || {
        let effects = entries.iter().flat_map(|entry| &entry.effects);
        let known = effects.filter(|effect| effect.wallet.member < members);
        known.filter_map(|effect| state.objects.wallet(effect.wallet))
    };
    // Hashing between the reads would keep them apart.
    let keyed = entries.iter().filter(|entry| !entry.request.key.is_empty());
    let prints: SmallVec<[Print; TOUCHED]> = keyed
        .map(|entry| state.print(&entry.request.caller, &entry.request.key))
        .collect();
    for print in prints {
        seen ^= state.keys.touch(print);
    }
    for wallet in wallets() {
        seen ^= wallet.last;
    }
    for wallet in wallets() {
        seen ^= wallet.lots().last().map_or(0, |lot| lot.id.0);
    }
    std::hint::black_box(seen);
}
