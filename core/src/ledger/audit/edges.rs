//! Edges: they go the ways of their table, lead to nobody below, and are moved by a person alone.

use super::super::entry::{Entry, Fact};
use super::super::referral::book::Book;
use super::super::referral::commands::ReviewDecision;
use super::super::referral::edge::{EdgeEvent, EdgeState};
use super::super::referral::file::{Edge, File};
use super::super::request::Command;
use super::super::state::State;
use super::{Finding, demand, members};

/// An edge goes the ways of its table, to an advocate who is not below the friend.
pub fn check(
    state: &State,
    entry: &Entry<'_>,
    (program, book): (u16, &Book),
    friend: u32,
    before: &File,
    file: &File,
) -> Finding {
    check_ways(entry, before, file)?;
    check_move(state, entry, friend, before, file)?;
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
    let (code, members) = (book.code(&edge.code), members(state, entry));
    let is_claimed = file
        .claim
        .as_ref()
        .is_some_and(|claim| claim.identified_at == edge.bound_at);
    demand(
        edge.advocate < members && edge.advocate != friend && is_claimed,
        "an edge leads to nobody, or to the friend",
    )?;
    demand(
        file.is_moved || code.is_none_or(|code| code.member == edge.advocate),
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

fn check_ways(entry: &Entry<'_>, before: &File, file: &File) -> Finding {
    let state = |file: &File| match &file.edge {
        Some(_) if file.is_void => EdgeState::Void,
        Some(_) if file.is_moved => EdgeState::Moved,
        Some(_) => EdgeState::Bound,
        None => EdgeState::Unbound,
    };
    let (old, new) = (state(before), state(file));
    let leads = |event: EdgeEvent| old.after(event).0 == new;
    let reviewed = match &entry.request.command {
        Command::ReviewReferral(review) => match review.decision {
            ReviewDecision::Deny => Some(EdgeEvent::Deny),
            ReviewDecision::Move => Some(EdgeEvent::Move),
            ReviewDecision::Freeze | ReviewDecision::Release => None,
        },
        _ => None,
    };
    let events = [
        EdgeEvent::Wins,
        EdgeEvent::NobodyWins,
        EdgeEvent::ClaimPasses,
    ];
    let ways = || events.into_iter().chain(reviewed);
    demand(
        old == new || ways().any(leads),
        "an edge takes a way that there is not",
    )
}

/// An edge is moved to whom the request names, and changes in no other way from then on.
fn check_move(
    state: &State,
    entry: &Entry<'_>,
    friend: u32,
    before: &File,
    file: &File,
) -> Finding {
    let at = entry.request.occurred_at;
    let at = at.unwrap_or_else(|| entry.recorded_at.instant());
    let to = match &entry.request.command {
        Command::ReviewReferral(review) if review.decision == ReviewDecision::Move => {
            let is_asked = state.find_member_at(&review.friend, at) == Some(friend);
            let to = review.to.as_ref().filter(|_| is_asked);
            to.and_then(|to| state.find_member_at(to, at))
        }
        _ => None,
    };
    let expected = match (to, before.bound()) {
        (Some(advocate), Some(edge)) => Some(Edge {
            advocate,
            ..edge.clone()
        }),
        (Some(_), None) => return Err("it moves an edge that is not there".to_owned()),
        (None, _) if before.is_moved => before.edge.clone(),
        (None, _) => file.edge.clone(),
    };
    demand(
        file.is_moved == (before.is_moved || to.is_some()) && file.edge == expected,
        "an edge is moved to another advocate than was asked for",
    )
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
