//! close_member: a member leaves; its points are forfeited, its debt is written off.

use super::super::entry::{Fact, Figures, Flow, WalletId};
use super::super::lot::Lot;
use super::super::members::{MAIN_CURRENCY, Status};
use super::super::rejection::{Code, Rejection};
use super::super::request::ManageMember;
use super::case::{Case, Verdict};
use super::draft::Draft;

pub fn decide<'a>(
    case: &mut Case<'_>,
    manage: &ManageMember<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let member = case.open_member(&manage.member)?;
    let mut verdict = leave(case, member)?;
    if verdict.code == Code::Applied {
        verdict.facts.push(Fact::StatusChanged {
            member,
            status: Status::Closed,
        });
    }
    Ok(verdict)
}

/// All wallets are emptied, unless something is held.
pub fn leave<'a>(case: &Case<'_>, member: u32) -> Result<Verdict<'a>, Rejection> {
    let mut drafts: Vec<Draft> = wallets(case, member).map(|id| case.draft(id)).collect();
    let before = drafts[0].balance();
    if drafts
        .iter()
        .any(|draft| !draft.wallet().holds().is_empty())
    {
        return Ok(Verdict::refused(Code::HoldsOpen, 0, before));
    }
    let forfeited = drafts.iter_mut().map(forfeit).fold(0, i64::saturating_add);
    let figures = Figures {
        awarded: forfeited,
        ..Figures::default()
    };
    Ok(Verdict::applied_to_all(drafts, before, figures))
}

/// The wallet that the answer shows, then every other one that there is something in.
fn wallets(case: &Case<'_>, member: u32) -> impl Iterator<Item = WalletId> {
    let others = case.state.objects.member(member).wallets();
    let others = others.filter(|(currency, wallet)| {
        let holds_lots = !wallet.lots().is_empty() || !wallet.holds().is_empty();
        *currency != MAIN_CURRENCY && (holds_lots || wallet.debt() > 0)
    });
    std::iter::once(MAIN_CURRENCY)
        .chain(others.map(|(currency, _)| currency))
        .map(move |currency| WalletId { member, currency })
}

/// Takes everything out of a wallet; tells how many points were forfeited.
fn forfeit(draft: &mut Draft) -> i64 {
    let lots: Vec<Lot> = draft.wallet().lots().to_vec();
    let mut forfeited = 0;
    for lot in lots.into_iter().filter(|lot| lot.amount > 0) {
        forfeited += lot.amount;
        draft.forfeit(lot);
    }
    draft.forgive(Flow::DebtForgiven, draft.balance().debt);
    forfeited
}
