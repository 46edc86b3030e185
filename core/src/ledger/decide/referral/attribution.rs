//! Who brought a friend: the candidates, the winner, and the edge, decided anew with every fact until grace is over.

use smallvec::SmallVec;

use super::super::super::members::Status;
use super::super::super::program::referral::Attribution;
use super::super::super::referral::book::Code as Issued;
use super::super::super::referral::edge::{EdgeAnswer, EdgeEvent, EdgeState};
use super::super::super::referral::file::{Claim, Edge, File, Touch};
use super::super::super::referral::standing::refusal;
use super::super::super::rejection::Code;
use super::super::super::request::Naming;
use super::super::super::time::Instant;
use super::desk::{Desk, Subject};
use super::{conversions, credit, fraud};

/// The touch that wins, or why none does.
enum Found {
    Winner(Touch),
    Nobody(Code),
}

/// Where a friend says who brought them.
#[derive(Clone, Copy)]
pub struct Saying {
    pub identified_at: Instant,
    pub at_checkout: bool,
}

/// A friend says who brought them: the answer, with the edge decided as far as it can be.
pub fn claim<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    naming: &Naming<'_>,
    saying: Saying,
) -> Result<Code, Code> {
    let Subject { book, friend, .. } = subject;
    let mut file = desk.take(book, friend);
    let before = desk.standing(subject).edge(friend, &file);
    let mut claim = Claim {
        key: desk.key.clone(),
        code: naming.code.as_deref().map(Box::from),
        token: naming.token.as_deref().map(Box::from),
        identified_at: saying.identified_at,
        recorded_at: desk.now(),
        at_checkout: saying.at_checkout,
        came_late: before == EdgeState::Closed,
        typed: None,
        verdicts: Vec::new(),
        contacts: Vec::new(),
    };
    if before.is_taken() {
        desk.keep(book, friend, file);
        return Ok(second_claim(desk, subject, &mut claim));
    }
    let is_stub = desk.standing(subject).is_stub(&claim);
    file.claim = Some(Box::new(claim));
    file.reason = None;
    if file.first_claim == 0 {
        file.first_claim = desk.case.sequence;
    }
    decide_claim(desk, subject, &mut file)?;
    let event = match file.bound() {
        Some(_) => EdgeEvent::ClaimPasses,
        None => EdgeEvent::ClaimFails,
    };
    let reason = file.reason.unwrap_or(Code::NoAttribution);
    desk.keep(book, friend, file);
    Ok(match before.after(event).1 {
        EdgeAnswer::Applied => Code::Applied,
        EdgeAnswer::AlreadyReferred => Code::AlreadyReferred,
        _ if is_stub => Code::Parked,
        _ => reason,
    })
}

/// One edge is enough: only what is denied for a stronger reason is told so.
fn second_claim(desk: &Desk<'_, '_>, subject: Subject<'_>, claim: &mut Claim) -> Code {
    let is_active = |member| desk.status(member) == Status::Active;
    match winner(desk, subject, claim) {
        Found::Nobody(reason) if claim.code.is_some() => reason,
        Found::Nobody(_) => Code::AlreadyReferred,
        Found::Winner(touch) if !is_active(touch.advocate) || !is_active(subject.friend) => {
            Code::Blocked
        }
        Found::Winner(touch) if touch.advocate == subject.friend && !claim.at_checkout => {
            Code::SelfReferral
        }
        Found::Winner(_) => Code::AlreadyReferred,
    }
}

/// Decides the edge of a claim that is open.
pub fn decide_edge<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    file: &mut File,
) -> Result<(), Code> {
    let standing = desk.standing(subject);
    match &file.claim {
        Some(claim) if standing.is_open(claim) => decide_claim(desk, subject, file),
        _ => Ok(()),
    }
}

fn decide_claim<'s>(
    desk: &mut Desk<'_, 's>,
    subject: Subject<'s>,
    file: &mut File,
) -> Result<(), Code> {
    let has_left = desk.status(subject.friend).has_left();
    if file.is_void || file.is_moved || has_left {
        return Ok(());
    }
    let Some(mut claim) = file.claim.take() else {
        return Ok(());
    };
    let found = winner(desk, subject, &mut claim);
    let denied = match &found {
        Found::Winner(touch) => denial(desk, subject, &mut claim, touch),
        Found::Nobody(reason) => Some(*reason),
    };
    match subject.rules.credit {
        Some(_) => credit::find_contacts(desk, subject, &mut claim),
        None => claim.contacts.clear(),
    }
    file.claim = Some(claim);
    match (found, denied) {
        (Found::Winner(touch), None) => {
            let is_same = |edge: &Edge| edge.touch == touch.key;
            if !file.edge.as_ref().is_some_and(is_same) {
                unbind(desk, subject, file)?;
                bind(desk, subject, file, touch);
            }
        }
        (_, reason) => {
            unbind(desk, subject, file)?;
            file.reason = reason;
        }
    }
    Ok(())
}

/// The best touch whose window covers the identification; a typed code is a touch at that very instant.
fn winner(desk: &Desk<'_, '_>, subject: Subject<'_>, claim: &mut Claim) -> Found {
    let (standing, book) = (desk.standing(subject), desk.book(subject.book));
    let Subject { friend, rules, .. } = subject;
    let is_free = |code: &Issued| code.is_free_for(friend, desk.now());
    let mut refused = None;
    if let (Some(text), None) = (&claim.code, &claim.typed) {
        let code = book.code(text);
        refused = match code {
            None => Some(Code::UnknownCode),
            Some(code) => refusal(code, claim.identified_at)
                .or_else(|| (!is_free(code)).then_some(Code::CodeUsed)),
        };
        if let (Some(code), None) = (code, refused) {
            claim.typed = Some(Touch {
                key: claim.key.clone(),
                method: code.method(),
                code: text.clone(),
                advocate: code.member,
                touched_at: claim.identified_at,
            });
        }
    }
    let touches: SmallVec<[&Touch; 4]> = standing.touches(claim).collect();
    let covering: SmallVec<[&Touch; 4]> = touches
        .iter()
        .copied()
        .filter(|touch| standing.covers(touch, claim))
        .collect();
    fn key<'t>(touch: &'t &Touch) -> &'t str {
        &touch.key
    }
    let rank = |touch: &&Touch| {
        let at = touch.touched_at.0;
        let age = if rules.attribution == Attribution::First {
            at
        } else {
            -at
        };
        (touch.method, age)
    };
    let usable = covering
        .iter()
        .copied()
        .filter(|touch| can_use(desk, subject, touch));
    let best = usable.min_by(|one, other| (rank(one), key(one)).cmp(&(rank(other), key(other))));
    if let Some(best) = best {
        return Found::Winner(best.clone());
    }
    let came_before = touches
        .iter()
        .any(|touch| touch.touched_at <= claim.identified_at);
    Found::Nobody(match refused {
        Some(refused) => refused,
        None if touches.is_empty() => Code::NoAttribution,
        None if !covering.is_empty() => Code::CodeUsed,
        None if came_before => Code::WindowExpired,
        None => Code::TouchAfterIdentification,
    })
}

/// Whether no other friend has the coupon that a touch was by.
pub fn can_use(desk: &Desk<'_, '_>, subject: Subject<'_>, touch: &Touch) -> bool {
    let code = desk.book(subject.book).code(&touch.code);
    code.is_none_or(|code| code.is_free_for(subject.friend, desk.now()))
}

/// Rules about others are asked once per touch; the friend's own past may still come to light.
pub fn denial(
    desk: &Desk<'_, '_>,
    subject: Subject<'_>,
    claim: &mut Claim,
    touch: &Touch,
) -> Option<Code> {
    let asked = claim.verdicts.iter().find(|(key, _)| *key == touch.key);
    let by_others = match asked {
        Some((_, verdict)) => *verdict,
        None => {
            let verdict = fraud::denial_by_others(desk, subject, touch.advocate, claim.at_checkout);
            claim.verdicts.push((touch.key.clone(), verdict));
            verdict
        }
    };
    // Edges of others that were made meanwhile may not close a circle.
    let by_others = by_others.or_else(|| fraud::denial_by_circle(desk, subject, touch.advocate));
    let is_not_new = is_not_new(desk, subject, claim, touch);
    let own = is_not_new.then_some(Code::NotNew);
    by_others
        .into_iter()
        .chain(own)
        .min_by_key(|code| fraud::rank(*code))
}

fn is_not_new(desk: &Desk<'_, '_>, subject: Subject<'_>, claim: &Claim, touch: &Touch) -> bool {
    let Subject { friend, rules, .. } = subject;
    let buyer = desk.standing(subject).buyer(friend);
    let has_bought = buyer.is_some_and(|buyer| buyer.occurred_at < touch.touched_at);
    if rules.friend_must_be_new && (claim.came_late || has_bought) {
        return true;
    }
    let joined = desk.referrals.joined(friend);
    rules.friend_not_enrolled && joined.is_none_or(|joined| joined < touch.touched_at)
}

fn bind(desk: &mut Desk<'_, '_>, subject: Subject<'_>, file: &mut File, touch: Touch) {
    let Some(bound_at) = file.claim.as_ref().map(|claim| claim.identified_at) else {
        return;
    };
    file.notes = fraud::freezes_and_notes(desk, subject, touch.advocate);
    file.is_frozen = file.notes.freeze();
    file.reason = None;
    file.edge = Some(Edge {
        advocate: touch.advocate,
        touch: touch.key,
        code: touch.code,
        bound_at,
    });
}

/// As if the edge had never been: other facts decide now.
fn unbind<'s>(desk: &mut Desk<'_, 's>, subject: Subject<'s>, file: &mut File) -> Result<(), Code> {
    if file.edge.is_none() {
        return Ok(());
    }
    conversions::cancel_all(desk, subject, file)?;
    file.conversions.clear();
    file.edge = None;
    (file.is_frozen, file.was_released) = (false, false);
    file.notes = Default::default();
    Ok(())
}
