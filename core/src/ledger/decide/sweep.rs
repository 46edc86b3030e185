//! sweep: writes down what time has done, a bounded number of wallets at once; it decides nothing.

use super::super::bounds::{CHUNK_MEMBERS, SWEEP_MOVEMENTS, SWEEP_WALLETS};
use super::super::entry::WalletId;
use super::super::rejection::{Code, Rejection};
use super::case::{Case, Verdict};
use super::referral;

pub fn decide<'a>(case: &mut Case<'_>) -> Result<Verdict<'a>, Rejection> {
    let mut verdict = Verdict::default();
    let mut movements = 0;
    for wallet in due_wallets(case) {
        if movements >= SWEEP_MOVEMENTS {
            break;
        }
        let draft = case.draft(wallet);
        movements += draft.movements().len();
        let effect = draft.finish();
        verdict
            .effects
            .push(effect.map_err(|_| Rejection::plain(Code::AuditFailed))?);
    }
    verdict.facts.extend(referral::lapsed(case));
    verdict.figures.awarded = verdict.effects.len() as i64;
    Ok(verdict)
}

fn due_wallets(case: &Case<'_>) -> Vec<WalletId> {
    let mut due = Vec::new();
    let chunks = case.state.objects.chunks.iter().enumerate();
    for (number, chunk) in chunks.filter(|(_, chunk)| chunk.due <= case.now) {
        for (place, member) in chunk.members().iter().enumerate() {
            let id = (number * CHUNK_MEMBERS + place) as u32;
            let wallets = member
                .wallets()
                .filter(|(_, wallet)| wallet.next_due() <= case.now);
            due.extend(wallets.map(|(currency, _)| WalletId {
                member: id,
                currency,
            }));
        }
        if due.len() >= SWEEP_WALLETS {
            due.truncate(SWEEP_WALLETS);
            break;
        }
    }
    due
}
