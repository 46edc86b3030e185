//! The principals file: what its TOML may say, checked, with the place of whatever is wrong.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::principal::{Limits, Principal};
use super::role::{Role, Scope, Scopes};
use super::roster::{HeldToken, Roster};
use super::token::{TokenHash, check_token_id};
use crate::ledger::bounds::{ID_BYTES, REQUEST_POINTS};
use crate::ledger::program::line_and_column;
use crate::ledger::time::Instant;

/// Bytes of the whole file.
pub const MOST_BYTES: usize = 4 << 20;
/// Principals of one file.
pub const MOST_PRINCIPALS: usize = 10_000;
/// A token, and the one that takes its place.
const MOST_TOKENS: usize = 2;
/// Bytes of a partner's id: the kind of its aliases is `partner:<id>`.
const PARTNER_BYTES: usize = 48;

/// The first fault of a principals file: where it is and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// Counted from 1.
    pub line: usize,
    /// Characters of the line before the fault, plus 1.
    pub column: usize,
    pub message: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FileFault {
            line,
            column,
            message,
        } = self;
        write!(formatter, "line {line}, column {column}: {message}")
    }
}

impl std::error::Error for FileFault {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileTable {
    #[serde(default)]
    store_groups: BTreeMap<String, Vec<Spanned<String>>>,
    #[serde(default)]
    principals: BTreeMap<Spanned<String>, PrincipalTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrincipalTable {
    role: Role,
    partner: Option<Spanned<String>>,
    stores: Option<Spanned<Vec<Spanned<String>>>>,
    store_group: Option<Spanned<String>>,
    scopes: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    limits: LimitsTable,
    key_space: Option<Spanned<String>>,
    #[serde(default)]
    tokens: Vec<TokenTable>,
    #[serde(default)]
    certificates: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    points_per_operation: Option<Spanned<i64>>,
    points_per_day: Option<Spanned<i64>>,
    offline_floor: Option<Spanned<i64>>,
    misses_per_minute: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenTable {
    id: Spanned<String>,
    hash: Spanned<String>,
    expires: Option<Spanned<Datetime>>,
}

/// Reads a whole file.
pub fn parse(text: &str) -> Result<Roster, FileFault> {
    let file = File { text };
    if text.len() > MOST_BYTES {
        let message = format!("the file has {} bytes, at most {MOST_BYTES}", text.len());
        return Err(file.fault(&(0..0), message));
    }
    let table: FileTable = toml::from_str(text).map_err(|error| {
        let message = error.message().trim_end().to_owned();
        file.fault(&error.span().unwrap_or(0..0), message)
    })?;
    if let Some((name, _)) = table.principals.iter().nth(MOST_PRINCIPALS) {
        let message = format!("a file has at most {MOST_PRINCIPALS} principals");
        return Err(file.fault(&name.span(), message));
    }
    let mut roster = Roster::default();
    let mut key_spaces = HashMap::new();
    for (name, stated) in &table.principals {
        let principal = Arc::new(file.principal(name, stated, &table.store_groups)?);
        file.check_key_space(name, stated, &principal, &mut key_spaces)?;
        file.add_credentials(&mut roster, name, stated, &principal)?;
        roster.principals.insert(principal.name.clone(), principal);
    }
    Ok(roster)
}

/// The text that faults are found in.
struct File<'t> {
    text: &'t str,
}

impl File<'_> {
    fn fault(&self, span: &Range<usize>, message: impl Into<String>) -> FileFault {
        let (line, column) = line_and_column(self.text, span.start);
        FileFault {
            line,
            column,
            message: message.into(),
        }
    }

    fn principal(
        &self,
        name: &Spanned<String>,
        stated: &PrincipalTable,
        groups: &BTreeMap<String, Vec<Spanned<String>>>,
    ) -> Result<Principal, FileFault> {
        self.check_name(name, "a principal's name", ID_BYTES)?;
        let stores = self.stores(stated)?;
        Ok(Principal {
            name: name.get_ref().clone(),
            role: stated.role,
            partner: self.partner(name, stated)?,
            group: self.group(stated, &stores, groups)?,
            stores,
            scopes: self.scopes(name, stated)?,
            limits: self.limits(stated)?,
            key_space: match &stated.key_space {
                None => name.get_ref().clone(),
                Some(space) => {
                    self.check_name(space, "a key space", ID_BYTES)?;
                    space.get_ref().clone()
                }
            },
        })
    }

    fn partner(
        &self,
        name: &Spanned<String>,
        stated: &PrincipalTable,
    ) -> Result<String, FileFault> {
        match (&stated.partner, stated.role) {
            (Some(partner), Role::Partner) => {
                self.check_name(partner, "a partner's id", PARTNER_BYTES)?;
                Ok(partner.get_ref().clone())
            }
            (None, Role::Partner) => {
                let message = format!(
                    "{:?} has the role partner; say which one: partner = \"its id\"",
                    name.get_ref()
                );
                Err(self.fault(&name.span(), message))
            }
            (Some(partner), other) => {
                let message = format!(
                    "only the role partner has a partner's id; this one is {}",
                    other.name()
                );
                Err(self.fault(&partner.span(), message))
            }
            (None, _) => Ok(String::new()),
        }
    }

    fn stores(&self, stated: &PrincipalTable) -> Result<Vec<String>, FileFault> {
        let Some(stores) = &stated.stores else {
            return Ok(Vec::new());
        };
        if stated.role != Role::Pos {
            let message = format!(
                "stores are for the role pos; {} is not tied to any",
                stated.role.name()
            );
            return Err(self.fault(&stores.span(), message));
        }
        if stores.get_ref().is_empty() {
            let message = "name at least one store, or leave `stores` out for any";
            return Err(self.fault(&stores.span(), message));
        }
        self.store_names(stores.get_ref())
    }

    fn store_names(&self, stores: &[Spanned<String>]) -> Result<Vec<String>, FileFault> {
        for store in stores {
            if !(1..=ID_BYTES).contains(&store.get_ref().len()) {
                let message = format!("a store has 1 to {ID_BYTES} bytes");
                return Err(self.fault(&store.span(), message));
            }
        }
        let names = stores.iter().map(|store| store.get_ref().clone());
        Ok(names.collect())
    }

    /// The stores whose holds it may end: its own and those of its group.
    fn group(
        &self,
        stated: &PrincipalTable,
        stores: &[String],
        groups: &BTreeMap<String, Vec<Spanned<String>>>,
    ) -> Result<Vec<String>, FileFault> {
        let Some(name) = &stated.store_group else {
            return Ok(stores.to_vec());
        };
        if stores.is_empty() {
            let message = "a store group is for who has `stores`; without them any store's holds are open to it";
            return Err(self.fault(&name.span(), message));
        }
        let Some(members) = groups.get(name.get_ref()) else {
            let message = format!(
                "there is no store group {:?}; add it to [store_groups]",
                name.get_ref()
            );
            return Err(self.fault(&name.span(), message));
        };
        let mut group = self.store_names(members)?;
        group.extend_from_slice(stores);
        group.sort_unstable();
        group.dedup();
        Ok(group)
    }

    fn scopes(&self, name: &Spanned<String>, stated: &PrincipalTable) -> Result<Scopes, FileFault> {
        let role = stated.role;
        let Some(listed) = &stated.scopes else {
            if role == Role::Partner {
                let message = format!(
                    "a partner may do only what `scopes` name; give some of {}",
                    role.possible_scopes().names().join(", ")
                );
                return Err(self.fault(&name.span(), message));
            }
            return Ok(role.usual_scopes());
        };
        let mut scopes = Scopes::NONE;
        for listed in listed {
            let scope = Scope::named(listed.get_ref());
            let possible = scope.filter(|scope| role.possible_scopes().has(*scope));
            let scope = possible.ok_or_else(|| {
                let message = format!(
                    "{:?} is no scope of the role {}; it can have {}",
                    listed.get_ref(),
                    role.name(),
                    role.possible_scopes().names().join(", ")
                );
                self.fault(&listed.span(), message)
            })?;
            scopes = scopes.with(scope);
        }
        Ok(scopes)
    }

    fn limits(&self, stated: &PrincipalTable) -> Result<Limits, FileFault> {
        let limits = &stated.limits;
        let misses = self.limit(&limits.misses_per_minute, 1..=i64::from(u32::MAX))?;
        let misses = misses.map(|misses| u32::try_from(misses).expect("it is within bounds"));
        let usual = match stated.role {
            Role::Operator => None,
            _ => Some(super::misses::USUAL_PER_MINUTE),
        };
        Ok(Limits {
            points_per_operation: self.limit(&limits.points_per_operation, 0..=REQUEST_POINTS)?,
            points_per_day: self.limit(&limits.points_per_day, 0..=i64::MAX)?,
            offline_floor: self.limit(&limits.offline_floor, 0..=REQUEST_POINTS)?,
            misses_per_minute: misses.or(usual),
        })
    }

    fn limit(
        &self,
        limit: &Option<Spanned<i64>>,
        bounds: RangeInclusive<i64>,
    ) -> Result<Option<i64>, FileFault> {
        let Some(limit) = limit else { return Ok(None) };
        if bounds.contains(limit.get_ref()) {
            return Ok(Some(*limit.get_ref()));
        }
        let (least, most) = bounds.into_inner();
        let message =
            format!("this limit is a number from {least} to {most}; leave it out for the usual");
        Err(self.fault(&limit.span(), message))
    }

    /// Who shares a key space can send again what another has sent, and sees what it wrote: both have to be alike.
    fn check_key_space(
        &self,
        name: &Spanned<String>,
        stated: &PrincipalTable,
        principal: &Arc<Principal>,
        known: &mut HashMap<String, Arc<Principal>>,
    ) -> Result<(), FileFault> {
        let first = known
            .entry(principal.key_space.clone())
            .or_insert_with(|| Arc::clone(principal));
        let alike = first.role == principal.role
            && first.partner == principal.partner
            && first.limits.points_per_day == principal.limits.points_per_day;
        if alike {
            return Ok(());
        }
        let stated = stated.key_space.as_ref();
        let span = stated.map_or_else(|| name.span(), |space| space.span());
        let message = format!(
            "{:?} and {:?} share the key space {:?}; that needs the same role, partner and points_per_day",
            first.name, principal.name, principal.key_space
        );
        Err(self.fault(&span, message))
    }

    fn add_credentials(
        &self,
        roster: &mut Roster,
        name: &Spanned<String>,
        stated: &PrincipalTable,
        principal: &Arc<Principal>,
    ) -> Result<(), FileFault> {
        if stated.tokens.len() > MOST_TOKENS {
            let message = format!(
                "{:?} has {} tokens; it can have {MOST_TOKENS}, the one in use and its successor: remove the oldest",
                name.get_ref(),
                stated.tokens.len()
            );
            return Err(self.fault(&stated.tokens[MOST_TOKENS].id.span(), message));
        }
        for token in &stated.tokens {
            let held = self.token(token, principal)?;
            let id = token.id.get_ref().clone();
            if let Some(other) = roster.tokens.insert(id, held) {
                let message = format!(
                    "the token {:?} is listed twice; {:?} has it too",
                    token.id.get_ref(),
                    other.principal.name
                );
                return Err(self.fault(&token.id.span(), message));
            }
        }
        let mut own = HashSet::new();
        for certificate in &stated.certificates {
            let named = certificate.get_ref();
            if named.is_empty() || !own.insert(named) {
                let message = "a certificate's name is not empty and is listed once";
                return Err(self.fault(&certificate.span(), message));
            }
            let other = roster
                .certificates
                .insert(named.clone(), Arc::clone(principal));
            if let Some(other) = other {
                let message = format!(
                    "the certificate {named:?} already stands for {:?}",
                    other.name
                );
                return Err(self.fault(&certificate.span(), message));
            }
        }
        Ok(())
    }

    fn token(
        &self,
        stated: &TokenTable,
        principal: &Arc<Principal>,
    ) -> Result<HeldToken, FileFault> {
        check_token_id(stated.id.get_ref())
            .map_err(|message| self.fault(&stated.id.span(), message))?;
        let hash = TokenHash::parse(stated.hash.get_ref()).ok_or_else(|| {
            let message =
                "a hash has 64 hexadecimal digits, as `loyalty-ledger token create` prints it";
            self.fault(&stated.hash.span(), message)
        })?;
        let expires_at = match &stated.expires {
            None => Instant::NEVER,
            Some(expires) => self.instant(expires)?,
        };
        Ok(HeldToken {
            hash,
            expires_at,
            principal: Arc::clone(principal),
        })
    }

    fn instant(&self, time: &Spanned<Datetime>) -> Result<Instant, FileFault> {
        let written = time.get_ref().to_string();
        let read = written.parse::<jiff::Timestamp>().ok();
        let instant = read.and_then(|read| Instant::from_micros(read.as_microsecond()).ok());
        instant.ok_or_else(|| {
            let message = format!(
                "{written} names no instant; write date, time and offset, as in 2027-01-01T00:00:00Z"
            );
            self.fault(&time.span(), message)
        })
    }

    /// Letters, digits and a few signs: names stand in entries, logs and metrics.
    fn check_name(&self, name: &Spanned<String>, what: &str, most: usize) -> Result<(), FileFault> {
        let plain = name
            .get_ref()
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte));
        if plain && (1..=most).contains(&name.get_ref().len()) {
            return Ok(());
        }
        let message = format!(
            "{what} has 1 to {most} letters, digits, dashes, dots, slashes and underscores; {:?} does not",
            name.get_ref()
        );
        Err(self.fault(&name.span(), message))
    }
}
