//! The civil calendar: local days, gaps and overlaps, month ends, and agreement with another calendar.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use loyalty_ledger::ledger::program::{
    Calendar, ExpiryPolicy, LocalDate, Period, Program, Rounding, UnknownZone,
};
use loyalty_ledger::ledger::time::{Instant, InstantOutOfRange};
use proptest::prelude::*;

/// Zones whose offsets change in unusual ways, beside the usual ones.
const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
];
static CALENDARS: LazyLock<Vec<Calendar>> =
    LazyLock::new(|| ZONES.iter().map(|zone| calendar(zone)).collect());

fn calendar(zone: &str) -> Calendar {
    Calendar::of_zone(zone).unwrap()
}

fn at(text: &str) -> Instant {
    let timestamp: Timestamp = text.parse().unwrap();
    Instant(timestamp.as_microsecond())
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn date(text: &str) -> LocalDate {
    let date: jiff::civil::Date = text.parse().unwrap();
    LocalDate::new(date.year().into(), date.month() as u8, date.day() as u8).unwrap()
}

fn rolling(text: &str, round_up_to: Option<Rounding>) -> ExpiryPolicy {
    ExpiryPolicy::Rolling {
        period: period(text),
        round_up_to,
    }
}

fn assert_expiries(round_up_to: Option<Rounding>, cases: &[(&str, &str, &str)]) {
    let berlin = calendar("Europe/Berlin");
    for (activation, length, expiry) in cases {
        let found = berlin.expiry_of(rolling(length, round_up_to), at(activation));
        assert_eq!(
            found,
            Ok(at(expiry)),
            "{activation} + {length} {round_up_to:?}"
        );
    }
}

#[test]
fn rolling_expiries_end_a_local_day() {
    let cases = [
        ("2026-03-16T10:15+01:00", "P12M", "2027-03-17T00:00+01:00"),
        ("2025-02-10T12:00+01:00", "P18M", "2026-08-11T00:00+02:00"),
        ("2025-02-10T00:00+01:00", "P18M", "2026-08-11T00:00+02:00"),
        (
            "2025-02-09T23:59:59.999999+01:00",
            "P18M",
            "2026-08-10T00:00+02:00",
        ),
        ("2026-01-31T08:00+01:00", "P1M", "2026-03-01T00:00+01:00"),
        ("2028-02-29T08:00+01:00", "P1Y", "2029-03-01T00:00+01:00"),
    ];
    assert_expiries(None, &cases);
}

#[test]
fn rounded_expiries_end_a_span_of_the_local_calendar() {
    let by_month = [
        ("2026-03-16T10:15+01:00", "P12M", "2027-04-01T00:00+02:00"),
        ("2026-03-31T23:59+02:00", "P12M", "2027-04-01T00:00+02:00"),
        ("2026-04-01T00:00+02:00", "P12M", "2027-05-01T00:00+02:00"),
        ("2027-02-28T08:00+01:00", "P1Y", "2028-03-01T00:00+01:00"),
        ("2026-01-31T08:00+01:00", "P1M1D", "2026-04-01T00:00+02:00"),
    ];
    assert_expiries(Some(Rounding::Month), &by_month);
    let start = "2026-03-16T10:15+01:00";
    assert_expiries(
        Some(Rounding::Quarter),
        &[(start, "P12M", "2027-04-01T00:00+02:00")],
    );
    assert_expiries(
        Some(Rounding::HalfYear),
        &[(start, "P12M", "2027-07-01T00:00+02:00")],
    );
    let by_year = [
        (start, "P12M", "2028-01-01T00:00+01:00"),
        ("2026-12-31T23:30+01:00", "P1D", "2028-01-01T00:00+01:00"),
    ];
    assert_expiries(Some(Rounding::Year), &by_year);
}

#[test]
fn an_expiry_follows_the_local_date_of_the_zone() {
    let policy = rolling("P12M", Some(Rounding::Month));
    let activation = at("2026-04-01T02:00Z");
    let cases = [
        ("UTC", "2027-05-01T00:00Z"),
        ("America/New_York", "2027-04-01T00:00-04:00"),
        ("Asia/Tokyo", "2027-05-01T00:00+09:00"),
    ];
    for (zone, expiry) in cases {
        let found = calendar(zone).expiry_of(policy, activation);
        assert_eq!(found, Ok(at(expiry)), "{zone}");
    }
}

#[test]
fn points_without_expiry_never_expire() {
    let utc = calendar("UTC");
    assert_eq!(
        utc.expiry_of(ExpiryPolicy::Never, at("2026-01-01T00:00Z")),
        Ok(Instant::NEVER)
    );
}

#[test]
fn grace_is_valid_through_the_local_date_after_it() {
    let berlin = calendar("Europe/Berlin");
    let cases = [
        ("2026-07-20T09:00+02:00", "2026-08-20T00:00+02:00"),
        ("2026-07-20T00:00+02:00", "2026-08-20T00:00+02:00"),
        ("2026-07-20T23:59:59+02:00", "2026-08-20T00:00+02:00"),
        ("2026-07-15T10:00+02:00", "2026-08-15T00:00+02:00"),
        ("2026-10-10T10:00+02:00", "2026-11-10T00:00+01:00"),
    ];
    for (returned, until) in cases {
        assert_eq!(
            berlin.grace_until(at(returned), period("P30D")),
            Ok(at(until)),
            "{returned}"
        );
    }
}

#[test]
fn periods_keep_the_local_time() {
    let cases = [
        (
            "Europe/Berlin",
            "2026-03-02T10:15+01:00",
            "P14D",
            "2026-03-16T10:15+01:00",
        ),
        (
            "Europe/Berlin",
            "2026-03-20T10:15+01:00",
            "P14D",
            "2026-04-03T10:15+02:00",
        ),
        (
            "Europe/Berlin",
            "2026-10-20T10:15+02:00",
            "P14D",
            "2026-11-03T10:15+01:00",
        ),
        (
            "America/New_York",
            "2026-03-01T23:30-05:00",
            "P7D",
            "2026-03-08T23:30-04:00",
        ),
        (
            "UTC",
            "2026-01-31T01:02:03.000004Z",
            "P1M",
            "2026-02-28T01:02:03.000004Z",
        ),
        ("UTC", "2026-02-28T12:00Z", "P1MT36H", "2026-03-30T00:00Z"),
    ];
    for (zone, start, length, end) in cases {
        let found = calendar(zone).after(at(start), period(length));
        assert_eq!(found, Ok(at(end)), "{zone} {start} + {length}");
    }
}

#[test]
fn a_local_time_inside_a_gap_becomes_the_next_valid_instant() {
    let cases = [
        (
            "Europe/Berlin",
            "2026-03-28T02:30+01:00",
            "P1D",
            "2026-03-29T03:00+02:00",
        ),
        (
            "Europe/Berlin",
            "2026-03-28T02:00+01:00",
            "P1D",
            "2026-03-29T03:00+02:00",
        ),
        (
            "Europe/Berlin",
            "2026-03-28T01:59:59.999999+01:00",
            "P1D",
            "2026-03-29T01:59:59.999999+01:00",
        ),
        (
            "Europe/Berlin",
            "2026-03-28T03:00+01:00",
            "P1D",
            "2026-03-29T03:00+02:00",
        ),
        (
            "America/New_York",
            "2026-02-08T02:30-05:00",
            "P1M",
            "2026-03-08T03:00-04:00",
        ),
        (
            "America/Sao_Paulo",
            "2017-10-14T00:30-03:00",
            "P1D",
            "2017-10-15T01:00-02:00",
        ),
    ];
    for (zone, start, length, end) in cases {
        let found = calendar(zone).after(at(start), period(length));
        assert_eq!(found, Ok(at(end)), "{zone} {start} + {length}");
    }
}

#[test]
fn a_local_time_that_happens_twice_is_the_first() {
    let cases = [
        (
            "Europe/Berlin",
            "2026-10-24T02:30+02:00",
            "2026-10-25T02:30+02:00",
        ),
        (
            "Europe/Berlin",
            "2026-10-24T02:00+02:00",
            "2026-10-25T02:00+02:00",
        ),
        (
            "Europe/Berlin",
            "2026-10-24T03:00+02:00",
            "2026-10-25T03:00+01:00",
        ),
        (
            "America/New_York",
            "2026-10-31T01:30-04:00",
            "2026-11-01T01:30-04:00",
        ),
    ];
    for (zone, start, end) in cases {
        let found = calendar(zone).after(at(start), period("P1D"));
        assert_eq!(found, Ok(at(end)), "{zone} {start}");
    }
}

#[test]
fn exact_periods_look_at_no_calendar() {
    let berlin = calendar("Europe/Berlin");
    let second_half_past_two = at("2026-10-25T02:30+01:00");
    assert_eq!(
        berlin.after(second_half_past_two, Period::ZERO),
        Ok(second_half_past_two)
    );
    let later = berlin.after(second_half_past_two, period("PT15M"));
    assert_eq!(later, Ok(at("2026-10-25T02:45+01:00")));
    let across_the_gap = berlin.after(at("2026-03-29T01:50+01:00"), period("PT15M"));
    assert_eq!(across_the_gap, Ok(at("2026-03-29T03:05+02:00")));
}

#[test]
fn a_day_without_midnight_starts_at_its_first_instant() {
    let cases = [
        ("America/Sao_Paulo", "2017-10-15", "2017-10-15T01:00-02:00"),
        ("Africa/Cairo", "2026-04-24", "2026-04-24T01:00+03:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00+14:00"),
        ("America/Havana", "2026-11-01", "2026-11-01T00:00-04:00"),
        ("Europe/Berlin", "2026-03-29", "2026-03-29T00:00+01:00"),
    ];
    for (zone, day, start) in cases {
        assert_eq!(
            calendar(zone).midnight(date(day)),
            Ok(at(start)),
            "{zone} {day}"
        );
    }
    let sao_paulo = calendar("America/Sao_Paulo");
    let expiry = sao_paulo.expiry_of(rolling("P1D", None), at("2017-10-13T12:00-03:00"));
    assert_eq!(expiry, Ok(at("2017-10-15T01:00-02:00")));
}

#[test]
fn local_dates_change_at_local_midnight() {
    let cases = [
        ("Europe/Berlin", "2026-03-31T21:59:59.999999Z", "2026-03-31"),
        ("Europe/Berlin", "2026-03-31T22:00Z", "2026-04-01"),
        ("America/New_York", "1970-01-01T00:00Z", "1969-12-31"),
        ("Pacific/Kiritimati", "2026-12-31T10:00Z", "2027-01-01"),
        ("America/St_Johns", "2010-11-07T02:30:59Z", "2010-11-07"),
        ("America/St_Johns", "2010-11-07T02:31Z", "2010-11-06"),
    ];
    for (zone, instant, day) in cases {
        assert_eq!(
            calendar(zone).local_date(at(instant)),
            date(day),
            "{zone} {instant}"
        );
    }
}

#[test]
fn results_outside_the_valid_range_are_errors() {
    let utc = calendar("UTC");
    let out = Err(InstantOutOfRange);
    assert_eq!(utc.after(at("9999-12-01T00:00Z"), period("P1M")), out);
    assert_eq!(utc.after(Instant::LAST, period("PT1S")), out);
    assert_eq!(utc.after(Instant::NEVER, Period::ZERO), out);
    assert_eq!(utc.after(Instant(-1), Period::ZERO), out);
    assert_eq!(
        utc.expiry_of(rolling("P100Y", None), at("9950-01-01T00:00Z")),
        out
    );
    let to_year_end = rolling("P1D", Some(Rounding::Year));
    assert_eq!(utc.expiry_of(to_year_end, at("9999-01-01T00:00Z")), out);
    assert_eq!(utc.expiry_of(rolling("P1D", None), Instant::NEVER), out);
    assert_eq!(utc.grace_until(Instant(i64::MIN), period("P30D")), out);
    assert_eq!(
        utc.midnight(LocalDate::from_days(110_000_000).unwrap()),
        out
    );
    assert_eq!(
        utc.midnight(LocalDate::from_days(-110_000_000).unwrap()),
        out
    );
    assert_eq!(calendar("Europe/Berlin").midnight(date("1970-01-01")), out);
    let last_day = calendar("America/New_York").after(at("9999-12-30T22:00Z"), period("P1D"));
    assert_eq!(
        last_day,
        Ok(at("9999-12-30T22:00Z").checked_add(86_400_000_000).unwrap())
    );
}

#[test]
fn extreme_instants_have_a_date_and_panic_nowhere() {
    for zone in [
        "UTC",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Africa/Casablanca",
    ] {
        let calendar = calendar(zone);
        for instant in [i64::MIN, -1, 0, Instant::LAST.0, i64::MAX - 1, i64::MAX] {
            let day = calendar.local_date(Instant(instant));
            assert!(!day.to_string().is_empty());
        }
    }
}

#[test]
fn unknown_zones_are_refused() {
    for zone in ["", "Europe/Berlim", "Etc/Unknown", "+01:00"] {
        assert_eq!(
            Calendar::of_zone(zone).unwrap_err(),
            UnknownZone(zone.to_owned())
        );
    }
    assert_eq!(Program::default().calendar().unwrap().zone(), "UTC");
}

#[test]
fn zones_all_over_the_database_agree_with_it_at_every_change() {
    let database = TimeZoneDatabase::bundled();
    let until: Timestamp = "2060-01-01T00:00Z".parse().unwrap();
    let mut changes = 0;
    for name in database.available().step_by(16) {
        let calendar = calendar(name.as_str());
        let zone = database.get(name.as_str()).unwrap();
        let following = zone.following(Timestamp::UNIX_EPOCH);
        for change in following.take_while(|change| change.timestamp() < until) {
            for seconds in [-7_200, -1, 0, 1, 7_200] {
                let micros = change.timestamp().as_microsecond() + seconds * 1_000_000;
                assert_agrees(&calendar, &zone, micros, Period::of_days(1));
            }
            changes += 1;
        }
    }
    assert!(changes > 500, "{changes}");
}

fn assert_agrees(calendar: &Calendar, zone: &TimeZone, micros: i64, length: Period) {
    let timestamp = Timestamp::from_microsecond(micros).unwrap();
    let local = zone.to_datetime(timestamp);
    let found = calendar.local_date(Instant(micros)).to_string();
    assert_eq!(
        found,
        local.date().to_string(),
        "{} {timestamp}",
        calendar.zone()
    );
    let span = jiff::Span::new().months(length.months).days(length.days);
    let Ok(moved) = local.checked_add(span) else {
        return;
    };
    let place = format!("{} {timestamp} + {length}", calendar.zone());
    if let Some(expected) = next_valid(zone, moved) {
        let found = calendar.after(Instant(micros), length);
        assert_eq!(found, Instant::from_micros(expected), "{place}");
    }
    let tomorrow = moved.date().tomorrow().ok();
    if let Some(expected) = tomorrow.and_then(|day| next_valid(zone, day.into())) {
        let found = calendar.grace_until(Instant(micros), length);
        assert_eq!(found, Instant::from_micros(expected), "{place}");
    }
}

/// The first instant that shows a local time, or else the change of offset that skips it.
fn next_valid(zone: &TimeZone, local: DateTime) -> Option<i64> {
    let timestamp = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok()?,
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok()?,
        AmbiguousOffset::Gap { after, .. } => {
            let before_the_change = after.to_timestamp(local).ok()?;
            zone.following(before_the_change).next()?.timestamp()
        }
    };
    Some(timestamp.as_microsecond())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_another_calendar(
        chosen in 0..ZONES.len(),
        instants in prop::collection::vec(
            (prop_oneof![0..4_000_000_000_000_000_i64, 0..253_402_200_000_000_000_i64], 0..=40_u32, 0..=400_u32),
            64,
        ),
    ) {
        let calendar = &CALENDARS[chosen];
        let other = TimeZoneDatabase::bundled().get(calendar.zone()).unwrap();
        for (micros, months, days) in instants {
            if (months, days) != (0, 0) {
                let length = Period { months, days, seconds: 0 };
                assert_agrees(calendar, &other, micros, length);
            }
        }
    }

    #[test]
    fn a_rounded_expiry_is_the_first_end_of_its_span_after_the_unrounded(
        micros in 0..4_000_000_000_000_000_i64,
        months in 0..=40_u32,
        days in 1..=400_u32,
    ) {
        let calendar = &CALENDARS[1];
        let length = Period { months, days, seconds: 0 };
        let expiry = |round_up_to| {
            let policy = ExpiryPolicy::Rolling { period: length, round_up_to };
            calendar.expiry_of(policy, Instant(micros)).unwrap()
        };
        let plain = expiry(None);
        for (rounding, span) in [
            (Rounding::Month, 1),
            (Rounding::Quarter, 3),
            (Rounding::HalfYear, 6),
            (Rounding::Year, 12),
        ] {
            let rounded = expiry(Some(rounding));
            let (year, month, day) = calendar.local_date(rounded).year_month_day();
            prop_assert_eq!((day, i32::from(month - 1) % span), (1, 0));
            prop_assert!(plain <= rounded);
            let month_before = year * 12 + i32::from(month - 1) - span;
            // A date and no instant: a span may have begun before the first instant there is.
            let start = LocalDate::new(
                month_before / 12,
                (month_before % 12 + 1) as u8,
                1,
            );
            prop_assert!(start.unwrap() < calendar.local_date(plain));
        }
    }
}
