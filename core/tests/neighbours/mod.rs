//! Entries beside the right one: every number of an entry off by one, each of which the audit refuses.

use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::entry::{Entry, Fact, Flow};
use loyalty_ledger::ledger::referral::coupon::Coupon;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::time::Instant;

use super::common::{Book, originals};

type Change = (&'static str, Box<dyn Fn(&mut Entry<'static>, i64)>);

/// Points that a fact states.
fn points_of<'f>(fact: &'f mut Fact<'static>) -> Option<&'f mut i64> {
    match fact {
        Fact::StoreCharged { points, .. }
        | Fact::OfflineUsed { points, .. }
        | Fact::LinkUsed { points, .. } => Some(points),
        Fact::CodeIssued { code, .. } => Some(&mut code.points),
        Fact::Linked { terms, .. } => terms.daily_points.as_mut(),
        _ => None,
    }
}

fn dates_of<'f>(fact: &'f mut Fact<'static>) -> Vec<&'f mut Instant> {
    match fact {
        Fact::CodeIssued { code, .. } => vec![&mut code.expires_at],
        Fact::Linked { terms, .. } => vec![&mut terms.starts_at, &mut terms.ends_at],
        Fact::CouponChanged {
            coupon: Coupon::Reserved { ends_at, .. },
            ..
        } => vec![ends_at],
        _ => Vec::new(),
    }
}

/// The program and the friend of a coupon that a fact tells of.
fn coupon_of<'f>(fact: &'f mut Fact<'static>) -> Option<(&'f mut u16, Option<&'f mut u32>)> {
    match fact {
        Fact::CouponChanged {
            program, coupon, ..
        } => {
            let friend = match coupon {
                Coupon::Open => None,
                Coupon::Reserved { friend, .. } | Coupon::Used(friend) | Coupon::Bound(friend) => {
                    Some(friend)
                }
            };
            Some((program, friend))
        }
        _ => None,
    }
}

/// Every number of an entry whose neighbours are wrong.
fn changes(entry: &Entry<'static>) -> Vec<Change> {
    let mut list: Vec<Change> = Vec::new();
    macro_rules! number {
        ($name:literal, $entry:ident => $($field:tt)+) => {
            list.push(($name, Box::new(move |$entry, by| {
                let value = &mut $($field)+;
                *value = value.wrapping_add(by);
            })));
        };
    }
    macro_rules! unsigned {
        ($name:literal, $entry:ident => $($field:tt)+) => {
            list.push(($name, Box::new(move |$entry, by| {
                let value = &mut $($field)+;
                *value = if by > 0 { value.wrapping_add(1) } else { value.wrapping_sub(1) };
            })));
        };
    }
    unsigned!("sequence", e => e.sequence);
    unsigned!("original", e => e.original);
    unsigned!("program", e => e.program);
    number!("awarded", e => e.figures.awarded);
    number!("reversed points", e => e.figures.reversed_points);
    number!("reversed money", e => e.figures.reversed_money);
    number!("reversed expired", e => e.figures.reversed_expired);
    number!("reversed spent", e => e.figures.reversed_spent);
    number!("spent", e => e.figures.spent);
    number!("charged", e => e.figures.charged);
    for place in 0..entry.facts.len() {
        if points_of(&mut entry.facts[place].clone()).is_some() {
            list.push((
                "points of a fact",
                Box::new(move |e, by| {
                    *points_of(&mut e.facts[place]).expect("it has some") += by;
                }),
            ));
        }
        for date in 0..dates_of(&mut entry.facts[place].clone()).len() {
            list.push((
                "date of a fact",
                Box::new(move |e, by| {
                    let date = &mut dates_of(&mut e.facts[place])[date].0;
                    *date = date.wrapping_add(by);
                }),
            ));
        }
    }
    for place in 0..entry.facts.len() {
        if coupon_of(&mut entry.facts[place].clone()).is_some() {
            list.push((
                "program of a coupon",
                Box::new(move |e, by| {
                    let (program, _) = coupon_of(&mut e.facts[place]).expect("it tells of one");
                    *program = program.wrapping_add_signed(by as i16);
                }),
            ));
            list.push((
                "friend of a coupon",
                Box::new(move |e, by| {
                    if let Some((_, Some(friend))) = coupon_of(&mut e.facts[place]) {
                        *friend = friend.wrapping_add_signed(by as i32);
                    }
                }),
            ));
        }
    }
    for place in 0..entry.facts.len() {
        if let Fact::OfflineUsed { .. } = entry.facts[place] {
            list.push((
                "day of an allowance",
                Box::new(move |e, by| match &mut e.facts[place] {
                    Fact::OfflineUsed { day, .. } => *day += by as i32,
                    _ => unreachable!("it was one"),
                }),
            ));
        }
    }
    for at in 0..entry.effects.len() {
        if entry.effects[at].inactive_at != Instant::NEVER {
            number!("date of inactivity", e => e.effects[at].inactive_at.0);
        }
        unsigned!("member", e => e.effects[at].wallet.member);
        unsigned!("currency", e => e.effects[at].wallet.currency);
        unsigned!("previous", e => e.effects[at].previous);
        number!("pending after", e => e.effects[at].after.pending);
        number!("available after", e => e.effects[at].after.available);
        number!("held after", e => e.effects[at].after.held);
        number!("debt after", e => e.effects[at].after.debt);
        number!("next expiry", e => e.effects[at].next_expiry.0);
        number!("next activation", e => e.effects[at].next_activation.0);
        if entry.effects[at].opened.is_some() {
            list.push((
                "opened hold",
                Box::new(move |e, by| {
                    let opened = e.effects[at].opened.as_mut().expect("it has one");
                    opened.hold = opened.hold.wrapping_add_signed(by);
                }),
            ));
        }
        if let Command::ExtendHold(_) = &entry.request.command {
            list.push((
                "lapse of an extended hold",
                Box::new(move |e, by| {
                    let opened = e.effects[at].opened.as_mut().expect("it has one");
                    opened.lapses_at.0 += by;
                }),
            ));
        }
        for step in 0..entry.effects[at].movements.len() {
            let movement = entry.effects[at].movements[step];
            number!("amount", e => e.effects[at].movements[step].lot.amount);
            number!("paid", e => e.effects[at].movements[step].paid);
            unsigned!("lot", e => e.effects[at].movements[step].lot.id.0);
            unsigned!("origin", e => e.effects[at].movements[step].lot.origin);
            unsigned!("terms", e => e.effects[at].movements[step].lot.terms.0);
            unsigned!("hold", e => e.effects[at].movements[step].hold);
            let drawn = [Flow::Redeemed, Flow::Held, Flow::MovedOut];
            if drawn.contains(&movement.flow) {
                number!("activation of a drawn lot", e => e.effects[at].movements[step].lot.activates_at.0);
                number!("expiry of a drawn lot", e => e.effects[at].movements[step].lot.expires_at.0);
            }
        }
    }
    list
}

/// Replays a book's entries; before each, every number off by one is refused.
pub fn every_neighbour_is_refused(book: &Book) -> usize {
    let mut state = Book::default().state;
    let mut tried = 0;
    for entry in &book.entries {
        let originals = originals(&state, &book.entries, &entry.request, entry.recorded_at);
        for (name, change) in changes(entry) {
            for by in [-1, 1] {
                let mut wrong = entry.clone();
                change(&mut wrong, by);
                if wrong == *entry {
                    continue;
                }
                tried += 1;
                let verb = entry.request.command.verb();
                assert!(
                    audit(&state, &wrong, &originals).is_err(),
                    "{name} of entry {} ({verb}) by {by}",
                    entry.sequence
                );
            }
        }
        audit(&state, entry, &originals).expect("the entry itself is right");
        apply(&mut state, entry);
    }
    tried
}
