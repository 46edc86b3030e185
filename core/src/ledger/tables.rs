//! The only place that touches hash tables: keyed with the ledger's secret, never iterated.

#![allow(clippy::disallowed_types)]

use std::hash::Hasher;

use hashbrown::HashTable;
use siphasher::sip::SipHasher13;
use siphasher::sip128::{Hasher128, SipHasher13 as SipHasher13x128};

/// The ledger's own keyed hash.
#[derive(Clone, Copy, Debug)]
pub struct Hashing {
    secret: [u8; 16],
}

impl Hashing {
    pub const fn new(secret: [u8; 16]) -> Hashing {
        Hashing { secret }
    }

    pub fn hash(&self, bytes: &[u8]) -> u64 {
        let mut hasher = SipHasher13::new_with_key(&self.secret);
        hasher.write(bytes);
        hasher.finish()
    }

    pub fn hash_number(&self, number: u64) -> u64 {
        self.hash(&number.to_le_bytes())
    }

    /// 128-bit hash of a pair; the length between them keeps ("a", "bc") apart from ("ab", "c").
    pub fn hash_pair(&self, first: &[u8], second: &[u8]) -> u128 {
        let mut hasher = SipHasher13x128::new_with_key(&self.secret);
        hasher.write_usize(first.len());
        hasher.write(first);
        hasher.write(second);
        hasher.finish128().as_u128()
    }
}

/// Finds small values by a hash and an equality that the caller brings.
#[derive(Clone, Debug, Default)]
pub struct Table<T> {
    table: HashTable<T>,
}

impl<T: Copy> Table<T> {
    pub const fn new() -> Table<T> {
        Table {
            table: HashTable::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    pub fn find(&self, hash: u64, is_it: impl FnMut(&T) -> bool) -> Option<T> {
        self.table.find(hash, is_it).copied()
    }

    /// Inserts a value that is not there yet.
    pub fn insert(&mut self, hash: u64, value: T, rehash: impl Fn(&T) -> u64) {
        self.table.insert_unique(hash, value, rehash);
    }

    /// Inserts, or replaces the value that is there.
    pub fn set(
        &mut self,
        hash: u64,
        value: T,
        is_it: impl FnMut(&T) -> bool,
        rehash: impl Fn(&T) -> u64,
    ) {
        match self.table.find_mut(hash, is_it) {
            Some(slot) => *slot = value,
            None => self.insert(hash, value, rehash),
        }
    }

    pub fn remove(&mut self, hash: u64, is_it: impl FnMut(&T) -> bool) -> Option<T> {
        self.table
            .find_entry(hash, is_it)
            .ok()
            .map(|found| found.remove().0)
    }

    pub fn reserve(&mut self, more: usize, rehash: impl Fn(&T) -> u64) {
        self.table.reserve(more, rehash);
    }

    /// All values in the order of a key, so that the table's own order never shows.
    #[allow(clippy::disallowed_methods)]
    pub fn sorted<K: Ord>(&self, key: impl Fn(&T) -> K) -> Vec<T> {
        let mut values: Vec<T> = self.table.iter().copied().collect();
        values.sort_unstable_by_key(key);
        values
    }
}

/// A large table in 256 parts, chosen by bits of the hash that a part does not look at: they grow one at a time, so
/// that no write waits for all of it.
#[derive(Clone, Debug)]
pub struct Parts<T> {
    parts: Vec<Table<T>>,
}

impl<T: Copy> Default for Parts<T> {
    fn default() -> Parts<T> {
        Parts {
            parts: (0..=u8::MAX).map(|_| Table::new()).collect(),
        }
    }
}

impl<T: Copy> Parts<T> {
    pub fn find(&self, hash: u64, is_it: impl FnMut(&T) -> bool) -> Option<T> {
        self.parts[part_of(hash)].find(hash, is_it)
    }

    /// Inserts a value that is not there yet.
    pub fn insert(&mut self, hash: u64, value: T, rehash: impl Fn(&T) -> u64) {
        self.parts[part_of(hash)].insert(hash, value, rehash);
    }

    pub fn remove(&mut self, hash: u64, is_it: impl FnMut(&T) -> bool) -> Option<T> {
        self.parts[part_of(hash)].remove(hash, is_it)
    }

    pub fn reserve(&mut self, more: usize, rehash: impl Fn(&T) -> u64) {
        for part in &mut self.parts {
            part.reserve(more / 256, &rehash);
        }
    }
}

const fn part_of(hash: u64) -> usize {
    (hash >> 48) as u8 as usize
}
