//! Balances of one wallet at an instant of record time: now, ahead, and in the past.

use super::history::{Chain, History, HistoryError};
use crate::ledger::entry::{Balance, Effect, RecordedAt, WalletId};
use crate::ledger::lot::Lot;
use crate::ledger::memory::Memory;
use crate::ledger::settle::settle;
use crate::ledger::time::Instant;
use crate::ledger::wallet::{Hold, Wallet};

/// What a wallet holds at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceView {
    pub balance: Balance,
    /// Pending and available lots in the order of their expiry, which also stands in those that expire with the wallet;
    /// what is held stands in `holds`.
    pub lots: Vec<Lot>,
    pub holds: Vec<Hold>,
    /// Earliest activation of a pending lot; `NEVER` if none.
    pub next_activation: Instant,
    /// Earliest expiry of a lot that is not held; `NEVER` if none.
    pub next_expiry: Instant,
    /// Points of all lots that end at `next_expiry`; 0 if that is `NEVER`.
    pub next_expiry_points: i64,
    pub at: Instant,
}

impl BalanceView {
    /// The wallet as it will be at `at` if nothing else happens; `at` is not before its latest effect.
    pub fn ahead(wallet: &Wallet, at: Instant) -> BalanceView {
        let mut wallet = wallet.clone();
        settle(&mut wallet, at, &mut |_| {});
        let next_expiry = wallet.next_expiry();
        let ending = wallet
            .lots()
            .iter()
            .filter(|lot| wallet.expiry_of(lot) == next_expiry && next_expiry != Instant::NEVER);
        BalanceView {
            balance: wallet.balance(),
            next_expiry_points: ending.map(|lot| lot.amount).sum(),
            next_activation: wallet.next_activation(),
            next_expiry,
            lots: dated(&wallet, wallet.lots()),
            holds: wallet.holds().to_vec(),
            at,
        }
    }
}

/// Lots with the dates that they have in their wallet, in that order.
fn dated(wallet: &Wallet, lots: &[Lot]) -> Vec<Lot> {
    let mut lots = lots.to_vec();
    if !wallet.lots_with_wallet().is_empty() {
        for lot in &mut lots {
            lot.expires_at = wallet.expiry_of(lot);
        }
        lots.sort_by_key(Lot::place);
    }
    lots
}

/// The balance at the end of microsecond `at`. `wallet` is as of the ledger's latest entry, recorded at `tail`.
/// Reads the journal only for an instant before that; see `wallet_at` for what it costs.
pub fn balance(
    history: &dyn History,
    wallet: &Wallet,
    id: WalletId,
    tail: RecordedAt,
    at: Instant,
) -> Result<BalanceView, HistoryError> {
    if tail.instant() <= at {
        return Ok(BalanceView::ahead(wallet, at));
    }
    Ok(BalanceView::ahead(&wallet_at(history, wallet, id, at)?, at))
}

/// The wallet after its last effect recorded by the end of microsecond `at`, not settled any further.
///
/// Walks the wallet's chain back from its latest effect. Nothing later than `at`: one read. Else every effect since
/// the wallet was last empty is read and the older ones are applied again, from the beginning: one read and one
/// application per effect, and memory for the effects before `at`.
pub fn wallet_at(
    history: &dyn History,
    wallet: &Wallet,
    id: WalletId,
    at: Instant,
) -> Result<Wallet, HistoryError> {
    let end = RecordedAt::end_of(at);
    let mut effects: Vec<(u64, Effect)> = Vec::new();
    for link in Chain::new(history, id, wallet.last) {
        let link = link?;
        let sequence = link.entry.sequence;
        if link.entry.recorded_at > end {
            continue;
        }
        if sequence == wallet.last {
            return Ok(wallet.clone());
        }
        let empty = link.effect().after == Balance::default();
        effects.push((sequence, link.into_effect()));
        if empty {
            break;
        }
    }
    Ok(replayed(effects))
}

/// Applies effects, given newest first. A wallet whose four parts are zero has neither lots nor holds, so an effect
/// that leaves nothing is as good a beginning as the first.
fn replayed(effects: Vec<(u64, Effect)>) -> Wallet {
    let mut wallet = Wallet::default();
    for (sequence, effect) in effects.iter().rev() {
        if effect.after == Balance::default() && wallet.last == 0 {
            let memory = Memory {
                inactive_at: effect.inactive_at,
                ..Memory::default()
            };
            wallet = Wallet::from_stored(Vec::new(), Vec::new(), 0, *sequence, memory);
        } else {
            wallet.apply_effect(effect, *sequence);
        }
    }
    wallet
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::{ANN, BOB, Sample, steps};
    use super::*;
    use crate::ledger::state::Objects;

    fn at(sample: &Sample, id: WalletId, at: i64) -> BalanceView {
        let tail = sample.state.objects.recorded_at;
        balance(sample, sample.wallet(id), id, tail, Instant(at)).expect("all is there")
    }

    /// A 100 (until 60), B 150 (until 90, pending until 30).
    fn sample() -> Sample {
        let mut sample = Sample::new();
        sample.at(10).accrue(ANN, 100, 10, 60);
        sample.at(20).accrue(ANN, 150, 30, 90);
        sample.at(40).redeem(ANN, 40);
        sample
    }

    #[test]
    fn past_now_and_future() {
        let mut sample = sample();
        let available =
            [9, 10, 29, 30, 39, 40, 59, 60, 90].map(|now| at(&sample, ANN, now).balance.available);
        assert_eq!(available, [0, 100, 100, 250, 250, 210, 210, 150, 0]);
        sample.at(100).accrue(BOB, 1, 100, 200);
        let later =
            [9, 10, 29, 30, 39, 40, 59, 60, 90].map(|now| at(&sample, ANN, now).balance.available);
        assert_eq!(later, available);
        sample.sweep();
        let swept =
            [9, 10, 29, 30, 39, 40, 59, 60, 90].map(|now| at(&sample, ANN, now).balance.available);
        assert_eq!(swept, available);
    }

    #[test]
    fn a_view_tells_what_comes_next() {
        let mut sample = sample();
        sample.accrue(ANN, 5, 40, 60);
        let early = at(&sample, ANN, 20);
        assert_eq!(early.balance.pending, 150);
        assert_eq!(early.next_activation, Instant(30));
        assert_eq!(
            (early.next_expiry, early.next_expiry_points),
            (Instant(60), 100)
        );
        let now = at(&sample, ANN, 45);
        assert_eq!(now.next_activation, Instant::NEVER);
        assert_eq!((now.next_expiry, now.next_expiry_points), (Instant(60), 65));
        let amounts: Vec<i64> = now.lots.iter().map(|lot| lot.amount).collect();
        assert_eq!(amounts.iter().sum::<i64>(), now.balance.available);
        let end = at(&sample, ANN, 1_000);
        assert_eq!(
            (end.next_expiry, end.next_expiry_points),
            (Instant::NEVER, 0)
        );
    }

    #[test]
    fn the_end_of_a_microsecond_counts() {
        let mut sample = Sample::new();
        sample.at(10).accrue(ANN, 1, 10, 60);
        sample.accrue(ANN, 2, 10, 60);
        sample.at(50).accrue(ANN, 4, 50, 60);
        assert_eq!(at(&sample, ANN, 10).balance.available, 3);
        assert_eq!(at(&sample, ANN, 9).balance.available, 0);
    }

    #[test]
    fn only_the_past_reads_the_journal() {
        let mut sample = sample();
        sample.reads.set(0);
        at(&sample, ANN, 40);
        assert_eq!(sample.reads.get(), 0);
        sample.at(80).accrue(BOB, 1, 80, 200);
        at(&sample, ANN, 50);
        assert_eq!(sample.reads.get(), 1);
    }

    #[test]
    fn an_empty_wallet_is_a_beginning() {
        let mut sample = sample();
        sample.redeem(ANN, 210);
        sample.at(50).accrue(ANN, 7, 50, 90);
        sample.at(60).redeem(ANN, 1);
        sample.reads.set(0);
        assert_eq!(at(&sample, ANN, 50).balance.available, 7);
        assert_eq!(sample.reads.get(), 3);
    }

    fn wallets(objects: &Objects) -> [Wallet; 2] {
        [ANN, BOB].map(|id| objects.wallet(id).expect("enrolled").clone())
    }

    proptest! {
        #[test]
        fn the_past_is_what_it_was(steps in steps()) {
            let mut sample = Sample::new();
            let mut seen = Vec::new();
            sample.play(&steps, |sample| {
                seen.retain(|(now, _)| *now < sample.now);
                seen.push((sample.now, wallets(&sample.state.objects)));
            });
            for (now, wallets) in seen {
                for (id, wallet) in [ANN, BOB].into_iter().zip(wallets) {
                    let then = BalanceView::ahead(&wallet, Instant(now));
                    prop_assert_eq!(at(&sample, id, now), then);
                }
            }
        }
    }
}
