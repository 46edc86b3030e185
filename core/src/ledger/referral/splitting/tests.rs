//! Exact splits: remainders, ties, levels and models of credit.

use super::*;

const DAY: u64 = 86_400_000_000;
const WEEK: NonZeroU64 = NonZeroU64::new(7 * DAY).unwrap();

fn parts<'a>(weights: &[(&'a str, u64)]) -> Vec<Part<'a>> {
    let part = |(advocate, weight): &(&'a str, u64)| Part {
        advocate,
        weight: *weight,
    };
    weights.iter().map(part).collect()
}

/// A 20 days before, B 13, C 9, B 3, D on the day.
fn contacts() -> Vec<Contact<'static>> {
    let made = [("A", 20), ("B", 13), ("C", 9), ("B", 3), ("D", 0)];
    let contact = |(advocate, days)| Contact {
        advocate,
        age: days * DAY,
        is_direct: false,
    };
    made.map(contact).to_vec()
}

#[test]
fn models_share_a_thousand_points_as_the_table_says() {
    let cases = [
        (Credit::First, [1_000, 0, 0, 0]),
        (Credit::Last, [0, 0, 0, 1_000]),
        (Credit::LastNonDirect, [0, 0, 0, 1_000]),
        (Credit::Linear, [200, 400, 200, 200]),
        (Credit::Position, [400, 133, 67, 400]),
        (Credit::WShaped, [300, 100, 300, 300]),
        (Credit::TimeDecay(WEEK), [54, 397, 160, 389]),
        (Credit::SetLinear, [250, 250, 250, 250]),
    ];
    for (model, expected) in cases {
        let parts = credit(&contacts(), model);
        let names: Vec<_> = parts.iter().map(|part| part.advocate).collect();
        assert_eq!(names, ["A", "B", "C", "D"]);
        assert_eq!(split(1_000, &parts, "conversion"), expected, "{model:?}");
    }
}

#[test]
fn direct_contacts_are_passed_over() {
    let mut contacts = contacts();
    contacts[4].is_direct = true;
    let winner = |contacts: &[Contact<'_>]| -> String {
        let parts = credit(contacts, Credit::LastNonDirect);
        let won = parts.iter().filter(|part| part.weight > 0);
        won.map(|part| part.advocate).collect()
    };
    assert_eq!(winner(&contacts), "B");
    for contact in &mut contacts {
        contact.is_direct = true;
    }
    assert_eq!(winner(&contacts), "D");
}

#[test]
fn few_contacts_share_equally() {
    for model in [Credit::Position, Credit::WShaped, Credit::Linear] {
        for count in 0..=2 {
            let parts = credit(&contacts()[..count], model);
            assert!(parts.len() == count && parts.iter().all(|part| part.weight == 1));
        }
    }
    let three = credit(&contacts()[..3], Credit::WShaped);
    assert!(three.iter().all(|part| part.weight == 1));
}

#[test]
fn levels_share_a_pool() {
    let levels = [500, 200, 100];
    let pool = level_pool(19_999, &levels, &["A", "B", "C", "D"], "conversion");
    assert_eq!(pool, [999, 400, 200]);
    assert_eq!(
        level_pool(19_999, &levels, &["A", "B"], "conversion"),
        [999, 400]
    );
    assert!(level_pool(19_999, &levels, &[], "conversion").is_empty());
    let remaining = [("A", 999), ("B", 400), ("C", 200)];
    assert_eq!(take(1_599, &remaining, "conversion"), [999, 400, 200]);
}

#[test]
fn partners_give_back_what_they_were_given() {
    let partners = parts(&[("A", 40), ("B", 20), ("C", 40)]);
    let given = split(1_000, &partners, "conversion");
    assert_eq!(given, [400, 200, 400]);
    let step = 1_000 - keep(1_000, 25_000, 10_000);
    let remaining = [("A", 400), ("B", 200), ("C", 400)];
    assert_eq!(take(step, &remaining, "conversion"), [160, 80, 160]);
    let remaining = [("A", 240), ("B", 120), ("C", 240)];
    assert_eq!(take(600, &remaining, "conversion"), [240, 120, 240]);
}

#[test]
fn steps_are_split_over_what_remains() {
    let weights = parts(&[("A", 6), ("B", 6), ("C", 2)]);
    assert_eq!(split(11, &weights, "conversion"), [5, 5, 1]);
    assert_eq!(
        take(6, &[("A", 5), ("B", 5), ("C", 1)], "conversion"),
        [3, 3, 0]
    );
    assert_eq!(
        take(5, &[("A", 2), ("B", 2), ("C", 1)], "conversion"),
        [2, 2, 1]
    );
    assert_eq!(take(9, &[("A", 2), ("B", 0)], "conversion"), [2, 0]);
}

#[test]
fn a_percentage_shrinks_to_nothing() {
    let kept = [0, 3_333, 6_666, 12_000].map(|refunded| keep(600, 12_000, refunded));
    assert_eq!(kept, [600, 433, 266, 0]);
    assert_eq!(keep(600, 0, 0), 0);
    assert_eq!(keep(i64::MAX, i64::MAX, 0), i64::MAX);
}

#[test]
fn ties_are_broken_by_a_hash_and_never_by_place() {
    let names = ["A", "B", "C", "D", "E"];
    let equal: Vec<_> = names.map(|name| (name, 1)).to_vec();
    let turned: Vec<_> = equal.iter().rev().copied().collect();
    let mut winners = std::collections::BTreeSet::new();
    for number in 0..40 {
        let conversion = format!("friends\nF\nsale-{number}");
        let mut shares = split(1, &parts(&equal), &conversion);
        let mut mirrored = split(1, &parts(&turned), &conversion);
        mirrored.reverse();
        assert_eq!(shares, mirrored);
        let first = names
            .iter()
            .min_by_key(|name| tie(&conversion, name))
            .unwrap();
        winners.insert(*first);
        let place = names.iter().position(|name| name == first).unwrap();
        assert_eq!(shares.remove(place), 1);
    }
    assert_eq!(winners.len(), names.len());
}

#[test]
fn splits_are_whole_at_every_bound() {
    let all = [
        parts(&[("A", u64::MAX), ("B", u64::MAX), ("C", 1)]),
        parts(&[("A", 0), ("B", 7)]),
        parts(&[("A", 1)]),
    ];
    for weights in all {
        for points in [0, 1, 2, 1_000, i64::MAX] {
            let shares = split(points, &weights, "conversion");
            assert_eq!(shares.iter().sum::<i64>(), points);
            assert!(
                shares
                    .iter()
                    .zip(&weights)
                    .all(|(share, part)| part.weight > 0 || *share == 0)
            );
        }
    }
    assert_eq!(
        split(5, &parts(&[("A", 0), ("B", 0)]), "conversion"),
        [0, 0]
    );
    assert!(split(5, &[], "conversion").is_empty());
}

#[test]
fn halvings_are_exact_after_whole_half_lives() {
    for times in 0..40_u32 {
        let halved = halved(u64::from(times) * WEEK.get(), WEEK);
        assert_eq!(halved, ONE.checked_shr(times).unwrap());
    }
    assert_eq!(halved(u64::MAX, NonZeroU64::MIN), 0);
    assert_eq!(HALVINGS[0], 3_037_000_499);
    let falls = (0..700).map(|tenths| halved(tenths * DAY / 10, WEEK));
    let falls: Vec<_> = falls.collect();
    assert!(falls.windows(2).all(|pair| pair[0] > pair[1]));
}

#[test]
fn together_means_equally() {
    let conversions: [(&[&str], u64); 3] = [(&["A"], 2), (&["A", "B"], 3), (&["A", "B", "C"], 1)];
    let shares = set_linear(&conversions).unwrap();
    let expected = BTreeMap::from([("A", 23), ("B", 11), ("C", 2)]);
    assert_eq!(
        shares,
        ExactShares {
            parts: expected,
            of: 6
        }
    );
    assert_eq!(set_linear(&[(&[], 5)]).unwrap().parts.len(), 0);
    assert_eq!(
        set_linear(&[(&["A", "B", "C"], u64::MAX), (&["A", "B"], 1)]),
        None
    );
}
