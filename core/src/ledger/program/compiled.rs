//! The compiled program, byte for byte as the journal keeps it.
//!
//! Little-endian; a text is its length in one byte, then UTF-8; a period is months, days, seconds, each u32.
//!
//! ```text
//! version   u8 = 1
//! zone      text
//! count     u8, then per currency, in order of ids:
//!           name text · scale u8 · pending period · draw order u8 (0 fefo, 1 fifo, 2 lifo)
//!           expiry u8 (0 never, 1 rolling), if rolling: period · rounding u8 (0 none, 1 month … 4 year)
//! earning   currency u8 · points i64 · per minor units i64 · money 3 letters
//! reversal  shortfall u8 (0 debt) · restore u8 (0 original, 1 grace) · grace period
//! time      future i64 · past i64, microseconds, −1 unlimited
//! holds     default i64 · longest i64, microseconds
//! ```

use thiserror::Error;

use super::{
    Currency, DrawOrder, EarnRule, ExpiryPolicy, HoldBounds, Money, Period, Program, Restore,
    ReversalRules, Rounding, Shortfall, TimeBounds,
};

/// Why bytes are no compiled program of this version.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CompiledError {
    #[error(
        "the program is compiled as version {0}, this release reads version {VERSION}; use a newer release"
    )]
    UnknownVersion(u8),
    #[error(
        "the compiled program is damaged at {0}; verify the journal and restore it from a backup"
    )]
    Damaged(&'static str),
}

const VERSION: u8 = 1;
const UNLIMITED: i64 = -1;
const LONGEST_ZONE: usize = 255;

/// The bytes of a program.
pub(super) fn encode(program: &Program) -> Vec<u8> {
    let mut writer = Writer(vec![VERSION]);
    writer.text(&program.zone);
    writer.byte(length_byte(program.currencies.len()));
    for currency in &program.currencies {
        writer.currency(currency);
    }
    let earning = &program.earning;
    writer.byte(earning.currency);
    writer.number(earning.points);
    writer.number(earning.per_minor_units);
    writer.0.extend_from_slice(&earning.money.bytes());
    let Shortfall::Debt = program.reversal.shortfall;
    writer.byte(0);
    writer.byte(match program.reversal.restore {
        Restore::Original => 0,
        Restore::Grace => 1,
    });
    writer.period(program.reversal.grace);
    writer.number(program.time.future_micros.unwrap_or(UNLIMITED));
    writer.number(program.time.past_micros.unwrap_or(UNLIMITED));
    writer.number(program.holds.default_micros);
    writer.number(program.holds.longest_micros);
    writer.0
}

/// The program of bytes that `encode` wrote; anything else is refused.
pub(super) fn decode(bytes: &[u8]) -> Result<Program, CompiledError> {
    let mut reader = Reader(bytes);
    let version = reader.byte("version")?;
    if version != VERSION {
        return Err(CompiledError::UnknownVersion(version));
    }
    let zone = reader.text("zone", LONGEST_ZONE)?;
    let currencies = reader.currencies()?;
    let program = Program {
        zone,
        earning: reader.earning(currencies.len())?,
        currencies,
        reversal: reader.reversal()?,
        time: TimeBounds {
            future_micros: reader.bound("future bound")?,
            past_micros: reader.bound("past bound")?,
        },
        holds: reader.holds()?,
    };
    if reader.0.is_empty() {
        Ok(program)
    } else {
        Err(CompiledError::Damaged("the end"))
    }
}

fn length_byte(length: usize) -> u8 {
    u8::try_from(length)
        .expect("zone, names and currencies of a checked program are fewer than 256")
}

struct Writer(Vec<u8>);

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.byte(length_byte(text.len()));
        self.0.extend_from_slice(text.as_bytes());
    }

    fn period(&mut self, period: Period) {
        for number in [period.months, period.days, period.seconds] {
            self.0.extend_from_slice(&number.to_le_bytes());
        }
    }

    fn currency(&mut self, currency: &Currency) {
        self.text(&currency.name);
        self.byte(currency.scale);
        self.period(currency.pending);
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
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize, part: &'static str) -> Result<&'a [u8], CompiledError> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(CompiledError::Damaged(part))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const LENGTH: usize>(
        &mut self,
        part: &'static str,
    ) -> Result<[u8; LENGTH], CompiledError> {
        let taken = self.take(LENGTH, part)?;
        Ok(taken
            .try_into()
            .expect("as many bytes were taken as the array holds"))
    }

    fn byte(&mut self, part: &'static str) -> Result<u8, CompiledError> {
        let [byte] = self.array(part)?;
        Ok(byte)
    }

    fn number(&mut self, part: &'static str) -> Result<i64, CompiledError> {
        Ok(i64::from_le_bytes(self.array(part)?))
    }

    fn text(&mut self, part: &'static str, longest: usize) -> Result<String, CompiledError> {
        let length = usize::from(self.byte(part)?);
        let bytes = self.take(length, part)?;
        let text = std::str::from_utf8(bytes).map_err(|_| CompiledError::Damaged(part))?;
        let fits = !text.is_empty() && text.len() <= longest;
        require(fits, part)?;
        Ok(text.to_owned())
    }

    fn period(&mut self, part: &'static str) -> Result<Period, CompiledError> {
        let mut numbers = [0; 3];
        for number in &mut numbers {
            *number = u64::from(u32::from_le_bytes(self.array(part)?));
        }
        let [months, days, seconds] = numbers;
        Period::within_bounds(months, days, seconds).ok_or(CompiledError::Damaged(part))
    }

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
            pending,
            expiry: self.expiry()?,
            draw_order,
        })
    }

    fn expiry(&mut self) -> Result<ExpiryPolicy, CompiledError> {
        match self.byte("expiry policy")? {
            0 => return Ok(ExpiryPolicy::Never),
            1 => {}
            _ => return Err(CompiledError::Damaged("expiry policy")),
        }
        let period = self.whole_days("expiry period")?;
        require(!period.is_zero(), "expiry period")?;
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
        })
    }

    fn reversal(&mut self) -> Result<ReversalRules, CompiledError> {
        require(self.byte("shortfall policy")? == 0, "shortfall policy")?;
        let restore = match self.byte("restore policy")? {
            0 => Restore::Original,
            1 => Restore::Grace,
            _ => return Err(CompiledError::Damaged("restore policy")),
        };
        Ok(ReversalRules {
            shortfall: Shortfall::Debt,
            restore,
            grace: self.whole_days("grace period")?,
        })
    }

    fn bound(&mut self, part: &'static str) -> Result<Option<i64>, CompiledError> {
        let micros = self.number(part)?;
        require(micros >= UNLIMITED, part)?;
        Ok((micros != UNLIMITED).then_some(micros))
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

fn require(holds: bool, part: &'static str) -> Result<(), CompiledError> {
    if holds {
        Ok(())
    } else {
        Err(CompiledError::Damaged(part))
    }
}
