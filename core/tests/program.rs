//! The program file: what is read, what is refused and where, and the compiled form.

use loyalty_ledger::ledger::program::{
    CompiledError, Currency, DrawOrder, EarnRule, ExpiryPolicy, FixedDates, HoldBounds, Money,
    OfflineRules, Overdraft, PartnerRules, Pending, Period, Program, Restore, ReversalRules,
    Rounding, Shortfall, SpendRule, TimeBounds, TransferShortfall,
};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

const WHOLE: &str = r#"zone = "Europe/Berlin"

[currencies.points]
scale = 0
pending = "P14D"
expiry = { rolling = "P12M", round_up_to = "month" }
draw_order = "fefo"

[currencies.status]
scale = 2
expiry = "never"
draw_order = "lifo"

[earning]
currency = "points"
points = 3
per_minor_units = 200
money = "CHF"

[reversal]
shortfall = "debt"
restore = "original"
grace = "P2W"

[time]
future = "PT1H"
past = "unlimited"

[holds]
default = "PT30M"
longest = "P2D"

[partners]
verify_above = 1_000
"#;

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

#[test]
fn reads_every_field() {
    let program = Program::parse(WHOLE).unwrap();
    let expected = Program {
        zone: "Europe/Berlin".to_owned(),
        currencies: vec![
            Currency {
                name: "points".to_owned(),
                scale: 0,
                pending: Pending::After(period("P14D")),
                expiry: ExpiryPolicy::Rolling {
                    period: period("P12M"),
                    round_up_to: Some(Rounding::Month),
                },
                draw_order: DrawOrder::Fefo,
            },
            Currency {
                name: "status".to_owned(),
                scale: 2,
                pending: Pending::After(Period::ZERO),
                expiry: ExpiryPolicy::Never,
                draw_order: DrawOrder::Lifo,
            },
        ],
        earning: EarnRule {
            currency: 0,
            points: 3,
            per_minor_units: 200,
            money: Money::new("CHF").unwrap(),
            exclude: Vec::new(),
        },
        spending: SpendRule::default(),
        reversal: ReversalRules {
            shortfall: Shortfall::Debt,
            restore: Restore::Original,
            grace: period("P14D"),
            transfer: TransferShortfall::Block,
        },
        time: TimeBounds {
            future_micros: Some(3_600 * SECOND),
            past_micros: None,
        },
        holds: HoldBounds {
            default_micros: 1_800 * SECOND,
            longest_micros: 2 * DAY,
        },
        offline: OfflineRules::default(),
        partners: PartnerRules {
            verify_above: Some(1_000),
        },
        referrals: Vec::new(),
    };
    assert_eq!(program, expected);
    assert_eq!(program.currency("status"), Some(1));
    assert_eq!(program.currency("Status"), None);
}

#[test]
fn an_empty_file_is_the_documented_default() {
    let program = Program::parse("").unwrap();
    assert_eq!(program, Program::default());
    assert_eq!(Program::parse("# nothing said\n\n").unwrap(), program);
    assert_eq!(program.zone, "UTC");
    assert_eq!(program.currency("points"), Some(0));
    assert_eq!(program.currencies, vec![Currency::named("points")]);
    assert_eq!(program.currencies[0].expiry, ExpiryPolicy::Never);
    assert_eq!(program.currencies[0].draw_order, DrawOrder::Fefo);
    assert_eq!(program.currencies[0].pending, Pending::After(Period::ZERO));
    assert_eq!(program.earning.award(1_999), Some(19));
    assert_eq!(program.earning.money.code(), "EUR");
    assert_eq!(program.reversal.shortfall, Shortfall::Debt);
    assert_eq!(program.reversal.restore, Restore::Grace);
    assert_eq!(program.reversal.grace, period("P30D"));
    assert_eq!(program.time.future_micros, Some(900 * SECOND));
    assert_eq!(program.time.past_micros, Some(60 * DAY));
    assert_eq!(program.holds.default_micros, 900 * SECOND);
    assert_eq!(program.holds.longest_micros, 7 * DAY);
}

#[test]
fn empty_tables_have_the_defaults() {
    let text = "[currencies.points]\n[earning]\n[reversal]\n[time]\n[holds]\n";
    assert_eq!(Program::parse(text), Ok(Program::default()));
}

#[test]
fn currencies_have_ids_in_the_order_of_the_file() {
    let text = "[currencies.zinc]\n[currencies.points]\n[currencies.amber]\n";
    let program = Program::parse(text).unwrap();
    let ids = ["zinc", "points", "amber"].map(|name| program.currency(name));
    assert_eq!(ids, [Some(0), Some(1), Some(2)]);
    assert_eq!(program.earning.currency, 1);
}

#[test]
fn a_lone_currency_is_the_one_that_purchases_earn() {
    let program = Program::parse("[currencies.stamps]\n[earning]\npoints = 2\n").unwrap();
    assert_eq!(program.currencies[0].name, "stamps");
    assert_eq!((program.earning.currency, program.earning.points), (0, 2));
}

#[test]
fn a_shorter_longest_hold_shortens_the_default_too() {
    let program = Program::parse("[holds]\nlongest = \"PT5M\"\n").unwrap();
    assert_eq!(program.holds.default_micros, 300 * SECOND);
}

#[test]
fn zone_names_are_kept_as_the_database_spells_them() {
    let program = Program::parse("zone = \"america/new_york\"").unwrap();
    assert_eq!(program.zone, "America/New_York");
}

/// One faulty program, the place of its fault and what the message must say.
struct Fault {
    text: &'static str,
    place: (usize, usize),
    says: &'static [&'static str],
}

const fn fault(
    text: &'static str,
    line: usize,
    column: usize,
    says: &'static [&'static str],
) -> Fault {
    Fault {
        text,
        place: (line, column),
        says,
    }
}

fn assert_refused(faults: &[Fault]) {
    for Fault { text, place, says } in faults {
        let error = Program::parse(text).expect_err(text);
        assert_eq!((error.line, error.column), *place, "{text}\n{error}");
        for part in *says {
            assert!(
                error.message.contains(part),
                "{text}\n{error}\nlacks {part}"
            );
        }
        let start = format!("line {}, column {}: ", place.0, place.1);
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

#[test]
fn refuses_what_is_no_toml() {
    assert_refused(&[
        fault("zone = \n", 1, 8, &["correct the TOML"]),
        fault("zone = \"UTC\"\nzone = \"UTC\"\n", 2, 1, &["duplicate key"]),
        fault("[earning]\n\n[earning]\n", 3, 2, &["duplicate key"]),
        fault(
            "[currencies.points]\n[currencies.points]\n",
            2,
            13,
            &["duplicate key"],
        ),
        fault("zone = \"UTC\n", 1, 12, &["correct the TOML"]),
        fault("[time]\npast = unlimited\n", 2, 8, &["correct the TOML"]),
    ]);
}

#[test]
fn refuses_unknown_fields() {
    assert_refused(&[
        fault("zune = \"UTC\"", 1, 1, &["unknown field `zune`", "`zone`"]),
        fault(
            "zone = \"UTC\"\n[rewards]\n",
            2,
            2,
            &["unknown field `rewards`"],
        ),
        fault(
            "[currencies.points]\nscale = 0\n  colour = 1\n",
            3,
            3,
            &["unknown field `currencies.points.colour`", "`draw_order`"],
        ),
        fault(
            "[earning]\nrate = 1\n",
            2,
            1,
            &["unknown field `earning.rate`", "`per_minor_units`"],
        ),
        fault("[reversal]\nx = 1\n", 2, 1, &["unknown field `reversal.x`"]),
        fault("[time]\nx = 1\n", 2, 1, &["unknown field `time.x`"]),
        fault("[holds]\nx = 1\n", 2, 1, &["unknown field `holds.x`"]),
        fault("[partners]\nx = 1\n", 2, 1, &["unknown field `partners.x`"]),
        fault(
            "[currencies.points]\nexpiry = { rolling = \"P1Y\", round = \"month\" }\n",
            2,
            29,
            &[
                "unknown field `currencies.points.expiry.round`",
                "`round_up_to`",
            ],
        ),
        fault("[time]\nb = 1\na = 1\n", 2, 1, &["`time.b`"]),
    ]);
}

#[test]
fn refuses_what_only_a_later_version_reads() {
    assert_refused(&[fault(
        "[tiers]\n",
        1,
        2,
        &["`tiers` is not supported yet by this version"],
    )]);
}

#[test]
fn refuses_unknown_zones_policies_and_currencies() {
    assert_refused(&[
        fault(
            "zone = \"Europe/Berlim\"",
            1,
            8,
            &["unknown zone \"Europe/Berlim\"", "IANA"],
        ),
        fault("zone = \"\"", 1, 8, &["unknown zone"]),
        fault("zone = \"+02:00\"", 1, 8, &["unknown zone"]),
        fault("zone = \"Etc/Unknown\"", 1, 8, &["unknown zone"]),
        fault(
            "[reversal]\nshortfall = \"forgive\"\n",
            2,
            13,
            &["\"forgive\" is unknown", "\"debt\""],
        ),
        fault(
            "[reversal]\nrestore = \"never\"\n",
            2,
            11,
            &["\"never\" is unknown", "\"original\" or \"grace\""],
        ),
        fault(
            "[currencies.points]\nexpiry = \"soon\"\n",
            2,
            10,
            &["\"soon\" is unknown", "\"never\""],
        ),
        fault(
            "[currencies.points]\ndraw_order = \"FEFO\"\n",
            2,
            14,
            &["\"FEFO\" is unknown", "\"fefo\""],
        ),
        fault(
            "[currencies.points]\nexpiry = { rolling = \"P1Y\", round_up_to = \"week\" }\n",
            2,
            43,
            &["\"week\" is unknown", "\"half_year\""],
        ),
        fault(
            "[earning]\ncurrency = \"miles\"\n",
            2,
            12,
            &["unknown currency \"miles\"", "\"points\""],
        ),
        fault(
            "[earning]\nmoney = \"euro\"\n",
            2,
            9,
            &["three capital letters"],
        ),
        fault(
            "[currencies.a]\n[currencies.b]\n[earning]\npoints = 1\n",
            3,
            1,
            &["`earning.currency`"],
        ),
        fault(
            "[currencies.a]\n[currencies.b]\n",
            1,
            1,
            &["`earning.currency`"],
        ),
    ]);
}

#[test]
fn refuses_wrong_types() {
    assert_refused(&[
        fault(
            "zone = 1",
            1,
            8,
            &["`zone` is a whole number", "a text in quotes"],
        ),
        fault(
            "currencies = 1",
            1,
            14,
            &["`currencies` is a whole number", "a table"],
        ),
        fault(
            "[[currencies]]\n",
            1,
            1,
            &["`currencies` is a list", "a table"],
        ),
        fault(
            "[currencies]\npoints = true\n",
            2,
            10,
            &["`currencies.points` is true or false"],
        ),
        fault(
            "[currencies.points]\nscale = \"0\"\n",
            2,
            9,
            &["is a text; write a whole number"],
        ),
        fault(
            "[currencies.points]\nscale = 1.0\n",
            2,
            9,
            &["is a number with decimals"],
        ),
        fault(
            "[currencies.points]\nexpiry = 12\n",
            2,
            10,
            &["is a whole number; write \"never\""],
        ),
        fault(
            "[currencies.points]\npending = 14\n",
            2,
            11,
            &["is a whole number; write a text"],
        ),
        fault(
            "[earning]\npoints = 0.5\n",
            2,
            10,
            &["is a number with decimals"],
        ),
        fault("[time]\npast = 2026-01-01\n", 2, 8, &["is a date or time"]),
        fault("earning = []\n", 1, 11, &["is a list; write a table"]),
    ]);
}

#[test]
fn refuses_numbers_out_of_bounds() {
    assert_refused(&[
        fault(
            "[earning]\npoints = -1\n",
            2,
            10,
            &["`earning.points` is -1", "from 0 to"],
        ),
        fault(
            "[earning]\npoints = 1_000_000_001\n",
            2,
            10,
            &["from 0 to 1000000000"],
        ),
        fault(
            "[earning]\nper_minor_units = 0\n",
            2,
            19,
            &["is 0; give a number from 1 to"],
        ),
        fault("[earning]\nper_minor_units = -100\n", 2, 19, &["is -100"]),
        fault(
            "[earning]\npoints = 9999999999999999999999\n",
            2,
            10,
            &["from 0 to"],
        ),
        fault(
            "[currencies.points]\nscale = 10\n",
            2,
            9,
            &["is 10; give a number from 0 to 9"],
        ),
        fault("[currencies.points]\nscale = -1\n", 2, 9, &["is -1"]),
    ]);
}

#[test]
fn refuses_periods_that_cannot_be_meant() {
    assert_refused(&[
        fault(
            "[currencies.points]\npending = \"14D\"\n",
            2,
            11,
            &["is no period", "\"P14D\""],
        ),
        fault(
            "[currencies.points]\npending = \"P-1D\"\n",
            2,
            11,
            &["is no period"],
        ),
        fault(
            "[currencies.points]\npending = \"P200Y\"\n",
            2,
            11,
            &["100 years"],
        ),
        fault(
            "[currencies.points]\nexpiry = { rolling = \"P0D\" }\n",
            2,
            22,
            &["expire at once"],
        ),
        fault(
            "[currencies.points]\nexpiry = { rolling = \"PT1H\" }\n",
            2,
            22,
            &["end of a day"],
        ),
        fault(
            "[currencies.points]\nexpiry = { round_up_to = \"month\" }\n",
            2,
            10,
            &["has no period"],
        ),
        fault(
            "[currencies.points]\nexpiry = {}\n",
            2,
            10,
            &["has no period"],
        ),
        fault("[reversal]\ngrace = \"PT5M\"\n", 2, 9, &["end of a day"]),
        fault("[time]\npast = \"P2M\"\n", 2, 8, &["no exact length"]),
        fault("[time]\nfuture = \"soon\"\n", 2, 10, &["is no period"]),
        fault("[holds]\nlongest = \"P8D\"\n", 2, 11, &["at most 7 days"]),
        fault(
            "[holds]\ndefault = \"PT0S\"\n",
            2,
            11,
            &["more than no time"],
        ),
        fault(
            "[holds]\ndefault = \"PT2H\"\nlongest = \"PT1H\"\n",
            2,
            11,
            &["longer than `holds.longest`"],
        ),
    ]);
}

#[test]
fn refuses_names_that_cannot_be_a_currency() {
    assert_refused(&[
        fault(
            "[currencies.\"\"]\n",
            1,
            13,
            &["\"\" cannot name a currency"],
        ),
        fault("[currencies.\"a@b\"]\n", 1, 13, &["\"a@b\" cannot name"]),
        fault("[currencies.\"a b\"]\n", 1, 13, &["\"a b\" cannot name"]),
        fault(
            "[currencies.ok]\n[currencies.2nd]\n",
            2,
            13,
            &["\"2nd\" cannot name"],
        ),
        fault("[currencies]\n\"größe\" = {}\n", 2, 1, &["cannot name"]),
        fault("[currencies]\n", 1, 1, &["names no currency"]),
    ]);
    let long = format!("[currencies.{}]\n", "a".repeat(65));
    let error = Program::parse(&long).unwrap_err();
    assert_eq!((error.line, error.column), (1, 13));
}

#[test]
fn columns_count_characters() {
    let text =
        "[currencies.points]\r\n[reversal]\r\nrestore = \"grace\" # größte Güte\r\n\r\nöl = 1";
    let error = Program::parse(text).unwrap_err();
    assert_eq!((error.line, error.column), (5, 1), "{error}");
    let text = "currencies = { \"pö\" = { scale = 77 } }";
    let error = Program::parse(text).unwrap_err();
    assert_eq!((error.line, error.column), (1, 16), "{error}");
    let text = "earning = { money = \"ÄÖÜ\", points = -3 }";
    let error = Program::parse(text).unwrap_err();
    assert_eq!((error.line, error.column), (1, 37), "{error}");
}

#[test]
fn refuses_more_than_its_bounds() {
    let currencies = |count: usize| -> String {
        let names = (0..count).map(|index| format!("[currencies.c{index}]\n"));
        names.collect::<String>() + "[earning]\ncurrency = \"c0\"\n"
    };
    assert_eq!(
        Program::parse(&currencies(64)).unwrap().currencies.len(),
        64
    );
    let error = Program::parse(&currencies(65)).unwrap_err();
    assert_eq!((error.line, error.column), (65, 13), "{error}");
    let longest = "#".repeat(Program::LONGEST_TEXT);
    assert_eq!(Program::parse(&longest), Ok(Program::default()));
    let error = Program::parse(&(longest + "#")).unwrap_err();
    assert!(error.message.contains("within 65536"), "{error}");
}

#[test]
fn a_successor_keeps_the_ids_of_its_currencies() {
    let first = Program::parse("[currencies.points]\n[currencies.status]\nscale = 2\n").unwrap();
    let text =
        "[currencies.extra]\n[currencies.status]\nscale = 2\n[currencies.points]\npending = \"P1D\"
[earning]\ncurrency = \"extra\"\n";
    let second = Program::parse_successor(text, &first).unwrap();
    let ids = ["points", "status", "extra"].map(|name| second.currency(name));
    assert_eq!(ids, [Some(0), Some(1), Some(2)]);
    assert_eq!(second.earning.currency, 2);
    assert_eq!(second.currencies[0].pending, Pending::After(period("P1D")));
    assert_eq!(
        Program::parse_successor("", &Program::default()),
        Ok(Program::default())
    );
}

#[test]
fn a_successor_may_not_drop_or_rescale_a_currency() {
    let first = Program::parse("[currencies.points]\n[currencies.status]\nscale = 2\n").unwrap();
    let cases = [
        (
            "zone = \"UTC\"\n[currencies.points]\n",
            (2, 2),
            "`status` of the version before is missing",
        ),
        (
            "[currencies.points]\n[currencies.status]\n",
            (2, 13),
            "the scale of `status` was 2",
        ),
        ("", (1, 1), "`status` of the version before is missing"),
    ];
    for (text, place, says) in cases {
        let error = Program::parse_successor(text, &first).unwrap_err();
        assert_eq!((error.line, error.column), place, "{error}");
        assert!(error.message.contains(says), "{error}");
    }
}

#[test]
fn the_compiled_default_is_these_bytes() {
    let bytes = Program::default().to_bytes();
    let mut expected = vec![1, 3];
    expected.extend(b"UTC");
    expected.extend([1, 6]);
    expected.extend(b"points");
    expected.extend([0; 1 + 12 + 1 + 1]);
    expected.push(0);
    expected.extend(1_i64.to_le_bytes());
    expected.extend(100_i64.to_le_bytes());
    expected.extend(b"EUR");
    expected.extend([0, 1, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0]);
    for number in [900 * SECOND, 60 * DAY, 900 * SECOND, 7 * DAY] {
        expected.extend(number.to_le_bytes());
    }
    assert_eq!(bytes, expected);
}

#[test]
fn refuses_a_compiled_form_of_another_version() {
    let mut bytes = Program::default().to_bytes();
    for version in [0, 7, 255] {
        bytes[0] = version;
        assert_eq!(
            Program::from_bytes(&bytes),
            Err(CompiledError::UnknownVersion(version))
        );
    }
}

#[test]
fn refuses_a_compiled_form_cut_or_lengthened_anywhere() {
    let bytes = Program::parse(WHOLE).unwrap().to_bytes();
    for length in 0..bytes.len() {
        let cut = Program::from_bytes(&bytes[..length]);
        assert!(
            matches!(cut, Err(CompiledError::Damaged(_))),
            "{length}: {cut:?}"
        );
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(
        Program::from_bytes(&longer),
        Err(CompiledError::Damaged("the end"))
    );
}

#[test]
fn every_change_of_a_compiled_byte_is_refused_or_another_program() {
    let program = Program::parse(WHOLE).unwrap();
    let bytes = program.to_bytes();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            if let Ok(other) = Program::from_bytes(&changed) {
                assert_ne!(other, program, "bit {bit} of byte {place}");
                assert_eq!(other.to_bytes(), changed);
            }
        }
    }
}

fn any_whole_days(least: u32) -> impl Strategy<Value = Period> {
    (0..=1_200_u32, least..=36_525_u32).prop_map(|(months, days)| Period {
        months,
        days,
        seconds: 0,
    })
}

fn any_expiry() -> impl Strategy<Value = ExpiryPolicy> {
    let rounding = prop_oneof![
        Just(None),
        Just(Some(Rounding::Month)),
        Just(Some(Rounding::Quarter)),
        Just(Some(Rounding::HalfYear)),
        Just(Some(Rounding::Year)),
    ];
    let rolling =
        (any_whole_days(1), rounding).prop_map(|(period, round_up_to)| ExpiryPolicy::Rolling {
            period,
            round_up_to,
        });
    let days = prop::collection::btree_set((1..=12_u8, 1..=28_u8), 1..=FixedDates::MOST);
    let fixed = (days, any_whole_days(0)).prop_map(|(days, min_valid)| {
        let days: Vec<_> = days.into_iter().collect();
        ExpiryPolicy::Fixed(FixedDates::new(&days, min_valid).unwrap())
    });
    let sliding = any_whole_days(1).prop_map(ExpiryPolicy::Sliding);
    prop_oneof![Just(ExpiryPolicy::Never), rolling, fixed, sliding]
}

fn any_currency() -> impl Strategy<Value = Currency> {
    let draw_order = prop_oneof![
        Just(DrawOrder::Fefo),
        Just(DrawOrder::Fifo),
        Just(DrawOrder::Lifo)
    ];
    let after = (any_whole_days(0), 0..=3_000_000_000_u32)
        .prop_map(|(pending, seconds)| Pending::After(Period { seconds, ..pending }));
    let pending = prop_oneof![after, Just(Pending::OnEvent)];
    (
        "[A-Za-z][A-Za-z0-9_-]{0,63}",
        0..=9_u8,
        pending,
        any_expiry(),
        draw_order,
    )
        .prop_map(|(name, scale, pending, expiry, draw_order)| Currency {
            name,
            scale,
            pending,
            expiry,
            draw_order,
        })
}

/// What later versions of the compiled form added: policies, categories, worth, offline, partners.
type Added = (
    Shortfall,
    Restore,
    TransferShortfall,
    Vec<String>,
    SpendRule,
    OfflineRules,
    PartnerRules,
);

fn any_added() -> impl Strategy<Value = Added> {
    let shortfall = prop::sample::select(&Shortfall::ALL[..]).prop_map(|(_, policy)| policy);
    let restore = prop::sample::select(&Restore::ALL[..]).prop_map(|(_, policy)| policy);
    let transfer = prop_oneof![
        Just(TransferShortfall::Block),
        Just(TransferShortfall::Debt)
    ];
    let exclude = prop::collection::btree_set("[a-z_]{1,20}", 0..4);
    let spending = (
        0..4_u8,
        1..=EarnRule::MOST_POINTS,
        1..=EarnRule::MOST_MINOR_UNITS,
    );
    let spending = spending.prop_map(|(currency, points, minor_units)| SpendRule {
        currency,
        points,
        minor_units,
    });
    let overdraft = prop_oneof![Just(Overdraft::Debt), Just(Overdraft::DeclineToMerchant)];
    let floor_limit = prop::option::of(0..=OfflineRules::MOST_POINTS);
    let offline = (floor_limit, overdraft).prop_map(|(floor_limit, overdraft)| OfflineRules {
        floor_limit,
        overdraft,
    });
    let verify_above = prop::option::of(0..=1_i64 << 53);
    let partners = verify_above.prop_map(|verify_above| PartnerRules { verify_above });
    let policies = (shortfall, restore, transfer);
    (policies, exclude, spending, offline, partners).prop_map(
        |((shortfall, restore, transfer), exclude, spending, offline, partners)| {
            let exclude = exclude.into_iter().collect();
            (
                shortfall, restore, transfer, exclude, spending, offline, partners,
            )
        },
    )
}

fn any_program() -> impl Strategy<Value = Program> {
    let currencies = prop::collection::btree_map("[a-z]{1,9}", any_currency(), 1..5);
    let zone = prop_oneof![Just("UTC"), Just("Europe/Berlin"), Just("Africa/Cairo")];
    let bound = || prop::option::of(0..=100 * 365 * DAY);
    let rate = (
        any::<u8>(),
        0..=EarnRule::MOST_POINTS,
        1..=EarnRule::MOST_MINOR_UNITS,
        "[A-Z]{3}",
    );
    let holds = (1..=7 * DAY, 1..=7 * DAY);
    (
        zone,
        currencies,
        rate,
        any_added(),
        any_whole_days(0),
        bound(),
        bound(),
        holds,
    )
        .prop_map(
            |(zone, named, rate, added, grace, future_micros, past_micros, holds)| {
                let (shortfall, restore, transfer, exclude, spending, offline, partners) = added;
                let currencies: Vec<_> = named
                    .into_iter()
                    .map(|(name, currency)| Currency { name, ..currency })
                    .collect();
                Program {
                    zone: zone.to_owned(),
                    earning: EarnRule {
                        currency: rate.0 % u8::try_from(currencies.len()).unwrap(),
                        points: rate.1,
                        per_minor_units: rate.2,
                        money: Money::new(&rate.3).unwrap(),
                        exclude,
                    },
                    spending: SpendRule {
                        currency: spending.currency % u8::try_from(currencies.len()).unwrap(),
                        ..spending
                    },
                    currencies,
                    reversal: ReversalRules {
                        shortfall,
                        restore,
                        grace,
                        transfer,
                    },
                    offline,
                    partners,
                    referrals: Vec::new(),
                    time: TimeBounds {
                        future_micros,
                        past_micros,
                    },
                    holds: HoldBounds {
                        default_micros: holds.0.min(holds.1),
                        longest_micros: holds.0.max(holds.1),
                    },
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_compiled_form_gives_the_program_back(program in any_program()) {
        let bytes = program.to_bytes();
        let decoded = Program::from_bytes(&bytes).unwrap();
        prop_assert_eq!(decoded.to_bytes(), bytes);
        prop_assert_eq!(decoded, program);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), valid in any::<bool>()) {
        let mut bytes = bytes;
        if valid && !bytes.is_empty() {
            bytes[0] = 1;
        }
        if let Ok(program) = Program::from_bytes(&bytes) {
            prop_assert_eq!(program.to_bytes(), bytes);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_inside_it(
        start in 0..WHOLE.len(),
        length in 0..40_usize,
        inserted in "[ -~äé\n]{0,12}",
    ) {
        let end = (start + length).min(WHOLE.len());
        let text = [&WHOLE[..start], inserted.as_str(), &WHOLE[end..]].concat();
        if let Err(error) = Program::parse(&text) {
            let line = text.split('\n').nth(error.line - 1);
            prop_assert!(line.is_some(), "{} in\n{}", error, text);
            prop_assert!(error.column <= line.unwrap().chars().count() + 1, "{} in\n{}", error, text);
        }
    }
}
