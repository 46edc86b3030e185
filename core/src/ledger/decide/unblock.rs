//! unblock: a member spends again.

use super::super::members::Status;
use super::super::rejection::Rejection;
use super::super::request::ManageMember;
use super::block::change_status;
use super::case::{Case, Verdict};

pub fn decide<'a>(
    case: &mut Case<'_>,
    manage: &ManageMember<'a>,
) -> Result<Verdict<'a>, Rejection> {
    change_status(case, manage, Status::Active)
}
