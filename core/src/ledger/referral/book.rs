//! All that is known of referrals: a book per program, what members bought, and what tells members apart.
//!
//! Maps are persistent: a copy shares what does not change, so that a view, a mark and a decision cost a count each.

mod advocates;
mod bytes;
mod code;
mod file;
mod given;
mod index;
mod marks;
mod packed;
mod sale;
mod stored;

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use smallvec::SmallVec;

pub use self::code::Code;
use self::file::{Record, pack, unpack};
use self::index::Index;
use self::marks::Marks;
use self::packed::Packed;
use self::sale::{Sales, unpack_buyer};
use super::commands::Month;
use super::coupon::Coupon;
use super::file::{Edge, File, RoleNumber, Touch};
use super::touch::Method;
use crate::ledger::time::Instant;

/// All that is known of referrals.
#[derive(Clone, Debug, Default)]
pub struct Referrals {
    /// In the order in which programs were first published.
    books: Vec<Arc<Book>>,
    buyers: Packed<32>,
    sales: Sales,
    /// Sales of members that had no claim, by sequence: they are forgotten when no claim can reach back to them.
    waiting: OrdMap<u64, u32>,
    marks: Marks,
    /// When members joined, where a program asks for it.
    joined: OrdMap<u32, Instant>,
}

/// When a member first bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buyer {
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// A code's letters, in place if they are few: a search compares many.
type Letters = SmallVec<[u8; 16]>;

/// What one program knows.
#[derive(Clone, Debug)]
pub struct Book {
    pub name: Box<str>,
    codes: OrdMap<Letters, Code>,
    /// Touches with a token, by it.
    touches: OrdMap<Box<str>, Arc<Token>>,
    /// Tokens in the order in which they were first named by a touch.
    tokens: OrdMap<u64, Box<str>>,
    /// Those that no claim names.
    unclaimed: OrdSet<u64>,
    /// Touches recorded, by method.
    pub touched: [u64; Method::ALL.len()],
    files: Packed<16>,
    /// Who has passed the rule about too many binds, and when.
    passed: OrdMap<u32, Arc<[Instant]>>,
    closed: OrdSet<Month>,
    index: Index,
}

/// Touches of one token, in the order in which they were recorded, and the entry that told the first.
#[derive(Clone, Debug)]
struct Token {
    first: u64,
    touches: Vec<Touch>,
}

impl Referrals {
    /// Whether there is a referral program: without one nothing is kept.
    pub fn are_kept(&self) -> bool {
        !self.books.is_empty()
    }

    pub fn books(&self) -> &[Arc<Book>] {
        &self.books
    }

    pub fn book(&self, number: u16) -> &Book {
        &self.books[usize::from(number)]
    }

    pub fn book_mut(&mut self, number: u16) -> &mut Book {
        Arc::make_mut(&mut self.books[usize::from(number)])
    }

    /// The number of a program's book.
    pub fn find_book(&self, name: &str) -> Option<u16> {
        let place = self.books.iter().position(|book| *book.name == *name);
        place.map(|place| place as u16)
    }

    /// Opens a book for a program that has none.
    pub fn open(&mut self, name: &str) {
        if self.find_book(name).is_none() {
            self.books.push(Arc::new(Book::named(name)));
        }
    }

    pub fn buyer(&self, member: u32) -> Option<Buyer> {
        self.buyers.get(member).map(unpack_buyer)
    }

    /// A member's fingerprints, in order.
    pub fn marks(&self, member: u32) -> SmallVec<[&str; 8]> {
        self.marks.of(member)
    }

    /// Everybody who has a fingerprint.
    pub fn holders(&self, mark: &str) -> impl Iterator<Item = u32> {
        self.marks.holders(mark)
    }

    pub fn add_marks<'m>(&mut self, member: u32, marks: impl Iterator<Item = &'m str>) {
        self.marks.add(member, marks);
    }

    /// Whoever brought a member, in any program.
    pub fn advocates_of(&self, member: u32) -> impl Iterator<Item = u32> {
        let books = self.books.iter();
        books.filter_map(move |book| book.advocate_of(member))
    }

    /// Some of what is known of a member: for reading ahead.
    pub fn touch(&self, member: u32) -> u64 {
        let files = self.books.iter().map(|book| book.files.touch(member));
        let known = self.buyers.touch(member) ^ self.sales.touch(member);
        files.fold(known, |seen, file| seen ^ file)
    }

    /// When a member joined; `None`: before anybody asked.
    pub fn joined(&self, member: u32) -> Option<Instant> {
        self.joined.get(&member).copied()
    }

    pub fn add_joined(&mut self, member: u32, at: Instant) {
        self.joined.insert(member, at);
    }
}

impl Book {
    fn named(name: &str) -> Book {
        Book {
            name: name.into(),
            codes: OrdMap::new(),
            touches: OrdMap::new(),
            tokens: OrdMap::new(),
            unclaimed: OrdSet::new(),
            touched: [0; Method::ALL.len()],
            files: Packed::default(),
            passed: OrdMap::new(),
            closed: OrdSet::new(),
            index: Index::default(),
        }
    }

    /// Whether anything was ever told to it.
    pub fn is_used(&self) -> bool {
        !(self.codes.is_empty() && self.files.len() == 0 && self.closed.is_empty())
    }

    pub fn code(&self, code: &str) -> Option<&Code> {
        self.codes.get(code.as_bytes())
    }

    /// Every code, in order.
    pub fn codes(&self) -> impl Iterator<Item = (&str, &Code)> {
        let text = |letters| std::str::from_utf8(letters).expect("letters are a text");
        self.codes
            .iter()
            .map(move |(letters, code)| (text(letters), code))
    }

    pub fn set_code(&mut self, text: &str, code: Code) {
        self.codes.insert(text.as_bytes().into(), code);
    }

    /// Touches of a token, in the order in which they were recorded.
    pub fn touches(&self, token: &str) -> &[Touch] {
        let known = self.touches.get(token);
        known.map_or(&[], |token| &token.touches)
    }

    /// Tokens in the order in which they were first named by a touch, with that entry.
    pub fn tokens(&self) -> impl Iterator<Item = (u64, &str)> {
        self.tokens.iter().map(|(first, token)| (*first, &**token))
    }

    /// Tokens of which a touch is known.
    pub fn token_count(&self) -> usize {
        self.tokens.len()
    }

    /// A touch that is told by an entry; without a token it is counted alone.
    pub fn add_touch(&mut self, token: Option<&str>, touch: Touch, sequence: u64) {
        self.touched[touch.method as usize] += 1;
        if let Some(token) = token {
            self.put_touch(token, touch, sequence);
        }
    }

    fn put_touch(&mut self, token: &str, touch: Touch, sequence: u64) {
        if let Some(known) = self.touches.get_mut(token) {
            Arc::make_mut(known).touches.push(touch);
            return;
        }
        self.restore_touches(sequence, token, vec![touch]);
    }

    /// Puts all touches of a token there at once.
    pub fn restore_touches(&mut self, first: u64, token: &str, touches: Vec<Touch>) {
        self.touches
            .insert(token.into(), Arc::new(Token { first, touches }));
        self.tokens.insert(first, token.into());
        self.look_for_claims(Some(token));
    }

    /// Whether a token is claimed is asked again.
    fn look_for_claims(&mut self, token: Option<&str>) {
        let known =
            token.and_then(|token| self.touches.get(token).map(|known| (token, known.first)));
        if let Some((token, first)) = known {
            let is_claimed = self.claims_of_token(token).next().is_some();
            match is_claimed {
                true => self.unclaimed.remove(&first),
                false => self.unclaimed.insert(first),
            };
        }
    }

    /// First entry of the oldest token that no claim names.
    pub fn oldest_unclaimed(&self) -> Option<u64> {
        self.unclaimed.get_min().copied()
    }

    pub fn forget_token(&mut self, first: u64) {
        if let Some(token) = self.tokens.remove(&first) {
            self.touches.remove(&token);
            self.unclaimed.remove(&first);
        }
    }

    pub fn file(&self, friend: u32) -> Option<File> {
        self.files.get(friend).map(unpack)
    }

    fn record(&self, friend: u32) -> Option<Record<'_>> {
        self.files.get(friend).map(Record)
    }

    pub fn has_file(&self, friend: u32) -> bool {
        self.files.get(friend).is_some()
    }

    pub fn has_claim(&self, friend: u32) -> bool {
        self.record(friend).is_some_and(Record::has_claim)
    }

    /// Whether anything was ever decided for a friend's roles.
    pub fn has_conversions(&self, friend: u32) -> bool {
        self.record(friend).is_some_and(Record::has_conversions)
    }

    /// Whether a file is as it is known.
    pub fn is_known(&self, friend: u32, file: &File) -> bool {
        match self.record(friend) {
            Some(known) => known.is_of(file),
            None => *file == File::default(),
        }
    }

    /// Every file, by friend.
    pub fn files(&self) -> impl Iterator<Item = (u32, File)> {
        self.files
            .iter()
            .map(|(friend, file)| (friend, unpack(file)))
    }

    /// How many files there are.
    pub fn file_count(&self) -> usize {
        self.files.len()
    }

    /// A file as it is from now on; what is found out from files follows.
    pub fn set_file(&mut self, friend: u32, file: &File) {
        let old = self.file(friend);
        self.files.set(friend, &pack(file));
        self.index.follow(friend, old.as_ref(), file);
        fn token(file: &File) -> Option<&str> {
            file.claim.as_ref()?.token.as_deref()
        }
        let (was, is) = (old.as_ref().and_then(token), token(file));
        if was != is {
            self.look_for_claims(was);
            self.look_for_claims(is);
        }
        fn code(file: &File) -> Option<&str> {
            file.edge.as_ref().map(|edge| &*edge.code)
        }
        let old = old.as_ref();
        if old.and_then(code) != code(file) {
            self.unbind(old.and_then(|old| old.edge.as_ref()), friend);
            if let Some(edge) = &file.edge {
                // Whoever had it before gives it back in the same entry.
                self.set_coupon(&edge.code, Coupon::Bound(friend));
            }
        }
    }

    /// The coupon that an edge had used, if it did, is open again.
    fn unbind(&mut self, edge: Option<&Edge>, friend: u32) {
        let coupon = |edge: &Edge| self.code(&edge.code)?.coupon;
        if let Some(edge) = edge
            && coupon(edge) == Some(Coupon::Bound(friend))
        {
            self.set_coupon(&edge.code, Coupon::Open);
        }
    }

    /// Who has a coupon from now on; a code that can be used by many stays as it is.
    pub fn set_coupon(&mut self, code: &str, coupon: Coupon<u32>) {
        let is_coupon = self.code(code).is_some_and(|code| code.coupon.is_some());
        if let (true, Some(code)) = (is_coupon, self.codes.get_mut(code.as_bytes())) {
            code.coupon = Some(coupon);
        }
    }

    /// Friends whose claim waits for a code, the first to claim first.
    pub fn claims_of_code(&self, code: &str) -> impl Iterator<Item = u32> {
        self.index.claims_of_code(code)
    }

    /// Friends whose claim names a token, the first to claim first.
    pub fn claims_of_token(&self, token: &str) -> impl Iterator<Item = u32> + use<'_> {
        self.index.claims_of_token(token)
    }

    /// Friends bound to an advocate.
    pub fn friends(&self, advocate: u32) -> impl Iterator<Item = u32> {
        let friends = self
            .index
            .friends
            .range((advocate, 0)..=(advocate, u32::MAX));
        friends.map(|(_, friend)| *friend)
    }

    /// Friends whom others brought, and for whom an advocate shares the credit.
    pub fn shared(&self, advocate: u32) -> impl Iterator<Item = u32> {
        let shared = self
            .index
            .sharers
            .range((advocate, 0)..=(advocate, u32::MAX));
        shared.map(|(_, friend)| *friend)
    }

    pub fn has_friends(&self, advocate: u32) -> bool {
        let next = self.index.friends.get_next(&(advocate, 0));
        next.is_some_and(|(of, _)| *of == advocate)
    }

    /// Every bound pair of advocate and friend.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> {
        self.index.friends.iter().copied()
    }

    pub fn advocate_of(&self, member: u32) -> Option<u32> {
        self.index.advocates.of(member)
    }

    /// Who brought the member, who brought that one, and so on.
    pub fn ancestors(&self, member: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(self.advocate_of(member), |above| self.advocate_of(*above))
    }

    /// Whether a member is above another. Nobody is whose chain is empty, or who has brought nobody.
    pub fn is_above(&self, member: u32, other: u32) -> bool {
        self.advocate_of(other).is_some()
            && self.has_friends(member)
            && self.ancestors(other).any(|above| above == member)
    }

    /// Rewards of the role advocate that count against the advocate's cap.
    pub fn given(&self, advocate: u32) -> i64 {
        self.index.given.of(advocate)
    }

    /// The same of one month.
    pub fn given_in(&self, advocate: u32, month: Month) -> i64 {
        self.index.given.of_month(advocate, month)
    }

    /// Rewards of one milestone of an advocate that stand.
    pub fn milestones(&self, advocate: u32, role: RoleNumber) -> i64 {
        let standing = self.index.milestones.get(&(advocate, role));
        standing.copied().unwrap_or(0)
    }

    /// Whether a code was issued, or is a voucher's.
    pub fn is_taken(&self, code: &str) -> bool {
        self.code(code).is_some() || self.friend_of_voucher(code).is_some()
    }

    /// The friend whose referral gave a voucher.
    pub fn friend_of_voucher(&self, code: &str) -> Option<u32> {
        self.index.vouchers.get(code).copied()
    }

    /// Points that all roles keep.
    pub fn spent(&self) -> i128 {
        self.index.spent
    }

    /// Friends of whom a freeze has lapsed by an instant without an entry that says so.
    pub fn lapsed(&self, now: Instant) -> impl Iterator<Item = u32> {
        let lapsed = self.index.frozen.range(..=(now, u32::MAX));
        lapsed.map(|(_, friend)| *friend)
    }

    /// Friends whose rewards wait for a close and whose hold ended before an instant, in order of that.
    pub fn to_close(&self, before: Instant) -> impl Iterator<Item = u32> {
        let waiting = self.index.to_close.range(..(before, 0));
        waiting.map(|(_, friend)| *friend)
    }

    /// When binds of an advocate passed, oldest first.
    pub fn passed(&self, advocate: u32) -> &[Instant] {
        self.passed.get(&advocate).map_or(&[], |passed| passed)
    }

    /// Everybody whose binds are remembered.
    pub fn all_passed(&self) -> impl Iterator<Item = (u32, &[Instant])> {
        self.passed
            .iter()
            .map(|(advocate, passed)| (*advocate, &**passed))
    }

    /// A bind passed; so many of the latest are remembered.
    pub fn add_passed(&mut self, advocate: u32, at: Instant, most: u16) {
        let mut passed = self.passed(advocate).to_vec();
        passed.push(at);
        let first = passed.len().saturating_sub(usize::from(most));
        self.set_passed(advocate, passed[first..].to_vec());
    }

    pub fn set_passed(&mut self, advocate: u32, passed: Vec<Instant>) {
        self.passed.insert(advocate, passed.into());
    }

    pub fn is_month_closed(&self, month: Month) -> bool {
        self.closed.contains(&month)
    }

    pub fn closed_months(&self) -> impl Iterator<Item = Month> {
        self.closed.iter().copied()
    }

    pub fn close_month(&mut self, month: Month) {
        self.closed.insert(month);
    }
}
