//! Rewards: what an entry says to have given, taken and given back is what moved in the wallets.

use std::collections::{BTreeMap, BTreeSet};

use super::super::entry::{Entry, Flow, WalletId, Way};
use super::super::lot::{is_of_reward, origin_of_reward};
use super::super::referral::file::{Ended, Reward};
use super::super::rejection::Class;
use super::{Finding, demand};

/// Points that a reward lost.
const TAKEN: [Flow; 4] = [
    Flow::RewardTaken,
    Flow::RewardExpiryTaken,
    Flow::RewardOverdrawn,
    Flow::RewardWrittenOff,
];
/// Points that it was given back.
const RESTORED: [Flow; 4] = [
    Flow::RewardRestored,
    Flow::RewardDebtUndone,
    Flow::RewardExpiryRestored,
    Flow::RewardWriteOffUndone,
];

/// Points that files say to have moved, by wallet: given, taken, restored.
#[derive(Default)]
pub struct Moved {
    /// Rewards that the entry tells of.
    origins: BTreeSet<u64>,
    told: BTreeMap<WalletId, [i64; 3]>,
}

impl Moved {
    pub fn add(&mut self, wallet: WalletId, place: usize, points: i64) {
        self.told.entry(wallet).or_default()[place] += points;
    }

    /// One reward as it was and as it is.
    pub fn compare(
        &mut self,
        entry: &Entry<'_>,
        before: Option<&Reward>,
        reward: &Reward,
    ) -> Finding {
        self.origins.insert(reward.origin);
        let wallet = reward.wallet();
        let Some(before) = before else {
            return self.check_new(entry, reward);
        };
        let is_same = (
            before.role,
            before.member,
            before.currency,
            before.points,
            before.hold_ends_at,
        ) == (
            reward.role,
            reward.member,
            reward.currency,
            reward.points,
            reward.hold_ends_at,
        );
        demand(is_same, "a reward that was decided is another")?;
        let change = reward.kept - before.kept;
        match change {
            0 => {}
            _ if change < 0 => self.add(wallet, 1, -change),
            _ => {
                let was_charged = before.charged_back == change && reward.charged_back == 0;
                demand(
                    was_charged,
                    "a reward is given back that no dispute had taken",
                )?;
                self.add(wallet, 2, change);
            }
        }
        let way = match (before.ended, reward.ended) {
            // Of a voucher alone nothing tells whether it was decided anew.
            _ if reward.origin == 0 => true,
            (None, Some(Ended::CapLimited)) => false,
            (Some(before), Some(after)) => before == after,
            (Some(_), None) => change > 0 || before.is_charged_back(),
            _ => true,
        };
        demand(way, "a reward takes a way that there is not")
    }

    /// A reward that this entry decides was given whole, if it was given.
    fn check_new(&mut self, entry: &Entry<'_>, reward: &Reward) -> Finding {
        let is_withheld = |ended: Ended| ended != Ended::Clawed;
        let is_voucher = reward.points == 0 && reward.voucher.is_some();
        if reward.origin == 0 {
            return demand(
                reward.kept == 0 && (is_voucher || reward.ended.is_some_and(is_withheld)),
                "a reward was given that no lot has",
            );
        }
        let wallet = reward.wallet();
        let effect = entry.effects.iter().find(|effect| effect.wallet == wallet);
        let given = effect.and_then(|effect| {
            let mut given = effect.parts(Flow::Rewarded);
            given.find(|lot| origin_of_reward(lot.id) == reward.origin)
        });
        demand(
            given.is_some_and(|lot| lot.amount == reward.points) && reward.role.is_known(),
            "a reward has another lot than it says",
        )?;
        self.add(wallet, 0, reward.points);
        self.add(wallet, 1, reward.points - reward.kept);
        Ok(())
    }

    /// What moved in the wallets is what the files say; where lots of rewards only change their dates, nothing is lost.
    pub fn check(&self, entry: &Entry<'_>) -> Finding {
        check_places(entry)?;
        for effect in &entry.effects {
            let sum = |flows: &[Flow]| -> i64 {
                let parts = flows.iter().flat_map(|flow| effect.parts(*flow));
                parts.map(|lot| lot.amount).fold(0, i64::saturating_add)
            };
            let moved = [sum(&[Flow::Rewarded]), sum(&TAKEN), sum(&RESTORED)];
            let told = self.told.get(&effect.wallet).copied().unwrap_or_default();
            // What one entry gives and takes at once may be told as if it had never been.
            let both = moved[0] - told[0];
            demand(
                both >= 0 && moved[1] == told[1] + both && moved[2] == told[2],
                "other points of rewards moved than its referrals say",
            )?;
            let dated = |flow: Flow| {
                let lots = effect.parts(flow).filter(|lot| is_of_reward(lot.origin));
                let mut sums: BTreeMap<u64, i64> = BTreeMap::new();
                lots.for_each(|lot| *sums.entry(lot.origin).or_default() += lot.amount);
                sums
            };
            let moved = dated(Flow::MovedOut);
            demand(
                moved.keys().all(|origin| self.origins.contains(origin)),
                "points of a reward get other dates without being told of",
            )?;
            demand(
                moved == dated(Flow::MovedIn),
                "points of a reward get lost as they get other dates",
            )?;
        }
        let moves = |wallet: &WalletId| entry.effects.iter().any(|one| one.wallet == *wallet);
        let mut told = self.told.iter();
        let is_left = told.any(|(wallet, sums)| *sums != [0; 3] && !moves(wallet));
        demand(
            !is_left || entry.code.class() == Class::Conflict,
            "rewards moved in no wallet",
        )
    }
}

/// Lots that take points of rewards over are numbered after those of the verb itself, without a gap.
fn check_places(entry: &Entry<'_>) -> Finding {
    let (mut before, mut places) = (0, Vec::new());
    let movements = entry.effects.iter().flat_map(|effect| &effect.movements);
    for movement in movements.filter(|movement| movement.due_at.is_none()) {
        let (lot, way) = (&movement.lot, movement.flow.way());
        let is_made = lot.id.sequence() == entry.sequence && !lot.id.is_earned();
        if !is_made || lot.id.is_reward() || !matches!(way, Way::Back | Way::Restored) {
            continue;
        }
        match is_of_reward(lot.origin) {
            true => places.push(lot.id.unmarked().place()),
            false => before += 1,
        }
    }
    places.sort_unstable();
    let mut expected = before + 1..;
    demand(
        places
            .into_iter()
            .all(|place| expected.next() == Some(place)),
        "a lot that takes over points of a reward names another place",
    )
}
