//! Links and one-time codes: who is tied to whom, who may use which code, and what an entry uses up of them.

use super::super::bounds::{CODE_MICROS, MEMBER_LINKS};
use super::super::codes::OneTimeCode;
use super::super::decide::{held_alias, is_code, seen, taken, uses};
use super::super::entry::{Entry, Fact};
use super::super::link::{Link, LinkTerms};
use super::super::rejection::Code;
use super::super::request::{Command, IssueOneTimeCode, LinkMember, UnlinkMember};
use super::super::state::State;
use super::super::time::Instant;
use super::{Finding, calendar, demand};

/// Whether an entry keeps to the links and codes that there are.
pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    let names_code = entry.request.command.member().is_some_and(is_code);
    if !names_code && entry.request.details.is_none() && entry.facts.is_empty() {
        return Ok(());
    }
    // A batch has the code of the row that it was refused for.
    if matches!(entry.request.command, Command::Batch(_)) {
        return Ok(());
    }
    if entry.code == Code::VerificationRequired {
        return check_unverified(state, entry);
    }
    check_uses(state, entry)
}

/// What is used up is what the request uses, of a code that works and a link that is in force.
fn check_uses(state: &State, entry: &Entry<'_>) -> Finding {
    let now = entry.recorded_at.instant();
    let (code, points) = uses(entry);
    if let Some(name) = entry.request.command.member()
        && entry.code == Code::Applied
        && (code.is_some() || entry.request.partner().is_some())
    {
        let joins = entry
            .facts
            .iter()
            .any(|fact| matches!(fact, Fact::MemberEnrolled { .. }));
        demand(
            joins || seen(state, &entry.request, name, now).is_some(),
            "it is about a member that it may not name so",
        )?;
    }
    let mut codes = entry.facts.iter().filter_map(|fact| match fact {
        Fact::CodeUsed { hash } => Some(*hash),
        _ => None,
    });
    demand(
        codes.next() == code && codes.next().is_none(),
        "it uses up another code than it was named by",
    )?;
    if let (Some(code), Some(points)) = (
        code.and_then(|hash| state.objects.codes.find(&hash)),
        taken(&entry.request.command),
    ) {
        demand(points <= code.points, "it takes more than its code lets it")?;
    }
    check_link_used(state, entry, points)
}

fn check_link_used(state: &State, entry: &Entry<'_>, points: i64) -> Finding {
    let mut told = 0;
    for fact in &entry.facts {
        let Fact::LinkUsed {
            member,
            partner,
            day,
            points: used,
        } = fact
        else {
            continue;
        };
        told += used;
        let wallet = entry.effects.first().map(|effect| effect.wallet.member);
        demand(
            wallet == Some(*member) && entry.request.partner() == Some(partner),
            "it uses the link of another",
        )?;
        calendar::check_day(state, entry.recorded_at.instant(), *day)?;
        let link = (*member < state.objects.member_count())
            .then(|| state.objects.member(*member).link(partner))
            .flatten();
        let fits = |link: &Link| {
            let most = link.terms.daily_points.unwrap_or(i64::MAX);
            link.used_on(*day).saturating_add(*used) <= most
        };
        demand(
            link.is_some_and(fits),
            "it takes more than its link lets it",
        )?;
    }
    demand(
        told == points,
        "its link tells of other points than it takes",
    )
}

/// Too many points were asked for, and nobody said that the member is there.
fn check_unverified(state: &State, entry: &Entry<'_>) -> Finding {
    let most = state.objects.program().partners.verify_above;
    let is_verified = entry
        .request
        .source()
        .is_some_and(|source| !source.verification.is_empty());
    let is_by_code = entry.request.command.member().is_some_and(is_code);
    demand(
        entry.request.partner().is_some() && most.is_some() && !is_verified && !is_by_code,
        "it asks for a proof where none is needed",
    )
}

/// The facts of a link that is made; those of its aliases come first.
pub fn check_linked<'a>(
    state: &State,
    entry: &Entry<'a>,
    member: u32,
    link: &LinkMember<'a>,
) -> Finding {
    let now = entry.recorded_at.instant();
    let terms = LinkTerms {
        alias: link.alias.hash,
        scopes: link.scopes,
        daily_points: link.daily_points,
        starts_at: link.starts_at.unwrap_or(now),
        ends_at: link.ends_at.unwrap_or(Instant::NEVER),
    };
    demand(
        terms.starts_at.max(now) < terms.ends_at,
        "it makes a link that is over",
    )?;
    let stored = state.objects.member(member);
    demand(
        stored.link(&link.partner).is_some() || stored.links().len() < MEMBER_LINKS,
        "it makes one link too many",
    )?;
    let old = held_alias(state, member, &link.partner);
    let old = old.filter(|old| old.hash != link.alias.hash);
    let added = (state.find_alias(&link.alias) != Some(member)).then(|| link.alias.clone());
    let partner = link.partner.clone();
    let expected = [
        old.map(|alias| Fact::AliasRemoved { member, alias }),
        added.map(|alias| Fact::AliasAdded { member, alias }),
        Some(Fact::Linked {
            member,
            partner,
            terms: Box::new(terms),
        }),
    ];
    check_facts(entry, &expected)
}

/// The facts of a link that ends.
pub fn check_unlinked<'a>(
    state: &State,
    entry: &Entry<'a>,
    member: u32,
    unlink: &UnlinkMember<'a>,
) -> Finding {
    let partner = unlink.partner.clone();
    demand(
        state.objects.member(member).link(&partner).is_some(),
        "it ends a link that is not there",
    )?;
    let alias = held_alias(state, member, &partner);
    let expected = [
        alias.map(|alias| Fact::AliasRemoved { member, alias }),
        Some(Fact::Unlinked { member, partner }),
    ];
    check_facts(entry, &expected)
}

/// The fact of a code that is issued.
pub fn check_issued(
    state: &State,
    entry: &Entry<'_>,
    member: u32,
    issue: &IssueOneTimeCode<'_>,
) -> Finding {
    let now = entry.recorded_at.instant();
    let hash = issue.alias.hash;
    let is_free = |code: &OneTimeCode| code.expires_at <= now;
    demand(
        state.objects.codes.find(&hash).is_none_or(is_free),
        "it issues a code that is in use",
    )?;
    let lives = issue.ttl_micros.unwrap_or(CODE_MICROS);
    let code = Box::new(OneTimeCode {
        member,
        partner: Box::from(issue.partner.as_ref()),
        points: issue.points.unwrap_or(0),
        expires_at: Instant(now.0.saturating_add(lives)),
    });
    check_facts(entry, &[Some(Fact::CodeIssued { hash, code })])
}

/// The entry's facts are these, but for the code that its member may be named by.
fn check_facts<'a>(entry: &Entry<'a>, expected: &[Option<Fact<'a>>]) -> Finding {
    let own = entry
        .facts
        .iter()
        .filter(|fact| !matches!(fact, Fact::CodeUsed { .. }));
    demand(
        own.eq(expected.iter().flatten()),
        "it ties a partner in another way than it was asked to",
    )
}

/// Facts that only these verbs may state.
pub fn ties(fact: &Fact<'_>) -> bool {
    matches!(
        fact,
        Fact::Linked { .. } | Fact::Unlinked { .. } | Fact::CodeIssued { .. }
    )
}
