//! What time alone will still do to the totals: the sum of every wallet's forecast, per currency, terms and instant.

use std::collections::BTreeMap;

use super::entry::{Effect, Flow, Movement};
use super::lot::{Lot, TermsId};
use super::settle::settle;
use super::time::Instant;
use super::wallet::Wallet;

/// Where a forecast stands.
pub type Due = (u8, TermsId, Instant);

/// Points that will expire and points that will pay debt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    pub expired: i128,
    pub paid: i128,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    due: BTreeMap<Due, Forecast>,
}

impl Schedule {
    pub fn iter(&self) -> impl Iterator<Item = (&Due, &Forecast)> {
        self.due.iter()
    }

    pub fn len(&self) -> usize {
        self.due.len()
    }

    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    /// Applies an effect to its wallet and keeps the sum of forecasts true. A plain wallet's forecast is its lots, so
    /// only the lots that changed are touched; elsewhere the whole forecast is taken out and put back.
    pub fn follow(&mut self, wallet: &mut Wallet, effect: &Effect, sequence: u64) {
        let currency = effect.wallet.currency;
        let plain = wallet.is_plain() && effect.opened.is_none();
        if plain
            && !effect
                .movements
                .iter()
                .any(|movement| movement.flow == Flow::Overdrawn)
        {
            wallet.apply_effect(effect, sequence);
            for movement in &effect.movements {
                self.add_expiry(currency, &movement.lot, lot_change(movement));
            }
        } else {
            self.add(currency, wallet, -1);
            wallet.apply_effect(effect, sequence);
            self.add(currency, wallet, 1);
        }
    }

    /// Adds (`sign` 1) or takes out (−1) a wallet's whole forecast.
    pub fn add(&mut self, currency: u8, wallet: &Wallet, sign: i128) {
        if wallet.is_plain() {
            for lot in wallet.lots() {
                self.add_expiry(currency, lot, sign * lot.amount as i128);
            }
            return;
        }
        let mut future = wallet.clone();
        settle(
            &mut future,
            Instant(Instant::NEVER.0 - 1),
            &mut |movement| {
                let at = movement
                    .due_at
                    .expect("time's movements carry their instant");
                let terms = movement.lot.terms;
                if movement.flow == Flow::Expired {
                    self.change(
                        currency,
                        terms,
                        at,
                        Forecast {
                            expired: sign * movement.lot.amount as i128,
                            paid: 0,
                        },
                    );
                } else if movement.paid > 0 {
                    self.change(
                        currency,
                        terms,
                        at,
                        Forecast {
                            expired: 0,
                            paid: sign * movement.paid as i128,
                        },
                    );
                }
            },
        );
    }

    /// Adds all of another schedule.
    pub fn merge(&mut self, other: &Schedule) {
        for ((currency, terms, at), forecast) in other.iter() {
            self.change(*currency, *terms, *at, *forecast);
        }
    }

    fn add_expiry(&mut self, currency: u8, lot: &Lot, expired: i128) {
        if lot.expires_at < Instant::NEVER && expired != 0 {
            self.change(
                currency,
                lot.terms,
                lot.expires_at,
                Forecast { expired, paid: 0 },
            );
        }
    }

    fn change(&mut self, currency: u8, terms: TermsId, at: Instant, by: Forecast) {
        let due = (currency, terms, at);
        let forecast = self.due.entry(due).or_default();
        forecast.expired += by.expired;
        forecast.paid += by.paid;
        if *forecast == Forecast::default() {
            self.due.remove(&due);
        }
    }
}

/// By how much a movement changes its lot in a wallet without holds and debt.
fn lot_change(movement: &Movement) -> i128 {
    let amount = movement.lot.amount as i128;
    match movement.flow {
        Flow::Accrued | Flow::RedemptionReversed | Flow::AdjustedUp => amount,
        Flow::Expired | Flow::Redeemed | Flow::AccrualReversed | Flow::AdjustedDown => -amount,
        Flow::Activated | Flow::ExpiryReversed | Flow::Overdrawn => 0,
        Flow::Held | Flow::Released | Flow::Captured => 0,
    }
}
