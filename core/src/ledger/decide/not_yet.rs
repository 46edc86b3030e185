//! What requests can say and no verb decides yet; no door builds it. Whoever writes a rule takes its line out.

use super::super::program::{Program, Restore, Shortfall, TransferShortfall};
use super::super::rejection::{Code, Rejection};
use super::super::request::{Command, Part, Request};

/// Refuses what is not decided yet.
pub fn check(request: &Request<'_>) -> Result<(), Rejection> {
    if request.source().is_some_and(|source| source.training) {
        return Err(refused("training"));
    }
    match &request.command {
        Command::Reverse(reverse) => match &reverse.part {
            Part::Lines(_) => Err(refused("a return by lines")),
            _ if reverse.shortfall.is_some() || reverse.restore.is_some() => {
                Err(refused("a policy of its own"))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Refuses a program with rules that are not decided yet.
pub fn check_program(program: &Program) -> Result<(), Rejection> {
    let settings = [
        (
            program.reversal.shortfall != Shortfall::Debt,
            "this reversal.shortfall",
        ),
        (
            program.reversal.restore == Restore::Reissue,
            "reversal.restore = \"reissue\"",
        ),
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
