//! The books and wallets as an entry leaves them, while it is decided.

use std::borrow::Cow;
use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::super::super::entry::{Effect, Fact, Flow, WalletId};
use super::super::super::lot::Lot;
use super::super::super::members::Status;
use super::super::super::program::{Calendar, Period, ReferralRules};
use super::super::super::referral::book::{Book, Referrals};
use super::super::super::referral::file::{Conversion, File, Reward, RoleNumber, Sale};
use super::super::super::referral::noting::Told;
use super::super::super::referral::standing::{Standing, after, rules_of};
use super::super::super::referral::voucher::Voucher;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::time::Instant;
use super::super::case::{Case, Verdict};
use super::super::draft::{Draft, lone_lot};

/// One friend in one program.
#[derive(Clone, Copy)]
pub struct Subject<'s> {
    pub book: u16,
    pub friend: u32,
    /// The rules in force.
    pub rules: &'s ReferralRules,
}

/// Who joins with the entry, and by which aliases: their hashes.
pub struct Newcomer {
    pub id: Box<str>,
    pub aliases: SmallVec<[[u8; 16]; 2]>,
}

/// Book and friend, and the file as it is from now on; none while somebody has taken it.
type Changed = ((u16, u32), Option<Box<File>>);

pub struct Desk<'c, 's> {
    pub case: &'c mut Case<'s>,
    /// The books, with what the entry has decided about others than the friend at hand.
    pub referrals: Cow<'s, Referrals>,
    /// The key of the entry's request.
    pub key: Box<str>,
    pub calendar: &'s Calendar,
    /// The member that the entry enrols, if it enrols one.
    pub newcomer: Option<Newcomer>,
    /// Files that changed, in order of book and friend; nothing while one is decided anew.
    files: SmallVec<[Changed; 1]>,
    /// The purchase that the entry tells of, with its buyer.
    told: Option<(u32, Sale)>,
    facts: Vec<Fact<'static>>,
    effects: SmallVec<[Effect; 1]>,
    /// Rewards that the entry has given.
    rewards: u32,
    /// Points beside rewards' own that were given back already, by wallet.
    pub given_back: BTreeMap<WalletId, i64>,
    /// Rewards that the entry takes back and whose voucher was used, with book, friend and event.
    set_aside: Vec<(u16, u32, Box<str>, Reward)>,
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
            referrals: Cow::Borrowed(&case.state.objects.referrals),
            key: key.into(),
            calendar,
            newcomer: None,
            files: SmallVec::new(),
            told: None,
            facts: Vec::new(),
            effects,
            rewards: 0,
            given_back: BTreeMap::new(),
            set_aside: Vec::new(),
            case,
        })
    }

    pub fn now(&self) -> Instant {
        self.case.now
    }

    /// An instant and a period later, as referral programs count.
    pub fn after(&self, instant: Instant, period: Period) -> Instant {
        after(self.calendar, instant, period)
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

    /// A member's fingerprints, in order, with those that the entry tells of.
    pub fn marks(&self, member: u32) -> SmallVec<[&str; 8]> {
        let mut all = self.referrals.marks(member);
        for fact in &self.facts {
            if let Fact::Fingerprints { member: of, marks } = fact
                && *of == member
            {
                all.extend(marks.iter().map(AsRef::as_ref));
                all.sort_unstable();
            }
        }
        all
    }

    /// When binds of an advocate passed, oldest first, with those of the entry.
    pub fn passed(&self, book: u16, advocate: u32) -> SmallVec<[Instant; 8]> {
        let mut passed = SmallVec::from_slice(self.book(book).passed(advocate));
        for fact in &self.facts {
            if let Fact::BindPassed {
                program,
                advocate: of,
                ..
            } = fact
                && (*program, *of) == (book, advocate)
            {
                passed.push(self.case.now);
            }
        }
        passed
    }

    /// The id of a member, also of one that this entry enrols.
    pub fn name(&self, member: u32) -> &str {
        match member < self.case.state.objects.member_count() {
            true => self.case.state.objects.member_id(member),
            false => self.newcomer.as_ref().map_or("", |newcomer| &newcomer.id),
        }
    }

    /// Hashes of all aliases that a member holds or held.
    pub fn aliases(&self, member: u32) -> impl Iterator<Item = [u8; 16]> {
        let known = member < self.case.state.objects.member_count();
        let held = known.then(|| self.case.state.objects.member(member).aliases());
        let held = held.into_iter().flatten().map(|held| held.hash);
        let newcomer = self.newcomer.as_ref().filter(|_| !known);
        let told = newcomer.into_iter().flat_map(|newcomer| &newcomer.aliases);
        held.chain(told.copied())
    }

    pub fn status(&self, member: u32) -> Status {
        self.case.status(member)
    }

    /// The file of a friend as it stands now; an empty one if there is none.
    pub fn file(&self, book: u16, friend: u32) -> File {
        match self.changed(book, friend) {
            Some(changed) => changed.clone(),
            None => self.stored(book, friend),
        }
    }

    fn changed(&self, book: u16, friend: u32) -> Option<&File> {
        let place = self.place_of(book, friend).ok()?;
        self.files[place].1.as_deref()
    }

    fn place_of(&self, book: u16, friend: u32) -> Result<usize, usize> {
        self.files
            .binary_search_by_key(&(book, friend), |(place, _)| *place)
    }

    fn stored(&self, book: u16, friend: u32) -> File {
        let mut file = self.book(book).file(friend).unwrap_or_default();
        file.settle(self.case.now);
        file
    }

    /// The same, to be kept anew.
    pub fn take(&mut self, book: u16, friend: u32) -> File {
        let place = self.place_of(book, friend).ok();
        let taken = place.and_then(|place| self.files[place].1.take());
        taken.map_or_else(|| self.stored(book, friend), |file| *file)
    }

    /// Keeps a file, if it is not as it was.
    pub fn keep(&mut self, book: u16, friend: u32, file: File) {
        match self.place_of(book, friend) {
            Ok(place) => self.files[place].1 = Some(Box::new(file)),
            Err(place) if !self.book(book).is_known(friend, &file) => {
                let changed = Some(Box::new(file));
                self.files.insert(place, ((book, friend), changed));
            }
            Err(_) => {}
        }
    }

    /// What was decided about one friend stands in the books before the next one is looked at.
    pub fn go_on(&mut self, subject: Subject<'_>) {
        let Subject { book, friend, .. } = subject;
        if let Ok(place) = self.place_of(book, friend)
            && let Some(file) = &self.files[place].1
        {
            let book = self.referrals.to_mut().book_mut(book);
            book.set_file(friend, file);
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

    /// What was used stays used, if the entry decides the same role anew.
    pub fn set_aside(&mut self, subject: Subject<'_>, conversion: &Conversion) {
        let is_used = |reward: &&Reward| reward.voucher.as_ref().is_some_and(|one| one.is_used());
        for reward in conversion.rewards.iter().filter(is_used) {
            let event = conversion.event.clone();
            let used = (subject.book, subject.friend, event, reward.clone());
            self.set_aside.push(used);
        }
    }

    /// The voucher of a role and member that was used before the entry took its reward back, for an event or for any.
    pub fn used_voucher(
        &self,
        subject: Subject<'_>,
        event: Option<&str>,
        whose: (RoleNumber, u32),
    ) -> Option<&Voucher> {
        let place = (subject.book, subject.friend);
        let found = self.set_aside.iter().find(|(book, friend, of, reward)| {
            (*book, *friend) == place
                && event.is_none_or(|event| *event == **of)
                && (reward.role, reward.member) == whose
        });
        found.and_then(|(.., reward)| reward.voucher.as_deref())
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

    /// Puts a new lot into a wallet; the code of the bound that this would break.
    pub fn add(&mut self, wallet: WalletId, flow: Flow, lot: Lot) -> Result<(), Code> {
        let is_first = self.effects.iter().all(|before| before.wallet != wallet);
        if is_first
            && !lot.is_frozen()
            && let Some(effect) = lone_lot(self.case.state, wallet, self.case.now, flow, lot)
        {
            self.effects.push(effect?);
            return Ok(());
        }
        let mut draft = self.draft(wallet);
        draft.put(flow, lot, 0);
        self.put(draft)
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
        let facts = files.filter_map(|((program, friend), file)| {
            Some(Fact::Referral {
                program,
                friend,
                file: file?,
            })
        });
        verdict.facts.extend(facts);
        verdict
    }
}
