//! The program: the rules of one ledger, read from TOML, checked, and kept compiled in the journal.
//!
//! ```text
//! program.toml ─ parse.rs (fields.rs, expiry.rs, period.rs) ─▶ Program ─ compiled.rs (bytes.rs) ─▶ its bytes
//!                     │                                │
//!                referral/                      zone ─ calendar.rs (civil.rs) ─▶ Calendar: dates of pending and expiry
//! ```

mod bytes;
mod calendar;
mod civil;
mod compiled;
mod error;
mod expiry;
mod fields;
mod parse;
mod period;
mod policies;
pub mod referral;
mod rules;

pub use calendar::{Calendar, UnknownZone};
pub use civil::{LocalDate, Rounding};
pub use compiled::CompiledError;
pub use error::{ProgramError, line_and_column};
pub use period::{Period, PeriodError};
pub use policies::{
    FixedDates, OfflineRules, Overdraft, PartnerRules, Pending, Restore, Shortfall, SpendRule,
    TransferShortfall,
};
pub use referral::ReferralRules;
pub use rules::{
    Currency, DrawOrder, EarnRule, ExpiryPolicy, HoldBounds, Money, ReversalRules, TimeBounds,
};

/// The rules of one ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// IANA name of the zone whose calendar decides dates.
    pub zone: String,
    /// In order of their ids: the index is the currency's id.
    pub currencies: Vec<Currency>,
    pub earning: EarnRule,
    pub spending: SpendRule,
    pub reversal: ReversalRules,
    pub time: TimeBounds,
    pub holds: HoldBounds,
    pub offline: OfflineRules,
    pub partners: PartnerRules,
    /// In order of their names.
    pub referrals: Vec<ReferralRules>,
}

impl Program {
    /// Longest program text, in bytes.
    pub const LONGEST_TEXT: usize = 65_536;
    /// Most currencies of a program.
    pub const MOST_CURRENCIES: usize = 64;

    /// Reads a program file; what it leaves out has the value of [`Program::default`].
    pub fn parse(text: &str) -> Result<Self, ProgramError> {
        parse::program(text, None)
    }

    /// Reads the next version of a program: its currencies keep their ids, none may vanish or change scale.
    pub fn parse_successor(text: &str, previous: &Self) -> Result<Self, ProgramError> {
        parse::program(text, Some(previous))
    }

    /// The id of a currency.
    pub fn currency(&self, name: &str) -> Option<u8> {
        let index = self
            .currencies
            .iter()
            .position(|currency| currency.name == name)?;
        u8::try_from(index).ok()
    }

    /// The rules of a referral program.
    pub fn referral(&self, name: &str) -> Option<&ReferralRules> {
        let place = self
            .referrals
            .binary_search_by(|rules| rules.name.as_str().cmp(name));
        self.referrals.get(place.ok()?)
    }

    /// The calendar of the program's zone.
    pub fn calendar(&self) -> Result<Calendar, UnknownZone> {
        Calendar::of_zone(&self.zone)
    }

    /// The compiled form, as the journal keeps it; equal programs have equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        compiled::encode(self)
    }

    /// Reads the compiled form back, without the program's text and without a time zone database.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CompiledError> {
        compiled::decode(bytes)
    }
}

impl Default for Program {
    /// The program of a ledger opened without one: UTC, `points`, 1 for every full unit of EUR, no expiry.
    fn default() -> Self {
        Self {
            zone: "UTC".to_owned(),
            currencies: vec![Currency::named("points")],
            earning: EarnRule::default(),
            spending: SpendRule::default(),
            reversal: ReversalRules::default(),
            time: TimeBounds::default(),
            holds: HoldBounds::default(),
            offline: OfflineRules::default(),
            partners: PartnerRules::default(),
            referrals: Vec::new(),
        }
    }
}
