//! What a table's message asks for, beside its rows.

use super::super::fields::{FieldError, unknown_number};
use crate::service::wire::{PostTableRequest, TableVerb};
use crate::table::Verb;

/// How the rows of a table are read, and how they are decided.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// Each for itself, all with one verb.
    OneVerb { verb: Verb, create_members: bool },
    /// Each for itself, with its own verb.
    Mixed,
    /// All or none.
    Whole { key: String },
}

/// Checks what the message states against its verb.
pub fn asked_of_table(message: &PostTableRequest) -> Result<Asked, FieldError> {
    let verb = match TableVerb::try_from(message.verb) {
        Err(_) => return Err(unknown_number("verb", message.verb)),
        Ok(TableVerb::Unspecified) => return Err(FieldError::missing("verb")),
        Ok(TableVerb::Mixed) => None,
        Ok(TableVerb::Enroll) => Some(Verb::Enroll),
        Ok(TableVerb::Purchase) => Some(Verb::Purchase),
        Ok(TableVerb::Accrue) => Some(Verb::Accrue),
        Ok(TableVerb::Redeem) => Some(Verb::Redeem),
    };
    if message.create_members && !matches!(verb, Some(Verb::Purchase | Verb::Accrue)) {
        let told = "is for PURCHASE and ACCRUE; rows of MIXED have the column enroll";
        return Err(FieldError::new("create_members", told));
    }
    if message.all_or_nothing && verb.is_some() {
        let told = "is for MIXED; give each row its verb in the column verb";
        return Err(FieldError::new("all_or_nothing", told));
    }
    if !message.all_or_nothing && !message.key.is_empty() {
        let told = "is that of an all-or-nothing table; rows have theirs in the column key";
        return Err(FieldError::new("key", told));
    }
    Ok(match verb {
        Some(verb) => Asked::OneVerb {
            verb,
            create_members: message.create_members,
        },
        None if message.all_or_nothing => Asked::Whole {
            key: message.key.clone(),
        },
        None => Asked::Mixed,
    })
}
