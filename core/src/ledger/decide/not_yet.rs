//! What requests can say and no verb decides yet; no door builds it. Whoever writes a rule takes its line out.

use super::super::rejection::{Code, Rejection};
use super::super::request::Request;

/// Refuses what is not decided yet.
pub fn check(request: &Request<'_>) -> Result<(), Rejection> {
    if request.source().is_some_and(|source| source.training) {
        let message = "training is not supported yet by this version";
        return Err(Rejection::new(Code::ProgramInvalid, message));
    }
    Ok(())
}
