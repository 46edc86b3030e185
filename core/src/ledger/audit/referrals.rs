//! Referrals: what an entry says of a friend goes the ways of the machines, and every point that it says to have moved
//! for a reward has moved in the reward's wallet.

use std::collections::BTreeSet;

use super::super::entry::{Effect, Entry, Fact, Movement};
use super::super::referral::book::{Book, Code as Issued};
use super::super::referral::commands::ReviewDecision;
use super::super::referral::coupon::Coupon;
use super::super::referral::file::{File, Reward, Touch};
use super::super::rejection::Class;
use super::super::rejection::Code::Applied;
use super::super::request::{ChangeCoupon, Command};
use super::super::state::State;
use super::super::time::Instant;
use super::rewards::Moved;
use super::{Finding, by_hand, demand, edges, members};

/// Whether a fact is about referrals.
pub fn is_of_referral(fact: &Fact<'_>) -> bool {
    matches!(
        fact,
        Fact::ReferralCodeIssued { .. }
            | Fact::ReferralCodeDisabled { .. }
            | Fact::CouponChanged { .. }
            | Fact::Touched { .. }
            | Fact::Referral { .. }
            | Fact::Fingerprints { .. }
            | Fact::BindPassed { .. }
            | Fact::RefundMet { .. }
            | Fact::PeriodClosed { .. }
            | Fact::ReferralAnswered { .. }
    )
}

/// Whether an effect moves points of rewards, and no others.
fn is_of_rewards(effect: &Effect) -> bool {
    let own = || effect.movements.iter().filter(|one| one.due_at.is_none());
    own().next().is_some() && own().all(Movement::is_of_reward)
}

/// The entry without what it says of referrals; `None` if it says nothing of them.
pub fn without_rewards<'a>(entry: &Entry<'a>) -> Option<Entry<'a>> {
    if !entry.facts.iter().any(is_of_referral) {
        return None;
    }
    let facts = entry.facts.iter().filter(|fact| !is_of_referral(fact));
    let effects = entry.effects.iter().enumerate();
    let effects = effects.filter(|(place, effect)| *place == 0 || !is_of_rewards(effect));
    let rest = Entry {
        request: entry.request.clone(),
        facts: facts.cloned().collect(),
        effects: effects.map(|(_, effect)| effect.clone()).collect(),
        ..*entry
    };
    Some(rest)
}

/// What a refusal may still change: what is known of referrals, and rewards with it.
pub fn changes_referrals_alone(entry: &Entry<'_>) -> bool {
    let mut own = entry.effects.iter().flat_map(|effect| &effect.movements);
    let says_so = || {
        entry
            .facts
            .iter()
            .any(|fact| matches!(fact, Fact::Referral { .. }))
    };
    entry.facts.iter().all(is_of_referral)
        && own.all(|movement| movement.due_at.is_some() || movement.is_of_reward())
        && (entry.effects.is_empty() || says_so())
}

pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    check_told(state, entry)?;
    if !entry.facts.iter().any(is_of_referral) {
        // Lots of rewards get other dates by hand as any lot does.
        let by_hand = by_hand::moves_lots(&entry.request.command);
        let moves = |movement: &Movement| match by_hand {
            true => movement.flow.is_of_reward(),
            false => movement.is_of_reward(),
        };
        let own = entry.effects.iter().flat_map(|effect| &effect.movements);
        let mut own = own.filter(|movement| movement.due_at.is_none());
        return demand(
            !own.any(moves),
            "it moves points of rewards without saying for what",
        );
    }
    let mut moved = Moved::default();
    let mut before = None;
    for fact in &entry.facts {
        check_fact(state, entry, fact)?;
        if let Fact::Referral {
            program,
            friend,
            file,
        } = fact
        {
            let place = (*program, *friend);
            demand(
                before.is_none_or(|before| before < place),
                "it tells of a referral twice",
            )?;
            before = Some(place);
            check_file(state, entry, place, file, &mut moved)?;
        }
    }
    moved.check(entry)
}

/// What is told to a book stands in the entry.
fn check_told(state: &State, entry: &Entry<'_>) -> Finding {
    if entry.code.class() != Class::Applied {
        return Ok(());
    }
    let tells = |told: fn(&Fact<'_>) -> bool| entry.facts.iter().any(told);
    let is_told = match &entry.request.command {
        Command::IssueCode(_) => tells(|fact| matches!(fact, Fact::ReferralCodeIssued { .. })),
        Command::DisableCode(_) => tells(|fact| matches!(fact, Fact::ReferralCodeDisabled { .. })),
        Command::RecordTouch(_) => tells(|fact| matches!(fact, Fact::Touched { .. })),
        Command::BindReferral(_) | Command::RecordStep(_) => {
            tells(|fact| matches!(fact, Fact::Referral { .. }))
        }
        Command::ReviewReferral(review) if review.decision == ReviewDecision::Move => {
            tells(|fact| matches!(fact, Fact::Referral { .. }))
        }
        Command::ChangeCoupon(change) => {
            let referrals = &state.objects.referrals;
            let book = referrals.find_book(&change.program);
            let is_issued = |number| referrals.book(number).code(&change.code).is_some();
            match book.is_some_and(is_issued) {
                true => tells(|fact| matches!(fact, Fact::CouponChanged { .. })),
                false => {
                    stays(state, entry, change)
                        || tells(|fact| matches!(fact, Fact::Referral { .. }))
                }
            }
        }
        _ => true,
    };
    demand(is_told, "it tells a book of referrals nothing")
}

/// Whether a voucher is as it was after what a till does with it.
fn stays(state: &State, entry: &Entry<'_>, change: &ChangeCoupon<'_>) -> bool {
    let (referrals, now) = (&state.objects.referrals, entry.recorded_at.instant());
    let number = referrals.find_book(&change.program);
    let book = number.map(|number| referrals.book(number));
    let file = book.and_then(|book| book.file(book.friend_of_voucher(&change.code)?));
    let Some(file) = file else {
        return false;
    };
    let mut vouchers = file.rewards().filter_map(|(_, reward)| {
        let voucher = reward.voucher.as_deref()?;
        (*voucher.code == *change.code).then_some((reward.member, voucher.coupon))
    });
    vouchers.any(|(member, coupon)| {
        let ends_at = change.ends_at(now);
        coupon.changed(change.action, member, ends_at, now) == Ok(coupon)
    })
}

fn book(state: &State, program: u16) -> Result<&Book, String> {
    let book = state.objects.referrals.books().get(usize::from(program));
    book.map(|book| &**book)
        .ok_or_else(|| "it names a referral program that is not there".to_owned())
}

/// Facts beside files, each against the state alone.
fn check_fact(state: &State, entry: &Entry<'_>, fact: &Fact<'_>) -> Finding {
    let members = members(state, entry);
    let command = &entry.request.command;
    match fact {
        Fact::ReferralCodeIssued {
            program,
            code,
            issued,
        } => check_issued(state, entry, *program, (code, issued)),
        Fact::ReferralCodeDisabled { program, code } => demand(
            book(state, *program)?.code(code).is_some(),
            "it disables a code that is not there",
        ),
        Fact::CouponChanged { .. } => check_coupon(state, entry, fact),
        Fact::Touched {
            program,
            touch,
            forgets,
            ..
        } => check_touch(book(state, *program)?, touch, *forgets),
        Fact::Fingerprints { member, marks } => {
            let known = state.objects.referrals.marks(*member);
            let is_new = |mark: &&str| known.binary_search(mark).is_err();
            let marks: Vec<&str> = marks.iter().map(AsRef::as_ref).collect();
            let in_order = marks.windows(2).all(|pair| pair[0] < pair[1]);
            demand(
                *member < members && in_order && marks.iter().all(is_new),
                "it tells of fingerprints that are known",
            )
        }
        Fact::BindPassed {
            program, advocate, ..
        } => {
            book(state, *program)?;
            demand(*advocate < members, "it names a member that is not there")
        }
        Fact::RefundMet { refund } => demand(
            matches!(command, Command::Purchase(_))
                && refund.entry < entry.sequence
                && refund.amount >= 0,
            "it meets a return that had not waited",
        ),
        Fact::PeriodClosed { program, month } => {
            let is_asked = matches!(command, Command::ClosePeriod(close) if close.month == *month);
            demand(
                is_asked && !book(state, *program)?.is_month_closed(*month),
                "it closes a month that was not to be closed",
            )
        }
        Fact::ReferralAnswered { .. } => {
            let asks = matches!(command, Command::Enroll(_) | Command::Purchase(_));
            demand(
                asks && command.naming().is_some(),
                "it answers what nobody asked",
            )
        }
        _ => Ok(()),
    }
}

/// A touch is by a code that is there, or by none; what makes room for it is there.
fn check_touch(book: &Book, touch: &Touch, forgets: u64) -> Finding {
    let code = book.code(&touch.code);
    let is_there = forgets == 0 || book.tokens().any(|(first, _)| first == forgets);
    let is_by_code = match touch.is_direct() {
        true => touch.code.is_empty() && touch.advocate == Touch::NOBODY,
        false => code.is_some_and(|code| code.member == touch.advocate),
    };
    demand(
        is_by_code && is_there,
        "it tells of a touch with a code that is not there",
    )
}

fn check_issued(
    state: &State,
    entry: &Entry<'_>,
    program: u16,
    (code, issued): (&str, &Issued),
) -> Finding {
    let Command::IssueCode(issue) = &entry.request.command else {
        return Err("it issues a code without being asked to".to_owned());
    };
    let coupon = issue.single_use.then_some(Coupon::Open);
    let expected = Issued {
        member: issued.member,
        expires_at: issue.expires_at.unwrap_or(Instant::NEVER),
        disabled_at: Instant::NEVER,
        coupon,
    };
    let is_asked = issue.code.as_ref().is_none_or(|asked| **asked == *code);
    let book = book(state, program)?;
    demand(
        book.code(code).is_none()
            && issued.member < members(state, entry)
            && *issued == expected
            && is_asked,
        "it issues another code than was asked for, or one that is there",
    )
}

/// A coupon goes the ways of its table, for whom the request names.
fn check_coupon(state: &State, entry: &Entry<'_>, fact: &Fact<'_>) -> Finding {
    let (
        Command::ChangeCoupon(change),
        Fact::CouponChanged {
            program,
            code,
            coupon,
        },
    ) = (&entry.request.command, fact)
    else {
        return Err("it changes a coupon without being asked to".to_owned());
    };
    let (book, now) = (book(state, *program)?, entry.recorded_at.instant());
    let named = (&*book.name, &**code) == (&*change.program, &*change.code);
    let known = book.code(code).filter(|_| named && entry.code == Applied);
    let before = known.and_then(|known| known.coupon);
    let member = state.find_member_at(&change.member, entry.request.occurred_at.unwrap_or(now));
    let after = before.zip(member).map(|(before, member)| {
        let ends_at = change.ends_at(now);
        before.changed(change.action, member, ends_at, now)
    });
    demand(
        after == Some(Ok(*coupon)),
        "a coupon takes a way that there is not",
    )
}

/// A file against the one before it.
fn check_file(
    state: &State,
    entry: &Entry<'_>,
    (program, friend): (u16, u32),
    file: &File,
    moved: &mut Moved,
) -> Finding {
    let (book, members) = (book(state, program)?, members(state, entry));
    let now = entry.recorded_at.instant();
    let before = settled(book, friend, now);
    demand(friend < members, "it tells of a friend who is not there")?;
    edges::check(state, entry, (program, book), friend, &before, file)?;
    let currencies = state.objects.program().currencies.len();
    for (_, reward) in file.rewards() {
        demand(
            reward.member < members
                && usize::from(reward.currency) < currencies
                && (0..=reward.points).contains(&reward.kept)
                && (reward.ended.is_none() || reward.kept == 0),
            "a reward keeps what it cannot have",
        )?;
        moved.compare(entry, find(&before, reward), reward)?;
        check_voucher(entry, book, friend, find(&before, reward), reward)?;
    }
    for (_, reward) in before.rewards() {
        let gone = find(file, reward).is_none();
        if gone && reward.origin != 0 {
            moved.add(reward.wallet(), 1, reward.kept);
        }
    }
    check_caps(state, entry, (program, book), &before, file)
}

/// A file as time has left it.
fn settled(book: &Book, friend: u32, now: Instant) -> File {
    let mut file = book.file(friend).unwrap_or_default();
    file.settle(now);
    file
}

fn find<'f>(file: &'f File, reward: &Reward) -> Option<&'f Reward> {
    let mut rewards = file.rewards().map(|(_, other)| other);
    rewards.find(|other| match (&reward.voucher, &other.voucher) {
        _ if reward.origin != 0 => other.origin == reward.origin,
        (Some(voucher), Some(others)) => {
            let terms = |one: &Reward| (one.role, one.member, one.currency, one.hold_ends_at);
            other.origin == 0
                && (&voucher.code, &voucher.label) == (&others.code, &others.label)
                && terms(reward) == terms(other)
        }
        _ => false,
    })
}

/// A voucher stays what it is; a new one has a code that nobody has.
fn check_voucher(
    entry: &Entry<'_>,
    book: &Book,
    friend: u32,
    before: Option<&Reward>,
    reward: &Reward,
) -> Finding {
    let kept = before.and_then(|before| before.voucher.as_deref());
    match (kept, reward.voucher.as_deref()) {
        (Some(kept), Some(voucher)) => {
            let now = entry.recorded_at.instant();
            let coupon = match &entry.request.command {
                Command::ChangeCoupon(change) if *change.code == *voucher.code => {
                    let ends_at = change.ends_at(now);
                    let changed = kept
                        .coupon
                        .changed(change.action, reward.member, ends_at, now);
                    changed.ok()
                }
                // Decided anew it is reserved no more.
                _ if !kept.is_used() && voucher.coupon == Coupon::Open => Some(Coupon::Open),
                _ => Some(kept.coupon),
            };
            demand(
                (&kept.code, &kept.label) == (&voucher.code, &voucher.label)
                    && coupon == Some(voucher.coupon),
                "a voucher that was given is another",
            )
        }
        (Some(_), None) => Err("a voucher that was given is gone".to_owned()),
        (None, Some(voucher)) => {
            let other = book.friend_of_voucher(&voucher.code);
            let is_free =
                book.code(&voucher.code).is_none() && other.is_none_or(|other| other == friend);
            // A till gives none.
            let at_till = matches!(&entry.request.command, Command::ChangeCoupon(_));
            demand(
                before.is_none() && is_free && !at_till,
                "a voucher has a code that is taken, or comes late",
            )
        }
        (None, None) => Ok(()),
    }
}

/// Caps are accounts that cannot go below zero: no new reward goes beyond one.
fn check_caps(
    state: &State,
    entry: &Entry<'_>,
    (program, book): (u16, &Book),
    before: &File,
    file: &File,
) -> Finding {
    for (conversion, reward) in file.rewards() {
        let is_new = find(before, reward).is_none();
        if !is_new || !reward.counts() {
            continue;
        }
        let version = state.objects.programs.get(conversion.program as usize);
        let rules = version.and_then(|version| version.referral(&book.name));
        let rules = rules.ok_or("a reward follows rules that are not there")?;
        let Some(most) = rules.caps.advocate else {
            continue;
        };
        let of_member = |file: &File| {
            let counts = |one: &&Reward| one.counts() && one.member == reward.member;
            file.rewards().map(|(_, one)| one).filter(counts).count() as i64
        };
        let stored = |friend: u32| match book.has_conversions(friend) {
            true => book.file(friend).map_or(0, |file| of_member(&file)),
            false => 0,
        };
        let mut given = book.given(reward.member);
        let is_told = |other: u32| {
            let mut told = entry.facts.iter();
            told.any(|fact| {
                matches!(fact, Fact::Referral { program: of, friend, .. } if (*of, *friend) == (program, other))
            })
        };
        for fact in &entry.facts {
            if let Fact::Referral {
                friend: other,
                file,
                program,
            } = fact
                && state.objects.referrals.book(*program).name == book.name
            {
                given += of_member(file) - stored(*other);
            }
        }
        // Freezes that lapsed without an entry still stand in the book.
        let now = entry.recorded_at.instant();
        let others: BTreeSet<u32> = book.lapsed(now).filter(|other| !is_told(*other)).collect();
        for other in others {
            let lapsed = settled(book, other, now);
            given += of_member(&lapsed) - stored(other);
        }
        demand(
            given <= most,
            "a reward goes beyond the cap of its advocate",
        )?;
    }
    Ok(())
}
