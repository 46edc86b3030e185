//! Referrals in the state machine: decide, audit and apply, without journal and clock.

use std::time::{Duration, Instant as Clock};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::decide::{Moment, Originals, check_shape, decide};
use loyalty_ledger::ledger::entry::{Entry, Fact, RecordedAt};
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::{
    BindReferral, Command, Enroll, IssueCode, MemberName, Money, Naming, Publish, Purchase, Request,
};
use loyalty_ledger::ledger::state::State;

const FRIENDS: u64 = 400_000;
const ADVOCATES: u64 = 80_000;
const START: i64 = 1_767_225_600_000_000;
const PROGRAM: &str = r#"
zone = "UTC"
[currencies.points]
scale = 0
pending = "P0D"
expiry = "never"
draw_order = "fefo"
[earning]
currency = "points"
points = 1
per_minor_units = 100
money = "EUR"
"#;
const REFERRALS: &str = r#"
[referral.friends]
graph = "any"
[[referral.friends.steps]]
step = "first_purchase"
minimum = 2500
[[referral.friends.rewards]]
role = "advocate"
points = 500
[[referral.friends.rewards]]
role = "friend"
points = 250
[referral.friends.caps]
advocate = 1_000_000
"#;

fn step(state: &mut State, key: &str, command: Command<'_>) -> Entry<'static> {
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
        recorded_at: RecordedAt(START * 1_000 + sequence as i64 * 1_000),
    };
    let originals = Originals::default();
    check_shape(&request).expect("the shape is right");
    let entry = decide(state, request, moment, &originals).expect("the request is right");
    audit(state, &entry, &originals).expect("the entry is right");
    apply(state, &entry);
    entry.into_owned()
}

fn enroll(state: &mut State, member: &str) {
    let enroll = Enroll {
        member: member.into(),
        aliases: Vec::new(),
        referral: None,
    };
    step(state, member, Command::Enroll(enroll));
}

fn code(advocate: u64) -> String {
    format!("CODE{advocate:08}")
}

fn bind(state: &mut State, friend: u64, advocate: u64, prints: Vec<String>) -> Code {
    let prints = prints.into_iter().map(Into::into).collect();
    let naming = Naming::of("friends".into(), Some(code(advocate).into()), None, prints);
    let bind = BindReferral {
        friend: MemberName::Id(format!("f{friend}").into()),
        naming,
    };
    let bind = Command::BindReferral(Box::new(bind));
    step(state, &format!("bind/{friend}"), bind).code
}

fn buy(state: &mut State, key: &str, member: &str) -> Entry<'static> {
    let purchase = Purchase {
        member: MemberName::Id(member.into()),
        amount: Money {
            minor_units: 6_000,
            currency: *b"EUR",
        },
        enroll: false,
        basket: None,
    };
    step(state, key, Command::Purchase(purchase))
}

/// Advocates with codes and friends whom nobody has brought yet.
fn opened(program: &str) -> State {
    let mut state = State::new([7; 16]);
    step(
        &mut state,
        "",
        Command::Publish(Publish {
            toml: program.into(),
        }),
    );
    for friend in 0..FRIENDS {
        enroll(&mut state, &format!("f{friend}"));
    }
    for advocate in 0..ADVOCATES {
        enroll(&mut state, &format!("a{advocate}"));
    }
    if !state.objects.program().referrals.is_empty() {
        for advocate in 0..ADVOCATES {
            let issue = Box::new(IssueCode {
                program: "friends".into(),
                member: MemberName::Id(format!("a{advocate}").into()),
                code: Some(code(advocate).into()),
                single_use: false,
                expires_at: None,
            });
            step(
                &mut state,
                &format!("code/{advocate}"),
                Command::IssueCode(issue),
            );
        }
    }
    state
}

/// Times a step on ever new friends; a new state is opened, untimed, when they run out.
fn on_friends(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    program: &str,
    prepare: impl Fn(&mut State, u64),
    timed: impl Fn(&mut State, u64),
) {
    let (mut state, mut next) = (opened(program), 0);
    group.bench_function(name, |bench| {
        bench.iter_custom(|count| {
            let mut spent = Duration::ZERO;
            for _ in 0..count {
                if next == FRIENDS {
                    (state, next) = (opened(program), 0);
                }
                prepare(&mut state, next);
                let start = Clock::now();
                timed(&mut state, next);
                spent += start.elapsed();
                next += 1;
            }
            spent
        });
    });
}

fn referrals(criterion: &mut Criterion) {
    let with = format!("{PROGRAM}{REFERRALS}");
    let mut group = criterion.benchmark_group("referrals");
    group.throughput(Throughput::Elements(1));
    let bound = |state: &mut State, friend: u64, prints| {
        assert_eq!(
            bind(state, friend, friend % ADVOCATES, prints),
            Code::Applied
        );
    };
    let sold = |state: &mut State, friend: u64| {
        buy(state, &format!("sale/{friend}"), &format!("f{friend}"))
    };
    on_friends(
        &mut group,
        "bind",
        &with,
        |_, _| {},
        |state, friend| bound(state, friend, vec![]),
    );
    on_friends(
        &mut group,
        "bind with four fingerprints",
        &with,
        |_, _| {},
        |state, friend| {
            let prints = ["email", "phone", "card", "device"];
            bound(
                state,
                friend,
                prints.map(|kind| format!("{kind}:{friend:032x}")).to_vec(),
            );
        },
    );
    on_friends(
        &mut group,
        "qualify and reward two",
        &with,
        |state, friend| bound(state, friend, vec![]),
        |state, friend| {
            let entry = sold(state, friend);
            assert!(
                entry
                    .facts
                    .iter()
                    .any(|fact| matches!(fact, Fact::Referral { .. }))
            );
        },
    );
    on_friends(
        &mut group,
        "bind, qualify and reward two",
        &with,
        |_, _| {},
        |state, friend| {
            bound(state, friend, vec![]);
            sold(state, friend);
        },
    );
    group.finish();
}

/// What a sale costs its buyer whom nobody has brought.
fn sales(criterion: &mut Criterion) {
    let with = format!("{PROGRAM}{REFERRALS}");
    let mut group = criterion.benchmark_group("referrals");
    group.throughput(Throughput::Elements(1));
    let sold = |state: &mut State, friend: u64| {
        buy(state, &format!("sale/{friend}"), &format!("f{friend}"))
    };
    on_friends(
        &mut group,
        "sale of nobody's friend",
        &with,
        |_, _| {},
        |state, friend| {
            sold(state, friend);
        },
    );
    on_friends(
        &mut group,
        "sale without referral programs",
        PROGRAM,
        |_, _| {},
        |state, friend| {
            sold(state, friend);
        },
    );
    group.finish();
}

/// A chain of advocates, each brought by the one before: whoever binds below it is looked for above.
fn cycles(criterion: &mut Criterion) {
    let mut state = opened(&format!("{PROGRAM}{REFERRALS}"));
    let book = |state: &State| {
        state
            .objects
            .referrals
            .find_book("friends")
            .unwrap_or_default()
    };
    for friend in 0..FRIENDS {
        bind(&mut state, friend, friend % ADVOCATES, vec![]);
    }
    let number = book(&state);
    let mut group = criterion.benchmark_group("referrals");
    let mut friend = 0;
    group.bench_function("ancestors of one of 400,000 friends", |bench| {
        bench.iter(|| {
            friend = (friend + 7_919) % FRIENDS;
            state
                .objects
                .referrals
                .book(number)
                .ancestors(friend as u32)
                .count()
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(2));
    targets = referrals, sales, cycles
}
criterion_main!(benches);
