//! From TOML to the rules of referral programs.

use std::num::NonZeroU64;
use std::ops::{Range, RangeInclusive};

use toml::de::DeValue;

use super::super::fields::{Fields, Known};
use super::super::{Currency, Period, ProgramError};
use super::sense::Nonsense;
use super::{
    Attribution, Caps, Credit, FraudRule, FraudRules, Graph, Method, Milestone, ReferralRules,
    RewardAmount, RewardRule, RewardShortfall, Role, Step, Velocity, Vest, VoucherRule, Windows,
};
use crate::ledger::bounds::REQUEST_POINTS;

const REFERRAL: Known = Known {
    now: &[
        "attribution",
        "credit",
        "half_life",
        "window",
        "windows",
        "grace",
        "hold",
        "clawback",
        "deadline",
        "friend_must_be_new",
        "friend_not_enrolled",
        "graph",
        "depth",
        "touches",
        "very_first_only",
        "vest",
        "review_by",
        "shortfall",
        "velocity",
        "too_fast",
        "outlier",
        "rules_off",
        "steps",
        "needs",
        "rewards",
        "caps",
        "levels",
        "milestones",
    ],
    later: &[],
};
const WINDOWS: Known = Known {
    now: &["code", "coupon", "click", "invite", "direct"],
    later: &[],
};
const VELOCITY: Known = Known {
    now: &["binds", "within"],
    later: &[],
};
const STEP: Known = Known {
    now: &["step", "minimum"],
    later: &[],
};
const REWARD: Known = Known {
    now: &[
        "role",
        "level",
        "points",
        "percent_bp",
        "voucher",
        "voucher_valid",
    ],
    later: &[],
};
const MILESTONE: Known = Known {
    now: &["friends", "points", "voucher", "voucher_valid"],
    later: &[],
};
const CAPS: Known = Known {
    now: &["advocate", "advocate_month", "program"],
    later: &[],
};
const LEVELS: Known = Known {
    now: &["basis_points"],
    later: &[],
};
const BASIS_POINTS: RangeInclusive<i64> = 1..=ReferralRules::MOST_BASIS_POINTS as i64;

/// Where the items of the lists stand.
struct Places {
    steps: Vec<Range<usize>>,
    rewards: Vec<Range<usize>>,
    milestones: Vec<Range<usize>>,
}

/// The referral programs of a file, in order of their names.
pub(in super::super) fn referrals<'a>(
    text: &'a str,
    top: &Fields<'a>,
) -> Result<Vec<ReferralRules>, ProgramError> {
    let Some((span, table)) = top.table("referral")? else {
        return Ok(Vec::new());
    };
    let fields = Fields::open_any(text, "referral", span, table);
    let mut referrals = Vec::new();
    for (key, value) in fields.in_file_order() {
        let name: &'a str = key.get_ref().as_ref();
        let refused = |message: String| Err(ProgramError::at(text, &key.span(), message));
        if !Currency::is_name(name) {
            return refused(format!(
                "{name:?} cannot name a referral program; use a letter, then letters, digits, `_` and `-`, \
                 at most {} in all",
                Currency::LONGEST_NAME
            ));
        }
        if referrals.len() == ReferralRules::MOST {
            return refused(format!(
                "a ledger has at most {} referral programs; remove some",
                ReferralRules::MOST
            ));
        }
        let DeValue::Table(table) = value.get_ref() else {
            return Err(fields.wrong_type(name, &value.span(), "a table", value.get_ref()));
        };
        let path = fields.path(name);
        let fields = Fields::open(text, &path, value.span(), table, &REFERRAL)?;
        referrals.push(rules(text, name, &fields)?);
    }
    referrals.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(referrals)
}

fn rules(text: &str, name: &str, fields: &Fields<'_>) -> Result<ReferralRules, ProgramError> {
    let default = ReferralRules::named(name);
    let (steps, step_places) = steps(text, fields)?;
    let (rewards, reward_places) = rewards(text, fields)?;
    let (milestones, milestone_places) = milestones(text, fields)?;
    let needs = fields.integer("needs", 1..=ReferralRules::MOST_STEPS as i64)?;
    let needs = needs.and_then(|needs| usize::try_from(needs).ok());
    let depth = fields.integer("depth", 0..=i64::from(ReferralRules::MOST_DEPTH))?;
    let touches = fields.integer("touches", 1..=i64::from(ReferralRules::MOST_TOUCHES))?;
    let flag = |field, default| Ok(fields.boolean(field)?.unwrap_or(default));
    let rules = ReferralRules {
        attribution: choice(fields, "attribution", &Attribution::ALL)?,
        credit: credit(fields)?,
        windows: windows(text, fields, default.windows)?,
        grace: maybe_period(fields, "grace")?.unwrap_or(default.grace),
        hold: maybe_period(fields, "hold")?.unwrap_or(default.hold),
        clawback: maybe_period(fields, "clawback")?,
        deadline: maybe_period(fields, "deadline")?.unwrap_or(default.deadline),
        friend_must_be_new: flag("friend_must_be_new", default.friend_must_be_new)?,
        friend_not_enrolled: flag("friend_not_enrolled", default.friend_not_enrolled)?,
        graph: choice(fields, "graph", &Graph::ALL)?,
        depth: depth.map_or(default.depth, bounded),
        touches: touches.map_or(default.touches, bounded),
        very_first_only: flag("very_first_only", default.very_first_only)?,
        vest: choice(fields, "vest", &Vest::ALL)?,
        review_by: maybe_period(fields, "review_by")?.unwrap_or(default.review_by),
        shortfall: choice(fields, "shortfall", &RewardShortfall::ALL)?,
        velocity: velocity(text, fields)?,
        too_fast: maybe_period(fields, "too_fast")?,
        outlier: fields.integer("outlier", 1..=REQUEST_POINTS)?,
        rules_off: rules_off(fields)?,
        needs: bounded(needs.unwrap_or(steps.len())),
        steps,
        rewards,
        caps: caps(text, fields)?,
        levels: levels(text, fields)?,
        milestones,
        name: default.name,
    };
    let places = Places {
        steps: step_places,
        rewards: reward_places,
        milestones: milestone_places,
    };
    match rules.nonsense() {
        None => Ok(rules),
        Some(nonsense) => Err(told(text, fields, &places, nonsense)),
    }
}

/// A number that was checked to be within bounds.
fn bounded<T: TryFrom<U>, U>(number: U) -> T {
    let number = T::try_from(number).ok();
    number.expect("the bounds of a field fit its type")
}

/// The choice of a field, or the first of all.
fn choice<T: Copy>(fields: &Fields<'_>, field: &str, all: &[(&str, T)]) -> Result<T, ProgramError> {
    match fields.string(field)? {
        None => Ok(all[0].1),
        Some(name) => name.choose(all, &[]),
    }
}

fn maybe_period(fields: &Fields<'_>, field: &str) -> Result<Option<Period>, ProgramError> {
    let period = fields.period(field)?;
    Ok(period.map(|period| period.value))
}

fn rules_off(fields: &Fields<'_>) -> Result<FraudRules, ProgramError> {
    let mut off = FraudRules::default();
    for name in fields.strings("rules_off", FraudRule::ALL.len())? {
        let rule = name.choose(&FraudRule::ALL, &[])?;
        if off.has(rule) {
            return Err(name.error(format!("{:?} stands there twice; remove one", name.value)));
        }
        off = off.with(rule);
    }
    Ok(off)
}

fn credit(fields: &Fields<'_>) -> Result<Option<Credit>, ProgramError> {
    let half_life = fields.period("half_life")?;
    let name = fields.string("credit")?;
    let decays = name
        .as_ref()
        .is_some_and(|name| name.value == Credit::TIME_DECAY);
    match (name, half_life) {
        (Some(_), Some(half_life)) if decays => {
            let micros = half_life.value.exact_micros();
            let micros = micros.and_then(|micros| u64::try_from(micros).ok());
            let micros = micros.and_then(NonZeroU64::new);
            let decay = micros.map(Credit::TimeDecay);
            let wrong =
                || half_life.error("give a time without months and years, from \"PT1S\" on");
            decay.ok_or_else(wrong).map(Some)
        }
        (Some(name), None) if decays => {
            Err(name.error("a decay with time needs a `half_life`; write one like \"P7D\""))
        }
        (_, Some(half_life)) => {
            Err(half_life.error("only credit = \"time_decay\" has a half-life; remove it"))
        }
        (name, None) => name
            .map(|name| {
                let mut all = Credit::PLAIN.to_vec();
                // Named among the choices; it has been handled above.
                all.push((Credit::TIME_DECAY, Credit::Linear));
                name.choose(&all, &[])
            })
            .transpose(),
    }
}

fn windows(text: &str, fields: &Fields<'_>, default: Windows) -> Result<Windows, ProgramError> {
    let mut windows = match maybe_period(fields, "window")? {
        None => default,
        Some(window) => Windows([window; Method::ALL.len()]),
    };
    let Some((span, table)) = fields.table("windows")? else {
        return Ok(windows);
    };
    let path = fields.path("windows");
    let own = Fields::open(text, &path, span, table, &WINDOWS)?;
    for ((name, _), window) in Method::ALL.iter().zip(&mut windows.0) {
        *window = maybe_period(&own, name)?.unwrap_or(*window);
    }
    if maybe_period(&own, "direct")?.is_none() {
        windows.0[Method::Direct as usize] = windows.of(Method::Click);
    }
    Ok(windows)
}

fn velocity(text: &str, fields: &Fields<'_>) -> Result<Option<Velocity>, ProgramError> {
    let Some((span, table)) = fields.table("velocity")? else {
        return Ok(None);
    };
    let path = fields.path("velocity");
    let own = Fields::open(text, &path, span, table, &VELOCITY)?;
    let binds = own.integer("binds", 1..=i64::from(Velocity::MOST_BINDS))?;
    let (Some(binds), Some(within)) = (binds, maybe_period(&own, "within")?) else {
        let message = format!("`{path}` has two fields; write {{ binds = 5, within = \"P1D\" }}");
        return Err(own.error(message));
    };
    let binds = bounded(binds);
    Ok(Some(Velocity { binds, within }))
}

type Listed<T> = (Vec<T>, Vec<Range<usize>>);

fn steps(text: &str, fields: &Fields<'_>) -> Result<Listed<Step>, ProgramError> {
    let path = fields.path("steps");
    let tables = fields.tables("steps", ReferralRules::MOST_STEPS)?;
    let (mut steps, mut places) = (Vec::new(), Vec::new());
    for (span, table) in tables {
        let (step, place) = step(&Fields::open(text, &path, span, table, &STEP)?)?;
        steps.push(step);
        places.push(place);
    }
    Ok((steps, places))
}

fn step(fields: &Fields<'_>) -> Result<(Step, Range<usize>), ProgramError> {
    let Some(name) = fields.string("step")? else {
        let path = fields.path("step");
        return Err(fields.error(format!(
            "`{path}` is missing; write one like step = \"first_purchase\""
        )));
    };
    let minimum = fields.integer("minimum", 0..=REQUEST_POINTS)?;
    let least = minimum.unwrap_or(0);
    let step = match name.value {
        "first_purchase" => Step::FirstPurchase { minimum: least },
        "every_purchase" => Step::EveryPurchase { minimum: least },
        "newsletter" => Step::Newsletter,
        "discount_claim" => Step::DiscountClaim,
        other => match other.strip_prefix(Step::EVENT) {
            Some(event) if (1..=Step::LONGEST_EVENT).contains(&event.len()) => {
                Step::Event(event.to_owned())
            }
            Some(_) => return Err(name.error("the name of an event has 1 to 64 bytes")),
            None => {
                return Err(name.error(format!(
                    "{other:?} is unknown; write \"first_purchase\" or \"every_purchase\" or \"newsletter\" or \
                     \"discount_claim\" or \"event:…\""
                )));
            }
        },
    };
    if minimum.is_some() && step.minimum().is_none() {
        return Err(name.error("only purchases have a `minimum`; remove it"));
    }
    Ok((step, name.span))
}

/// The rewards in the order in which roles are decided.
fn rewards(text: &str, fields: &Fields<'_>) -> Result<Listed<RewardRule>, ProgramError> {
    let path = fields.path("rewards");
    let most = ReferralRules::MOST_LEVELS + 1;
    let mut rewards = Vec::new();
    for (span, table) in fields.tables("rewards", most)? {
        rewards.push(reward(&Fields::open(text, &path, span, table, &REWARD)?)?);
    }
    rewards.sort_by_key(|(reward, _)| reward.role);
    Ok(rewards.into_iter().unzip())
}

fn reward(fields: &Fields<'_>) -> Result<(RewardRule, Range<usize>), ProgramError> {
    let roles = [
        ("advocate", Role::Advocate),
        ("friend", Role::Friend),
        ("upline", Role::Upline(2)),
    ];
    let Some(name) = fields.string("role")? else {
        let path = fields.path("role");
        return Err(fields.error(format!(
            "`{path}` is missing; write one like role = \"advocate\""
        )));
    };
    let role = name.choose(&roles, &[])?;
    let level = fields.integer("level", 2..=ReferralRules::MOST_LEVELS as i64)?;
    let role = match (role, level) {
        (role, None) => role,
        (Role::Upline(_), Some(level)) => Role::Upline(bounded(level)),
        _ => return Err(name.error("only uplines have a `level`; remove it")),
    };
    let points = fields.integer("points", 1..=REQUEST_POINTS)?;
    let voucher = voucher(fields)?;
    let amount = match (points, fields.integer("percent_bp", BASIS_POINTS)?) {
        (Some(points), None) => RewardAmount::Points(points),
        (None, Some(part)) => RewardAmount::BasisPoints(bounded(part)),
        (None, None) if voucher.is_some() => RewardAmount::Points(0),
        _ => {
            return Err(name.error(
                "a reward is either `points` or `percent_bp`, or a `voucher`; write one of them",
            ));
        }
    };
    let rule = RewardRule {
        role,
        amount,
        voucher,
    };
    Ok((rule, name.span))
}

fn voucher(fields: &Fields<'_>) -> Result<Option<VoucherRule>, ProgramError> {
    let valid = fields.period("voucher_valid")?;
    let Some(label) = fields.string("voucher")? else {
        return match valid {
            None => Ok(None),
            Some(valid) => Err(valid.error("there is no `voucher`; write one, or remove this")),
        };
    };
    if !(1..=VoucherRule::LONGEST_LABEL).contains(&label.value.len()) {
        return Err(label.error("what a voucher is good for has 1 to 64 bytes"));
    }
    if let Some(valid) = valid.as_ref().filter(|valid| valid.value.is_zero()) {
        return Err(valid.error("a voucher is valid for some time; write more"));
    }
    Ok(Some(VoucherRule {
        label: label.value.to_owned(),
        valid: valid.map(|valid| valid.value),
    }))
}

fn milestones(text: &str, fields: &Fields<'_>) -> Result<Listed<Milestone>, ProgramError> {
    let path = fields.path("milestones");
    let (mut milestones, mut places) = (Vec::new(), Vec::new());
    for (span, table) in fields.tables("milestones", ReferralRules::MOST_MILESTONES)? {
        let own = Fields::open(text, &path, span.clone(), table, &MILESTONE)?;
        let friends = own.integer("friends", 1..=i64::from(ReferralRules::MOST_FRIENDS))?;
        let points = own.integer("points", 1..=REQUEST_POINTS)?;
        let voucher = voucher(&own)?;
        let (Some(friends), true) = (friends, points.is_some() || voucher.is_some()) else {
            let message = format!(
                "`{path}` needs a number of `friends`, and `points` or a `voucher` for them"
            );
            return Err(own.error(message));
        };
        milestones.push(Milestone {
            friends: bounded(friends),
            points: points.unwrap_or(0),
            voucher,
        });
        places.push(span);
    }
    Ok((milestones, places))
}

fn caps(text: &str, fields: &Fields<'_>) -> Result<Caps, ProgramError> {
    let Some((span, table)) = fields.table("caps")? else {
        return Ok(Caps::default());
    };
    let path = fields.path("caps");
    let own = Fields::open(text, &path, span, table, &CAPS)?;
    let cap = |field| own.integer(field, 0..=REQUEST_POINTS);
    Ok(Caps {
        advocate: cap("advocate")?,
        advocate_month: cap("advocate_month")?,
        program: cap("program")?,
    })
}

fn levels(text: &str, fields: &Fields<'_>) -> Result<Vec<u32>, ProgramError> {
    let Some((span, table)) = fields.table("levels")? else {
        return Ok(Vec::new());
    };
    let path = fields.path("levels");
    let own = Fields::open(text, &path, span, table, &LEVELS)?;
    let parts = own.integers("basis_points", ReferralRules::MOST_LEVELS, &BASIS_POINTS)?;
    Ok(parts.into_iter().map(bounded).collect())
}

/// What makes no sense, at its place in the file.
fn told(text: &str, fields: &Fields<'_>, places: &Places, nonsense: Nonsense) -> ProgramError {
    let field = nonsense.field();
    let message = format!("`{}`: {nonsense}", fields.path(field));
    let place = match nonsense {
        Nonsense::StepTwice(place) | Nonsense::EveryPurchaseAmongOthers(place) => {
            places.steps.get(place).cloned()
        }
        Nonsense::RoleTwice(place)
        | Nonsense::RewardOfNothing(place)
        | Nonsense::RewardBesideLevels(place)
        | Nonsense::RewardWithoutPurchase(place)
        | Nonsense::UplineBesideCredit(place)
        | Nonsense::VoucherBesideCredit(place)
        | Nonsense::RewardAboveBudget(place) => places.rewards.get(place).cloned(),
        Nonsense::MilestonesDoNotRise(place) | Nonsense::MilestoneAboveBudget(place) => {
            places.milestones.get(place).cloned()
        }
        Nonsense::GraceAboveHold => {
            let written = fields.value(field).or_else(|| fields.value("hold"));
            written.map(|(span, _)| span)
        }
        Nonsense::NoStep
        | Nonsense::NeedsAboveSteps
        | Nonsense::LevelsWithoutPurchase
        | Nonsense::LevelsBesideCredit
        | Nonsense::CreditWithoutReward
        | Nonsense::MilestonesBesideCredit
        | Nonsense::MilestonesWithoutReward => fields.value(field).map(|(span, _)| span),
    };
    match place {
        None => fields.error(message),
        Some(place) => ProgramError::at(text, &place, message),
    }
}
