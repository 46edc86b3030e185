//! Sums of a local day: set aside, kept or given back, and the same again after a restart.

use std::sync::Arc;

use super::sample::{accrue, by_id, principal, redeem};
use crate::engine::{Clock, Ledger, ManualClock, Options};
use crate::ledger::program::{Calendar, LocalDate};
use crate::ledger::rejection::Code;
use crate::ledger::request::{Command, Enroll, Request};
use crate::ledger::time::Instant;
use crate::service::principals::{DailyPoints, Principal};

/// 2026-01-01T22:30:00Z: half past eleven in Berlin.
const EVENING: i64 = 1_767_306_600_000_000;
const HOUR: i64 = 3_600_000_000;

fn date(day: u8) -> LocalDate {
    LocalDate::new(2026, 1, day).unwrap()
}

/// It may move 250 points a day.
fn limited() -> Arc<Principal> {
    Arc::new(principal("limited"))
}

#[test]
fn points_of_a_day_are_limited_and_come_back_when_nothing_was_moved() {
    let (daily, limited) = (DailyPoints::on(date(1)), limited());
    let first = daily.reserve(&limited, 200, date(1)).unwrap().unwrap();
    let refused = daily.reserve(&limited, 100, date(1)).unwrap_err();
    assert_eq!(refused.code, Code::PointsNotAllowed);
    assert!(refused.message.contains("after 200 today"), "{refused}");
    drop(first);
    assert_eq!(daily.used("limited"), 0);
    daily
        .reserve(&limited, 250, date(1))
        .unwrap()
        .unwrap()
        .keep();
    assert_eq!(daily.used("limited"), 250);
    assert!(daily.reserve(&limited, 1, date(1)).is_err());
    assert!(daily.reserve(&limited, 0, date(1)).unwrap().is_none());
}

#[test]
fn a_new_day_begins_with_nothing_and_no_old_one_comes_back() {
    let (daily, limited) = (DailyPoints::on(date(1)), limited());
    let late = daily.reserve(&limited, 250, date(1)).unwrap().unwrap();
    daily
        .reserve(&limited, 250, date(2))
        .unwrap()
        .unwrap()
        .keep();
    drop(late);
    assert_eq!(daily.used("limited"), 250);
    assert!(daily.reserve(&limited, 1, date(1)).is_err());
    assert!(daily.reserve(&limited, 1, date(3)).is_ok());
}

#[test]
fn a_key_space_has_one_sum_and_others_have_theirs() {
    let daily = DailyPoints::on(date(1));
    let one = limited();
    let other = Arc::new(Principal {
        name: "other".to_owned(),
        ..principal("limited")
    });
    let apart = Arc::new(Principal {
        key_space: "apart".to_owned(),
        ..principal("limited")
    });
    daily.reserve(&one, 200, date(1)).unwrap().unwrap().keep();
    assert!(daily.reserve(&other, 100, date(1)).is_err());
    daily.reserve(&apart, 100, date(1)).unwrap().unwrap().keep();
    let free = Arc::new(principal("desk"));
    daily
        .reserve(&free, i64::MAX, date(1))
        .unwrap()
        .unwrap()
        .keep();
    daily
        .reserve(&free, i64::MAX, date(1))
        .unwrap()
        .unwrap()
        .keep();
}

#[test]
fn calls_at_once_never_exceed_it_together() {
    let daily = DailyPoints::on(date(1));
    let kept: usize = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..4)
            .map(|_| {
                let (daily, limited) = (Arc::clone(&daily), limited());
                scope.spawn(move || {
                    let reserve = |_| daily.reserve(&limited, 1, date(1)).ok().flatten();
                    let reserved = (0..200).filter_map(reserve);
                    reserved.map(|reserved| reserved.keep()).count()
                })
            })
            .collect();
        callers
            .into_iter()
            .map(|caller| caller.join().unwrap())
            .sum()
    });
    assert_eq!((kept, daily.used("limited")), (250, 250));
}

fn write(ledger: &Ledger, caller: &'static str, key: &str, command: Command<'static>) -> Code {
    let request = Request {
        caller: caller.into(),
        key: key.to_owned().into(),
        occurred_at: None,
        details: None,
        command,
    };
    ledger.submit(request).unwrap().code
}

#[test]
fn a_server_that_starts_finds_the_day_in_its_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(Instant(EVENING));
    let options = Options {
        clock: Clock::Manual(clock.clone()),
        ..Options::default()
    };
    let ledger = Ledger::open(&folder.path().join("day.ledger"), options).unwrap();
    let berlin = Calendar::of_zone("Europe/Berlin").unwrap();
    let of_ledger = |now| DailyPoints::of_ledger(&ledger, &berlin, Instant(now)).unwrap();
    assert_eq!(of_ledger(EVENING).used("till"), 0);

    let enroll = Command::Enroll(Enroll {
        member: "m-1".into(),
        aliases: Vec::new(),
        referral: None,
    });
    write(&ledger, "till", "e", enroll);
    write(&ledger, "till", "yesterday", accrue(by_id(), 1_000));
    assert_eq!(of_ledger(EVENING).used("till"), 1_000);

    clock.advance_to(Instant(EVENING + HOUR)).unwrap();
    assert_eq!(of_ledger(EVENING + HOUR).used("till"), 0);
    assert_eq!(
        write(&ledger, "till", "a", accrue(by_id(), 70)),
        Code::Applied
    );
    assert_eq!(
        write(&ledger, "till", "a", accrue(by_id(), 70)),
        Code::Applied
    );
    assert_eq!(
        write(&ledger, "till", "b", redeem(by_id(), 5)),
        Code::Applied
    );
    let refused = write(&ledger, "till", "c", redeem(by_id(), 50_000));
    assert_eq!(refused, Code::InsufficientPoints);
    assert_eq!(
        write(&ledger, "other", "a", accrue(by_id(), 9)),
        Code::Applied
    );
    let daily = of_ledger(EVENING + HOUR);
    assert_eq!((daily.used("till"), daily.used("other")), (75, 9));
    ledger.close().unwrap();
}
