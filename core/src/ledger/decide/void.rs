//! void: a hold is released; one that is gone already stays gone.

use super::super::entry::Figures;
use super::super::rejection::{Code, Rejection};
use super::capture::{End, Held};
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>) -> Result<Verdict<'a>, Rejection> {
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
