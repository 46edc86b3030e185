//! Ledgers and requests for the engine's tests.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::sync::Arc;

use loyalty_ledger::engine::{Clock, Ledger, ManualClock, Options, RowAnswer, Rows};
use loyalty_ledger::journal::{self, Disk, MemoryDisk};
use loyalty_ledger::ledger::answer::Answer;
use loyalty_ledger::ledger::request::{
    Accrue, Authorize, Capture, Command, Enroll, MemberName, Money, Part, Purchase, Redeem,
    Reference, Request, Reverse, Void,
};
use loyalty_ledger::ledger::time::Instant;

pub const START: Instant = Instant(1_767_225_600_000_000);
pub const MINUTE: i64 = 60_000_000;
pub const DAY: i64 = 1_440 * MINUTE;

/// Small segments without a helper thread, born alike.
pub fn options(clock: &ManualClock) -> Options {
    Options {
        clock: Clock::Manual(clock.clone()),
        journal: journal::Options {
            smallest_segment: 4_096,
            largest_segment: 65_536,
            background: false,
        },
        seed: Some([7; 32]),
        ..Options::default()
    }
}

pub fn clock() -> ManualClock {
    ManualClock::new(START)
}

pub fn memory() -> Arc<dyn Disk> {
    Arc::new(MemoryDisk::new())
}

pub fn open(disk: &Arc<dyn Disk>, clock: &ManualClock) -> Ledger {
    Ledger::open_on(Arc::clone(disk), options(clock)).unwrap()
}

pub fn id(member: &str) -> MemberName<'_> {
    MemberName::Id(member.into())
}

pub fn request<'a>(key: &'a str, command: Command<'a>) -> Request<'a> {
    Request {
        caller: "till".into(),
        key: key.into(),
        occurred_at: None,
        command,
        details: None,
    }
}

pub fn enroll<'a>(key: &'a str, member: &'a str) -> Request<'a> {
    request(
        key,
        Command::Enroll(Enroll {
            member: member.into(),
            aliases: Vec::new(),
            referral: None,
        }),
    )
}

/// Points that stay, for a member made on the way if need be.
pub fn accrue<'a>(key: &'a str, member: &'a str, points: i64) -> Request<'a> {
    accrue_until(key, member, points, Instant::NEVER)
}

pub fn accrue_until<'a>(
    key: &'a str,
    member: &'a str,
    points: i64,
    expires_at: Instant,
) -> Request<'a> {
    request(
        key,
        Command::Accrue(Accrue {
            member: id(member),
            wallet: "points".into(),
            points,
            activates_at: None,
            expires_at: Some(expires_at),
            funder: None,
            price: None,
            enroll: true,
            joining: None,
        }),
    )
}

pub fn purchase<'a>(key: &'a str, member: &'a str, minor_units: i64) -> Request<'a> {
    request(
        key,
        Command::Purchase(Purchase {
            member: id(member),
            amount: Money {
                minor_units,
                currency: *b"EUR",
            },
            enroll: true,
            basket: None,
        }),
    )
}

pub fn redeem<'a>(key: &'a str, member: &'a str, points: i64) -> Request<'a> {
    request(
        key,
        Command::Redeem(Redeem {
            member: id(member),
            wallet: "points".into(),
            points,
        }),
    )
}

pub fn authorize<'a>(key: &'a str, member: &'a str, points: i64) -> Request<'a> {
    request(
        key,
        Command::Authorize(Authorize {
            member: id(member),
            wallet: "points".into(),
            points,
            ttl_micros: None,
            allow_partial: false,
        }),
    )
}

pub fn capture<'a>(key: &'a str, authorization: &'a str, points: Option<i64>) -> Request<'a> {
    request(
        key,
        Command::Capture(Capture {
            authorization: Reference::Key(authorization.into()),
            points,
        }),
    )
}

pub fn void<'a>(key: &'a str, authorization: &'a str) -> Request<'a> {
    request(
        key,
        Command::Void(Void {
            authorization: Reference::Key(authorization.into()),
        }),
    )
}

pub fn reverse<'a>(key: &'a str, original: &'a str, part: Part) -> Request<'a> {
    request(
        key,
        Command::Reverse(Reverse {
            original: Reference::Key(original.into()),
            part,
            member: None,
            shortfall: None,
            restore: None,
            dispute: None,
        }),
    )
}

pub fn available(ledger: &Ledger, member: &str) -> i64 {
    ledger
        .balance(&id(member), "points", None)
        .unwrap()
        .balance
        .available
}

pub fn run(ledger: &Ledger, request: &Request<'_>) -> Answer {
    ledger.submit(request.clone()).unwrap()
}

/// Rows that stand ready.
pub struct Ready(pub Vec<(Request<'static>, Option<Instant>)>);

impl Rows for Ready {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn request(&self, index: usize) -> Request<'_> {
        self.0[index].0.clone()
    }

    fn recorded_at(&self, index: usize) -> Option<Instant> {
        self.0[index].1
    }
}

pub fn rows(ledger: &Ledger, requests: &[Request<'static>]) -> Vec<RowAnswer> {
    let ready = requests
        .iter()
        .map(|request| (request.clone(), None))
        .collect();
    ledger.submit_rows(Arc::new(Ready(ready))).unwrap()
}

/// A history that touches every verb with a reference, duplicates, refusals and rejections: `count` requests over a
/// few members, the same for the same seed.
pub fn history(seed: u64, count: usize) -> Vec<Request<'static>> {
    let mut chance = Chance(seed);
    (0..count)
        .map(|place| any_request(&mut chance, place))
        .collect()
}

fn any_request(chance: &mut Chance, place: usize) -> Request<'static> {
    let member = format!("m-{}", chance.below(5));
    let key = format!("k-{place}");
    let earlier = format!("k-{}", chance.below(place as u64 + 1));
    let points = chance.below(120) as i64;
    let owned = |request: Request<'_>| -> Request<'static> { request.into_owned() };
    match chance.below(12) {
        0..=2 => owned(accrue(&key, &member, points)),
        3 => owned(accrue_until(
            &key,
            &member,
            points + 1,
            Instant(START.0 + DAY * (1 + points)),
        )),
        4 => owned(purchase(&key, &member, points * 100)),
        5 => owned(redeem(&key, &member, points)),
        6 => owned(authorize(&key, &member, points / 2 + 1)),
        7 => owned(capture(&key, &earlier, (points > 60).then_some(points / 4))),
        8 => owned(void(&key, &earlier)),
        9 => owned(reverse(&key, &earlier, Part::Rest)),
        10 => owned(reverse(&key, &earlier, Part::Points(points / 3 + 1))),
        _ => owned(accrue(&earlier, &member, points)),
    }
}

/// Numbers that look like chance and are none.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}
