//! Referrals in the state machine: decide, audit and apply, without journal and clock.

use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::decide::{Moment, Originals, check_shape, decide};
use loyalty_ledger::ledger::entry::{Entry, Fact, RecordedAt};
use loyalty_ledger::ledger::lot::{LotId, origin_of_reward};
use loyalty_ledger::ledger::referral::book::Referrals;
use loyalty_ledger::ledger::referral::commands::Month;
use loyalty_ledger::ledger::referral::file::{
    Claim, Conversion, Edge, File, Reward, RoleNumber, Touch,
};
use loyalty_ledger::ledger::referral::touch::Method;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::{
    BindReferral, Command, Enroll, IssueCode, MemberName, Money, Naming, Publish, Purchase, Request,
};
use loyalty_ledger::ledger::state::State;
use loyalty_ledger::ledger::time::Instant;

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

fn asked<'a>(state: &State, key: &'a str, command: Command<'a>) -> (Request<'a>, Moment) {
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
    (request, moment)
}

fn step(state: &mut State, key: &str, command: Command<'_>) -> Entry<'static> {
    let (request, moment) = asked(state, key, command);
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

fn naming(advocate: u64, prints: Vec<String>) -> Naming<'static> {
    let prints = prints.into_iter().map(Into::into).collect();
    Naming::of("friends".into(), Some(code(advocate).into()), None, prints)
}

fn bind(state: &mut State, friend: u64, advocate: u64, prints: Vec<String>) -> Code {
    let bind = BindReferral {
        friend: MemberName::Id(format!("f{friend}").into()),
        naming: naming(advocate, prints),
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

fn issue(state: &mut State, advocate: u64, member: &str) {
    let issue = Box::new(IssueCode {
        program: "friends".into(),
        member: MemberName::Id(member.into()),
        code: Some(code(advocate).into()),
        single_use: false,
        expires_at: None,
    });
    step(
        state,
        &format!("code/{advocate}"),
        Command::IssueCode(issue),
    );
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
            issue(&mut state, advocate, &format!("a{advocate}"));
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

/// Members who were brought in layers, each by the same place of the layer before.
const LAYERS: u64 = 11;
const LAYER: u64 = 90_909;

/// A state in which the members of the last layer have ten above them.
fn layered() -> State {
    let rules = REFERRALS.replace(
        "graph = \"any\"",
        "graph = \"any\"\ndepth = 100\nvelocity = { binds = 5, within = \"P1D\" }",
    );
    let mut state = State::new([7; 16]);
    let toml = format!("{PROGRAM}{rules}");
    step(
        &mut state,
        "",
        Command::Publish(Publish { toml: toml.into() }),
    );
    for friend in 0..LAYERS * LAYER {
        enroll(&mut state, &format!("f{friend}"));
    }
    for advocate in 0..LAYERS * LAYER {
        issue(&mut state, advocate, &format!("f{advocate}"));
    }
    for friend in LAYER..LAYERS * LAYER {
        assert_eq!(
            bind(&mut state, friend, friend - LAYER, vec![]),
            Code::Applied
        );
    }
    for advocate in (LAYERS - 1) * LAYER..LAYERS * LAYER {
        let member = state.find_id(&format!("f{advocate}"));
        let marks = prints(advocate, 0);
        Arc::make_mut(&mut state.objects.referrals).add_marks(
            member.expect("it is enrolled"),
            marks.iter().map(String::as_str),
        );
    }
    state
}

/// Fingerprints of every kind that rules look at; those of another variant are others.
fn prints(member: u64, variant: u64) -> Vec<String> {
    let kinds = ["card", "device", "email", "ip"];
    kinds
        .map(|kind| format!("{kind}:{variant:x}{member:031x}"))
        .to_vec()
}

/// The walk to the top that looks for a circle, and the decision about a bind that asks every rule: no more than that
/// is spent on fraud.
fn rules(criterion: &mut Criterion) {
    let mut state = layered();
    let number = state
        .objects
        .referrals
        .find_book("friends")
        .unwrap_or_default();
    let mut group = criterion.benchmark_group("referrals");
    let mut next = 0;
    group.bench_function("ten ancestors of one of 1,000,000 members", |bench| {
        bench.iter(|| {
            next = (next + 7_919) % LAYER;
            let member = (LAYERS - 1) * LAYER + next;
            let book = state.objects.referrals.book(number);
            assert_eq!(book.ancestors(member as u32).count(), 10);
        });
    });
    for newcomer in 0..1_000 {
        enroll(&mut state, &format!("n{newcomer}"));
    }
    for (name, variant) in [
        ("without fingerprints", None),
        ("with four fingerprints", Some(1)),
    ] {
        group.bench_function(
            format!("decide a bind {name}, velocity, ten above"),
            |bench| {
                bench.iter_custom(|count| {
                    let mut spent = Duration::ZERO;
                    for turn in 0..count {
                        next = (next + 7_919) % LAYER;
                        let marks = variant.map_or(Vec::new(), |variant| prints(next, variant));
                        let naming = naming((LAYERS - 1) * LAYER + next, marks);
                        let friend = MemberName::Id(format!("n{}", turn % 1_000).into());
                        let bind = Command::BindReferral(Box::new(BindReferral { friend, naming }));
                        let (request, moment) = asked(&state, "evaluated", bind);
                        let start = Clock::now();
                        let entry = decide(&state, request, moment, &Originals::default());
                        spent += start.elapsed();
                        assert_eq!(entry.expect("it is right").code, Code::Applied);
                    }
                    spent
                });
            },
        );
    }
    group.finish();
}

/// Bytes in memory.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * 4_096
}

/// A friend as a bind by code leaves it, with two rewards if a sale has qualified it.
fn file(friend: u32, advocate: u32, is_qualified: bool) -> File {
    let at = Instant(START + i64::from(friend) * 1_000_003);
    let (key, code) = (format!("bind/{friend}"), format!("C{advocate:08}"));
    let typed = Touch {
        key: key.as_str().into(),
        method: Method::Code,
        code: code.as_str().into(),
        advocate,
        touched_at: at,
    };
    let claim = Claim {
        key: key.as_str().into(),
        code: Some(code.as_str().into()),
        token: None,
        identified_at: at,
        recorded_at: at,
        at_checkout: false,
        came_late: false,
        typed: Some(typed),
        contacts: Vec::new(),
        verdicts: vec![(key.as_str().into(), None)],
    };
    let edge = Edge {
        advocate,
        touch: key.into(),
        code: code.into(),
        bound_at: at,
    };
    let mut file = File {
        claim: Some(Box::new(claim)),
        first_claim: u64::from(friend) + 20_000_000,
        edge: Some(edge),
        ..File::default()
    };
    if is_qualified {
        let rewards = [(1, advocate, 500), (0, friend, 250)];
        let reward = |(role, member, points)| Reward {
            role: RoleNumber(role),
            member,
            currency: 0,
            points,
            kept: points,
            hold_ends_at: Instant(at.0 + 14 * 86_400_000_000),
            from_pool: false,
            ended: None,
            frozen_until: Instant::NEVER,
            is_closed_out: false,
            origin: origin_of_reward(LotId::reward(u64::from(friend) + 30_000_000, role.into())),
            clawed: 0,
            charged_back: 0,
            charged_back_vested: 0,
            voucher: None,
        };
        file.conversions.push(Conversion {
            event: format!("sale/{friend}").into(),
            occurred_at: at,
            sale: u64::from(friend) + 30_000_000,
            program: 1,
            recorded_at: at,
            month: Month::of(2026, 3),
            clawback_ends_at: Instant::NEVER,
            vests_at_close: false,
            rewards: rewards.map(reward).to_vec(),
            has_lapsed: false,
        });
    }
    file
}

/// What a million members cost of whom 35 % are referred, by 5 % of them; ten times as many cost ten times as much, but
/// for the length of some numbers.
fn memory(_: &mut Criterion) {
    const MEMBERS: u32 = 1_000_000;
    let mut kept = Vec::new();
    for is_qualified in [false, true] {
        let before = resident();
        let mut referrals = Referrals::default();
        referrals.open("friends");
        for step in 0..MEMBERS / 20 * 7 {
            let friend = (u64::from(step) * 15_485_863 % u64::from(MEMBERS)) as u32;
            let file = file(friend, friend % (MEMBERS / 20) * 20, is_qualified);
            referrals.book_mut(0).set_file(friend, &file);
        }
        let spent = resident().saturating_sub(before);
        println!(
            "referrals: {} with 35 % referred: {:.1} bytes per member, {:.1} per friend",
            if is_qualified { "qualified" } else { "bound" },
            spent as f64 / f64::from(MEMBERS),
            spent as f64 / f64::from(MEMBERS / 20 * 7),
        );
        kept.push(referrals);
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(2));
    targets = memory, referrals, sales, rules
}
criterion_main!(benches);
