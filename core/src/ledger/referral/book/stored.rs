//! What images of the state take out of the books of referrals, and put back.

use smallvec::SmallVec;

use super::file::pack;
use super::sale::{pack_buyer, unpack_buyer};
use super::{Book, Buyer, Referrals};
use crate::ledger::referral::file::{File, Sale};
use crate::ledger::time::Instant;

impl Referrals {
    /// Everybody who ever bought, by member.
    pub fn buyers(&self) -> impl Iterator<Item = (u32, Buyer)> {
        self.buyers
            .iter()
            .map(|(member, buyer)| (member, unpack_buyer(buyer)))
    }

    /// How many there are.
    pub fn buyer_count(&self) -> usize {
        self.buyers.len()
    }

    /// Every sale that is known, by buyer and sequence.
    pub fn all_sales(&self) -> impl Iterator<Item = (u32, Sale)> {
        self.sales.iter()
    }

    /// Sales that may be forgotten, by sequence, with their buyers.
    pub fn waiting(&self) -> impl Iterator<Item = (u64, u32)> {
        self.waiting
            .iter()
            .map(|(sequence, member)| (*sequence, *member))
    }

    /// Everybody's fingerprints, by member.
    pub fn all_marks(&self) -> impl Iterator<Item = (u32, SmallVec<[&str; 8]>)> {
        self.marks.iter()
    }

    /// When members joined, by member.
    pub fn all_joined(&self) -> impl Iterator<Item = (u32, Instant)> {
        self.joined.iter().map(|(member, at)| (*member, *at))
    }

    pub fn restore_buyer(&mut self, member: u32, buyer: Buyer) {
        self.buyers.set(member, &pack_buyer(buyer));
    }

    pub fn restore_sale(&mut self, member: u32, sale: &Sale) {
        self.sales.set(member, sale);
    }

    pub fn restore_waiting(&mut self, sequence: u64, member: u32) {
        self.waiting.insert(sequence, member);
    }
}

impl Book {
    /// Puts a stored file back; coupons are stored as they are.
    pub fn restore_file(&mut self, friend: u32, file: &File) {
        self.index.add(friend, file);
        self.files.set(friend, &pack(file));
        let token = file.claim.as_ref().and_then(|claim| claim.token.as_deref());
        self.look_for_claims(token);
    }
}
