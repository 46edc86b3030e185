//! Referral programs of the program file: what is read, what is refused and where, and the compiled form.

use loyalty_ledger::ledger::program::referral::{
    Attribution, Caps, Credit, FraudRule, FraudRules, Graph, Method, Milestone, ReferralRules,
    RewardAmount, RewardRule, RewardShortfall, Role, Step, Velocity, Vest, VoucherRule, Windows,
};
use loyalty_ledger::ledger::program::{CompiledError, Period, Program};
use proptest::prelude::*;
use std::num::NonZeroU64;

const WHOLE: &str = r#"
[referral.friends]
attribution = "last"
window = "P60D"
windows = { click = "P7D", invite = "P1M", direct = "P2D" }
grace = "PT12H"
hold = "P1M"
clawback = "P30D"
deadline = "P1Y"
friend_must_be_new = false
friend_not_enrolled = true
graph = "any"
depth = 12
touches = 5_000
very_first_only = true
vest = "at_close"
review_by = "P10D"
shortfall = "review"
velocity = { binds = 5, within = "PT86400S" }
too_fast = "PT60S"
outlier = 100_000
rules_off = ["DISPOSABLE", "RETURNING"]
needs = 3

[[referral.friends.steps]]
step = "newsletter"
[[referral.friends.steps]]
step = "event:app"
[[referral.friends.steps]]
step = "first_purchase"
minimum = 2_500

[[referral.friends.rewards]]
role = "upline"
level = 3
points = 10
[[referral.friends.rewards]]
role = "friend"
points = 250
voucher = "COFFEE"
voucher_valid = "P90D"
[[referral.friends.rewards]]
role = "upline"
points = 20
[[referral.friends.rewards]]
role = "advocate"
percent_bp = 500

[referral.friends.caps]
advocate = 32
advocate_month = 3
program = 1_000_000

[[referral.friends.milestones]]
friends = 5
points = 1_000
[[referral.friends.milestones]]
friends = 10
voucher = "BAG"

[referral.affiliates]
credit = "time_decay"
half_life = "P7D"
steps = [{ step = "first_purchase" }]
rewards = [{ role = "advocate", percent_bp = 400 }]

[referral.partners]
steps = [{ step = "every_purchase" }]
levels = { basis_points = [500, 200, 100] }
"#;

/// The least that a referral program says.
const LEAST: &str = "[referral.friends]\nsteps = [{ step = \"newsletter\" }]\n";

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn off(rules: &[FraudRule]) -> FraudRules {
    let rules = rules.iter();
    rules.fold(FraudRules::default(), |off, rule| off.with(*rule))
}

fn points(role: Role, points: i64) -> RewardRule {
    RewardRule {
        role,
        amount: RewardAmount::Points(points),
        voucher: None,
    }
}

fn voucher(label: &str, valid: Option<&str>) -> Option<VoucherRule> {
    Some(VoucherRule {
        label: label.to_owned(),
        valid: valid.map(period),
    })
}

#[test]
fn reads_every_field() {
    let program = Program::parse(WHOLE).unwrap();
    let advocate = RewardRule {
        role: Role::Advocate,
        amount: RewardAmount::BasisPoints(500),
        voucher: None,
    };
    let friends = ReferralRules {
        name: "friends".to_owned(),
        attribution: Attribution::Last,
        credit: None,
        windows: Windows(["P60D", "P60D", "P7D", "P1M", "P2D"].map(period)),
        grace: period("PT12H"),
        hold: period("P1M"),
        clawback: Some(period("P30D")),
        deadline: period("P1Y"),
        friend_must_be_new: false,
        friend_not_enrolled: true,
        graph: Graph::Any,
        depth: 12,
        touches: 5_000,
        very_first_only: true,
        vest: Vest::AtClose,
        review_by: period("P10D"),
        shortfall: RewardShortfall::Review,
        velocity: Some(Velocity {
            binds: 5,
            within: period("PT24H"),
        }),
        too_fast: Some(period("PT1M")),
        outlier: Some(100_000),
        rules_off: off(&[FraudRule::Returning, FraudRule::Disposable]),
        steps: vec![
            Step::Newsletter,
            Step::Event("app".to_owned()),
            Step::FirstPurchase { minimum: 2_500 },
        ],
        needs: 3,
        rewards: vec![
            advocate,
            RewardRule {
                voucher: voucher("COFFEE", Some("P90D")),
                ..points(Role::Friend, 250)
            },
            points(Role::Upline(2), 20),
            points(Role::Upline(3), 10),
        ],
        caps: Caps {
            advocate: Some(32),
            advocate_month: Some(3),
            program: Some(1_000_000),
        },
        levels: Vec::new(),
        milestones: vec![
            Milestone {
                friends: 5,
                points: 1_000,
                voucher: None,
            },
            Milestone {
                friends: 10,
                points: 0,
                voucher: voucher("BAG", None),
            },
        ],
    };
    let partners = ReferralRules {
        steps: vec![Step::EveryPurchase { minimum: 0 }],
        needs: 1,
        levels: vec![500, 200, 100],
        ..ReferralRules::named("partners")
    };
    assert_eq!(program.referral("friends"), Some(&friends));
    assert_eq!(program.referral("partners"), Some(&partners));
    let affiliates = program.referral("affiliates").unwrap();
    let week = NonZeroU64::new(7 * 86_400_000_000).unwrap();
    assert_eq!(affiliates.credit, Some(Credit::TimeDecay(week)));
    assert_eq!(affiliates.windows.of(Method::Direct), period("P30D"));
    assert_eq!(program.referral("others"), None);
    assert!(partners.is_for_every_purchase() && !friends.is_for_every_purchase());
    assert_eq!(friends.windows.of(Method::Click), period("P7D"));
    assert_eq!(friends.steps[1].name(), "event:app");
}

#[test]
fn what_is_left_out_has_the_documented_default() {
    let program = Program::parse(LEAST).unwrap();
    let rules = program.referral("friends").unwrap();
    assert_eq!(rules.attribution, Attribution::First);
    for (_, method) in Method::ALL {
        assert_eq!(rules.windows.of(method), period("P30D"));
    }
    assert_eq!(rules.grace, period("PT24H"));
    assert_eq!(rules.hold, period("P14D"));
    assert_eq!(rules.deadline, period("P90D"));
    assert_eq!(rules.review_by, period("P30D"));
    assert_eq!((rules.clawback, rules.too_fast), (None, None));
    assert!(rules.friend_must_be_new && !rules.friend_not_enrolled && !rules.very_first_only);
    assert_eq!((rules.graph, rules.depth), (Graph::LeafOnly, 0));
    assert_eq!((rules.vest, rules.velocity), (Vest::AtHoldEnd, None));
    assert_eq!(rules.shortfall, RewardShortfall::Debt);
    assert_eq!((rules.needs, rules.caps), (1, Caps::default()));
    assert!(rules.rewards.is_empty() && rules.levels.is_empty());
    let spelled = LEAST.replace("steps", "grace = \"P1D\"\nhold = \"P2W\"\nneeds = 1\nsteps");
    let program = Program::parse(&spelled).unwrap();
    assert_eq!(program.referral("friends").unwrap().hold, period("P14D"));
    assert_eq!(Program::parse("[referral]\n"), Ok(Program::default()));
}

#[test]
fn order_in_the_file_says_nothing_but_for_steps() {
    let [friends, partners] = [
        WHOLE.find("[referral.f").unwrap(),
        WHOLE.find("[referral.p").unwrap(),
    ];
    let turned = [&WHOLE[partners..], &WHOLE[friends..partners]].concat();
    let program = Program::parse(WHOLE).unwrap();
    assert_eq!(Program::parse(&turned).unwrap(), program);
    assert_eq!(
        Program::parse(&turned).unwrap().to_bytes(),
        program.to_bytes()
    );
}

/// A fault: the fields of a program, line and column, what the message says.
type Fault<'a> = (&'a str, (usize, usize), &'a str);

/// Line 1 opens the table; the fields begin on line 2.
fn assert_refused(faults: &[Fault<'_>]) {
    for (fields, place, says) in faults {
        let text = format!("[referral.friends]\n{fields}\n");
        let error = Program::parse(&text).unwrap_err();
        assert_eq!((error.line, error.column), *place, "{text}{error}");
        assert!(error.message.contains(says), "{text}{error}");
    }
}

const NEWSLETTER: &str = "steps = [{ step = \"newsletter\" }]\n";
const PURCHASE: &str = "steps = [{ step = \"first_purchase\" }]\n";

#[test]
fn refuses_fields_that_it_does_not_know() {
    let with = |fields: &str| format!("{NEWSLETTER}{fields}");
    assert_refused(&[
        (
            &with("bonus = 1"),
            (3, 1),
            "unknown field `referral.friends.bonus`",
        ),
        (
            &with("windows = { smoke = \"P1D\" }"),
            (3, 13),
            "unknown field `referral.friends.windows.smoke`",
        ),
        (
            &with("velocity = { per = 1 }"),
            (3, 14),
            "known fields here are `binds`, `within`",
        ),
        (
            &with("rewards = [{ rolle = \"friend\" }]"),
            (3, 14),
            "`referral.friends.rewards.rolle`",
        ),
        (
            &with("caps = { friend = 1 }"),
            (3, 10),
            "`referral.friends.caps.friend`",
        ),
        (
            &with("levels = { parts = [1] }"),
            (3, 12),
            "`referral.friends.levels.parts`",
        ),
        (
            "steps = [{ name = \"newsletter\" }]",
            (2, 12),
            "`referral.friends.steps.name`",
        ),
    ]);
    let error = Program::parse("[referral]\n2nd = {}\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 1));
    assert!(
        error.message.contains("cannot name a referral program"),
        "{error}"
    );
}

#[test]
fn refuses_wrong_types_and_unknown_choices() {
    let with = |fields: &str| format!("{NEWSLETTER}{fields}");
    assert_refused(&[
        (
            &with("attribution = \"middle\""),
            (3, 15),
            "write \"first\" or \"last\"",
        ),
        (
            &with("graph = \"star\""),
            (3, 9),
            "write \"leaf_only\" or \"any\"",
        ),
        (
            &with("vest = \"soon\""),
            (3, 8),
            "write \"at_hold_end\" or \"at_close\"",
        ),
        (
            &with("shortfall = \"block\""),
            (3, 13),
            "write \"debt\" or \"clamp\" or \"review\"",
        ),
        (
            &with("friend_must_be_new = 1"),
            (3, 22),
            "write true or false",
        ),
        (&with("window = 30"), (3, 10), "a text in quotes"),
        (
            &with("rules_off = \"RING\""),
            (3, 13),
            "write a list of texts",
        ),
        (
            &with("rules_off = [\"RING\", \"SELF\"]"),
            (3, 22),
            "write \"RETURNING\" or \"SAME_IDENTITY\"",
        ),
        (
            &with("rules_off = [\"RING\", \"RING\"]"),
            (3, 22),
            "stands there twice",
        ),
        (&with("grace = \"24h\""), (3, 9), "no period"),
        (&with("caps = 3"), (3, 8), "write a table"),
        (
            &with("levels = { basis_points = 5 }"),
            (3, 27),
            "write a list of whole numbers",
        ),
        (
            &with("levels = { basis_points = [\"5\"] }"),
            (3, 28),
            "write a whole number",
        ),
        (
            &with("rewards = { role = \"friend\" }"),
            (3, 11),
            "write a list of tables",
        ),
        (&with("rewards = [5]"), (3, 12), "write tables alone"),
        (
            &with("rewards = [{ points = 5 }]"),
            (3, 12),
            "`referral.friends.rewards.role` is missing",
        ),
        (
            &with("rewards = [{ role = \"uncle\", points = 5 }]"),
            (3, 21),
            "\"uncle\" is unknown",
        ),
        (
            "steps = [{ minimum = 5 }]",
            (2, 10),
            "`referral.friends.steps.step` is missing",
        ),
        (
            "steps = [{ step = \"dance\" }]",
            (2, 19),
            "\"dance\" is unknown",
        ),
        ("steps = [{ step = \"event:\" }]", (2, 19), "1 to 64 bytes"),
    ]);
    let error = Program::parse("[referral]\nfriends = 1\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 11), "{error}");
}

#[test]
fn refuses_numbers_out_of_bounds() {
    let with = |fields: &str| format!("{PURCHASE}{fields}");
    let eleven = with(&format!("levels = {{ basis_points = {:?} }}", [10; 11]));
    assert_refused(&[
        (&with("depth = -1"), (3, 9), "from 0 to 1000000"),
        (&with("needs = 0"), (3, 9), "from 1 to 32"),
        (
            &with("velocity = { binds = 0, within = \"P1D\" }"),
            (3, 22),
            "from 1 to 1000",
        ),
        (&with("velocity = { binds = 1 }"), (3, 12), "has two fields"),
        (&with("caps = { advocate = -1 }"), (3, 21), "from 0"),
        (
            &with("levels = { basis_points = [100, 0] }"),
            (3, 33),
            "from 1 to 1000000",
        ),
        (&eleven, (3, 27), "at most 10 numbers"),
        (
            &with("rewards = [{ role = \"friend\", points = 0 }]"),
            (3, 40),
            "from 1",
        ),
        (
            &with("rewards = [{ role = \"friend\", percent_bp = 0 }]"),
            (3, 44),
            "from 1",
        ),
        (
            &with("rewards = [{ role = \"upline\", level = 11, points = 5 }]"),
            (3, 39),
            "from 2 to 10",
        ),
        (
            &with("rewards = [{ role = \"upline\", level = 1, points = 5 }]"),
            (3, 39),
            "from 2 to 10",
        ),
        (
            "steps = [{ step = \"first_purchase\", minimum = -1 }]",
            (2, 47),
            "from 0",
        ),
    ]);
}

#[test]
fn refuses_what_makes_no_sense_together() {
    let with = |fields: &str| format!("{PURCHASE}{fields}");
    let sign_up = |fields: &str| format!("{NEWSLETTER}{fields}");
    let one_of_two =
        "steps = [{ step = \"newsletter\" }, { step = \"first_purchase\" }]\nneeds = 1\n";
    assert_refused(&[
        (
            &with("grace = \"PT25H\"\nhold = \"P1D\""),
            (3, 9),
            "longer than `hold`",
        ),
        (
            &with("hold = \"PT23H\""),
            (3, 8),
            "`referral.friends.grace`: longer than `hold`",
        ),
        (
            &with("grace = \"P29D\"\nhold = \"P1M\""),
            (3, 9),
            "longer than `hold`",
        ),
        ("", (1, 1), "`referral.friends.steps`: there is no step"),
        ("steps = []", (2, 9), "there is no step"),
        (&with("needs = 2"), (3, 9), "there are fewer steps"),
        (
            "steps = [{ step = \"newsletter\" }, { step = \"newsletter\" }]",
            (2, 44),
            "stands there twice",
        ),
        (
            "steps = [{ step = \"newsletter\" }, { step = \"every_purchase\" }]",
            (2, 44),
            "stands alone",
        ),
        (
            "steps = [{ step = \"newsletter\", minimum = 5 }]",
            (2, 19),
            "only purchases",
        ),
        (
            &with(
                "rewards = [{ role = \"friend\", points = 5 }, { role = \"friend\", points = 6 }]",
            ),
            (3, 54),
            "rewarded twice",
        ),
        (
            &with("rewards = [{ role = \"friend\", level = 2, points = 5 }]"),
            (3, 21),
            "only uplines",
        ),
        (
            &with("rewards = [{ role = \"friend\", points = 5, percent_bp = 5 }]"),
            (3, 21),
            "either",
        ),
        (
            &with("rewards = [{ role = \"friend\" }]"),
            (3, 21),
            "either",
        ),
        (
            &with(
                "levels = { basis_points = [100] }\nrewards = [{ role = \"advocate\", points = 5 }]",
            ),
            (4, 21),
            "`levels` reward the advocate",
        ),
        (
            &sign_up("levels = { basis_points = [100] }"),
            (3, 10),
            "levels share a purchase",
        ),
        (
            &sign_up("rewards = [{ role = \"friend\", percent_bp = 5 }]"),
            (3, 21),
            "need a purchase",
        ),
        (
            &sign_up("rewards = [{ role = \"upline\", points = 5 }]"),
            (3, 21),
            "need a purchase",
        ),
        (
            &format!("{one_of_two}rewards = [{{ role = \"friend\", percent_bp = 5 }}]"),
            (4, 21),
            "need a purchase",
        ),
        (
            &with("caps = { program = 499 }\nrewards = [{ role = \"friend\", points = 500 }]"),
            (4, 21),
            "above `caps.program`",
        ),
    ]);
}

#[test]
fn refuses_credit_vouchers_and_milestones_that_make_no_sense() {
    let with = |fields: &str| format!("{PURCHASE}{fields}");
    let advocate = "rewards = [{ role = \"advocate\", points = 5 }]\n";
    let shared = |fields: &str| with(&format!("{advocate}credit = \"linear\"\n{fields}"));
    let label = "x".repeat(65);
    let many = |count: i32| -> String {
        let one = |friends| format!("{{ friends = {friends}, points = 1 }}, ");
        (1..=count).map(one).collect()
    };
    assert_refused(&[
        (&with("credit = \"linear\""), (3, 10), "no reward of role"),
        (&with("credit = \"best\""), (3, 10), "\"best\" is unknown"),
        (
            &with("credit = \"time_decay\""),
            (3, 10),
            "needs a `half_life`",
        ),
        (
            &shared("half_life = \"P7D\""),
            (5, 13),
            "only credit = \"time_decay\"",
        ),
        (
            &with("half_life = \"P7D\""),
            (3, 13),
            "only credit = \"time_decay\"",
        ),
        (
            &with("credit = \"time_decay\"\nhalf_life = \"P1M\""),
            (4, 13),
            "without months",
        ),
        (
            &with("credit = \"time_decay\"\nhalf_life = \"PT0S\""),
            (4, 13),
            "without months",
        ),
        (
            &with("credit = \"first\"\nlevels = { basis_points = [100] }"),
            (4, 10),
            "remove the levels, or the credit",
        ),
        (
            &with(
                "credit = \"first\"\nrewards = [{ role = \"advocate\", points = 5 }, \
                 { role = \"upline\", points = 1 }]",
            ),
            (4, 56),
            "remove this upline",
        ),
        (
            &with(
                "credit = \"first\"\nrewards = [{ role = \"advocate\", points = 5, voucher = \"A\" }]",
            ),
            (4, 21),
            "cannot be shared",
        ),
        (
            &shared("milestones = [{ friends = 1, points = 1 }]"),
            (5, 14),
            "remove the milestones",
        ),
        (
            &with("rewards = [{ role = \"friend\", voucher = \"\" }]"),
            (3, 41),
            "1 to 64 bytes",
        ),
        (
            &with(&format!(
                "rewards = [{{ role = \"friend\", voucher = \"{label}\" }}]"
            )),
            (3, 41),
            "1 to 64 bytes",
        ),
        (
            &with("rewards = [{ role = \"friend\", points = 1, voucher_valid = \"P1D\" }]"),
            (3, 59),
            "there is no `voucher`",
        ),
        (
            &with("rewards = [{ role = \"friend\", voucher = \"A\", voucher_valid = \"P0D\" }]"),
            (3, 62),
            "valid for some time",
        ),
        (
            &with("milestones = [{ friends = 1, points = 1 }]"),
            (3, 14),
            "milestones count rewards",
        ),
        (
            &with(&format!(
                "{advocate}milestones = [{{ friends = 2, points = 1 }}, {{ friends = 2, points = 1 }}]"
            )),
            (4, 44),
            "put them in order",
        ),
        (
            &with(&format!("{advocate}milestones = [{{ friends = 2 }}]")),
            (4, 15),
            "`points` or a `voucher`",
        ),
        (
            &with(&format!("{advocate}milestones = [{{ points = 2 }}]")),
            (4, 15),
            "number of `friends`",
        ),
        (
            &with(&format!("{advocate}milestones = [{}]", many(17))),
            (4, 14),
            "at most 16 tables",
        ),
        (
            &with(&format!(
                "{advocate}caps = {{ program = 9 }}\nmilestones = [{{ friends = 2, points = 10 }}]"
            )),
            (5, 15),
            "above `caps.program`",
        ),
        (&with("outlier = 0"), (3, 11), "from 1"),
        (&with("outlier = \"much\""), (3, 11), "a whole number"),
    ]);
    let most = format!(
        "[referral.friends]\n{PURCHASE}{advocate}milestones = [{}]\n",
        many(16)
    );
    assert_eq!(
        Program::parse(&most).unwrap().referrals[0].milestones.len(),
        16
    );
}

#[test]
fn bounds_themselves_are_fine() {
    let fields = [
        &format!("levels = {{ basis_points = {:?} }}", [10; 10]),
        "grace = \"P28D\"\nhold = \"P1M\"",
        "caps = { program = 500 }\nrewards = [{ role = \"friend\", points = 500 }]",
        "levels = { basis_points = [100] }\nrewards = [{ role = \"friend\", percent_bp = 5 }]",
        "rewards = [{ role = \"upline\", level = 10, points = 5 }]",
        "velocity = { binds = 1000, within = \"P0D\" }\ndepth = 1_000_000",
    ];
    for fields in fields {
        let text = format!("[referral.friends]\n{PURCHASE}{fields}\n");
        let program = Program::parse(&text).unwrap();
        assert_eq!(
            Program::from_bytes(&program.to_bytes()),
            Ok(program),
            "{text}"
        );
    }
}

#[test]
fn a_program_has_at_most_64_of_them() {
    let of = |count: usize| -> String {
        let table = |number| format!("[referral.r{number}]\n{NEWSLETTER}");
        (0..count).map(table).collect()
    };
    assert_eq!(Program::parse(&of(64)).unwrap().referrals.len(), 64);
    let error = Program::parse(&of(65)).unwrap_err();
    assert_eq!((error.line, error.column), (129, 11), "{error}");
    assert!(
        error.message.contains("at most 64 referral programs"),
        "{error}"
    );
}

#[test]
fn the_compiled_form_is_the_fourth_part() {
    let plain = Program::default().to_bytes();
    let bytes = Program::parse(LEAST).unwrap().to_bytes();
    assert_eq!((plain[0], bytes[0]), (1, 4));
    // Pending by its period, nothing excluded, a point is worth a cent, block, unlimited, debt, no proof.
    let mut expected = vec![0, 0, 0];
    expected.extend([1_i64, 1].map(i64::to_le_bytes).concat());
    expected.push(0);
    expected.extend((-1_i64).to_le_bytes());
    expected.push(0);
    expected.extend((-1_i64).to_le_bytes());
    expected.extend([1, 7]);
    expected.extend(b"friends");
    expected.push(0);
    for (days, seconds) in [
        (30, 0),
        (30, 0),
        (30, 0),
        (30, 0),
        (0, 86_400),
        (14, 0),
        (90, 0),
        (30, 0),
    ] {
        expected.extend([0_u32, days, seconds].map(u32::to_le_bytes).concat());
    }
    expected.extend([0, 1, 0, 0, 0]);
    expected.extend(0_i64.to_le_bytes());
    expected.extend(1_000_000_i64.to_le_bytes());
    expected.extend([0, 0]);
    expected.extend(0_i64.to_le_bytes());
    expected.extend([0, 1, 2, 1, 0]);
    expected.extend([-1_i64; 3].map(i64::to_le_bytes).concat());
    expected.push(0);
    assert_eq!(bytes[1..plain.len()], plain[1..]);
    assert_eq!(bytes[plain.len()..], expected);
}

#[test]
fn later_settings_are_the_fifth_part() {
    let parts = |setting: &str| {
        let text = format!("{LEAST}rewards = [{{ role = \"advocate\", points = 5 }}]\n{setting}");
        Program::parse(&text).unwrap().to_bytes()
    };
    let (plain, credit) = (parts(""), parts("credit = \"linear\""));
    assert_eq!((plain[0], credit[0]), (4, 5));
    assert_eq!(credit[1..plain.len()], plain[1..]);
    let mut expected = vec![4];
    expected.extend([0_u32, 30, 0].map(u32::to_le_bytes).concat());
    expected.extend((-1_i64).to_le_bytes());
    expected.extend([0, 0]);
    assert_eq!(credit[plain.len()..], expected);
}

#[test]
fn rules_that_are_off_are_the_sixth_part() {
    let parts = |setting: &str| {
        let text = format!("{LEAST}{setting}");
        Program::parse(&text).unwrap().to_bytes()
    };
    let fifth = parts("outlier = 7");
    let sixth = parts("outlier = 7\nrules_off = [\"RING\", \"RETURNING\"]");
    assert_eq!((fifth[0], sixth[0]), (5, 6));
    assert_eq!(sixth[1..fifth.len()], fifth[1..]);
    assert_eq!(sixth[fifth.len()..], [0b1001]);
    for wrong in [0, 0x80] {
        let mut bytes = sixth.clone();
        *bytes.last_mut().expect("there are bytes") = wrong;
        let refused = Program::from_bytes(&bytes);
        assert!(
            matches!(refused, Err(CompiledError::Damaged(_))),
            "{refused:?}"
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

fn any_period() -> impl Strategy<Value = Period> {
    (0..=1_200_u32, 0..=36_525_u32, 0..=3_000_000_000_u32).prop_map(|(months, days, seconds)| {
        Period {
            months,
            days,
            seconds,
        }
    })
}

fn any_choice<T: Copy + std::fmt::Debug + 'static>(
    all: &'static [(&'static str, T)],
) -> impl Strategy<Value = T> {
    prop::sample::select(all).prop_map(|(_, choice)| choice)
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    let minimum = 0..=1_i64 << 53;
    let every = minimum
        .clone()
        .prop_map(|minimum| vec![Step::EveryPurchase { minimum }]);
    let events = prop::collection::btree_set("[a-zé]{1,20}", 0..4);
    let several =
        (minimum, events, any::<(bool, bool)>()).prop_map(|(minimum, events, (news, claim))| {
            let mut steps: Vec<_> = events.into_iter().map(Step::Event).collect();
            steps.push(Step::FirstPurchase { minimum });
            steps.extend(news.then_some(Step::Newsletter));
            steps.extend(claim.then_some(Step::DiscountClaim));
            steps
        });
    prop_oneof![every, several]
}

fn any_amount() -> impl Strategy<Value = RewardAmount> {
    let parts = (1..=ReferralRules::MOST_BASIS_POINTS).prop_map(RewardAmount::BasisPoints);
    prop_oneof![(1..=1_000_000_i64).prop_map(RewardAmount::Points), parts]
}

fn any_voucher() -> impl Strategy<Value = Option<VoucherRule>> {
    let valid = prop::option::of((1..1_000_u32).prop_map(Period::of_days));
    let rule = ("[A-Zé]{1,20}", valid).prop_map(|(label, valid)| VoucherRule { label, valid });
    prop::option::of(rule)
}

fn any_credit() -> impl Strategy<Value = Credit> {
    let plain = any_choice(&Credit::PLAIN);
    let decay =
        (1..=1_u64 << 40).prop_map(|micros| Credit::TimeDecay(NonZeroU64::new(micros).unwrap()));
    prop_oneof![plain, decay]
}

fn any_milestones() -> impl Strategy<Value = Vec<Milestone>> {
    let one = (1..=1_000_000_i64, any_voucher());
    prop::collection::btree_map(1..=ReferralRules::MOST_FRIENDS, one, 0..4).prop_map(|all| {
        let milestone = |(friends, (points, voucher))| Milestone {
            friends,
            points,
            voucher,
        };
        all.into_iter().map(milestone).collect()
    })
}

/// Rewards in the order of their roles and no levels, or levels beside the friend's reward at most.
fn any_rewards() -> impl Strategy<Value = (Vec<RewardRule>, Vec<u32>)> {
    let role = prop_oneof![
        Just(Role::Advocate),
        Just(Role::Friend),
        (2..=10_u8).prop_map(Role::Upline)
    ];
    let listed = |rewards: std::collections::BTreeMap<Role, (RewardAmount, _)>| -> Vec<RewardRule> {
        let rewards = rewards.into_iter();
        rewards
            .map(|(role, (amount, voucher))| RewardRule {
                role,
                amount,
                voucher,
            })
            .collect()
    };
    let amount = || (any_amount(), any_voucher());
    let roles = prop::collection::btree_map(role, amount(), 0..6);
    let alone = roles.prop_map(move |rewards| (listed(rewards), Vec::new()));
    let friend = prop::collection::btree_map(Just(Role::Friend), amount(), 0..2);
    let parts = prop::collection::vec(1..=ReferralRules::MOST_BASIS_POINTS, 1..=10);
    let levels = (friend, parts).prop_map(move |(rewards, levels)| (listed(rewards), levels));
    prop_oneof![alone, levels]
}

fn any_caps() -> impl Strategy<Value = Caps> {
    let cap = || prop::option::of(0..=1_i64 << 53);
    (cap(), cap(), prop::option::of(1_000_000..=1_i64 << 53)).prop_map(
        |(advocate, advocate_month, program)| Caps {
            advocate,
            advocate_month,
            program,
        },
    )
}

fn any_rules() -> impl Strategy<Value = ReferralRules> {
    let choices = (
        any_choice(&Attribution::ALL),
        any_choice(&Graph::ALL),
        any_choice(&Vest::ALL),
        any_choice(&RewardShortfall::ALL),
    );
    let flags = any::<(bool, bool, bool)>();
    let maybe = || prop::option::of(any_period());
    let periods = (any_period(), any_period(), any_period(), any_period());
    let windows = prop::array::uniform5(any_period()).prop_map(Windows);
    let velocity = prop::option::of((1..=1_000_u16, any_period()));
    let velocity =
        velocity.prop_map(|found| found.map(|(binds, within)| Velocity { binds, within }));
    let lists = (any_steps(), any_rewards(), any_caps());
    let limits = (velocity, maybe(), maybe(), 0..=1_000_000_u32);
    let outlier = prop::option::of(1..=1_i64 << 53);
    let off = prop::sample::subsequence(FraudRule::ALL.to_vec(), 0..=FraudRule::ALL.len());
    let off = off.prop_map(|rules| {
        let rules: Vec<FraudRule> = rules.into_iter().map(|(_, rule)| rule).collect();
        self::off(&rules)
    });
    let later = (
        prop::option::of(any_credit()),
        any_milestones(),
        outlier,
        off,
    );
    (choices, flags, periods, windows, limits, lists, later).prop_map(
        |(
            choices,
            flags,
            (one, other, deadline, review_by),
            windows,
            limits,
            (steps, (rewards, levels), caps),
            (credit, milestones, outlier, rules_off),
        )| {
            let shortest = |period: &Period| {
                let days = u64::from(period.months) * 28 + u64::from(period.days);
                days * 86_400 + u64::from(period.seconds)
            };
            let (grace, hold) = if shortest(&one) <= shortest(&other) {
                (one, other)
            } else {
                (other, one)
            };
            let advocate = rewards.iter().find(|one| one.role == Role::Advocate);
            let has_upline = rewards
                .iter()
                .any(|one| matches!(one.role, Role::Upline(_)));
            let shares = advocate.is_some_and(|one| one.voucher.is_none()) && !has_upline;
            let credit = credit.filter(|_| shares && levels.is_empty());
            let counts = (advocate.is_some() || !levels.is_empty()) && credit.is_none();
            ReferralRules {
                name: String::new(),
                attribution: choices.0,
                credit,
                windows,
                grace,
                hold,
                clawback: limits.1,
                deadline,
                friend_must_be_new: flags.0,
                friend_not_enrolled: flags.1,
                graph: choices.1,
                depth: limits.3,
                touches: limits.3.max(1),
                very_first_only: flags.2,
                vest: choices.2,
                review_by,
                shortfall: choices.3,
                velocity: limits.0,
                too_fast: limits.2,
                outlier,
                rules_off,
                needs: u8::try_from(steps.len()).unwrap(),
                steps,
                rewards,
                caps,
                levels,
                milestones: if counts { milestones } else { Vec::new() },
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_compiled_form_gives_the_program_back(
        rules in prop::collection::btree_map("[A-Za-z][A-Za-z0-9_-]{0,20}", any_rules(), 1..4),
        verify_above in prop::option::of(0..=1_i64 << 53),
    ) {
        let named = |(name, rules): (String, ReferralRules)| ReferralRules { name, ..rules };
        let mut program = Program { referrals: rules.into_iter().map(named).collect(), ..Program::default() };
        program.partners.verify_above = verify_above;
        let bytes = program.to_bytes();
        let decoded = Program::from_bytes(&bytes).unwrap();
        prop_assert_eq!(decoded.to_bytes(), bytes);
        prop_assert_eq!(decoded, program);
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_inside_it(
        start in 0..WHOLE.len(),
        length in 0..40_usize,
        inserted in "[ -~äé\n]{0,12}",
    ) {
        let end = (start + length).min(WHOLE.len());
        let text = [&WHOLE[..start], inserted.as_str(), &WHOLE[end..]].concat();
        match Program::parse(&text) {
            Ok(program) => prop_assert_eq!(Program::from_bytes(&program.to_bytes()), Ok(program)),
            Err(error) => {
                let line = text.split('\n').nth(error.line - 1);
                prop_assert!(line.is_some(), "{} in\n{}", error, text);
                prop_assert!(error.column <= line.unwrap().chars().count() + 1, "{} in\n{}", error, text);
            }
        }
    }
}
