//! The entry of an all-or-nothing batch: its rows say what it did, or it says which row stood in the way.

use super::super::entry::{Entry, Fact};
use super::super::rejection::Class;
use super::super::request::Command;
use super::{Finding, demand};

pub fn check(entry: &Entry<'_>) -> Finding {
    if !matches!(entry.request.command, Command::Batch(_)) {
        return Ok(());
    }
    demand(!entry.request.key.is_empty(), "a batch has a key")?;
    demand(
        entry.effects.is_empty(),
        "a batch changes nothing, its rows do",
    )?;
    match (entry.code.class(), entry.facts.as_slice()) {
        (Class::Applied, []) | (Class::Refused, [Fact::RowRefused { .. }]) => Ok(()),
        _ => Err("a batch names one row if it is refused, and none if it is applied".to_owned()),
    }
}
