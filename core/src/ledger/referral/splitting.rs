//! Whole points between several who have a part in them, whatever the order in which they stand.
//!
//! Weights are whole numbers. What is left after rounding down goes to the largest remainders; between equal remainders
//! a hash decides, never the place.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::num::NonZeroU64;

use super::codes::first_number;
pub use crate::ledger::program::referral::Credit;

/// One who has a part, and how large it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub advocate: &'a str,
    pub weight: u64,
}

/// One touch on the way to a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact<'a> {
    pub advocate: &'a str,
    /// From the touch to the conversion, in microseconds.
    pub age: u64,
    /// The friend came by itself, through no campaign.
    pub is_direct: bool,
}

/// The shares of a whole, exact: each is a number of parts of `of`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExactShares<'a> {
    pub parts: BTreeMap<&'a str, u64>,
    pub of: u64,
}

const ONE: u64 = 1 << 32;
const BITS: usize = 16;
/// 2^32 × 2^(-1/2), 2^(-1/4), 2^(-1/8) and so on.
const HALVINGS: [u64; BITS] = {
    let mut factors = [0; BITS];
    let mut factor = (ONE * (ONE / 2)).isqrt();
    let mut place = 0;
    while place < BITS {
        factors[place] = factor;
        factor = (factor * ONE).isqrt();
        place += 1;
    }
    factors
};

/// Points in proportion to the weights, by largest remainder; nothing to anybody if no weight is above 0.
///
/// Every advocate stands there once; points are not negative.
pub fn split(points: i64, parts: &[Part<'_>], conversion: &str) -> Vec<i64> {
    let total: u128 = parts.iter().map(|part| u128::from(part.weight)).sum();
    let points = u128::try_from(points).unwrap_or(0);
    if total == 0 {
        return vec![0; parts.len()];
    }
    let exact = |part: &Part<'_>| points * u128::from(part.weight);
    let mut shares: Vec<i64> = Vec::with_capacity(parts.len());
    for part in parts {
        shares.push(points_of(exact(part) / total));
    }
    let given: u128 = parts.iter().map(|part| exact(part) / total).sum();
    let left = usize::try_from(points - given).expect("fewer points are left than there are parts");
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_cached_key(|place| {
        let part = &parts[*place];
        (Reverse(exact(part) % total), tie(conversion, part.advocate))
    });
    for place in order.into_iter().take(left) {
        shares[place] += 1;
    }
    shares
}

/// What each of the remaining credits loses when `points` of all of them are taken; never more than remains.
pub fn take(points: i64, remaining: &[(&str, i64)], conversion: &str) -> Vec<i64> {
    let remaining = remaining.iter();
    let parts: Vec<Part<'_>> = remaining
        .map(|(advocate, credit)| Part {
            advocate,
            weight: u64::try_from(*credit).unwrap_or(0),
        })
        .collect();
    let all = parts.iter().map(|part| u128::from(part.weight)).sum();
    split(points.min(points_of(all)), &parts, conversion)
}

/// What decides between equal remainders: the smaller goes first.
pub fn tie(conversion: &str, advocate: &str) -> u64 {
    first_number(&blake3::hash(
        format!("{conversion}\n{advocate}").as_bytes(),
    ))
}

/// What stays of a percentage of `amount` when `refunded` of it came back.
pub fn keep(reward: i64, amount: i64, refunded: i64) -> i64 {
    if amount == 0 {
        return 0;
    }
    let left = i128::from(amount) - i128::from(refunded);
    let kept = (i128::from(reward) * left).div_euclid(i128::from(amount));
    i64::try_from(kept).unwrap_or(i64::MAX)
}

/// The shares of those above a friend, the nearest first; levels without anybody are not paid.
pub fn level_pool(
    amount: i64,
    basis_points: &[u32],
    ancestors: &[&str],
    conversion: &str,
) -> Vec<i64> {
    let levels = ancestors.iter().zip(basis_points);
    let parts: Vec<Part<'_>> = levels
        .map(|(advocate, part)| Part {
            advocate,
            weight: u64::from(*part),
        })
        .collect();
    let sum: u128 = parts.iter().map(|part| u128::from(part.weight)).sum();
    let amount = u128::try_from(amount).unwrap_or(0);
    split(points_of(amount * sum / 10_000), &parts, conversion)
}

/// The part of each advocate under a model, in the order of their first contacts.
///
/// Contacts stand in the order in which they were made.
pub fn credit<'a>(contacts: &[Contact<'a>], model: Credit) -> Vec<Part<'a>> {
    let mut together: Vec<Part<'a>> = Vec::new();
    for (place, contact) in contacts.iter().enumerate() {
        let weight = weight(contacts, place, model);
        let known = together
            .iter_mut()
            .find(|part| part.advocate == contact.advocate);
        match known {
            Some(part) if model == Credit::SetLinear => part.weight = 1,
            Some(part) => part.weight += weight,
            None => together.push(Part {
                advocate: contact.advocate,
                weight,
            }),
        }
    }
    together
}

/// The weight of one contact among all.
fn weight(contacts: &[Contact<'_>], place: usize, model: Credit) -> u64 {
    let (count, last) = (contacts.len() as u64, contacts.len() - 1);
    let only = |chosen: usize| u64::from(place == chosen);
    match model {
        Credit::First => only(0),
        Credit::Last => only(last),
        Credit::LastNonDirect => {
            let chosen = contacts.iter().rposition(|contact| !contact.is_direct);
            only(chosen.unwrap_or(last))
        }
        Credit::Linear | Credit::SetLinear => 1,
        Credit::Position if count > 2 && [0, last].contains(&place) => 2 * (count - 2),
        Credit::WShaped if count > 3 && [0, contacts.len() / 2, last].contains(&place) => {
            3 * (count - 3)
        }
        Credit::Position | Credit::WShaped => 1,
        Credit::TimeDecay(half_life) => halved(contacts[place].age, half_life),
    }
}

/// 2^32 × 2^(-age / half-life), from a table of whole numbers, one for each binary place of the fraction.
pub fn halved(age: u64, half_life: NonZeroU64) -> u64 {
    let (times, rest) = (age / half_life, age % half_life);
    let places = (u128::from(rest) << BITS) / u128::from(half_life.get());
    let mut weight = ONE;
    for (place, factor) in HALVINGS.iter().enumerate() {
        if (places >> (BITS - 1 - place)) & 1 == 1 {
            weight = (weight * factor) >> 32;
        }
    }
    let times = u32::try_from(times).unwrap_or(u32::MAX);
    weight.checked_shr(times).unwrap_or(0)
}

/// Each conversion shared equally by all that had a part in it; `None` if the numbers grow too large.
///
/// Of a conversion every advocate stands there once.
pub fn set_linear<'a>(conversions: &[(&[&'a str], u64)]) -> Option<ExactShares<'a>> {
    let mut of = 1_u64;
    for (advocates, _) in conversions {
        let size = (advocates.len() as u64).max(1);
        of = (of / gcd(of, size)).checked_mul(size)?;
    }
    let mut parts: BTreeMap<&str, u64> = BTreeMap::new();
    for (advocates, count) in conversions {
        let Some(share) = of.checked_div(advocates.len() as u64) else {
            continue;
        };
        for advocate in *advocates {
            let part = parts.entry(advocate).or_default();
            *part = part.checked_add(share.checked_mul(*count)?)?;
        }
    }
    let common = parts.values().fold(of, |common, part| gcd(common, *part));
    for part in parts.values_mut() {
        *part /= common;
    }
    Some(ExactShares {
        parts,
        of: of / common,
    })
}

fn gcd(mut one: u64, mut other: u64) -> u64 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

fn points_of(points: u128) -> i64 {
    i64::try_from(points).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
