//! Facts that belong to no wallet: members, aliases, terms and programs, each in turn and only once.

use super::super::bounds::MEMBER_ALIASES;
use super::super::entry::{Entry, Fact};
use super::super::members::HeldAlias;
use super::super::program::Program;
use super::super::request::Alias;
use super::super::state::State;
use super::super::time::Instant;
use super::{Finding, demand};

pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    let objects = &state.objects;
    let (mut members, mut terms, mut programs) = (
        objects.member_count(),
        objects.terms.len() as u32,
        objects.programs.len() as u32,
    );
    for (place, fact) in entry.facts.iter().enumerate() {
        match fact {
            Fact::MemberEnrolled { member, id } => {
                demand(
                    *member == members && state.find_id(id).is_none(),
                    "it enrols a member out of turn or twice",
                )?;
                members += 1;
            }
            Fact::AliasAdded { member, alias } => {
                demand(*member < members, "it names a member that is not there")?;
                let held = if *member < objects.member_count() {
                    objects.member(*member).aliases().len()
                } else {
                    place
                };
                demand(
                    held < MEMBER_ALIASES + 1,
                    "it gives a member too many aliases",
                )?;
                let earlier = entry.facts[..place].iter();
                let twice = earlier.filter(|other| adds(other, alias));
                demand(
                    state.find_alias(alias).is_none() && twice.count() == 0,
                    "it adds an alias that is held",
                )?;
            }
            Fact::AliasRemoved { member, alias } => {
                demand(
                    state.find_alias(alias) == Some(*member),
                    "it removes an alias that is not held",
                )?;
                let holds = |held: &HeldAlias| held.is(alias) && held.until == Instant::NEVER;
                demand(
                    objects.member(*member).aliases().iter().any(holds),
                    "it removes an alias of another kind",
                )?;
            }
            Fact::TermsAdded { terms: number, .. } => {
                demand(*number == terms, "it adds terms out of turn")?;
                terms += 1;
            }
            Fact::ProgramPublished { version, compiled } => {
                demand(*version == programs, "it publishes a program out of turn")?;
                Program::from_bytes(compiled)
                    .map_err(|error| format!("its program cannot be read: {error}"))?;
                programs += 1;
            }
        }
    }
    Ok(())
}

fn adds(fact: &Fact<'_>, alias: &Alias<'_>) -> bool {
    matches!(fact, Fact::AliasAdded { alias: added, .. } if added.hash == alias.hash)
}
