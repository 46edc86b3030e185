//! Decides requests: the only place of rules. Reads the state, changes nothing.
//!
//! One verb, one file. Each is a ladder of ordered checks; what comes after the ladder cannot fail.

mod accrue;
mod activate;
mod activity;
mod add_alias;
mod adjust;
mod authorize;
mod basket;
mod batch;
mod block;
mod by_hand;
mod capture;
mod case;
mod clawback;
mod close_member;
mod dispute;
mod draft;
mod draw_order;
mod draws;
mod enroll;
mod erase_member;
mod expired;
mod extend_hold;
mod extend_lot;
mod forgive_debt;
mod give_back;
mod gone;
mod issue_one_time_code;
mod joining;
mod lines;
mod link_member;
mod needs;
mod offline;
mod parked;
mod partners;
mod publish;
mod purchase;
mod receipt;
mod redeem;
mod referral;
mod reinstate;
mod remove_alias;
mod reopen;
mod replace_alias;
mod reverse;
mod shape;
mod share;
mod shortfall;
mod standing;
mod sweep;
mod take_of;
mod transfer;
mod unblock;
mod undo_adjust;
mod undo_reversal;
mod undo_transfer;
mod unlink_member;
mod void;

pub use basket::{earns, eligible_of};
pub use batch::{RowRefusal, refused_batch};
pub use case::{Moment, Originals};
pub use expired::Expired;
pub use gone::of_wallet as gone_of_wallet;
pub use joining::{aliases_of, id_of};
pub use lines::Returned;
pub use link_member::held_alias;
pub use needs::{Needs, Past, gather, is_audited_with_past, rests_on_past};
pub use parked::is_whole;
pub use partners::{is_code, seen, taken, uses};
pub use receipt::is_same_document;
pub use shape::{check_id, check_key, check_points, check_shape, check_unwritten};

use super::entry::Entry;
use super::rejection::Rejection;
use super::request::{Command, Request};
use super::state::State;
use case::{Case, Verdict};

/// Whether a resent request is the one an entry has recorded: all but `occurred_at` and, except for `offline`, the
/// source counts.
pub fn same_content(request: &Request<'_>, entry: &Entry<'_>) -> bool {
    let first = &entry.request;
    first.caller == request.caller
        && first.key == request.key
        && first.command == request.command
        && first.receipt() == request.receipt()
        && first.is_offline() == request.is_offline()
}

/// Decides one request whose shape is right and whose key is new: an entry (applied or refused by state), or a
/// rejection that nobody remembers.
pub fn decide<'a>(
    state: &State,
    request: Request<'a>,
    moment: Moment,
    originals: &Originals,
) -> Result<Entry<'a>, Rejection> {
    let mut case = Case::new(state, &request, moment, originals);
    let refusal = case.check_time(&request)?;
    case.check_receipt(&request)?;
    let mut verdict = match refusal {
        Some(refusal) => refusal,
        None => decide_or_wait(&mut case, &request)
            .or_else(|rejection| case.remembered(&request, rejection))?,
    };
    if !originals.parked.is_empty() {
        verdict = parked::meet(&mut case, &request, moment, verdict);
    }
    partners::note(&case, &request, &mut verdict)?;
    let verdict = referral::notice(&mut case, &request, moment, verdict)?;
    let Verdict {
        code,
        figures,
        facts,
        effects,
        original,
    } = verdict;
    Ok(Entry {
        sequence: moment.sequence,
        recorded_at: moment.recorded_at,
        program: state.objects.program_version(),
        request,
        code,
        figures,
        original,
        facts,
        effects,
    })
}

fn decide_or_wait<'a>(
    case: &mut Case<'_>,
    request: &Request<'a>,
) -> Result<Verdict<'a>, Rejection> {
    if request.command.reference().is_some() {
        case.check_own_original(&request.command)?;
        if let Some(waiting) = parked::waits(case, request)? {
            return Ok(waiting);
        }
        if let Some(cancelled) = parked::cancel(case, request)? {
            return Ok(cancelled);
        }
    }
    decide_verb(case, &request.key, &request.command)
}

fn decide_verb<'a>(
    case: &mut Case<'_>,
    key: &str,
    command: &Command<'a>,
) -> Result<Verdict<'a>, Rejection> {
    match command {
        Command::Enroll(enroll) => enroll::decide(case, enroll),
        Command::AddAlias(change) => add_alias::decide(case, change),
        Command::RemoveAlias(change) => remove_alias::decide(case, change),
        Command::Purchase(purchase) => purchase::decide(case, purchase),
        Command::Accrue(accrue) => accrue::decide(case, accrue),
        Command::Redeem(redeem) => redeem::decide(case, redeem),
        Command::Authorize(authorize) => authorize::decide(case, authorize),
        Command::Capture(capture) => capture::decide(case, capture),
        Command::Void(_) => void::decide(case),
        Command::Reverse(reverse) => reverse::decide(case, reverse),
        Command::Adjust(adjust) => adjust::decide(case, adjust),
        Command::Publish(publish) => publish::decide(case, publish),
        Command::Sweep => sweep::decide(case),
        Command::Transfer(transfer) => transfer::decide(case, transfer),
        Command::Block(manage) => block::decide(case, manage),
        Command::Unblock(manage) => unblock::decide(case, manage),
        Command::CloseMember(manage) => close_member::decide(case, manage),
        Command::EraseMember(manage) => erase_member::decide(case, manage),
        Command::ReplaceAlias(replace) => replace_alias::decide(case, replace),
        Command::Reinstate(reinstate) => reinstate::decide(case, reinstate),
        Command::ExtendLot(extend) => extend_lot::decide(case, extend),
        Command::ExtendHold(extend) => extend_hold::decide(case, extend),
        Command::ForgiveDebt(forgive) => forgive_debt::decide(case, forgive),
        Command::Activate(activate) => activate::decide(case, activate),
        Command::LinkMember(link) => link_member::decide(case, link),
        Command::UnlinkMember(unlink) => unlink_member::decide(case, unlink),
        Command::IssueOneTimeCode(issue) => issue_one_time_code::decide(case, issue),
        Command::IssueCode(_)
        | Command::DisableCode(_)
        | Command::RecordTouch(_)
        | Command::BindReferral(_)
        | Command::RecordStep(_)
        | Command::ReviewReferral(_)
        | Command::ClosePeriod(_)
        | Command::ChangeCoupon(_) => referral::decide(case, key, command),
        // Its rows say the rest.
        Command::Record(_) | Command::Batch(_) => Ok(Verdict::default()),
    }
}
