//! What a row has to state and may state, by its verb.

use super::chunk::Chunk;
use super::fields::*;
use super::verbs::Verb;
use crate::table::sheet::BOTH_EXPIRIES;

/// What is wrong, and in which column.
type Wrong = (Field, String);

/// Checks one row, of which the columns `given` have a value.
pub fn row(chunk: &Chunk, row: usize, given: Set) -> Result<(), Wrong> {
    let takes = chunk.verbs[row].takes();
    let extra = given & !takes.takes;
    if extra != 0 {
        let field = Field::first_of(extra);
        let message = format!(
            "is no argument of {}; leave it null in this row",
            takes.name
        );
        return Err((field, message));
    }
    kinds(given)?;
    let given = with_expiry(chunk, row, given)?;
    need(given, takes.needs, takes.name)?;
    if takes.one_of != 0 {
        exactly_one(given, takes.one_of, takes.name)?;
    }
    whole(given, RECEIPT, RECEIPT_PARTS)?;
    match chunk.verbs[row] {
        Verb::Purchase => {
            at_most_one(given, SPEND)?;
            let captures = Field::Capture.bit() | Field::CaptureSequence.bit();
            if given & Field::CapturePoints.bit() != 0 && given & captures == 0 {
                return Err((
                    Field::CapturePoints,
                    "is that of a capture; name the authorization in capture".into(),
                ));
            }
            lines(chunk, row, false)
        }
        Verb::Accrue if given & Field::Currency.bit() != 0 && given & Field::Price.bit() == 0 => {
            Err((
                Field::Currency,
                "is that of price; give both, or neither".into(),
            ))
        }
        Verb::Reverse => {
            whole(given, ORIGINAL_RECEIPT, ORIGINAL_RECEIPT_PARTS)?;
            at_most_one(given, PART)?;
            if given & Field::Currency.bit() != 0 && given & Field::Amount.bit() == 0 {
                return Err((
                    Field::Currency,
                    "is that of amount; give both, or neither".into(),
                ));
            }
            lines(chunk, row, true)
        }
        Verb::Activate | Verb::Dispute => whole(given, ORIGINAL_RECEIPT, ORIGINAL_RECEIPT_PARTS),
        Verb::Extend => extend(given),
        _ => Ok(()),
    }
}

/// The kind of an alias stands beside its value.
fn kinds(given: Set) -> Result<(), Wrong> {
    let lone = MEMBERS
        .iter()
        .find(|(member, kind)| given & kind.bit() != 0 && given & member.bit() == 0);
    match lone {
        Some((member, kind)) => Err((
            *kind,
            format!(
                "is that of an alias in {}; give both, or neither",
                member.name()
            ),
        )),
        None => Ok(()),
    }
}

/// An expiry is given as an instant, or as a flag that says never.
fn with_expiry(chunk: &Chunk, row: usize, given: Set) -> Result<Set, Wrong> {
    match chunk.flag(Field::NeverExpires, row) {
        true if given & Field::ExpiresAt.bit() != 0 => {
            Err((Field::NeverExpires, BOTH_EXPIRIES.into()))
        }
        true => Ok(given | Field::ExpiresAt.bit()),
        false => Ok(given),
    }
}

/// A hold by its authorization and a time to live, or a lot and its new expiry.
fn extend(given: Set) -> Result<(), Wrong> {
    if given & AUTHORIZATION == 0 {
        if given & Field::Ttl.bit() != 0 {
            return Err((
                Field::Ttl,
                "is that of a hold; name its authorization".into(),
            ));
        }
        return need(given, LOT & !Field::Wallet.bit(), "extend of a lot");
    }
    at_most_one(given, AUTHORIZATION)?;
    match given & LOT {
        0 => need(given, Field::Ttl.bit(), "extend of a hold"),
        of_lot => Err((
            Field::first_of(of_lot),
            "is that of a lot; a hold is extended by ttl alone".into(),
        )),
    }
}

fn lines(chunk: &Chunk, row: usize, of_return: bool) -> Result<(), Wrong> {
    let checked = chunk.lines().map(|lines| lines.check(row, of_return));
    checked
        .unwrap_or(Ok(()))
        .map_err(|message| (Field::Lines, message.to_string()))
}

fn need(given: Set, needs: Set, what: &str) -> Result<(), Wrong> {
    match needs & !given {
        0 => Ok(()),
        missing => Err((
            Field::first_of(missing),
            format!("is missing or null; {what} needs it"),
        )),
    }
}

fn exactly_one(given: Set, of: Set, verb: &str) -> Result<(), Wrong> {
    if given & of == 0 {
        let message = format!("is missing or null; {verb} needs {}", names(of, "or"));
        return Err((Field::first_of(of), message));
    }
    at_most_one(given, of)
}

fn at_most_one(given: Set, of: Set) -> Result<(), Wrong> {
    let given = given & of;
    if given.count_ones() <= 1 {
        return Ok(());
    }
    let (first, second) = (Field::first_of(given), Field::first_of(given & (given - 1)));
    Err((
        second,
        format!(
            "stands beside {}; a row has one of {}",
            first.name(),
            names(of, "and")
        ),
    ))
}

/// A receipt is given with all that names it, or not at all.
fn whole(given: Set, needs: Set, parts: Set) -> Result<(), Wrong> {
    if given & parts == 0 {
        return Ok(());
    }
    need(given, needs, "a receipt")
}

fn names(of: Set, last: &str) -> String {
    let of = FIELDS.iter().filter(|(field, ..)| of & field.bit() != 0);
    let names: Vec<&str> = of.map(|(_, name, _)| *name).collect();
    names.join(&format!(" {last} "))
}
