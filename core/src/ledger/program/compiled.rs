//! The compiled program, byte for byte as the journal keeps it.
//!
//! Little-endian; a text is its length in one byte, then UTF-8; a period is months, days, seconds, each u32.
//!
//! ```text
//! version   u8: 1, or 2 if anything needs the second part or a choice marked *, or 3 to 6 if it needs that part
//! zone      text
//! count     u8, then per currency, in order of ids:
//!           name text · scale u8 · pending period · draw order u8 (0 fefo, 1 fifo, 2 lifo)
//!           expiry u8 (0 never, 1 rolling, 2* fixed, 3* sliding); if rolling: period · rounding u8 (0 none, 1 month …
//!           4 year); if fixed: least period · count u8 · per day month u8, day u8; if sliding: period
//! earning   currency u8 · points i64 · per minor units i64 · money 3 letters
//! reversal  shortfall u8 (0 debt, 1* clamp … 4* pending only) · restore u8 (0 original, 1 grace, 2* reissue) · grace
//!           period
//! time      future i64 · past i64, microseconds, −1 unlimited
//! holds     default i64 · longest i64, microseconds
//!
//! second part, from version 2 on:
//! pending   per currency u8: 0 by its period, 1 on an event (its period is zero)
//! excluded  count u8, then texts
//! spending  currency u8 · points i64 · minor units i64
//! transfer  u8 (0 block, 1 debt)
//! offline   floor limit i64, −1 unlimited · overdraft u8 (0 debt, 1 decline to merchant)
//!
//! third part, from version 3 on:
//! partners  verify above i64, −1 unlimited (from version 4 on)
//!
//! fourth, fifth and sixth part, from version 4, 5 and 6 on:
//! referral  see referral/compiled.rs
//! ```

use thiserror::Error;

use super::super::bounds::REQUEST_POINTS;
use super::bytes::{Reader, Writer, require};
use super::{
    Currency, DrawOrder, EarnRule, ExpiryPolicy, FixedDates, HoldBounds, Money, OfflineRules,
    Overdraft, PartnerRules, Pending, Period, Program, Restore, ReversalRules, Rounding, Shortfall,
    SpendRule, TimeBounds, TransferShortfall, referral,
};

/// Why bytes are no compiled program of this version.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CompiledError {
    #[error(
        "the program is compiled as version {0}, this release reads up to version {SIXTH}; use a newer release"
    )]
    UnknownVersion(u8),
    #[error(
        "the compiled program is damaged at {0}; verify the journal and restore it from a backup"
    )]
    Damaged(&'static str),
}

const FIRST: u8 = 1;
const SECOND: u8 = 2;
const THIRD: u8 = 3;
const FOURTH: u8 = 4;
const FIFTH: u8 = 5;
const SIXTH: u8 = 6;
const LONGEST_ZONE: usize = 255;

/// The bytes of a program.
pub(super) fn encode(program: &Program) -> Vec<u8> {
    let version = version_of(program);
    let mut writer = Writer(vec![version]);
    writer.text(&program.zone);
    writer.length(program.currencies.len());
    for currency in &program.currencies {
        writer.currency(currency);
    }
    let earning = &program.earning;
    writer.byte(earning.currency);
    writer.number(earning.points);
    writer.number(earning.per_minor_units);
    writer.0.extend_from_slice(&earning.money.bytes());
    writer.byte(program.reversal.shortfall as u8);
    writer.byte(program.reversal.restore as u8);
    writer.period(program.reversal.grace);
    writer.bound(program.time.future_micros);
    writer.bound(program.time.past_micros);
    writer.number(program.holds.default_micros);
    writer.number(program.holds.longest_micros);
    if version >= SECOND {
        writer.second_part(program);
    }
    if version >= THIRD {
        writer.bound(program.partners.verify_above);
    }
    if version >= FOURTH {
        referral::write(&mut writer, &program.referrals);
    }
    if version >= FIFTH {
        referral::write_later(&mut writer, &program.referrals);
    }
    if version == SIXTH {
        referral::write_rules_off(&mut writer, &program.referrals);
    }
    writer.0
}

/// The version of the compiled form that a program needs.
fn version_of(program: &Program) -> u8 {
    let plain = |currency: &Currency| {
        currency.pending != Pending::OnEvent
            && matches!(
                currency.expiry,
                ExpiryPolicy::Never | ExpiryPolicy::Rolling { .. }
            )
    };
    let reversal = &program.reversal;
    let usual = SpendRule {
        currency: program.earning.currency,
        ..SpendRule::default()
    };
    let first = program.currencies.iter().all(plain)
        && program.earning.exclude.is_empty()
        && program.spending == usual
        && reversal.shortfall == Shortfall::Debt
        && reversal.restore != Restore::Reissue
        && reversal.transfer == TransferShortfall::Block
        && program.offline == OfflineRules::default();
    if program.referrals.iter().any(referral::has_rules_off) {
        SIXTH
    } else if program.referrals.iter().any(referral::has_later_settings) {
        FIFTH
    } else if !program.referrals.is_empty() {
        FOURTH
    } else if program.partners.verify_above.is_some() {
        THIRD
    } else if first {
        FIRST
    } else {
        SECOND
    }
}

/// The program of bytes that `encode` wrote; anything else is refused.
pub(super) fn decode(bytes: &[u8]) -> Result<Program, CompiledError> {
    let mut reader = Reader(bytes);
    let version = reader.byte("version")?;
    if !(FIRST..=SIXTH).contains(&version) {
        return Err(CompiledError::UnknownVersion(version));
    }
    let zone = reader.text("zone", LONGEST_ZONE)?;
    let currencies = reader.currencies()?;
    let earning = reader.earning(currencies.len())?;
    let mut program = Program {
        zone,
        spending: SpendRule {
            currency: earning.currency,
            ..SpendRule::default()
        },
        earning,
        currencies,
        reversal: reader.reversal()?,
        time: TimeBounds {
            future_micros: reader.bound("future bound")?,
            past_micros: reader.bound("past bound")?,
        },
        holds: reader.holds()?,
        offline: OfflineRules::default(),
        partners: PartnerRules::default(),
        referrals: Vec::new(),
    };
    if version >= SECOND {
        reader.second_part(&mut program)?;
    }
    if version >= THIRD {
        let verify_above = reader.bound("points to verify")?;
        let fits = verify_above.is_none_or(|points| points <= REQUEST_POINTS);
        require(fits, "points to verify")?;
        program.partners.verify_above = verify_above;
    }
    if version >= FOURTH {
        program.referrals = referral::read(&mut reader)?;
    }
    if version >= FIFTH {
        referral::read_later(&mut reader, &mut program.referrals)?;
    }
    if version == SIXTH {
        referral::read_rules_off(&mut reader, &mut program.referrals)?;
    }
    referral::require_sense(&program.referrals)?;
    require(version_of(&program) == version, "version")?;
    if reader.0.is_empty() {
        Ok(program)
    } else {
        Err(CompiledError::Damaged("the end"))
    }
}

impl Writer {
    fn currency(&mut self, currency: &Currency) {
        self.text(&currency.name);
        self.byte(currency.scale);
        self.period(match currency.pending {
            Pending::After(period) => period,
            Pending::OnEvent => Period::ZERO,
        });
        self.byte(match currency.draw_order {
            DrawOrder::Fefo => 0,
            DrawOrder::Fifo => 1,
            DrawOrder::Lifo => 2,
        });
        match currency.expiry {
            ExpiryPolicy::Never => self.byte(0),
            ExpiryPolicy::Rolling {
                period,
                round_up_to,
            } => {
                self.byte(1);
                self.period(period);
                self.byte(match round_up_to {
                    None => 0,
                    Some(Rounding::Month) => 1,
                    Some(Rounding::Quarter) => 2,
                    Some(Rounding::HalfYear) => 3,
                    Some(Rounding::Year) => 4,
                });
            }
            ExpiryPolicy::Fixed(dates) => {
                self.byte(2);
                self.period(dates.min_valid);
                self.length(dates.days().len());
                for (month, day) in dates.days() {
                    self.byte(*month);
                    self.byte(*day);
                }
            }
            ExpiryPolicy::Sliding(period) => {
                self.byte(3);
                self.period(period);
            }
        }
    }

    fn second_part(&mut self, program: &Program) {
        for currency in &program.currencies {
            self.byte(u8::from(currency.pending == Pending::OnEvent));
        }
        self.length(program.earning.exclude.len());
        for category in &program.earning.exclude {
            self.text(category);
        }
        self.byte(program.spending.currency);
        self.number(program.spending.points);
        self.number(program.spending.minor_units);
        self.byte(program.reversal.transfer as u8);
        self.bound(program.offline.floor_limit);
        self.byte(program.offline.overdraft as u8);
    }
}

impl Reader<'_> {
    fn whole_days(&mut self, part: &'static str) -> Result<Period, CompiledError> {
        let period = self.period(part)?;
        require(period.seconds == 0, part)?;
        Ok(period)
    }

    fn currencies(&mut self) -> Result<Vec<Currency>, CompiledError> {
        let count = usize::from(self.byte("number of currencies")?);
        require(
            (1..=Program::MOST_CURRENCIES).contains(&count),
            "number of currencies",
        )?;
        let mut currencies: Vec<Currency> = Vec::with_capacity(count);
        for _ in 0..count {
            let currency = self.currency()?;
            let repeated = currencies.iter().any(|known| known.name == currency.name);
            require(!repeated, "currency name")?;
            currencies.push(currency);
        }
        Ok(currencies)
    }

    fn currency(&mut self) -> Result<Currency, CompiledError> {
        let name = self.text("currency name", Currency::LONGEST_NAME)?;
        require(Currency::is_name(&name), "currency name")?;
        let scale = self.byte("scale")?;
        require(scale <= Currency::MOST_SCALE, "scale")?;
        let pending = self.period("pending period")?;
        let draw_order = match self.byte("draw order")? {
            0 => DrawOrder::Fefo,
            1 => DrawOrder::Fifo,
            2 => DrawOrder::Lifo,
            _ => return Err(CompiledError::Damaged("draw order")),
        };
        Ok(Currency {
            name,
            scale,
            pending: Pending::After(pending),
            expiry: self.expiry()?,
            draw_order,
        })
    }

    fn expiry(&mut self) -> Result<ExpiryPolicy, CompiledError> {
        match self.byte("expiry policy")? {
            0 => return Ok(ExpiryPolicy::Never),
            1 => {}
            2 => return self.fixed(),
            3 => return Ok(ExpiryPolicy::Sliding(self.lasting("expiry period")?)),
            _ => return Err(CompiledError::Damaged("expiry policy")),
        }
        let period = self.lasting("expiry period")?;
        let round_up_to = match self.byte("rounding")? {
            0 => None,
            1 => Some(Rounding::Month),
            2 => Some(Rounding::Quarter),
            3 => Some(Rounding::HalfYear),
            4 => Some(Rounding::Year),
            _ => return Err(CompiledError::Damaged("rounding")),
        };
        Ok(ExpiryPolicy::Rolling {
            period,
            round_up_to,
        })
    }

    fn lasting(&mut self, part: &'static str) -> Result<Period, CompiledError> {
        let period = self.whole_days(part)?;
        require(!period.is_zero(), part)?;
        Ok(period)
    }

    fn fixed(&mut self) -> Result<ExpiryPolicy, CompiledError> {
        let min_valid = self.whole_days("least period")?;
        let mut days = Vec::new();
        for _ in 0..self.byte("fixed days")? {
            days.push((self.byte("fixed days")?, self.byte("fixed days")?));
        }
        let dates = FixedDates::new(&days, min_valid);
        let dates = dates.filter(|dates| dates.days() == days);
        dates
            .map(ExpiryPolicy::Fixed)
            .ok_or(CompiledError::Damaged("fixed days"))
    }

    fn second_part(&mut self, program: &mut Program) -> Result<(), CompiledError> {
        for currency in &mut program.currencies {
            match self.byte("pending policy")? {
                0 => {}
                1 => {
                    let no_period = currency.pending == Pending::After(Period::ZERO);
                    require(no_period, "pending policy")?;
                    currency.pending = Pending::OnEvent;
                }
                _ => return Err(CompiledError::Damaged("pending policy")),
            }
        }
        let excluded = &mut program.earning.exclude;
        for _ in 0..self.byte("excluded categories")? {
            let name = self.text("excluded categories", EarnRule::LONGEST_CATEGORY)?;
            require(!excluded.contains(&name), "excluded categories")?;
            excluded.push(name);
        }
        require(
            excluded.len() <= EarnRule::MOST_EXCLUDED,
            "excluded categories",
        )?;
        program.spending = self.spending(program.currencies.len())?;
        program.reversal.transfer = match self.byte("transfer policy")? {
            0 => TransferShortfall::Block,
            1 => TransferShortfall::Debt,
            _ => return Err(CompiledError::Damaged("transfer policy")),
        };
        let floor_limit = self.bound("floor limit")?;
        let fits = floor_limit.is_none_or(|limit| limit <= OfflineRules::MOST_POINTS);
        require(fits, "floor limit")?;
        program.offline = OfflineRules {
            floor_limit,
            overdraft: match self.byte("overdraft policy")? {
                0 => Overdraft::Debt,
                1 => Overdraft::DeclineToMerchant,
                _ => return Err(CompiledError::Damaged("overdraft policy")),
            },
        };
        Ok(())
    }

    fn spending(&mut self, currencies: usize) -> Result<SpendRule, CompiledError> {
        let rule = SpendRule {
            currency: self.byte("spent currency")?,
            points: self.number("spent points")?,
            minor_units: self.number("worth of points")?,
        };
        require(usize::from(rule.currency) < currencies, "spent currency")?;
        let points_fit = (1..=EarnRule::MOST_POINTS).contains(&rule.points);
        require(points_fit, "spent points")?;
        let units_fit = (1..=EarnRule::MOST_MINOR_UNITS).contains(&rule.minor_units);
        require(units_fit, "worth of points")?;
        Ok(rule)
    }

    fn earning(&mut self, currencies: usize) -> Result<EarnRule, CompiledError> {
        let currency = self.byte("earned currency")?;
        require(usize::from(currency) < currencies, "earned currency")?;
        let points = self.number("earned points")?;
        require(
            (0..=EarnRule::MOST_POINTS).contains(&points),
            "earned points",
        )?;
        let per_minor_units = self.number("minor units")?;
        let units_fit = (1..=EarnRule::MOST_MINOR_UNITS).contains(&per_minor_units);
        require(units_fit, "minor units")?;
        let money = Money::from_bytes(self.array("money")?);
        Ok(EarnRule {
            currency,
            points,
            per_minor_units,
            money: money.ok_or(CompiledError::Damaged("money"))?,
            exclude: Vec::new(),
        })
    }

    fn reversal(&mut self) -> Result<ReversalRules, CompiledError> {
        let shortfall = Shortfall::from_number(self.byte("shortfall policy")?);
        let restore = Restore::from_number(self.byte("restore policy")?);
        Ok(ReversalRules {
            shortfall: shortfall.ok_or(CompiledError::Damaged("shortfall policy"))?,
            restore: restore.ok_or(CompiledError::Damaged("restore policy"))?,
            grace: self.whole_days("grace period")?,
            transfer: TransferShortfall::default(),
        })
    }

    fn holds(&mut self) -> Result<HoldBounds, CompiledError> {
        let holds = HoldBounds {
            default_micros: self.number("default hold")?,
            longest_micros: self.number("longest hold")?,
        };
        let ordered = 1 <= holds.default_micros
            && holds.default_micros <= holds.longest_micros
            && holds.longest_micros <= HoldBounds::MOST_MICROS;
        require(ordered, "holds")?;
        Ok(holds)
    }
}
