//! Takes back what entries changed that were applied and are never recorded: rows of a batch that failed as a whole.
//!
//! From the mark on every place that changes is kept as it was, the first time it changes; nothing else is copied.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::accounts::Accounts;
use super::super::codes::Codes;
use super::super::entry::RecordedAt;
use super::super::keys::{Print, Slot};
use super::super::lot::TermsId;
use super::super::members::Member;
use super::super::referral::book::Referrals;
use super::super::schedule::Schedule;
use super::super::till::Tills;
use super::super::time::Instant;
use super::aliases::Holder;
use super::{FollowUp, State, Terms, hash_of_terms, place_of};

/// The state as it was at the mark, as far as it has changed since.
#[derive(Clone, Debug)]
pub(super) struct Undo {
    sequence: u64,
    recorded_at: RecordedAt,
    accounts: Accounts,
    schedule: Schedule,
    terms: Arc<Vec<Terms>>,
    stores: Arc<BTreeMap<(Box<str>, u8), i128>>,
    offline: Arc<BTreeMap<(u32, i32), i64>>,
    tills: Tills,
    codes: Codes,
    referrals: Arc<Referrals>,
    members: u32,
    changed: BTreeMap<u32, Member>,
    /// By number of the chunk.
    dues: BTreeMap<usize, Instant>,
    keys: Vec<Print>,
    receipts: Vec<Print>,
    /// What waited for a print before, oldest change first.
    parked: Vec<(Print, Option<u64>)>,
    follow_ups: Vec<(u64, Option<u64>)>,
    aliases: Vec<AliasChange>,
}

/// What happened to the holder of an alias.
#[derive(Clone, Copy, Debug)]
pub(super) enum AliasChange {
    Added {
        hash: [u8; 16],
    },
    /// `again`: whether the member had held it once before that.
    Ended {
        holder: Holder,
        again: bool,
    },
}

impl State {
    /// From here on all that is applied can be taken back.
    pub fn mark(&mut self) {
        let objects = &self.objects;
        self.undo = Some(Box::new(Undo {
            sequence: objects.sequence,
            recorded_at: objects.recorded_at,
            accounts: objects.accounts.clone(),
            schedule: objects.schedule.clone(),
            terms: Arc::clone(&objects.terms),
            stores: Arc::clone(&objects.stores),
            offline: Arc::clone(&objects.offline),
            tills: objects.tills.clone(),
            codes: objects.codes.clone(),
            referrals: Arc::clone(&objects.referrals),
            members: objects.member_count(),
            changed: BTreeMap::new(),
            dues: BTreeMap::new(),
            keys: Vec::new(),
            receipts: Vec::new(),
            parked: Vec::new(),
            follow_ups: Vec::new(),
            aliases: Vec::new(),
        }));
    }

    /// What was applied since the mark stays.
    pub fn keep(&mut self) {
        self.undo = None;
    }

    /// The state is again what it was at the mark. Programs are not taken back: no batch publishes one.
    pub fn rewind(&mut self) {
        let Some(undo) = self.undo.take() else {
            return;
        };
        for change in undo.aliases.iter().rev() {
            self.undo_alias(*change);
        }
        for (original, latest) in undo.follow_ups.iter().rev() {
            match latest {
                Some(latest) => self.set_follow_up(FollowUp {
                    original: *original,
                    latest: *latest,
                }),
                None => self.remove_follow_up(*original),
            }
        }
        for print in &undo.keys {
            self.keys.remove(*print);
        }
        for print in &undo.receipts {
            self.receipts.remove(*print);
        }
        for (print, waiting) in undo.parked.iter().rev() {
            match waiting {
                Some(sequence) => self.parked.set(Slot::new(*print, *sequence)),
                None => self.parked.remove(*print),
            }
        }
        self.remove_terms_from(undo.terms.len());
        self.remove_members_from(undo.members);
        for (number, member) in undo.changed {
            let (chunk, place) = self.chunk_mut(number);
            *chunk.member_mut(place) = member;
        }
        for (chunk, due) in undo.dues {
            if let Some(chunk) = self.objects.chunks.get_mut(chunk) {
                Arc::make_mut(chunk).due = due;
            }
        }
        let objects = &mut self.objects;
        objects.sequence = undo.sequence;
        objects.recorded_at = undo.recorded_at;
        objects.accounts = undo.accounts;
        objects.schedule = undo.schedule;
        objects.terms = undo.terms;
        objects.stores = undo.stores;
        objects.offline = undo.offline;
        objects.tills = undo.tills;
        objects.codes = undo.codes;
        objects.referrals = undo.referrals;
    }
}

/// What changes is noted while there is a mark.
impl State {
    pub(in super::super) fn add_key(&mut self, slot: Slot) {
        if let Some(undo) = &mut self.undo {
            undo.keys.push(slot.print());
        }
        self.keys.insert(slot);
    }

    pub(in super::super) fn add_receipt(&mut self, slot: Slot) {
        if let Some(undo) = &mut self.undo {
            undo.receipts.push(slot.print());
        }
        self.receipts.insert(slot);
    }

    pub(in super::super) fn set_parked(&mut self, slot: Slot) {
        if let Some(undo) = &mut self.undo {
            let before = self.parked.find(slot.print());
            undo.parked.push((slot.print(), before));
        }
        self.parked.set(slot);
    }

    pub(super) fn note_follow_up(&mut self, original: u64) {
        if self.undo.is_some() {
            let before = self.latest_follow_up(original);
            if let Some(undo) = &mut self.undo {
                undo.follow_ups.push((original, before));
            }
        }
    }

    pub(super) fn note_ended(&mut self, holder: Holder) {
        if let Some(undo) = &mut self.undo {
            let hash = self.hashing.hash(&holder.hash);
            let again = self.former_holders.find(hash, |other| *other == holder);
            undo.aliases.push(AliasChange::Ended {
                holder,
                again: again.is_some(),
            });
        }
    }

    fn undo_alias(&mut self, change: AliasChange) {
        let hashing = self.hashing;
        match change {
            AliasChange::Added { hash } => {
                let is_it = |holder: &Holder| holder.hash == hash;
                self.aliases.remove(hashing.hash(&hash), is_it);
            }
            AliasChange::Ended { holder, again } => {
                let hash = hashing.hash(&holder.hash);
                if !again {
                    self.former_holders.remove(hash, |other| *other == holder);
                }
                let rehash = move |holder: &Holder| hashing.hash(&holder.hash);
                self.aliases.insert(hash, holder, rehash);
            }
        }
    }

    fn remove_follow_up(&mut self, original: u64) {
        let hash = self.hashing.hash_number(original);
        let is_it = |follow_up: &FollowUp| follow_up.original == original;
        self.follow_ups.remove(hash, is_it);
    }

    /// Forgets the terms from a number on, in the index alone.
    fn remove_terms_from(&mut self, first: usize) {
        let terms = Arc::clone(&self.objects.terms);
        for (number, terms) in terms.iter().enumerate().skip(first) {
            let hash = hash_of_terms(&self.hashing, terms.funder.as_deref(), terms.price.as_ref());
            let number = TermsId(number as u32);
            self.terms.remove(hash, |other| *other == number);
        }
    }

    /// Forgets the members from a number on.
    fn remove_members_from(&mut self, first: u32) {
        for number in first..self.objects.member_count() {
            let hash = self.hashing.hash(self.objects.member_id_bytes(number));
            self.ids.remove(hash, number);
        }
        if first < self.objects.member_count() {
            let (chunk, place) = place_of(first);
            let chunks = &mut self.objects.chunks;
            chunks.truncate(chunk + usize::from(place > 0));
            if let Some(last) = chunks.get_mut(chunk) {
                Arc::make_mut(last).truncate(place);
            }
        }
    }
}

impl Undo {
    /// A member is about to change.
    pub fn note_member(&mut self, number: u32, member: &Member, due: Instant) {
        let (chunk, _) = place_of(number);
        self.dues.entry(chunk).or_insert(due);
        if number < self.members {
            self.changed.entry(number).or_insert_with(|| member.clone());
        }
    }

    pub fn note_alias(&mut self, change: AliasChange) {
        self.aliases.push(change);
    }
}
