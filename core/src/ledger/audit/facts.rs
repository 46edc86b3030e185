//! Facts that belong to no wallet: members, aliases, terms and programs, each in turn and only once.

use super::super::bounds::MEMBER_ALIASES;
use super::super::entry::{Entry, Fact};
use super::super::members::HeldAlias;
use super::super::program::Program;
use super::super::rejection::Code;
use super::super::request::{Alias, Command};
use super::super::state::State;
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
                let free = state.find_alias(alias).is_none() && state.find_lost(alias).is_none();
                demand(
                    free && twice.count() == 0,
                    "it adds an alias that is held or lost",
                )?;
            }
            Fact::AliasRemoved { member, alias } | Fact::AliasLost { member, alias } => {
                demand(
                    state.find_alias(alias) == Some(*member),
                    "it removes an alias that is not held",
                )?;
                let holds = |held: &HeldAlias| held.is(alias) && held.is_held();
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
            later => check_later(state, entry, later, members)?,
        }
    }
    Ok(())
}

/// Facts that depend on no other fact of the entry, but for `members`, as many as there are with those it enrols.
fn check_later(state: &State, entry: &Entry<'_>, fact: &Fact<'_>, members: u32) -> Finding {
    let objects = &state.objects;
    match fact {
        Fact::StatusChanged { member, status } => {
            let known = *member < objects.member_count();
            demand(
                known && objects.member(*member).status != *status,
                "it changes a status to what it is",
            )
        }
        Fact::Parked { previous } => check_parked(state, entry, *previous),
        Fact::StoreCharged { points, .. } => {
            let figures = &entry.figures;
            let reversed = match &entry.request.command {
                Command::Purchase(_) => figures.reversed_spent,
                _ => figures.reversed_points,
            };
            demand(
                *points != 0 && (*points == figures.charged || *points == -reversed),
                "a store is charged for another sum than stated",
            )
        }
        Fact::OfflineUsed { member, points, .. } => demand(
            *member < members && *points != 0,
            "it uses the allowance of nobody, or none of it",
        ),
        Fact::LineReturned { quantity, .. } => {
            demand(*quantity > 0, "it returns nothing of a line")
        }
        Fact::Reopened { original } => demand(
            *original != 0 && *original < entry.original,
            "it reopens what its original cannot have reversed",
        ),
        Fact::Linked { member, .. }
        | Fact::Unlinked { member, .. }
        | Fact::LinkUsed { member, .. } => demand(
            *member < objects.member_count(),
            "it names a member that is not there",
        ),
        Fact::CodeIssued { code, .. } => demand(
            code.member < objects.member_count(),
            "it names a member that is not there",
        ),
        Fact::CodeUsed { hash } => demand(
            objects.codes.find(hash).is_some(),
            "it uses a code that is not there",
        ),
        Fact::RowRefused { row } => match &entry.request.command {
            Command::Batch(batch) => {
                demand(*row < batch.rows, "it refuses a row that is not there")
            }
            _ => Err("it refuses a row without being a batch".to_owned()),
        },
        _ => Ok(()),
    }
}

/// What waits says so, and which entry waited before it for the same.
fn check_parked(state: &State, entry: &Entry<'_>, previous: u64) -> Finding {
    let reference = entry.request.command.reference();
    let reference = reference.ok_or("it waits for nothing")?;
    let head = state.find_parked(&entry.request.caller, reference);
    demand(
        entry.code == Code::Parked && head.unwrap_or(0) == previous,
        "it waits behind another entry",
    )
}

fn adds(fact: &Fact<'_>, alias: &Alias<'_>) -> bool {
    matches!(fact, Fact::AliasAdded { alias: added, .. } if added.hash == alias.hash)
}
