//! The books and wallets as an entry leaves them, while it is decided.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::super::super::entry::{Effect, Fact, WalletId};
use super::super::super::members::Status;
use super::super::super::program::{Calendar, ReferralRules};
use super::super::super::referral::book::{Book, Referrals};
use super::super::super::referral::file::{Conversion, File, Sale};
use super::super::super::referral::noting::Told;
use super::super::super::referral::standing::{Standing, rules_of};
use super::super::super::rejection::{Code, Rejection};
use super::super::super::time::Instant;
use super::super::case::{Case, Verdict};
use super::super::draft::Draft;

/// One friend in one program.
#[derive(Clone, Copy)]
pub struct Subject<'s> {
    pub book: u16,
    pub friend: u32,
    /// The rules in force.
    pub rules: &'s ReferralRules,
}

pub struct Desk<'c, 's> {
    pub case: &'c mut Case<'s>,
    /// The books, with what the entry has decided about others than the friend at hand.
    pub referrals: Referrals,
    /// The key of the entry's request.
    pub key: Box<str>,
    pub calendar: &'s Calendar,
    /// Id of the member that the entry enrols; empty if it enrols none.
    pub newcomer: Box<str>,
    /// Files that changed, by book and friend.
    files: BTreeMap<(u16, u32), File>,
    /// The purchase that the entry tells of, with its buyer.
    told: Option<(u32, Sale)>,
    facts: Vec<Fact<'static>>,
    effects: SmallVec<[Effect; 1]>,
    /// Rewards that the entry has given.
    rewards: u32,
    /// Points beside rewards' own that were given back already, by wallet.
    pub given_back: BTreeMap<WalletId, i64>,
}

impl<'c, 's> Desk<'c, 's> {
    /// A desk for an entry that has done so much already.
    pub fn new(
        case: &'c mut Case<'s>,
        key: &str,
        effects: SmallVec<[Effect; 1]>,
    ) -> Result<Desk<'c, 's>, Rejection> {
        let calendar = case.calendar()?;
        Ok(Desk {
            referrals: Referrals::clone(&case.state.objects.referrals),
            key: key.into(),
            calendar,
            newcomer: Box::default(),
            files: BTreeMap::new(),
            told: None,
            facts: Vec::new(),
            effects,
            rewards: 0,
            given_back: BTreeMap::new(),
            case,
        })
    }

    pub fn now(&self) -> Instant {
        self.case.now
    }

    pub fn book(&self, number: u16) -> &Book {
        self.referrals.book(number)
    }

    /// A friend in a book, under the rules in force; `None` if the program has none for the book any more.
    pub fn subject(&self, book: u16, friend: u32) -> Option<Subject<'s>> {
        let program = self.case.state.objects.program();
        let rules = program.referral(&self.book(book).name)?;
        Some(Subject {
            book,
            friend,
            rules,
        })
    }

    /// A friend in every book whose program is in force.
    pub fn subjects(&self, friend: u32) -> Vec<Subject<'s>> {
        let books = 0..self.referrals.books().len() as u16;
        books
            .filter_map(|book| self.subject(book, friend))
            .collect()
    }

    /// The rules by which a conversion was decided.
    pub fn rules_of(&self, subject: Subject<'s>, conversion: &Conversion) -> &'s ReferralRules {
        let programs = &self.case.state.objects.programs;
        let rules = rules_of(programs, conversion.program, self.book(subject.book));
        rules.unwrap_or(subject.rules)
    }

    /// Where a friend stands under the rules in force.
    pub fn standing<'d>(&'d self, subject: Subject<'d>) -> Standing<'d> {
        Standing {
            objects: &self.case.state.objects,
            referrals: &self.referrals,
            book: self.book(subject.book),
            rules: subject.rules,
            calendar: self.calendar,
            now: self.case.now,
            told: self.told.as_ref(),
        }
    }

    /// The id of a member, also of one that this entry enrols.
    pub fn name(&self, member: u32) -> &str {
        match member < self.case.state.objects.member_count() {
            true => self.case.state.objects.member_id(member),
            false => &self.newcomer,
        }
    }

    pub fn status(&self, member: u32) -> Status {
        self.case.status(member)
    }

    /// The file of a friend as it stands now; an empty one if there is none.
    pub fn file(&self, book: u16, friend: u32) -> File {
        if let Some(changed) = self.files.get(&(book, friend)) {
            return changed.clone();
        }
        let mut file = self.book(book).file(friend).cloned().unwrap_or_default();
        file.settle(self.case.now);
        file
    }

    /// Keeps a file, if it is not as it was.
    pub fn keep(&mut self, book: u16, friend: u32, file: File) {
        if let Some(changed) = self.files.get_mut(&(book, friend)) {
            *changed = file;
            return;
        }
        let is_as_it_was = match self.book(book).file(friend) {
            Some(stored) => *stored == file,
            None => file == File::default(),
        };
        if !is_as_it_was {
            self.files.insert((book, friend), file);
        }
    }

    /// What was decided about one friend stands in the books before the next one is looked at.
    pub fn go_on(&mut self, subject: Subject<'_>) {
        let Subject { book, friend, .. } = subject;
        if let Some(file) = self.files.get(&(book, friend)) {
            self.referrals.book_mut(book).set_file(friend, file.clone());
        }
    }

    /// What the entry tells of a purchase is known from now on.
    pub fn hear(&mut self, told: Told) {
        self.told = told.into_sale(&self.referrals);
    }

    pub fn tell(&mut self, fact: Fact<'static>) {
        self.facts.push(fact);
    }

    /// The place of the next reward that the entry gives.
    pub fn next_reward(&mut self) -> u32 {
        self.rewards += 1;
        self.rewards - 1
    }

    /// The reward that was to be given is not: its place is the next one's.
    pub fn keep_reward(&mut self) {
        self.rewards -= 1;
    }

    /// Whether the entry may give one more reward.
    pub fn has_room(&self) -> bool {
        self.rewards < super::super::super::bounds::ENTRY_REWARDS
    }

    /// A wallet with all that the entry has done to it.
    pub fn draft(&self, wallet: WalletId) -> Draft {
        let before = self.effects.iter().find(|effect| effect.wallet == wallet);
        match before {
            Some(before) => Draft::after(self.case.state, before, self.case.now),
            None => Draft::new(self.case.state, wallet, self.case.now),
        }
    }

    /// Puts a wallet back that was changed; the code of the bound that it would break.
    pub fn put(&mut self, draft: Draft) -> Result<(), Code> {
        let wallet = draft.id();
        let effect = draft.finish()?;
        match self
            .effects
            .iter_mut()
            .find(|before| before.wallet == wallet)
        {
            Some(before) => *before = effect,
            None => self.effects.push(effect),
        }
        Ok(())
    }

    /// The verdict with what was decided about referrals.
    pub fn close<'a>(self, mut verdict: Verdict<'a>) -> Verdict<'a> {
        verdict.effects = self.effects;
        verdict.facts.extend(self.facts);
        let files = self.files.into_iter();
        let facts = files.map(|((program, friend), file)| Fact::Referral {
            program,
            friend,
            file: Box::new(file),
        });
        verdict.facts.extend(facts);
        verdict
    }
}
