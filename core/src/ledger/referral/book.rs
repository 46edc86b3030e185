//! All that is known of referrals: a book per program, what members bought, and what tells members apart.
//!
//! Maps are persistent: a copy shares what does not change, so that a view, a mark and a decision cost a count each.

mod index;
mod stored;

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use self::index::Index;
use super::commands::Month;
use super::coupon::Coupon;
use super::file::{Edge, File, Sale, Touch};
use super::touch::Method;
use crate::ledger::time::Instant;

/// All that is known of referrals.
#[derive(Clone, Debug, Default)]
pub struct Referrals {
    /// In the order in which programs were first published.
    books: Vec<Arc<Book>>,
    buyers: OrdMap<u32, Buyer>,
    /// By buyer and sequence.
    sales: OrdMap<(u32, u64), Arc<Sale>>,
    /// Sales of members that had no claim, by sequence: they are forgotten when no claim can reach back to them.
    waiting: OrdMap<u64, u32>,
    marks: OrdMap<u32, Arc<[Box<str>]>>,
    /// Who has a fingerprint.
    holders: OrdSet<(Box<str>, u32)>,
    /// When members joined, where a program asks for it.
    joined: OrdMap<u32, Instant>,
}

/// When a member first bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buyer {
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// What one program knows.
#[derive(Clone, Debug)]
pub struct Book {
    pub name: Box<str>,
    codes: OrdMap<Box<str>, Code>,
    /// Touches with a token, by it.
    touches: OrdMap<Box<str>, Arc<Token>>,
    /// Tokens in the order in which they were first named by a touch.
    tokens: OrdMap<u64, Box<str>>,
    /// Those that no claim names.
    unclaimed: OrdSet<u64>,
    /// Touches recorded, by method.
    pub touched: [u64; Method::ALL.len()],
    files: OrdMap<u32, Arc<File>>,
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

/// A code that an advocate hands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub member: u32,
    /// `NEVER`: it stays.
    pub expires_at: Instant,
    /// `NEVER`: it works.
    pub disabled_at: Instant,
    /// Of a single-use code.
    pub coupon: Option<Coupon<u32>>,
}

impl Code {
    /// How somebody who types it was reached.
    pub const fn method(&self) -> Method {
        match self.coupon {
            None => Method::Code,
            Some(_) => Method::Coupon,
        }
    }
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

    pub fn buyer(&self, member: u32) -> Option<&Buyer> {
        self.buyers.get(&member)
    }

    /// What a member bought, as far as it may still count, in the order in which it was recorded.
    pub fn sales(&self, member: u32) -> impl Iterator<Item = &Sale> {
        let sales = self.sales.range((member, 0)..=(member, u64::MAX));
        sales.map(|(_, sale)| &**sale)
    }

    pub fn sale(&self, member: u32, sequence: u64) -> Option<&Sale> {
        self.sales.get(&(member, sequence)).map(Arc::as_ref)
    }

    /// A member bought something; sales recorded before `since` that nobody claimed are forgotten, a few at a time.
    pub fn add_sale(&mut self, member: u32, sale: Sale, since: Instant) {
        let buyer = self.buyers.entry(member).or_insert(Buyer {
            occurred_at: sale.occurred_at,
            recorded_at: sale.recorded_at,
        });
        buyer.occurred_at = buyer.occurred_at.min(sale.occurred_at);
        for _ in 0..4 {
            self.forget_sale(since);
        }
        let sequence = sale.sequence;
        self.sales.insert((member, sequence), Arc::new(sale));
        self.waiting.insert(sequence, member);
    }

    fn forget_sale(&mut self, since: Instant) {
        let Some((&sequence, &member)) = self.waiting.get_min().map(|(key, member)| (key, member))
        else {
            return;
        };
        let sale = self.sale(member, sequence);
        if sale.is_some_and(|sale| sale.recorded_at >= since) {
            return;
        }
        self.waiting.remove(&sequence);
        let has_claim =
            |book: &Arc<Book>| book.file(member).is_some_and(|file| file.claim.is_some());
        if !self.books.iter().any(has_claim) {
            self.sales.remove(&(member, sequence));
        }
    }

    /// A sale as it is from now on: money of it came back.
    pub fn set_sale(&mut self, member: u32, sale: Sale) {
        self.sales.insert((member, sale.sequence), Arc::new(sale));
    }

    /// A member's fingerprints, in order.
    pub fn marks(&self, member: u32) -> &[Box<str>] {
        self.marks.get(&member).map_or(&[], |marks| marks)
    }

    /// Everybody who has a fingerprint.
    pub fn holders(&self, mark: &str) -> impl Iterator<Item = u32> {
        let from: (Box<str>, u32) = (mark.into(), 0);
        let through = (from.0.clone(), u32::MAX);
        self.holders
            .range(from..=through)
            .map(|(_, member)| *member)
    }

    pub fn add_marks<'m>(&mut self, member: u32, marks: impl Iterator<Item = &'m str>) {
        let mut all = self.marks(member).to_vec();
        for mark in marks {
            if let Err(place) = all.binary_search_by(|known| (**known).cmp(mark)) {
                all.insert(place, mark.into());
                self.holders.insert((mark.into(), member));
            }
        }
        if !all.is_empty() {
            self.marks.insert(member, all.into());
        }
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
            files: OrdMap::new(),
            passed: OrdMap::new(),
            closed: OrdSet::new(),
            index: Index::default(),
        }
    }

    /// Whether anything was ever told to it.
    pub fn is_used(&self) -> bool {
        !(self.codes.is_empty() && self.files.is_empty() && self.closed.is_empty())
    }

    pub fn code(&self, code: &str) -> Option<&Code> {
        self.codes.get(code)
    }

    /// Every code, in order.
    pub fn codes(&self) -> impl Iterator<Item = (&str, &Code)> {
        self.codes.iter().map(|(text, code)| (&**text, code))
    }

    pub fn set_code(&mut self, text: &str, code: Code) {
        self.codes.insert(text.into(), code);
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

    pub fn file(&self, friend: u32) -> Option<&File> {
        self.files.get(&friend).map(Arc::as_ref)
    }

    /// Every file, by friend.
    pub fn files(&self) -> impl Iterator<Item = (u32, &File)> {
        self.files.iter().map(|(friend, file)| (*friend, &**file))
    }

    /// A file as it is from now on; what is found out from files follows.
    pub fn set_file(&mut self, friend: u32, file: File) {
        let new = Arc::new(file);
        let old = self.files.insert(friend, Arc::clone(&new));
        self.index.follow(friend, old.as_deref(), &new);
        let token = |file: &File| file.claim.as_ref().and_then(|claim| claim.token.clone());
        let (was, is) = (old.as_deref().and_then(token), token(&new));
        if was != is {
            self.look_for_claims(was.as_deref());
            self.look_for_claims(is.as_deref());
        }
        let edge = |file: &File| file.edge.as_ref().map(|edge| edge.code.clone());
        let was = old.as_deref().and_then(edge);
        if was != edge(&new) {
            self.release(old.as_deref().and_then(|old| old.edge.as_ref()), friend);
            self.consume(new.edge.as_ref(), friend);
        }
    }

    fn release(&mut self, edge: Option<&Edge>, friend: u32) {
        self.change_coupon(edge, |coupon| coupon.release(friend).unwrap_or(coupon));
    }

    fn consume(&mut self, edge: Option<&Edge>, friend: u32) {
        // Whoever had it before gives it back in the same entry.
        self.change_coupon(edge, |_| Coupon::Used(friend));
    }

    fn change_coupon(&mut self, edge: Option<&Edge>, change: impl Fn(Coupon<u32>) -> Coupon<u32>) {
        let Some(edge) = edge else { return };
        let coupon = |code: &Code| code.coupon;
        if self.codes.get(&*edge.code).and_then(coupon).is_none() {
            return;
        }
        if let Some(code) = self.codes.get_mut(&*edge.code) {
            code.coupon = code.coupon.map(change);
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

    pub fn has_friends(&self, advocate: u32) -> bool {
        self.friends(advocate).next().is_some()
    }

    /// Every bound pair of advocate and friend.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> {
        self.index.friends.iter().copied()
    }

    pub fn advocate_of(&self, member: u32) -> Option<u32> {
        Some(self.file(member)?.bound()?.advocate)
    }

    /// Who brought the member, who brought that one, and so on.
    pub fn ancestors(&self, member: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(self.advocate_of(member), |above| self.advocate_of(*above))
    }

    /// Rewards of the role advocate that count against the advocate's cap.
    pub fn given(&self, advocate: u32) -> i64 {
        self.index.given.get(&advocate).copied().unwrap_or(0)
    }

    /// The same of one month.
    pub fn given_in(&self, advocate: u32, month: Month) -> i64 {
        let given = self.index.given_in.get(&(advocate, month));
        given.copied().unwrap_or(0)
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
