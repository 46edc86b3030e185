//! Who a purchase or an accrual is for: a member that is known, or one that this very entry makes.

use super::super::bounds::MEMBER_ALIASES;
use super::super::entry::Fact;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Alias, Joining, MemberName, Text};
use super::super::state::State;
use super::case::{Case, Verdict};
use super::enroll::check_free;
use super::partners::is_code;

/// The member, enrolled by this entry if its name is unknown and the request asks for that; of a known one nothing
/// changes. `enroll` is joining with nothing but the name. Nobody who has left is found.
pub fn member<'a>(
    case: &Case<'_>,
    name: &MemberName<'a>,
    enroll: bool,
    joining: Option<&Joining<'a>>,
    verdict: &mut Verdict<'a>,
) -> Result<u32, Rejection> {
    let member = anyone(case, name, enroll, joining, verdict)?;
    case.check_open(member)?;
    Ok(member)
}

/// The same, whether it has left or not.
pub fn anyone<'a>(
    case: &Case<'_>,
    name: &MemberName<'a>,
    enroll: bool,
    joining: Option<&Joining<'a>>,
    verdict: &mut Verdict<'a>,
) -> Result<u32, Rejection> {
    if let Some(member) = case.seen(name)? {
        return Ok(member);
    }
    let is_lost = matches!(name, MemberName::Alias(alias) if case.state.find_lost(alias).is_some());
    match joining {
        _ if is_lost || is_known(case, name) => case.member(name),
        None if !enroll => case.member(name),
        None => join(case, name, &Joining::default(), verdict),
        Some(joining) => join(case, name, joining, verdict),
    }
}

/// Whether it names somebody already, whoever may see that; a code never names anybody new.
fn is_known(case: &Case<'_>, name: &MemberName<'_>) -> bool {
    is_code(name) || case.state.find_member_at(name, case.occurred_at).is_some()
}

fn join<'a>(
    case: &Case<'_>,
    name: &MemberName<'a>,
    joining: &Joining<'a>,
    verdict: &mut Verdict<'a>,
) -> Result<u32, Rejection> {
    let id = id_of(case.state, name, joining)?;
    if case.state.find_id(&id).is_some() {
        let message = format!("member {id:?} is enrolled, and not known by this name");
        return Err(Rejection::new(Code::MemberExists, message));
    }
    let aliases = aliases_of(name, joining);
    for (place, alias) in aliases.iter().enumerate() {
        check_free(case, alias)?;
        if aliases[..place]
            .iter()
            .any(|other| other.hash == alias.hash)
        {
            return Err(Rejection::new(
                Code::AliasInUse,
                format!("the {} stands twice in the request", alias.kind),
            ));
        }
    }
    if aliases.len() > MEMBER_ALIASES {
        return Err(Rejection::new(
            Code::InvalidId,
            format!("a member has at most {MEMBER_ALIASES} aliases"),
        ));
    }
    let member = case.state.objects.member_count();
    verdict.facts.push(Fact::MemberEnrolled { member, id });
    let added = aliases.into_iter();
    verdict.facts.extend(added.map(|alias| Fact::AliasAdded {
        member,
        alias: alias.clone(),
    }));
    Ok(member)
}

/// The id of whoever joins: as stated, else what names the member, else its first alias's hash in hexadecimal.
pub fn id_of<'a>(
    state: &State,
    name: &MemberName<'a>,
    joining: &Joining<'a>,
) -> Result<Text<'a>, Rejection> {
    match (&joining.id, name) {
        (Some(id), MemberName::Id(named)) if id != named => {
            let message = format!("the member is named {named:?} and joins as {id:?}; name one");
            Err(Rejection::new(Code::InvalidId, message))
        }
        (Some(id), _) | (None, MemberName::Id(id)) => Ok(id.clone()),
        (None, MemberName::Alias(alias)) => Ok(id_after(state, &alias.hash).into()),
    }
}

/// The aliases of whoever joins: the one that names it, then those stated.
pub fn aliases_of<'r, 'a>(
    name: &'r MemberName<'a>,
    joining: &'r Joining<'a>,
) -> Vec<&'r Alias<'a>> {
    let named = match name {
        MemberName::Alias(alias) => Some(alias),
        MemberName::Id(_) => None,
    };
    let is_other = |alias: &&Alias<'a>| named != Some(*alias);
    let stated = joining.aliases.iter().filter(is_other);
    named.into_iter().chain(stated).collect()
}

/// Whoever held the alias before may have that id; where it is taken, `-2` stands behind it, and so on.
fn id_after(state: &State, hash: &[u8; 16]) -> String {
    let id: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let later = (2_u32..).map(|number| format!("{id}-{number}"));
    let mut all = std::iter::once(id.clone()).chain(later);
    let free = all.find(|id| state.find_id(id).is_none());
    free.expect("there are more numbers than members")
}
