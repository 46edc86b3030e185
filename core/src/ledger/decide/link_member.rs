//! link_member: a partner is tied to a member who has agreed to it.

use super::super::bounds::MEMBER_LINKS;
use super::super::entry::Fact;
use super::super::link::{LinkTerms, PARTNER_ALIAS};
use super::super::rejection::{Code, Rejection};
use super::super::request::{Alias, LinkMember};
use super::super::state::State;
use super::super::time::Instant;
use super::add_alias::check_room;
use super::case::{Case, Verdict};
use super::enroll::check_free;

pub fn decide<'a>(case: &mut Case<'_>, link: &LinkMember<'a>) -> Result<Verdict<'a>, Rejection> {
    check_speaks_for(case, &link.partner)?;
    let member = case.member(&link.member)?;
    let terms = LinkTerms {
        alias: link.alias.hash,
        scopes: link.scopes,
        daily_points: link.daily_points,
        starts_at: link.starts_at.unwrap_or(case.now),
        ends_at: link.ends_at.unwrap_or(Instant::NEVER),
    };
    if terms.ends_at <= terms.starts_at.max(case.now) {
        let message = format!(
            "ends_at {} has passed, or is before the link begins; give a later one, or none",
            terms.ends_at
        );
        return Err(Rejection::new(Code::FieldInvalid, message));
    }
    case.check_open(member)?;
    let stored = case.state.objects.member(member);
    let is_new = stored.link(&link.partner).is_none();
    if is_new && stored.links().len() >= MEMBER_LINKS {
        return Err(Rejection::plain(Code::LimitExceeded));
    }
    let is_held = case.state.find_alias(&link.alias) == Some(member);
    if !is_held {
        check_free(case, &link.alias)?;
        check_room(case, member)?;
    }
    let mut verdict = case.shown(member);
    let old =
        held_alias(case.state, member, &link.partner).filter(|old| old.hash != link.alias.hash);
    verdict
        .facts
        .extend(old.map(|alias| Fact::AliasRemoved { member, alias }));
    if !is_held {
        let alias = link.alias.clone();
        verdict.facts.push(Fact::AliasAdded { member, alias });
    }
    verdict.facts.push(Fact::Linked {
        member,
        partner: link.partner.clone(),
        terms: Box::new(terms),
    });
    Ok(verdict)
}

/// A partner makes and ends its own links only.
pub fn check_speaks_for(case: &Case<'_>, partner: &str) -> Result<(), Rejection> {
    match &case.on_behalf {
        Some(on_behalf) if *on_behalf.partner != *partner => {
            let message = format!(
                "{:?} does not speak for the partner {partner:?}",
                on_behalf.partner
            );
            Err(Rejection::new(Code::ScopeMissing, message))
        }
        _ => Ok(()),
    }
}

/// The alias of a member's link with a partner, if the member still holds it.
pub fn held_alias(state: &State, member: u32, partner: &str) -> Option<Alias<'static>> {
    let stored = state.objects.member(member);
    let terms = stored.link(partner)?.terms;
    let mut held = stored.aliases().iter();
    let held = held.find(|held| held.hash == terms.alias && held.is_held())?;
    debug_assert!(
        held.kind.starts_with(PARTNER_ALIAS),
        "links name aliases of partners"
    );
    Some(held.to_alias())
}
