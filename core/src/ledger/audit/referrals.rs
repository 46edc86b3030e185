//! Referrals: what an entry says of a friend goes the ways of the machines, and every point that it says to have moved
//! for a reward has moved in the reward's wallet.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::super::entry::{Effect, Entry, Fact, Movement};
use super::super::referral::book::{Book, Code as Issued};
use super::super::referral::commands::ReviewDecision;
use super::super::referral::coupon::Coupon;
use super::super::referral::edge::{EdgeEvent, EdgeState};
use super::super::referral::file::{Conversion, File, Reward};
use super::super::rejection::Class;
use super::super::request::Command;
use super::super::state::State;
use super::super::time::Instant;
use super::rewards::Moved;
use super::{Finding, by_hand, demand};

/// Whether a fact is about referrals.
pub fn is_of_referral(fact: &Fact<'_>) -> bool {
    matches!(
        fact,
        Fact::ReferralCodeIssued { .. }
            | Fact::ReferralCodeDisabled { .. }
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
    check_told(entry)?;
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
fn check_told(entry: &Entry<'_>) -> Finding {
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
        _ => true,
    };
    demand(is_told, "it tells a book of referrals nothing")
}

fn members(state: &State, entry: &Entry<'_>) -> u32 {
    let enrols = |fact: &&Fact<'_>| matches!(fact, Fact::MemberEnrolled { .. });
    state.objects.member_count() + entry.facts.iter().filter(enrols).count() as u32
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
        Fact::Touched {
            program,
            touch,
            forgets,
            ..
        } => {
            let book = book(state, *program)?;
            let code = book.code(&touch.code);
            let is_there = *forgets == 0 || book.tokens().any(|(first, _)| first == *forgets);
            demand(
                code.is_some_and(|code| code.member == touch.advocate) && is_there,
                "it tells of a touch with a code that is not there",
            )
        }
        Fact::Fingerprints { member, marks } => {
            let known = state.objects.referrals.marks(*member);
            let is_new = |mark: &&str| known.iter().all(|known| **known != **mark);
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
    check_edge(entry, (program, book), members, friend, &before, file)?;
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
fn settled(book: &Book, friend: u32, now: Instant) -> Cow<'_, File> {
    let Some(stored) = book.file(friend) else {
        return Cow::Owned(File::default());
    };
    let lapses = |(_, reward): (&Conversion, &Reward)| reward.frozen_until <= now;
    if !stored.rewards().any(lapses) {
        return Cow::Borrowed(stored);
    }
    let mut file = stored.clone();
    file.settle(now);
    Cow::Owned(file)
}

fn find<'f>(file: &'f File, reward: &Reward) -> Option<&'f Reward> {
    let mut rewards = file.rewards().map(|(_, other)| other);
    rewards.find(|other| reward.origin != 0 && other.origin == reward.origin)
}

/// An edge goes the ways of its table, to an advocate who is not below the friend.
fn check_edge(
    entry: &Entry<'_>,
    (program, book): (u16, &Book),
    members: u32,
    friend: u32,
    before: &File,
    file: &File,
) -> Finding {
    let state = |file: &File| match &file.edge {
        Some(_) if file.is_void => EdgeState::Void,
        Some(_) => EdgeState::Bound,
        None => EdgeState::Unbound,
    };
    let (old, new) = (state(before), state(file));
    let leads = |event: EdgeEvent| old.after(event).0 == new;
    let is_denied = matches!(
        &entry.request.command,
        Command::ReviewReferral(review) if review.decision == ReviewDecision::Deny
    );
    let events = [
        EdgeEvent::Wins,
        EdgeEvent::NobodyWins,
        EdgeEvent::ClaimPasses,
    ];
    let denial = is_denied.then_some(EdgeEvent::Deny);
    let ways = || events.into_iter().chain(denial);
    demand(
        old == new || ways().any(leads),
        "an edge takes a way that there is not",
    )?;
    let Some(edge) = &file.edge else {
        return demand(
            file.conversions.is_empty(),
            "nobody is rewarded for a friend of nobody",
        );
    };
    let keeps = file.rewards().any(|(_, reward)| reward.ended.is_none());
    demand(!(file.is_void && keeps), "a void edge rewards nobody")?;
    if before.edge.as_ref() == Some(edge) {
        return Ok(());
    }
    let code = book.code(&edge.code);
    let is_claimed = file
        .claim
        .as_ref()
        .is_some_and(|claim| claim.identified_at == edge.bound_at);
    demand(
        edge.advocate < members && edge.advocate != friend && is_claimed,
        "an edge leads to nobody, or to the friend",
    )?;
    demand(
        code.is_none_or(|code| code.member == edge.advocate),
        "an edge leads to another advocate than its code's",
    )?;
    let mut above = Some(edge.advocate);
    for _ in 0..=members {
        match above {
            Some(member) if member == friend => break,
            Some(member) => above = advocate_after(entry, (program, book), member),
            None => return Ok(()),
        }
    }
    Err("an edge closes a circle".to_owned())
}

/// Who has brought a member once the entry is applied.
fn advocate_after(entry: &Entry<'_>, (program, book): (u16, &Book), member: u32) -> Option<u32> {
    let told = entry.facts.iter().find_map(|fact| match fact {
        Fact::Referral {
            program: of,
            friend,
            file,
        } if (*of, *friend) == (program, member) => Some(file),
        _ => None,
    });
    match told {
        Some(file) => file.bound().map(|edge| edge.advocate),
        None => book.advocate_of(member),
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
        let is_new = reward.origin != 0 && find(before, reward).is_none();
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
                given += of_member(file) - book.file(*other).map_or(0, of_member);
            }
        }
        // Freezes that lapsed without an entry still stand in the book.
        let now = entry.recorded_at.instant();
        let others: BTreeSet<u32> = book.lapsed(now).filter(|other| !is_told(*other)).collect();
        for other in others {
            let lapsed = settled(book, other, now);
            given += of_member(&lapsed) - book.file(other).map_or(0, of_member);
        }
        demand(
            given <= most,
            "a reward goes beyond the cap of its advocate",
        )?;
    }
    Ok(())
}
