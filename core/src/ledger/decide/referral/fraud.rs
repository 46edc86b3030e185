//! Rules about fraud that need no clock and no network: those that deny an edge, and those that freeze or note it.

use std::collections::BTreeSet;

use super::super::super::entry::Fact;
use super::super::super::members::Status;
use super::super::super::program::ReferralRules;
use super::super::super::program::referral::{FraudRule, Graph};
use super::super::super::referral::book::Book;
use super::super::super::referral::file::{Finding, Notes, Rule};
use super::super::super::rejection::Code;
use super::desk::{Desk, Subject};

/// Kinds of fingerprints that several people may share, or that name nobody.
const WEAK: [&str; 3] = ["device", "ip", "disposable"];
/// Members that one search for a cluster looks at.
const CLUSTER: usize = 1_024;

/// The place of a denial among those that apply: the first one is told.
pub fn rank(denial: Code) -> usize {
    const DENIALS: [Code; 11] = [
        Code::Blocked,
        Code::SelfReferral,
        Code::AlreadyReferred,
        Code::NotNew,
        Code::Returning,
        Code::OwnCode,
        Code::SameIdentity,
        Code::Cycle,
        Code::HasReferrals,
        Code::Depth,
        Code::Denied,
    ];
    let place = DENIALS.iter().position(|known| *known == denial);
    place.unwrap_or(DENIALS.len())
}

/// The first denial that is about the advocate or the edges there are; those about the friend's own past are not.
pub fn denial_by_others(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    advocate: u32,
    at_checkout: bool,
) -> Option<Code> {
    let Subject {
        book,
        friend,
        rules,
    } = subject;
    let is_active = |member| desk.status(member) == Status::Active;
    if !is_active(advocate) || !is_active(friend) {
        return Some(Code::Blocked);
    }
    let is_own = advocate == friend;
    if is_own && !at_checkout {
        return Some(Code::SelfReferral);
    }
    let is_on = |rule| !rules.rules_off.has(rule);
    if is_on(FraudRule::Returning) && is_returning(desk, friend) {
        return Some(Code::Returning);
    }
    if is_own {
        return Some(Code::OwnCode);
    }
    if is_on(FraudRule::SameIdentity)
        && share(&desk.marks(advocate), &desk.marks(friend), is_strong)
    {
        return Some(Code::SameIdentity);
    }
    let book = desk.book(book);
    match rules.graph {
        Graph::LeafOnly => book.has_friends(friend).then_some(Code::HasReferrals),
        Graph::Any => denial_by_depth(book, rules, (advocate, friend)),
    }
}

/// Whether somebody who was erased had a strong fingerprint or an alias of the friend.
fn is_returning(desk: &Desk<'_, '_>, friend: u32) -> bool {
    let is_erased = |member| desk.status(member) == Status::Erased;
    let marks = desk.marks(friend);
    let mut strong = marks.iter().filter(|mark| is_strong(mark));
    strong.any(|mark| desk.referrals.holders(mark).any(is_erased))
        || desk
            .aliases(friend)
            .any(|alias| desk.case.state.was_held(&alias, is_erased))
}

/// Whether the friend is above the advocate.
pub fn denial_by_circle(desk: &Desk<'_, '_>, subject: Subject<'_>, advocate: u32) -> Option<Code> {
    let is_above = desk.book(subject.book).is_above(subject.friend, advocate);
    is_above.then_some(match subject.rules.graph {
        Graph::LeafOnly => Code::HasReferrals,
        Graph::Any => Code::Cycle,
    })
}

/// Why a person may not give a friend to another advocate, who is there.
pub fn denial_of_move(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    (from, to): (u32, u32),
) -> Option<Code> {
    let Subject { friend, rules, .. } = subject;
    let is_blocked = |member| desk.status(member) == Status::Blocked;
    if is_blocked(to) || is_blocked(friend) {
        return Some(Code::Blocked);
    }
    if to == friend {
        return Some(Code::SelfReferral);
    }
    if to == from {
        return Some(Code::AlreadyReferred);
    }
    match rules.graph {
        Graph::LeafOnly => denial_by_circle(desk, subject, to),
        Graph::Any => denial_by_depth(desk.book(subject.book), rules, (to, friend)),
    }
}

fn denial_by_depth(
    book: &Book,
    rules: &ReferralRules,
    (advocate, friend): (u32, u32),
) -> Option<Code> {
    if book.is_above(friend, advocate) {
        return Some(Code::Cycle);
    }
    let most = rules.depth as usize;
    let is_deep = most > 0 && book.ancestors(advocate).take(most + 1).count() > most;
    is_deep.then_some(Code::Depth)
}

/// What each rule finds about an edge that is about to be bound.
pub fn freezes_and_notes(desk: &mut Desk<'_, '_>, subject: Subject<'_>, advocate: u32) -> Notes {
    let notes = by_fingerprints(desk, subject, advocate);
    let velocity = velocity(desk, subject, advocate);
    notes
        .with(Rule::Velocity, velocity)
        .with(Rule::AmountOutlier, Finding::NotEvaluated)
}

fn by_fingerprints(desk: &Desk<'_, '_>, subject: Subject<'_>, advocate: u32) -> Notes {
    let (mine, theirs) = (desk.marks(subject.friend), desk.marks(advocate));
    let has_strong = mine.iter().any(|mark| is_strong(mark));
    let alike = has_strong.then(|| cluster(desk, subject.friend)).flatten();
    let verdict = |is_hit: &dyn Fn(&BTreeSet<u32>) -> bool| match &alike {
        Some(cluster) if is_hit(cluster) => Finding::Froze,
        Some(_) => Finding::Passed,
        None => Finding::NotEvaluated,
    };
    let in_ring = |cluster: &BTreeSet<u32>| {
        let most = match subject.rules.depth {
            0 => usize::MAX,
            depth => depth as usize,
        };
        let mut above = desk.book(subject.book).ancestors(advocate).take(most);
        // Nobody is above themselves.
        cluster.len() > 1 && above.any(|above| cluster.contains(&above))
    };
    let disposable = match &*mine {
        [] => Finding::NotEvaluated,
        _ if mine.iter().any(|mark| kind_of(mark) == "disposable") => Finding::Froze,
        _ => Finding::Passed,
    };
    let shared_ip = match shared(&mine, &theirs, "ip") {
        Finding::Froze => Finding::Noted,
        found => found,
    };
    let off = subject.rules.rules_off;
    let found = [
        (
            FraudRule::SameCluster,
            Rule::SameCluster,
            verdict(&|cluster| cluster.contains(&advocate)),
        ),
        (FraudRule::Ring, Rule::Ring, verdict(&in_ring)),
        (
            FraudRule::SharedDevice,
            Rule::SharedDevice,
            shared(&mine, &theirs, "device"),
        ),
        (FraudRule::SharedIp, Rule::SharedIp, shared_ip),
        (FraudRule::Disposable, Rule::Disposable, disposable),
    ];
    let asked = found.into_iter().filter(|(rule, ..)| !off.has(*rule));
    asked.fold(Notes::default(), |notes, (_, rule, found)| {
        notes.with(rule, found)
    })
}

/// Whether two members have a fingerprint of a kind in common; not evaluated if one of them has none.
fn shared(mine: &[&str], theirs: &[&str], kind: &str) -> Finding {
    let of_kind = |mark: &str| kind_of(mark) == kind;
    let has = |marks: &[&str]| marks.iter().any(|mark| of_kind(mark));
    if !has(mine) || !has(theirs) {
        return Finding::NotEvaluated;
    }
    match share(mine, theirs, of_kind) {
        true => Finding::Froze,
        false => Finding::Passed,
    }
}

/// Only binds that passed count, and are remembered.
fn velocity(desk: &mut Desk<'_, '_>, subject: Subject<'_>, advocate: u32) -> Finding {
    let Some(velocity) = subject.rules.velocity else {
        return Finding::NotEvaluated;
    };
    let most = usize::from(velocity.binds);
    let passed = desk.passed(subject.book, advocate);
    let latest = &passed[passed.len().saturating_sub(most)..];
    if let (Some(first), true) = (latest.first(), latest.len() == most) {
        let ends_at = desk.standing(subject).after(*first, velocity.within);
        if desk.now() < ends_at {
            return Finding::Froze;
        }
    }
    desk.tell(Fact::BindPassed {
        program: subject.book,
        advocate,
        most: velocity.binds,
    });
    Finding::Passed
}

fn kind_of(mark: &str) -> &str {
    mark.split_once(':').map_or(mark, |(kind, _)| kind)
}

fn is_strong(mark: &str) -> bool {
    !WEAK.contains(&kind_of(mark))
}

/// Whether two members have a fingerprint of some kind in common.
fn share(mine: &[&str], theirs: &[&str], of: impl Fn(&str) -> bool) -> bool {
    let mut mine = mine.iter().filter(|mark| of(mark));
    mine.any(|mark| theirs.binary_search(mark).is_ok())
}

/// Everybody who shares a strong fingerprint with a member, or with somebody who does, and so on; nothing if they are
/// too many to be told.
fn cluster(desk: &Desk<'_, '_>, member: u32) -> Option<BTreeSet<u32>> {
    let mut found = BTreeSet::from([member]);
    let mut to_look_at = vec![member];
    let mut marks: BTreeSet<&str> = BTreeSet::new();
    while let Some(one) = to_look_at.pop() {
        for mark in desk.marks(one).into_iter().filter(|mark| is_strong(mark)) {
            if !marks.insert(mark) {
                continue;
            }
            for other in desk.referrals.holders(mark) {
                if found.insert(other) {
                    to_look_at.push(other);
                }
                if found.len() > CLUSTER {
                    return None;
                }
            }
        }
    }
    Some(found)
}
