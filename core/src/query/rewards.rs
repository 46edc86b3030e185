//! How rewards stand: in the wallets that they are in, and by the past of those that are gone.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{History, HistoryError};
use crate::ledger::entry::{Flow, Movement, WalletId};
use crate::ledger::lot::origin_entry;
use crate::ledger::referral::file::{Conversion, Ended, File, Reward};
use crate::ledger::referral::reward::RewardState;
use crate::ledger::referral::standing::Standing;
use crate::ledger::referral::voucher::{Voucher, VoucherState};
use crate::ledger::rejection::Code;
use crate::ledger::request::Command;
use crate::ledger::settle::settle;
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;

/// What one role got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewardView {
    /// `advocate`, `friend`, `upline-2` and so on.
    pub role: String,
    pub member: u32,
    pub currency: u8,
    /// What it keeps.
    pub points: i64,
    pub state: RewardState,
    /// Why nothing was given.
    pub reason: Option<Code>,
    pub hold_ends_at: Instant,
    pub voucher: Option<VoucherView>,
}

/// A code that a reward is worth at the till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherView {
    pub code: Box<str>,
    /// What it is good for.
    pub label: Box<str>,
    pub state: VoucherState,
    /// `NEVER`: it stays, or it is not ready.
    pub expires_at: Instant,
}

/// The wallets of a file's rewards, settled to now.
pub(super) struct Wallets {
    wallets: BTreeMap<WalletId, Wallet>,
    /// Members of rewards who have left.
    left: BTreeSet<u32>,
    now: Instant,
}

impl Wallets {
    pub fn of(standing: &Standing<'_>, file: &File) -> Wallets {
        let mut wallets = BTreeMap::new();
        for (_, reward) in file.rewards().filter(|(_, reward)| reward.ended.is_none()) {
            let id = reward.wallet();
            wallets.entry(id).or_insert_with(|| {
                let mut wallet = standing.objects.wallet(id).cloned().unwrap_or_default();
                settle(&mut wallet, standing.now, &mut |_| {});
                wallet
            });
        }
        let members = file.rewards().map(|(_, reward)| reward.member);
        let has_left = |member: &u32| standing.objects.member(*member).status.has_left();
        Wallets {
            wallets,
            left: members.filter(has_left).collect(),
            now: standing.now,
        }
    }

    /// Where a reward stands as far as its wallet tells; nothing if all of it has left it.
    pub fn state(&self, reward: &Reward) -> Option<RewardState> {
        match reward.ended {
            Some(Ended::CapLimited) => return Some(RewardState::CapLimited),
            Some(Ended::Cancelled) => return Some(RewardState::Cancelled),
            Some(Ended::Clawed) => return Some(RewardState::Clawed),
            None => {}
        }
        if let (Some(voucher), 0) = (&reward.voucher, reward.points) {
            return self.state_of_voucher(reward, voucher);
        }
        let wallet = self.wallets.get(&reward.wallet())?;
        let own = wallet
            .lots()
            .iter()
            .filter(|lot| lot.origin == reward.origin && lot.amount > 0);
        if own.clone().any(|lot| lot.pending) {
            return Some(self.waiting(reward));
        }
        let holds = wallet.holds().iter().flat_map(|hold| &hold.parts);
        let is_held = || holds.clone().any(|part| part.origin == reward.origin);
        (own.clone().next().is_some() || is_held()).then_some(RewardState::Available)
    }

    /// What a reward that has not vested waits for.
    fn waiting(&self, reward: &Reward) -> RewardState {
        match reward.frozen_until != Instant::NEVER {
            true => RewardState::Frozen,
            false if reward.hold_ends_at <= self.now => RewardState::Waiting,
            false => RewardState::Pending,
        }
    }

    /// Where a reward of a voucher alone stands.
    fn state_of_voucher(&self, reward: &Reward, voucher: &Voucher) -> Option<RewardState> {
        Some(
            match voucher.state(reward, self.has_left(reward), self.now) {
                VoucherState::Pending => self.waiting(reward),
                VoucherState::Available | VoucherState::Reserved => RewardState::Available,
                VoucherState::Redeemed => RewardState::Redeemed,
                VoucherState::Expired => RewardState::Expired,
                // Whether it was ready when its member left only the past knows.
                VoucherState::Disabled | VoucherState::Unrecovered => return None,
            },
        )
    }

    fn has_left(&self, reward: &Reward) -> bool {
        self.left.contains(&reward.member)
    }

    pub fn wait(&self, conversion: &Conversion) -> bool {
        let waiting = [
            RewardState::Frozen,
            RewardState::Pending,
            RewardState::Waiting,
        ];
        let mut states = conversion.rewards.iter().map(|reward| self.state(reward));
        states.any(|state| state.is_some_and(|state| waiting.contains(&state)))
    }

    pub fn view(
        &self,
        history: &dyn History,
        standing: &Standing<'_>,
        reward: &Reward,
    ) -> Result<RewardView, HistoryError> {
        let state = match self.state(reward) {
            Some(state) => state,
            None => left(history, standing, reward)?,
        };
        let has_nothing = matches!(
            state,
            RewardState::CapLimited | RewardState::Cancelled | RewardState::Clawed
        );
        Ok(RewardView {
            role: reward.role.name(),
            member: reward.member,
            currency: reward.currency,
            points: if has_nothing { 0 } else { reward.kept },
            state,
            reason: (state == RewardState::CapLimited).then_some(Code::CapReached),
            hold_ends_at: reward.hold_ends_at,
            voucher: reward.voucher.as_ref().map(|voucher| VoucherView {
                code: voucher.code.clone(),
                label: voucher.label.clone(),
                state: voucher.state(reward, self.has_left(reward), self.now),
                expires_at: voucher.expires_at,
            }),
        })
    }
}

/// What became of a reward that is in its wallet no more: it was spent, or it expired, or its member left before it
/// vested.
fn left(
    history: &dyn History,
    standing: &Standing<'_>,
    reward: &Reward,
) -> Result<RewardState, HistoryError> {
    if let (Some(voucher), 0) = (&reward.voucher, reward.points) {
        let left_at = left_at(history, standing, reward.member)?;
        return Ok(
            match left_at.is_some_and(|left_at| voucher.ready_at <= left_at) {
                true => RewardState::Expired,
                false => RewardState::Cancelled,
            },
        );
    }
    let id = reward.wallet();
    let Some(stored) = standing.objects.wallet(id) else {
        return Ok(RewardState::Cancelled);
    };
    let (mut spent, mut has_vested, mut has_expired) = (0, false, false);
    let mut look = |movement: &Movement| {
        if movement.lot.origin != reward.origin {
            return;
        }
        spent += movement.paid;
        match movement.flow {
            Flow::Redeemed
            | Flow::Captured
            | Flow::TransferredOut
            | Flow::AdjustedDown
            | Flow::ReturnTaken
            | Flow::MadeGood => spent += movement.lot.amount,
            Flow::RedemptionReversed | Flow::TransferredIn | Flow::AdjustmentReturned => {
                spent -= movement.lot.amount;
            }
            Flow::Expired => has_expired = true,
            Flow::Forfeited => has_vested |= !movement.lot.pending,
            _ => {}
        }
    };
    let mut wallet = stored.clone();
    settle(&mut wallet, standing.now, &mut |movement| look(&movement));
    let mut sequence = stored.last;
    while sequence != 0 && sequence >= origin_entry(reward.origin) {
        let entry = history.entry(sequence)?;
        let effect = entry.effects.iter().find(|effect| effect.wallet == id);
        let Some(effect) = effect else { break };
        effect.movements.iter().for_each(&mut look);
        sequence = effect.previous;
    }
    Ok(match (spent > 0, has_expired || has_vested) {
        (true, _) => RewardState::Redeemed,
        (false, true) => RewardState::Expired,
        (false, false) => RewardState::Cancelled,
    })
}

/// When a member left, as far as the history of the wallet tells that every member has.
fn left_at(
    history: &dyn History,
    standing: &Standing<'_>,
    member: u32,
) -> Result<Option<Instant>, HistoryError> {
    let id = WalletId {
        member,
        currency: 0,
    };
    let wallet = standing.objects.wallet(id);
    let mut sequence = wallet.map_or(0, |wallet| wallet.last);
    let mut erased_at = None;
    while sequence != 0 {
        let entry = history.entry(sequence)?;
        let now = Some(entry.recorded_at.instant());
        match entry.request.command {
            Command::CloseMember(_) if entry.code == Code::Applied => return Ok(now),
            // Whoever was erased may have left before.
            Command::EraseMember(_) if entry.code == Code::Applied => erased_at = now,
            _ => {}
        }
        let effect = entry.effects.iter().find(|effect| effect.wallet == id);
        sequence = effect.map_or(0, |effect| effect.previous);
    }
    Ok(erased_at)
}
