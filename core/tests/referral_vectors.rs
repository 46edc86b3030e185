//! Codes and splits come to what the model says: each line of a file is a question and its answer.

use std::num::NonZeroU64;

use loyalty_ledger::ledger::referral::codes;
use loyalty_ledger::ledger::referral::splitting::{
    Contact, Credit, Part, credit, halved, keep, level_pool, set_linear, split, take,
};

const VECTORS: &str = include_str!("golden/referral.tsv");

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The items of a list.
fn items(text: &str) -> Vec<&str> {
    text.split(',').filter(|item| !item.is_empty()).collect()
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for item in items(text) {
        let (advocate, weight) = item.split_once(':').unwrap();
        let weight = number(weight);
        parts.push(Part { advocate, weight });
    }
    parts
}

fn told(parts: &[Part<'_>]) -> String {
    let parts = parts.iter();
    let parts: Vec<_> = parts
        .map(|part| format!("{}:{}", part.advocate, part.weight))
        .collect();
    parts.join(",")
}

fn shares(shares: &[i64]) -> String {
    let shares: Vec<_> = shares.iter().map(i64::to_string).collect();
    shares.join(",")
}

fn contact(text: &str) -> Contact<'_> {
    let columns: Vec<_> = text.split(':').collect();
    Contact {
        advocate: columns[0],
        age: number(columns[1]),
        is_direct: columns[2] == "1",
    }
}

fn model(name: &str, half_life: NonZeroU64) -> Credit {
    match name {
        "first" => Credit::First,
        "last" => Credit::Last,
        "last_non_direct" => Credit::LastNonDirect,
        "linear" => Credit::Linear,
        "position" => Credit::Position,
        "w_shaped" => Credit::WShaped,
        "time_decay" => Credit::TimeDecay(half_life),
        "set_linear" => Credit::SetLinear,
        other => panic!("no model {other}"),
    }
}

fn together(told_conversions: &str) -> String {
    let conversions: Vec<(Vec<&str>, u64)> = told_conversions
        .split(';')
        .map(|conversion| {
            let (advocates, count) = conversion.split_once(':').unwrap();
            (items(advocates), number(count))
        })
        .collect();
    let borrowed: Vec<_> = conversions
        .iter()
        .map(|(advocates, count)| (advocates.as_slice(), *count))
        .collect();
    let found = set_linear(&borrowed).unwrap().parts.into_iter();
    let parts: Vec<_> = found
        .map(|(advocate, weight)| Part { advocate, weight })
        .collect();
    told(&parts)
}

/// The answer to the question of a line; its last column is left out.
fn answer(columns: &[&str]) -> String {
    match columns {
        ["derived", program, key, attempt] => codes::derived(program, key, number(attempt)),
        ["read", typed] => codes::read(typed).unwrap_or_else(|| "-".to_owned()),
        ["split", points, conversion, weights] => {
            shares(&split(number(points), &parts(weights), conversion))
        }
        ["take", points, conversion, remaining] => {
            let remaining: Vec<_> = parts(remaining)
                .into_iter()
                .map(|part| (part.advocate, i64::try_from(part.weight).unwrap()))
                .collect();
            shares(&take(number(points), &remaining, conversion))
        }
        ["keep", reward, amount, refunded] => {
            keep(number(reward), number(amount), number(refunded)).to_string()
        }
        ["pool", amount, conversion, levels, above] => {
            let levels: Vec<u32> = items(levels).into_iter().map(number).collect();
            let amount = number(amount);
            shares(&level_pool(amount, &levels, &items(above), conversion))
        }
        ["credit", name, half_life, contacts] => {
            let contacts: Vec<_> = items(contacts).into_iter().map(contact).collect();
            told(&credit(&contacts, model(name, number(half_life))))
        }
        ["halved", age, half_life] => halved(number(age), number(half_life)).to_string(),
        ["together", conversions] => together(conversions),
        other => panic!("no question {other:?}"),
    }
}

#[test]
fn every_answer_is_the_models() {
    let mut asked = 0;
    for line in VECTORS.lines() {
        let columns: Vec<_> = line
            .split('\t')
            .map(|text| text.replace("\\n", "\n"))
            .collect();
        let columns: Vec<_> = columns.iter().map(String::as_str).collect();
        let (expected, question) = columns.split_last().unwrap();
        assert_eq!(answer(question), *expected, "{line}");
        asked += 1;
    }
    assert_eq!(asked, 905);
}
