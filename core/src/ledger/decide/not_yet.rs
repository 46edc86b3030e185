//! What requests can say and no verb decides yet; no door builds it. Whoever writes a rule takes its line out.

use super::super::program::{Program, TransferShortfall};
use super::super::rejection::{Code, Rejection};
use super::super::request::Request;

/// Refuses what is not decided yet.
pub fn check(request: &Request<'_>) -> Result<(), Rejection> {
    if request.source().is_some_and(|source| source.training) {
        return Err(refused("training"));
    }
    Ok(())
}

/// Refuses a program with rules that are not decided yet.
pub fn check_program(program: &Program) -> Result<(), Rejection> {
    let settings = [
        (
            program.reversal.transfer != TransferShortfall::Block,
            "reversal.transfer",
        ),
    ];
    match settings.into_iter().find(|(used, _)| *used) {
        Some((_, setting)) => Err(refused(setting)),
        None => Ok(()),
    }
}

fn refused(what: &str) -> Rejection {
    let message = format!("{what} is not supported yet by this version");
    Rejection::new(Code::ProgramInvalid, message)
}
