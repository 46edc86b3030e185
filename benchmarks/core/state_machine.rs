//! The state machine alone: decide, audit and apply, without journal and clock.

use std::sync::Arc;

use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::decide::{Moment, Originals, check_shape, decide};
use loyalty_ledger::ledger::entry::{Entry, RecordedAt};
use loyalty_ledger::ledger::request::{
    Accrue, Authorize, Capture, Command, Enroll, MemberName, Part, Redeem, Reference, Request,
    Reverse, Void,
};
use loyalty_ledger::ledger::state::State;
use loyalty_ledger::ledger::time::Instant;

const MEMBERS: u64 = 1_000_000;
const START: i64 = 1_767_225_600_000_000;
const YEAR: i64 = 365 * 86_400_000_000;

/// Decides, audits and applies one request.
fn step(state: &mut State, key: &str, command: Command<'_>) -> Entry<'static> {
    step_about(state, key, command, &Originals::default())
}

/// The same for a request about an earlier entry.
fn step_about(
    state: &mut State,
    key: &str,
    command: Command<'_>,
    originals: &Originals,
) -> Entry<'static> {
    let request = Request {
        caller: "".into(),
        key: key.into(),
        occurred_at: None,
        command,
        details: None,
    };
    let sequence = state.objects.sequence + 1;
    let moment = Moment {
        sequence,
        recorded_at: RecordedAt(START * 1_000 + sequence as i64),
    };
    check_shape(&request).expect("the shape is right");
    let entry = decide(state, request, moment, originals).expect("the request is right");
    audit(state, &entry, originals).expect("the entry is right");
    apply(state, &entry);
    entry.into_owned()
}

fn accrue(state: &mut State, number: u64, member: &str) {
    let accrue = Accrue {
        member: MemberName::Id(member.into()),
        wallet: "points".into(),
        points: 100,
        activates_at: None,
        expires_at: Some(Instant(
            START + YEAR + (number % 12) as i64 * 86_400_000_000,
        )),
        funder: None,
        price: None,
        enroll: false,
        joining: None,
    };
    step(
        state,
        &format!("store12/t3/2026-03-02/{number}"),
        Command::Accrue(accrue),
    );
}

fn redeem(state: &mut State, number: u64, member: &str, points: i64) -> Entry<'static> {
    let redeem = Redeem {
        member: MemberName::Id(member.into()),
        wallet: "points".into(),
        points,
    };
    step(
        state,
        &format!("store12/t4/2026-03-02/{number}"),
        Command::Redeem(redeem),
    )
}

fn authorize(state: &mut State, member: &str, points: i64) -> Entry<'static> {
    let authorize = Authorize {
        member: MemberName::Id(member.into()),
        wallet: "points".into(),
        points,
        ttl_micros: None,
        allow_partial: false,
    };
    step(state, "till/authorize", Command::Authorize(authorize))
}

fn about(original: Entry<'static>) -> Originals {
    Originals {
        original: Some(Arc::new(original)),
        ..Originals::default()
    }
}

fn capture(state: &mut State, hold: Entry<'static>) {
    let capture = Capture {
        authorization: Reference::Sequence(hold.sequence),
        points: None,
    };
    step_about(
        state,
        "till/capture",
        Command::Capture(capture),
        &about(hold),
    );
}

fn void(state: &mut State, hold: Entry<'static>) {
    let void = Void {
        authorization: Reference::Sequence(hold.sequence),
    };
    step_about(state, "till/void", Command::Void(void), &about(hold));
}

fn reverse(state: &mut State, original: Entry<'static>) {
    let reverse = Reverse {
        original: Reference::Sequence(original.sequence),
        part: Part::Rest,
        member: None,
        shortfall: None,
        restore: None,
        dispute: None,
    };
    step_about(
        state,
        "till/reverse",
        Command::Reverse(reverse),
        &about(original),
    );
}

fn full(lots: u64) -> State {
    let mut full = enrolled(1);
    for number in 0..lots {
        accrue(&mut full, number, &member(0));
    }
    full
}

fn member(number: u64) -> String {
    format!("m-{number:08}")
}

/// Spreads numbers over all members, the same on every run.
fn scatter(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20
}

fn enrolled(members: u64) -> State {
    let mut state = State::new([1; 16]);
    for number in 0..members {
        let enroll = Enroll {
            member: member(number).into(),
            aliases: Vec::new(),
            referral: None,
        };
        step(
            &mut state,
            &format!("enroll/{}", member(number)),
            Command::Enroll(enroll),
        );
    }
    state
}

fn accruals(criterion: &mut Criterion) {
    let mut state = enrolled(MEMBERS);
    let mut number = 0;
    let mut group = criterion.benchmark_group("accrue");
    group
        .throughput(Throughput::Elements(1))
        .measurement_time(Duration::from_secs(8));
    group.bench_function("one of a million members", |bencher| {
        bencher.iter(|| {
            number += 1;
            accrue(&mut state, number, &member(scatter(number) % MEMBERS));
        });
    });
    group.finish();
}

fn redemptions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("redeem");
    for lots in [10_u64, 10_000] {
        let full = full(lots);
        group.bench_function(format!("all of {lots} lots"), |bencher| {
            bencher.iter_batched(
                || full.clone(),
                |mut state| {
                    redeem(&mut state, 1, &member(0), lots as i64 * 100);
                    state
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn undone(criterion: &mut Criterion) {
    const LOTS: u64 = 10_000;
    const ALL: i64 = LOTS as i64 * 100;
    let full = full(LOTS);
    let mut group = criterion.benchmark_group("10000 lots");
    group.sample_size(10);
    type Pair = fn(&mut State);
    let pairs: [(&str, Pair); 3] = [
        ("authorize and capture", |state| {
            let hold = authorize(state, &member(0), ALL);
            capture(state, hold);
        }),
        ("authorize and void", |state| {
            let hold = authorize(state, &member(0), ALL);
            void(state, hold);
        }),
        ("redeem and reverse", |state| {
            let redemption = redeem(state, 1, &member(0), ALL);
            reverse(state, redemption);
        }),
    ];
    for (name, pair) in pairs {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || full.clone(),
                |mut state| {
                    pair(&mut state);
                    state
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, accruals, redemptions, undone);
criterion_main!(benches);
