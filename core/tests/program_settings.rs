//! The settings of dates, policies, points as money, and tills offline: read, refused, and kept.

use loyalty_ledger::ledger::program::{
    Calendar, CompiledError, ExpiryPolicy, OfflineRules, Overdraft, Pending, Period, Program,
    Restore, Shortfall, SpendRule, TransferShortfall,
};
use loyalty_ledger::ledger::time::Instant;

const WHOLE: &str = r#"
[currencies.points]
pending = "on_event"
expiry = { fixed = ["09-30", "02-29"], min_valid = "P3M" }

[currencies.status]
expiry = { sliding = "P18M" }

[earning]
exclude = ["gift_card", "deposit"]

[spending]
currency = "status"
points = 100
minor_units = 45

[reversal]
shortfall = "charge_shortfall"
restore = "reissue"
transfer = "debt"

[offline]
floor_limit = 500
overdraft = "decline_to_merchant"
"#;

fn at(text: &str) -> Instant {
    let instant: jiff::Timestamp = text.parse().expect("tests write instants right");
    Instant(instant.as_microsecond())
}

fn period(text: &str) -> Period {
    Period::parse(text).expect("tests write periods right")
}

#[test]
fn every_setting_is_read_and_kept() {
    let program = Program::parse(WHOLE).unwrap();
    let points = &program.currencies[0];
    assert_eq!(points.pending, Pending::OnEvent);
    let ExpiryPolicy::Fixed(dates) = points.expiry else {
        panic!("the dates are fixed");
    };
    assert_eq!(dates.days(), [(2, 29), (9, 30)]);
    assert_eq!(dates.min_valid, period("P3M"));
    let sliding = ExpiryPolicy::Sliding(period("P18M"));
    assert_eq!(program.currencies[1].expiry, sliding);
    assert_eq!(program.earning.exclude, ["gift_card", "deposit"]);
    let worth = SpendRule {
        currency: 1,
        points: 100,
        minor_units: 45,
    };
    assert_eq!(program.spending, worth);
    assert_eq!(program.spending.worth(250), 112);
    assert_eq!(program.reversal.shortfall, Shortfall::ChargeShortfall);
    assert_eq!(program.reversal.restore, Restore::Reissue);
    assert_eq!(program.reversal.transfer, TransferShortfall::Debt);
    let offline = OfflineRules {
        floor_limit: Some(500),
        overdraft: Overdraft::DeclineToMerchant,
    };
    assert_eq!(program.offline, offline);
    let bytes = program.to_bytes();
    assert_eq!(bytes[0], 2);
    assert_eq!(Program::from_bytes(&bytes), Ok(program));
}

#[test]
fn each_policy_has_its_name() {
    for (name, policy) in Shortfall::ALL {
        let program = Program::parse(&format!("[reversal]\nshortfall = \"{name}\"\n")).unwrap();
        assert_eq!(program.reversal.shortfall, policy);
    }
    for (name, policy) in Restore::ALL {
        let program = Program::parse(&format!("[reversal]\nrestore = \"{name}\"\n")).unwrap();
        assert_eq!(program.reversal.restore, policy);
    }
    let unlimited = Program::parse("[offline]\nfloor_limit = \"unlimited\"\n").unwrap();
    assert_eq!(unlimited, Program::default());
    assert_eq!(unlimited.to_bytes()[0], 1);
}

#[test]
fn faults_are_told_with_their_place() {
    let cases = [
        (
            "[currencies.p]\nexpiry = { fixed = [] }\n",
            2,
            10,
            "one at least",
        ),
        (
            "[currencies.p]\nexpiry = { fixed = [\"02-30\"] }\n",
            2,
            21,
            "month and day",
        ),
        (
            "[currencies.p]\nexpiry = { fixed = [\"3-31\"] }\n",
            2,
            21,
            "month and day",
        ),
        (
            "[currencies.p]\nexpiry = { fixed = [3] }\n",
            2,
            21,
            "texts in quotes",
        ),
        (
            "[currencies.p]\nexpiry = { fixed = [\"03-31\"], rolling = \"P1Y\" }\n",
            2,
            10,
            "several kinds",
        ),
        (
            "[currencies.p]\nexpiry = { sliding = \"P1Y\", round_up_to = \"year\" }\n",
            2,
            10,
            "belongs to `rolling`",
        ),
        (
            "[currencies.p]\nexpiry = { rolling = \"P1Y\", min_valid = \"P1M\" }\n",
            2,
            10,
            "belongs to `fixed`",
        ),
        (
            "[currencies.p]\nexpiry = { sliding = \"P0D\" }\n",
            2,
            22,
            "at once",
        ),
        (
            "[currencies.p]\nexpiry = { sliding = \"PT5H\" }\n",
            2,
            22,
            "end of a day",
        ),
        (
            "[currencies.p]\nexpiry = { min_valid = \"P1M\" }\n",
            2,
            10,
            "has no period",
        ),
        ("[earning]\nexclude = [\"a\", \"a\"]\n", 2, 17, "twice"),
        ("[earning]\nexclude = [\"\"]\n", 2, 12, "1 to 64 bytes"),
        ("[earning]\nexclude = \"a\"\n", 2, 11, "a list"),
        ("[spending]\npoints = 0\n", 2, 10, "from 1"),
        (
            "[spending]\ncurrency = \"stars\"\n",
            2,
            12,
            "unknown currency",
        ),
        ("[offline]\nfloor_limit = -1\n", 2, 15, "from 0"),
        (
            "[offline]\nfloor_limit = \"none\"\n",
            2,
            15,
            "\"unlimited\"",
        ),
        (
            "[offline]\noverdraft = \"never\"\n",
            2,
            13,
            "\"decline_to_merchant\"",
        ),
        (
            "[reversal]\ntransfer = \"clamp\"\n",
            2,
            12,
            "\"block\" or \"debt\"",
        ),
    ];
    for (text, line, column, says) in cases {
        let error = Program::parse(text).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{text}{error}");
        assert!(error.message.contains(says), "{text}{error}");
    }
}

#[test]
fn a_compiled_form_is_of_the_first_version_that_can_say_it() {
    let mut bytes = Program::parse("[reversal]\ntransfer = \"debt\"\n")
        .unwrap()
        .to_bytes();
    assert_eq!(bytes[0], 2);
    let place = bytes.len() - 10;
    assert_eq!(bytes[place], 1, "the transfer policy");
    bytes[place] = 0;
    let refused = Program::from_bytes(&bytes);
    assert_eq!(refused, Err(CompiledError::Damaged("version")));
    let mut bytes = Program::default().to_bytes();
    let restore = bytes.len() - 4 * 8 - 12 - 1;
    bytes[restore] = Restore::Reissue as u8;
    let refused = Program::from_bytes(&bytes);
    assert_eq!(refused, Err(CompiledError::Damaged("version")));
}

#[test]
fn fixed_days_end_at_midnight_of_the_zone() {
    let calendar = Calendar::of_zone("Europe/Berlin").unwrap();
    let program = Program::parse(WHOLE).unwrap();
    let policy = program.currencies[0].expiry;
    let cases = [
        ("2026-01-15T10:00:00Z", "2026-09-30T22:00:00Z"),
        ("2026-06-30T10:00:00Z", "2026-09-30T22:00:00Z"),
        // 1 July in Berlin, so that three months end after 30 September.
        ("2026-06-30T22:00:00Z", "2027-02-28T23:00:00Z"),
        ("2027-11-15T10:00:00Z", "2028-02-29T23:00:00Z"),
    ];
    for (activates_at, expires_at) in cases {
        let found = calendar.expiry_of(policy, at(activates_at));
        assert_eq!(found, Ok(at(expires_at)), "{activates_at}");
    }
}

#[test]
fn a_sliding_wallet_has_one_date() {
    let calendar = Calendar::of_zone("Europe/Berlin").unwrap();
    let sliding = ExpiryPolicy::Sliding(period("P18M"));
    let expiry = calendar.expiry_of(sliding, at("2025-02-10T12:00:00Z"));
    assert_eq!(expiry, Ok(Instant::WITH_WALLET));
    let date = calendar.inactivity_of(period("P18M"), at("2025-02-10T12:00:00Z"));
    assert_eq!(date, Ok(at("2026-08-10T22:00:00Z")));
}
