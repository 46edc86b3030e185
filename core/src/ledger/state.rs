//! The state: objects that snapshots hold and views share, and the indexes that find them.

mod aliases;
mod undo;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use self::aliases::Holder;
use self::undo::Undo;
use super::accounts::Accounts;
use super::bounds::CHUNK_MEMBERS;
use super::codes::{Codes, ONE_TIME, OneTimeCode};
use super::entry::{Entry, RecordedAt, WalletId};
use super::ids::Ids;
use super::keys::{Keys, Print};
use super::lot::TermsId;
use super::members::{Chunk, MAIN_CURRENCY, Member, Status};
use super::program::{Calendar, Program};
use super::referral::book::Referrals;
use super::request::{Command, MemberName, Price, Receipt, ReceiptKind, Reference, Request};
use super::schedule::Schedule;
use super::tables::{Hashing, Table};
use super::till::Tills;
use super::time::Instant;
use super::wallet::Wallet;

/// Who pays for a lot, and how much per point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    pub funder: Option<Box<str>>,
    pub price: Option<Price>,
}

/// What the ledger is about, at one point of its journal. Cloning it is cheap: chunks are shared. A clone is a view.
#[derive(Clone, Debug)]
pub struct Objects {
    pub chunks: Vec<Arc<Chunk>>,
    pub accounts: Accounts,
    pub schedule: Schedule,
    /// Terms number 0 has neither funder nor price.
    pub terms: Arc<Vec<Terms>>,
    /// Version 0 is the built-in default.
    pub programs: Vec<Arc<Program>>,
    /// Points charged to stores, by store and currency.
    pub stores: Arc<BTreeMap<(Box<str>, u8), i128>>,
    /// Points used of members' offline allowances, by member and local day (days since 1970-01-01).
    pub offline: Arc<BTreeMap<(u32, i32), i64>>,
    pub tills: Tills,
    pub codes: Codes,
    pub referrals: Arc<Referrals>,
    /// Sequence and instant of the latest entry applied.
    pub sequence: u64,
    pub recorded_at: RecordedAt,
}

/// original → its latest follow-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FollowUp {
    pub original: u64,
    pub latest: u64,
}

#[derive(Clone, Debug)]
pub struct State {
    pub objects: Objects,
    pub keys: Keys,
    /// Receipts that an applied purchase or reversal has used up.
    pub receipts: Keys,
    /// Keys and receipts whose undo waits for them, with the latest entry that waits. What has come stays here.
    pub parked: Keys,
    /// Of the program in force; `None` if this version does not know its zone, so that replay needs none.
    pub calendar: Option<Calendar>,
    hashing: Hashing,
    ids: Ids,
    aliases: Table<Holder>,
    /// Each holder before the present one, once.
    former_holders: Table<Holder>,
    follow_ups: Table<FollowUp>,
    terms: Table<TermsId>,
    /// While a batch is decided that may fail as a whole.
    undo: Option<Box<Undo>>,
}

impl Objects {
    /// A ledger in which nothing has happened.
    pub(super) fn new() -> Objects {
        Objects {
            chunks: Vec::new(),
            accounts: Accounts::default(),
            schedule: Schedule::default(),
            terms: Arc::new(vec![Terms::default()]),
            programs: vec![Arc::new(Program::default())],
            stores: Arc::default(),
            offline: Arc::default(),
            tills: Tills::default(),
            codes: Codes::default(),
            referrals: Arc::default(),
            sequence: 0,
            recorded_at: RecordedAt(0),
        }
    }

    pub fn member_count(&self) -> u32 {
        self.chunks.last().map_or(0, |last| {
            ((self.chunks.len() - 1) * CHUNK_MEMBERS + last.members().len()) as u32
        })
    }

    pub fn member(&self, number: u32) -> &Member {
        let (chunk, place) = place_of(number);
        self.chunks[chunk].member(place)
    }

    pub fn member_id(&self, number: u32) -> &str {
        let (chunk, place) = place_of(number);
        self.chunks[chunk].id(place)
    }

    /// The id as reads tell it: that of an erased member gives way to its place in the order of enrolment, which is no
    /// id.
    pub fn told_id(&self, number: u32) -> Cow<'_, str> {
        match self.member(number).status {
            Status::Erased => format!("@{}", u64::from(number) + 1).into(),
            _ => self.member_id(number).into(),
        }
    }

    pub fn member_id_bytes(&self, number: u32) -> &[u8] {
        let (chunk, place) = place_of(number);
        self.chunks[chunk].id_as_bytes(place)
    }

    pub fn wallet(&self, id: WalletId) -> Option<&Wallet> {
        self.member(id.member).wallet(id.currency)
    }

    /// The program in force.
    pub fn program(&self) -> &Arc<Program> {
        self.programs.last().expect("version 0 is always there")
    }

    pub fn program_version(&self) -> u32 {
        self.programs.len() as u32 - 1
    }
}

impl State {
    /// The empty state of a ledger whose tables are keyed with `secret`.
    pub fn new(secret: [u8; 16]) -> State {
        State::around(Objects::new(), secret)
    }

    /// A state around stored objects; what they say is indexed again, keys and follow-ups are the caller's to add.
    pub fn around(objects: Objects, secret: [u8; 16]) -> State {
        let mut state = State {
            calendar: objects.program().calendar().ok(),
            objects,
            keys: Keys::default(),
            receipts: Keys::default(),
            parked: Keys::default(),
            hashing: Hashing::new(secret),
            ids: Ids::default(),
            aliases: Table::new(),
            former_holders: Table::new(),
            follow_ups: Table::new(),
            terms: Table::new(),
            undo: None,
        };
        for number in 1..state.objects.terms.len() {
            state.index_terms(TermsId(number as u32));
        }
        state.ids.reserve(state.objects.member_count() as usize);
        for number in 0..state.objects.member_count() {
            state.index_id(number);
            let aliases = state.objects.member(number).aliases().iter();
            let held: Vec<_> = aliases.map(|alias| (alias.hash, alias.until)).collect();
            for (hash, until) in held {
                if until == Instant::NEVER {
                    state.index_alias(hash, number);
                } else {
                    state.index_former_holder(Holder {
                        hash,
                        member: number,
                    });
                }
            }
        }
        state
    }

    pub fn print(&self, caller: &str, key: &str) -> Print {
        Print::of(&self.hashing, caller, key)
    }

    /// The entry that has used up a receipt.
    pub fn find_receipt(&self, kind: ReceiptKind, receipt: &Receipt<'_>) -> Option<u64> {
        let print = Print::of_receipt(&self.hashing, kind, receipt);
        self.receipts.find(print)
    }

    /// The entry that a reference names: by sequence, by a key of this caller, or by a receipt.
    pub fn find_entry(&self, caller: &str, reference: &Reference<'_>) -> Option<u64> {
        match reference {
            Reference::Sequence(sequence) => (1..=self.objects.sequence)
                .contains(sequence)
                .then_some(*sequence),
            Reference::Key(key) => self.keys.find(self.print(caller, key)),
            Reference::Receipt(name) => self.find_receipt(name.kind, &name.receipt),
        }
    }

    /// The latest entry that waits for what a reference names.
    pub fn find_parked(&self, caller: &str, reference: &Reference<'_>) -> Option<u64> {
        let print = Print::of_reference(&self.hashing, caller, reference)?;
        self.parked.find(print)
    }

    /// The latest entry that waits for a document.
    pub fn find_parked_receipt(&self, kind: ReceiptKind, receipt: &Receipt<'_>) -> Option<u64> {
        self.parked
            .find(Print::of_receipt(&self.hashing, kind, receipt))
    }

    /// The ledger's keyed hash.
    pub const fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    pub fn find_id(&self, id: &str) -> Option<u32> {
        let id = id.as_bytes();
        self.ids.find(self.hashing.hash(id), |number| {
            self.objects.member_id_bytes(number) == id
        })
    }

    /// The member whose id has this hash, if anybody's has; looks at no member, so it may be another one. For reading
    /// ahead.
    pub fn likely_member(&self, id_hash: u64) -> Option<u32> {
        self.ids.find(id_hash, |_| true)
    }

    /// The code that a name is, whether it still works or not.
    pub fn find_code(&self, name: &MemberName<'_>) -> Option<&OneTimeCode> {
        match name {
            MemberName::Alias(alias) if alias.kind == ONE_TIME => {
                self.objects.codes.find(&alias.hash)
            }
            _ => None,
        }
    }

    /// The member that a name meant at an instant. Of a code it does not matter whether it still works.
    pub fn find_member_at(&self, name: &MemberName<'_>, at: Instant) -> Option<u32> {
        match name {
            MemberName::Id(id) => self.find_id(id),
            MemberName::Alias(alias) if alias.kind == ONE_TIME => {
                self.find_code(name).map(|code| code.member)
            }
            MemberName::Alias(alias) => self.find_alias_at(alias, at),
        }
    }

    /// The wallet that an entry's request about a member names, for a request that changed none.
    pub fn asked_wallet(&self, entry: &Entry<'_>) -> Option<WalletId> {
        let program = &self.objects.programs[entry.program as usize];
        self.wallet_asked_for(&entry.request, program, entry.recorded_at.instant())
    }

    /// The wallet that a request about a member names under a program.
    pub fn wallet_asked_for(
        &self,
        request: &Request<'_>,
        program: &Program,
        now: Instant,
    ) -> Option<WalletId> {
        let currency = match &request.command {
            Command::Purchase(purchase) if purchase.takes_points() => program.spending.currency,
            Command::Purchase(_) => program.earning.currency,
            Command::Accrue(accrue) => program.currency(&accrue.wallet)?,
            Command::Redeem(redeem) => program.currency(&redeem.wallet)?,
            Command::Authorize(authorize) => program.currency(&authorize.wallet)?,
            Command::Adjust(adjust) => program.currency(&adjust.wallet)?,
            Command::Transfer(transfer) => program.currency(&transfer.wallet)?,
            Command::Reinstate(reinstate) => program.currency(&reinstate.wallet)?,
            Command::ExtendLot(extend) => program.currency(&extend.wallet)?,
            Command::ForgiveDebt(forgive) => program.currency(&forgive.wallet)?,
            Command::CloseMember(_)
            | Command::EraseMember(_)
            | Command::IssueCode(_)
            | Command::BindReferral(_)
            | Command::RecordStep(_)
            | Command::ReviewReferral(_)
            | Command::ChangeCoupon(_) => MAIN_CURRENCY,
            _ => return None,
        };
        let at = request.occurred_at.unwrap_or(now);
        let member = self.find_member_at(request.command.member()?, at)?;
        Some(WalletId { member, currency })
    }

    /// The member that a name means now, for a look on nobody's behalf.
    pub fn find_member(&self, name: &MemberName<'_>, now: Instant) -> Option<u32> {
        match name {
            MemberName::Id(id) => self.find_id(id),
            MemberName::Alias(alias) if alias.kind == ONE_TIME => {
                let code = self.find_code(name).filter(|code| code.works(now, None));
                code.map(|code| code.member)
            }
            MemberName::Alias(alias) => self.find_alias(alias),
        }
    }

    pub fn find_terms(&self, funder: Option<&str>, price: Option<&Price>) -> Option<TermsId> {
        let same = |id: &TermsId| {
            let terms = &self.objects.terms[id.0 as usize];
            terms.funder.as_deref() == funder && terms.price.as_ref() == price
        };
        self.terms
            .find(hash_of_terms(&self.hashing, funder, price), same)
    }

    /// The latest capture, void or reversal of an entry.
    pub fn latest_follow_up(&self, original: u64) -> Option<u64> {
        let hash = self.hashing.hash_number(original);
        self.follow_ups
            .find(hash, |follow_up| follow_up.original == original)
            .map(|follow_up| follow_up.latest)
    }

    pub fn set_follow_up(&mut self, follow_up: FollowUp) {
        self.note_follow_up(follow_up.original);
        let hashing = self.hashing;
        let hash = move |value: &FollowUp| hashing.hash_number(value.original);
        let same = |value: &FollowUp| value.original == follow_up.original;
        self.follow_ups.set(hash(&follow_up), follow_up, same, hash);
    }

    /// Every follow-up in order of original.
    pub fn follow_ups(&self) -> Vec<FollowUp> {
        self.follow_ups.sorted(|follow_up| *follow_up)
    }

    /// What `follow_ups` answers now, from a copy: so that nobody waits while it is brought in order.
    pub fn follow_ups_later(&self) -> impl FnOnce() -> Vec<FollowUp> + use<> {
        let copied = self.follow_ups.clone();
        move || copied.sorted(|follow_up| *follow_up)
    }

    pub(in crate::ledger) fn chunk_mut(&mut self, member: u32) -> (&mut Chunk, usize) {
        let (chunk, place) = place_of(member);
        let chunk = Arc::make_mut(&mut self.objects.chunks[chunk]);
        if let Some(undo) = &mut self.undo
            && place < chunk.members().len()
        {
            undo.note_member(member, chunk.member(place), chunk.due);
        }
        (chunk, place)
    }

    pub(super) fn add_member(&mut self, id: &str) {
        let number = self.objects.member_count();
        if self
            .objects
            .chunks
            .last()
            .is_none_or(|chunk| chunk.is_full())
        {
            self.objects.chunks.push(Arc::default());
        }
        let (chunk, _) = self.chunk_mut(number);
        chunk.add(id);
        self.index_id(number);
    }

    pub(super) fn add_terms(&mut self, terms: Terms) {
        let number = TermsId(self.objects.terms.len() as u32);
        Arc::make_mut(&mut self.objects.terms).push(terms);
        self.index_terms(number);
    }

    pub(super) fn publish(&mut self, program: Program) {
        self.calendar = program.calendar().ok();
        if !program.referrals.is_empty() {
            let referrals = Arc::make_mut(&mut self.objects.referrals);
            program
                .referrals
                .iter()
                .for_each(|rules| referrals.open(&rules.name));
        }
        self.objects.programs.push(Arc::new(program));
    }

    fn index_terms(&mut self, number: TermsId) {
        let (terms, hashing) = (Arc::clone(&self.objects.terms), self.hashing);
        let hash = |number: &TermsId| {
            let terms = &terms[number.0 as usize];
            hash_of_terms(&hashing, terms.funder.as_deref(), terms.price.as_ref())
        };
        self.terms.insert(hash(&number), number, hash);
    }

    fn index_id(&mut self, number: u32) {
        let id = self.objects.member_id_bytes(number);
        self.ids.insert(self.hashing.hash(id), number);
    }
}

const fn place_of(member: u32) -> (usize, usize) {
    (
        member as usize / CHUNK_MEMBERS,
        member as usize % CHUNK_MEMBERS,
    )
}

fn hash_of_terms(hashing: &Hashing, funder: Option<&str>, price: Option<&Price>) -> u64 {
    let mut bytes = Vec::with_capacity(64);
    if let Some(price) = price {
        bytes.extend_from_slice(&price.currency);
        bytes.extend_from_slice(&price.micros.to_le_bytes());
    }
    bytes.extend_from_slice(funder.unwrap_or_default().as_bytes());
    hashing.hash(&bytes)
}
