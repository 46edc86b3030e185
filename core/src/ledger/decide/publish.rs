//! publish: the next version of the program, compiled.

use super::super::entry::Fact;
use super::super::program::Program;
use super::super::rejection::{Code, Rejection};
use super::super::request::Publish;
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, publish: &Publish<'a>) -> Result<Verdict<'a>, Rejection> {
    let next =
        if case.state.objects.program_version() == 0 && case.state.objects.accounts.is_empty() {
            Program::parse(&publish.toml)
        } else {
            Program::parse_successor(&publish.toml, case.program())
        };
    let program = next.map_err(|error| Rejection::new(Code::ProgramInvalid, error.to_string()))?;
    for book in case.state.objects.referrals.books() {
        if book.is_used() && program.referral(&book.name).is_none() {
            let message = format!(
                "the table [referral.{}] is missing: a referral program that was used may change, and not vanish",
                book.name
            );
            return Err(Rejection::new(Code::ProgramInvalid, message));
        }
    }
    let version = case.state.objects.programs.len() as u32;
    let mut verdict = Verdict::default();
    verdict.facts.push(Fact::ProgramPublished {
        version,
        compiled: program.to_bytes().into(),
    });
    Ok(verdict)
}
