//! void: a hold is released; one that is gone already stays gone.

use super::super::entry::Figures;
use super::super::rejection::{Class, Code, Rejection};
use super::super::request::Command;
use super::capture::{End, Held};
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>) -> Result<Verdict<'a>, Rejection> {
    let original = case.original()?;
    let is_hold = matches!(original.request.command, Command::Authorize(_));
    if is_hold && original.code.class() == Class::Refused {
        // It held nothing, so there is nothing to let go; a till may send the void all the same.
        return Ok(case.nothing_to_undo(original));
    }
    let hold = Held::find(case)?;
    if hold.points == 0 && matches!(hold.ended_by(case), Some(End::Captured)) {
        return Ok(Verdict::refused(Code::AlreadyCaptured, 0, hold.balance()).about(hold.id));
    }
    let figures = Figures {
        requested: hold.points,
        awarded: hold.points,
        ..Figures::default()
    };
    Ok(hold.take(0, figures))
}
