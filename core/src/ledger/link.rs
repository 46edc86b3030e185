//! Links: what a partner may do with a member who has agreed to it.

use super::request::{Alias, MemberName, Text};
use super::time::Instant;

/// What the kind of a partner's aliases begins with; its id follows.
pub const PARTNER_ALIAS: &str = "partner:";

/// One thing that a link lets a partner do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum LinkScope {
    /// Give points.
    Earn = 1,
    /// Take and hold points.
    Redeem = 2,
    /// See the balance.
    Balance = 4,
}

impl LinkScope {
    pub const ALL: [LinkScope; 3] = [LinkScope::Earn, LinkScope::Redeem, LinkScope::Balance];

    pub const fn name(self) -> &'static str {
        match self {
            LinkScope::Earn => "earn",
            LinkScope::Redeem => "redeem",
            LinkScope::Balance => "balance",
        }
    }
}

/// A set of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkScopes(u8);

impl LinkScopes {
    pub const NONE: LinkScopes = LinkScopes(0);

    /// The set with these bits, if there is one.
    pub fn from_bits(bits: u8) -> Option<LinkScopes> {
        let all = LinkScope::ALL
            .into_iter()
            .fold(0, |all, scope| all | scope as u8);
        (bits & !all == 0).then_some(LinkScopes(bits))
    }

    /// The set of these names, each of them once; the error says what to use instead.
    pub fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<LinkScopes, String> {
        let mut scopes = LinkScopes::NONE;
        for name in names {
            let mut all = LinkScope::ALL.into_iter();
            let scope = all.find(|scope| scope.name() == name);
            let scope = scope.filter(|scope| !scopes.has(*scope));
            let wrong = || format!("is {name:?}; name some of earn, redeem and balance, each once");
            scopes = scopes.with(scope.ok_or_else(wrong)?);
        }
        Ok(scopes)
    }

    pub const fn bits(self) -> u8 {
        self.0
    }

    pub const fn with(self, scope: LinkScope) -> LinkScopes {
        LinkScopes(self.0 | scope as u8)
    }

    pub const fn has(self, scope: LinkScope) -> bool {
        self.0 & scope as u8 != 0
    }
}

/// What was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkTerms {
    /// Hash of the partner's own alias of the member.
    pub alias: [u8; 16],
    pub scopes: LinkScopes,
    /// Most points that the partner may take on one local day; `None`: any.
    pub daily_points: Option<i64>,
    /// In force from here on.
    pub starts_at: Instant,
    /// First instant at which it is over; `Instant::NEVER`: until it is ended.
    pub ends_at: Instant,
}

impl LinkTerms {
    pub fn is_in_force(&self, now: Instant) -> bool {
        self.starts_at <= now && now < self.ends_at
    }
}

/// A partner's tie to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub partner: Box<str>,
    pub terms: LinkTerms,
    /// The latest local day on which the partner took points (days since 1970-01-01), and how many.
    pub day: i32,
    pub used: i64,
}

impl Link {
    /// Points taken on a local day; one before the latest, as another zone has it, counts as the latest.
    pub const fn used_on(&self, day: i32) -> i64 {
        if day <= self.day { self.used } else { 0 }
    }

    /// Points are taken on a local day.
    pub const fn take(&mut self, day: i32, points: i64) {
        self.used = self.used_on(day).saturating_add(points);
        if day > self.day {
            self.day = day;
        }
    }
}

/// A partner is tied to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkMember<'a> {
    pub member: MemberName<'a>,
    pub partner: Text<'a>,
    /// The partner's own name of the member, of the kind `partner:<id>`.
    pub alias: Alias<'a>,
    pub scopes: LinkScopes,
    /// Most points that the partner may take on one local day; `None`: any.
    pub daily_points: Option<i64>,
    /// Names the member's consent, wherever it is kept.
    pub consent: Text<'a>,
    /// `None`: from now.
    pub starts_at: Option<Instant>,
    /// `None`: until it is ended.
    pub ends_at: Option<Instant>,
}

/// The tie of a partner ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkMember<'a> {
    pub member: MemberName<'a>,
    pub partner: Text<'a>,
    pub reason: Text<'a>,
}
