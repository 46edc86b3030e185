//! What time alone will still do to the totals: the sum of every wallet's forecast, per currency, terms and instant.

use std::sync::Arc;

use super::entry::{Effect, Flow, Movement, Way};
use super::lot::{Lot, TermsId};
use super::settle::settle;
use super::time::Instant;
use super::wallet::Wallet;

/// Where a forecast stands.
pub type Due = (u8, TermsId, Instant);

/// Points that will expire, points that will pay debt, and rewards that will be taken back if nobody reviews them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    pub expired: i128,
    pub paid: i128,
    pub taken: i128,
}

impl Forecast {
    /// What one of time's own movements takes out.
    fn of(movement: &Movement, sign: i128) -> Forecast {
        let amount = sign * movement.lot.amount as i128;
        match movement.flow {
            Flow::Expired => Forecast {
                expired: amount,
                ..Forecast::default()
            },
            Flow::RewardTaken => Forecast {
                taken: amount,
                ..Forecast::default()
            },
            _ => Forecast {
                paid: sign * movement.paid as i128,
                ..Forecast::default()
            },
        }
    }
}

/// Steps of one part; a full one is cut in two.
const PART: usize = 256;

/// Steps in order, in parts that a clone shares until one of the two changes them: cloning costs a count per part.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    parts: Vec<Part>,
    steps: usize,
}

/// Some steps, at least one, and the first of them where a search finds it.
#[derive(Clone, Debug)]
struct Part {
    first: Due,
    steps: Arc<Vec<(Due, Forecast)>>,
}

/// The same steps are the same schedule, however they are cut.
impl PartialEq for Schedule {
    fn eq(&self, other: &Schedule) -> bool {
        self.steps == other.steps && self.iter().eq(other.iter())
    }
}

impl Eq for Schedule {}

impl Schedule {
    pub fn iter(&self) -> impl Iterator<Item = (&Due, &Forecast)> {
        let steps = self.parts.iter().flat_map(|part| part.steps.iter());
        steps.map(|(due, forecast)| (due, forecast))
    }

    pub fn len(&self) -> usize {
        self.steps
    }

    pub fn is_empty(&self) -> bool {
        self.steps == 0
    }

    /// Applies an effect to its wallet and keeps the sum of forecasts true. A plain wallet's forecast is its lots, so
    /// only the lots that changed are touched; elsewhere the whole forecast is taken out and put back.
    pub fn follow(&mut self, wallet: &mut Wallet, effect: &Effect, sequence: u64) {
        let currency = effect.wallet.currency;
        let plain = wallet.is_plain() && effect.opened.is_none();
        let makes_rare =
            |movement: &Movement| movement.flow.way() == Way::Owes || movement.flow.writes_off();
        if plain && effect.inactive_at == Instant::NEVER && !effect.movements.iter().any(makes_rare)
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
        settle(&mut future, Instant::FORESEEABLE, &mut |movement| {
            let at = movement
                .due_at
                .expect("time's movements carry their instant");
            let by = Forecast::of(&movement, sign);
            if by != Forecast::default() {
                self.change(currency, movement.lot.terms, at, by);
            }
        });
    }

    /// Adds all of another schedule.
    pub fn merge(&mut self, other: &Schedule) {
        for ((currency, terms, at), forecast) in other.iter() {
            self.change(*currency, *terms, *at, *forecast);
        }
    }

    fn add_expiry(&mut self, currency: u8, lot: &Lot, points: i128) {
        if lot.expires_at > Instant::FORESEEABLE || points == 0 {
            return;
        }
        let by = match lot.is_frozen() {
            true => Forecast {
                taken: points,
                ..Forecast::default()
            },
            false => Forecast {
                expired: points,
                ..Forecast::default()
            },
        };
        self.change(currency, lot.terms, lot.expires_at, by);
    }

    fn change(&mut self, currency: u8, terms: TermsId, at: Instant, by: Forecast) {
        let due = (currency, terms, at);
        let number = self.parts.partition_point(|part| part.first <= due);
        let number = number.saturating_sub(1);
        let Some(part) = self.parts.get_mut(number) else {
            self.parts.push(Part::of(vec![(due, by)]));
            self.steps = 1;
            return;
        };
        let found = part.steps.binary_search_by_key(&due, |(due, _)| *due);
        let steps = Arc::make_mut(&mut part.steps);
        match found {
            Ok(place) => {
                let forecast = &mut steps[place].1;
                forecast.expired += by.expired;
                forecast.paid += by.paid;
                forecast.taken += by.taken;
                if *forecast == Forecast::default() {
                    steps.remove(place);
                    self.steps -= 1;
                    self.close_gap(number);
                }
            }
            Err(place) => {
                steps.insert(place, (due, by));
                part.first = steps[0].0;
                self.steps += 1;
                if part.steps.len() > PART {
                    self.cut(number);
                }
            }
        }
    }

    /// Cuts a full part in two: in the middle, the last one before its last step, as steps mostly come in order.
    fn cut(&mut self, number: usize) {
        let at = if number + 1 == self.parts.len() {
            PART
        } else {
            PART / 2
        };
        let rest = Arc::make_mut(&mut self.parts[number].steps).split_off(at);
        self.parts.insert(number + 1, Part::of(rest));
    }

    /// After a step left its part: an empty part goes, a small one joins a small neighbour.
    fn close_gap(&mut self, number: usize) {
        let steps = |number: usize| self.parts.get(number).map(|part| part.steps.len());
        let left = self.parts[number].steps.len();
        if left == 0 {
            self.parts.remove(number);
            return;
        }
        let joins = |other: usize| steps(other).is_some_and(|other| other < PART / 2);
        let first = if left >= PART / 8 {
            None
        } else if joins(number + 1) {
            Some(number)
        } else if joins(number.wrapping_sub(1)) {
            Some(number - 1)
        } else {
            None
        };
        let part = &mut self.parts[number];
        part.first = part.steps[0].0;
        if let Some(first) = first {
            let next = self.parts.remove(first + 1);
            Arc::make_mut(&mut self.parts[first].steps).extend_from_slice(&next.steps);
        }
    }
}

impl Part {
    fn of(steps: Vec<(Due, Forecast)>) -> Part {
        Part {
            first: steps[0].0,
            steps: Arc::new(steps),
        }
    }
}

/// By how much a movement changes its lot in a wallet without holds and debt.
fn lot_change(movement: &Movement) -> i128 {
    let amount = movement.lot.amount as i128;
    match movement.flow.way() {
        Way::New | Way::Back | Way::Restored => amount,
        Way::Out | Way::Taken => -amount,
        Way::Activates | Way::Noted | Way::Owes | Way::Forgiven => 0,
        Way::Holds | Way::Releases | Way::Captures => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn with_steps(count: i64) -> Schedule {
        let mut schedule = Schedule::default();
        for at in 0..count {
            add(&mut schedule, at, 1);
        }
        schedule
    }

    fn add(schedule: &mut Schedule, at: i64, expired: i128) {
        let by = Forecast {
            expired,
            ..Forecast::default()
        };
        schedule.change(0, TermsId::NONE, Instant(at), by);
    }

    #[test]
    fn a_clone_shares_all_that_does_not_change_afterwards() {
        let mut schedule = with_steps(100_000);
        assert!(schedule.parts.len() <= 100_000 / PART + 1);
        let view = schedule.clone();
        add(&mut schedule, 50_000, 1);
        let pairs = schedule.parts.iter().zip(&view.parts);
        let own = pairs.filter(|(one, other)| !Arc::ptr_eq(&one.steps, &other.steps));
        assert_eq!(own.count(), 1);
        assert_eq!(view, with_steps(100_000));
        assert_ne!(view, schedule);
    }

    #[test]
    fn what_has_been_taken_out_leaves_few_parts() {
        let mut schedule = with_steps(10_000);
        for at in 0..10_000 {
            if at % 100 != 7 {
                add(&mut schedule, at, -1);
            }
        }
        assert_eq!(schedule.len(), 100);
        assert!(schedule.parts.len() <= 10, "{} parts", schedule.parts.len());
    }

    proptest! {
        #[test]
        fn a_schedule_is_an_ordered_map(
            changes in prop::collection::vec((0i64..700, -2i128..3), 0..4_000),
            all_of_it in any::<bool>(),
        ) {
            let mut schedule = Schedule::default();
            let mut map: BTreeMap<Due, i128> = BTreeMap::new();
            let rest: Vec<(i64, i128)> = (0..700).map(|at| (at, 0)).collect();
            for (at, expired) in changes.into_iter().chain(if all_of_it { rest } else { Vec::new() }) {
                let due = (0, TermsId::NONE, Instant(at));
                let before: i128 = map.get(&due).copied().unwrap_or_default();
                let by = if all_of_it && expired == 0 { -before } else { expired };
                if by != 0 {
                    add(&mut schedule, at, by);
                    match before + by {
                        0 => map.remove(&due),
                        sum => map.insert(due, sum),
                    };
                }
                prop_assert!(schedule.parts.iter().all(|part| part.first == part.steps[0].0));
                prop_assert!(schedule.parts.iter().all(|part| part.steps.len() <= PART));
            }
            let steps: BTreeMap<Due, i128> =
                schedule.iter().map(|(due, forecast)| (*due, forecast.expired)).collect();
            prop_assert!(schedule.iter().map(|(due, _)| due).is_sorted());
            prop_assert_eq!(schedule.len(), steps.len());
            prop_assert_eq!(steps, map);
        }
    }
}
