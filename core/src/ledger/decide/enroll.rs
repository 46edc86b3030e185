//! enroll: a new member, with aliases.

use super::super::entry::Fact;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Alias, Enroll};
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, enroll: &Enroll<'a>) -> Result<Verdict<'a>, Rejection> {
    if case.state.find_id(&enroll.member).is_some() {
        let message = format!("member {:?} was enrolled under another key", enroll.member);
        return Err(Rejection::new(Code::MemberExists, message));
    }
    for (place, alias) in enroll.aliases.iter().enumerate() {
        check_free(case, alias)?;
        if enroll.aliases[..place]
            .iter()
            .any(|other| other.hash == alias.hash)
        {
            return Err(Rejection::new(
                Code::AliasInUse,
                format!("the {} stands twice in the request", alias.kind),
            ));
        }
    }
    let member = case.state.objects.member_count();
    let mut verdict = Verdict::default();
    verdict.facts.push(Fact::MemberEnrolled {
        member,
        id: enroll.member.clone(),
    });
    verdict
        .facts
        .extend(enroll.aliases.iter().map(|alias| Fact::AliasAdded {
            member,
            alias: alias.clone(),
        }));
    Ok(verdict)
}

/// Whether nobody holds the alias, and nobody lost it.
pub fn check_free(case: &Case<'_>, alias: &Alias<'_>) -> Result<(), Rejection> {
    let message = if case.state.find_alias(alias).is_some() {
        format!(
            "this {} belongs to a member already; remove it there first",
            alias.kind
        )
    } else if case.state.find_lost(alias).is_some() {
        format!(
            "this {} was reported lost; nobody gets it again",
            alias.kind
        )
    } else {
        return Ok(());
    };
    Err(Rejection::new(Code::AliasInUse, message))
}
