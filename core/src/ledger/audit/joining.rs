//! Joining: whoever an entry enrols is whom its request names, with the aliases it states, and nobody else is enrolled.

use super::super::decide::{aliases_of, id_of};
use super::super::entry::{Entry, Fact};
use super::super::rejection::Class;
use super::super::request::{Alias, Command, Joining, MemberName, Text};
use super::super::state::State;
use super::{Finding, demand};

pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    let mut facts = entry.facts.iter();
    let Some(enrolled) = facts.position(|fact| matches!(fact, Fact::MemberEnrolled { .. })) else {
        return check_known(state, entry);
    };
    let nobody = || "it enrols a member that nobody asked for".to_owned();
    let default = Joining::default();
    let (id, aliases) = match &entry.request.command {
        Command::Enroll(enroll) => (enroll.member.clone(), enroll.aliases.iter().collect()),
        Command::Purchase(purchase) => {
            let joining = purchase.basket.as_ref().and_then(|it| it.joining.as_ref());
            let joining = joining.or(purchase.enroll.then_some(&default));
            who_joins(state, entry, &purchase.member, joining.ok_or_else(nobody)?)?
        }
        Command::Accrue(accrue) => {
            let joining = accrue.joining.as_deref();
            let joining = joining.or(accrue.enroll.then_some(&default));
            who_joins(state, entry, &accrue.member, joining.ok_or_else(nobody)?)?
        }
        _ => return Err(nobody()),
    };
    let joined = Joined { id, aliases };
    joined.check(state, entry, enrolled)
}

/// Without an enrolment, an alias is added where that is what the verb is about.
fn check_known(state: &State, entry: &Entry<'_>) -> Finding {
    let may_add = matches!(
        entry.request.command,
        Command::AddAlias(_) | Command::ReplaceAlias(_) | Command::LinkMember(_)
    );
    let adds = |fact: &Fact<'_>| matches!(fact, Fact::AliasAdded { .. });
    demand(
        may_add || !entry.facts.iter().any(adds),
        "it adds an alias by the way",
    )?;
    // What is refused may still move rewards of others.
    if entry.code.class() != Class::Applied {
        return Ok(());
    }
    let name = match &entry.request.command {
        Command::Purchase(purchase) if purchase.basket.is_some() => &purchase.member,
        Command::Accrue(accrue) if accrue.joining.is_some() => &accrue.member,
        _ => return Ok(()),
    };
    let Some(effect) = entry.effects.first() else {
        return Ok(());
    };
    demand(
        find(state, entry, name) == Some(effect.wallet.member),
        "it is about another member than named",
    )
}

fn who_joins<'e, 'a>(
    state: &State,
    entry: &Entry<'_>,
    name: &'e MemberName<'a>,
    joining: &'e Joining<'a>,
) -> Result<(Text<'a>, Vec<&'e Alias<'a>>), String> {
    demand(
        find(state, entry, name).is_none(),
        "it enrols a member that is known",
    )?;
    let id = id_of(state, name, joining).map_err(|rejection| rejection.message)?;
    Ok((id, aliases_of(name, joining)))
}

fn find(state: &State, entry: &Entry<'_>, name: &MemberName<'_>) -> Option<u32> {
    let now = entry.recorded_at.instant();
    state.find_member_at(name, entry.request.occurred_at.unwrap_or(now))
}

struct Joined<'e, 'a> {
    id: Text<'a>,
    aliases: Vec<&'e Alias<'a>>,
}

impl Joined<'_, '_> {
    /// The facts are those, in order; what the entry changes is the new member's.
    fn check(&self, state: &State, entry: &Entry<'_>, at: usize) -> Finding {
        let number = state.objects.member_count();
        let is_it = matches!(
            &entry.facts[at],
            Fact::MemberEnrolled { member, id } if *member == number && *id == self.id
        );
        demand(at == 0 && is_it, "it enrols another member than named")?;
        let added = entry.facts.iter().filter_map(|fact| match fact {
            Fact::AliasAdded { member, alias } => Some((*member, alias)),
            _ => None,
        });
        demand(
            added.eq(self.aliases.iter().map(|alias| (number, *alias))),
            "it adds other aliases than stated",
        )?;
        let theirs = entry.effects.iter().map(|effect| effect.wallet.member);
        demand(
            theirs.into_iter().all(|member| member == number),
            "it enrols one member and changes another",
        )
    }
}
