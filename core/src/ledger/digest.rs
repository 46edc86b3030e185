//! One number for the whole state: two states with the same digest are the same in every field.

use super::image::{write_chunk, write_head};
use super::keys::{Keys, Slot};
use super::state::{FollowUp, Objects, State};

/// Bytes gathered before they are hashed.
const GATHERED: usize = 1 << 16;

/// One index of a state by print: how many slots it has, and these in order of print.
pub struct Index<'i> {
    pub count: usize,
    pub slots: Box<dyn Iterator<Item = Slot> + 'i>,
}

impl<'i> From<&'i Keys> for Index<'i> {
    fn from(keys: &'i Keys) -> Index<'i> {
        Index {
            count: keys.len(),
            slots: Box::new(keys.sorted()),
        }
    }
}

/// BLAKE3 over the image of the objects, what time will do to them, and every key, receipt and follow-up.
pub fn digest(state: &State) -> [u8; 32] {
    let indexes = [&state.keys, &state.receipts, &state.parked];
    digest_of(
        &state.objects,
        indexes.map(Index::from),
        &state.follow_ups(),
    )
}

/// The same of a state's parts: its objects, its keys, receipts and what waits, its follow-ups in order.
pub fn digest_of(objects: &Objects, indexes: [Index<'_>; 3], follow_ups: &[FollowUp]) -> [u8; 32] {
    let mut hashed = Hashed::default();
    write_head(objects, hashed.room());
    for chunk in &objects.chunks {
        write_chunk(chunk, hashed.room());
        for member in chunk.members() {
            for (_, wallet) in member.wallets() {
                hashed.number(wallet.next_due().0 as u64);
            }
        }
    }
    hashed.number(objects.schedule.len() as u64);
    for ((currency, terms, at), forecast) in objects.schedule.iter() {
        hashed.number(u64::from(*currency));
        hashed.number(u64::from(terms.0));
        hashed.number(at.0 as u64);
        hashed
            .room()
            .extend_from_slice(&forecast.expired.to_le_bytes());
        hashed
            .room()
            .extend_from_slice(&forecast.paid.to_le_bytes());
        hashed
            .room()
            .extend_from_slice(&forecast.taken.to_le_bytes());
    }
    for index in indexes {
        hashed.number(index.count as u64);
        for slot in index.slots {
            hashed.room().extend_from_slice(&slot.to_bytes());
        }
    }
    for follow_up in follow_ups {
        hashed.number(follow_up.original);
        hashed.number(follow_up.latest);
    }
    hashed.finish()
}

#[derive(Default)]
struct Hashed {
    hasher: blake3::Hasher,
    gathered: Vec<u8>,
}

impl Hashed {
    /// Where the next bytes go.
    fn room(&mut self) -> &mut Vec<u8> {
        if self.gathered.len() >= GATHERED {
            self.hasher.update(&self.gathered);
            self.gathered.clear();
        }
        &mut self.gathered
    }

    fn number(&mut self, number: u64) {
        self.room().extend_from_slice(&number.to_le_bytes());
    }

    fn finish(mut self) -> [u8; 32] {
        self.hasher.update(&self.gathered);
        *self.hasher.finalize().as_bytes()
    }
}
