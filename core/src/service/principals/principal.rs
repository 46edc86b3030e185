//! One principal: who it is to the server, and what its file says about it.

use super::role::{Role, Scopes};
use crate::ledger::request::{Request, Text};

/// Whoever calls, as the principals file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub name: String,
    pub role: Role,
    /// Id of the partner that it is; empty for other roles.
    pub partner: String,
    /// Stores that a till may speak for; empty: any.
    pub stores: Vec<String>,
    /// Stores whose holds it may see and end: its own and those of its group. Empty: any.
    pub group: Vec<String>,
    pub scopes: Scopes,
    pub limits: Limits,
    /// The caller of its entries: its keys are apart from those of other key spaces.
    pub key_space: String,
}

/// How much a principal may do; `None`: as much as it likes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Points that one request may name.
    pub points_per_operation: Option<i64>,
    /// Points that all requests of its key space may name on one local day.
    pub points_per_day: Option<i64>,
    /// Points that one request may name that was decided offline.
    pub offline_floor: Option<i64>,
    /// Members looked for in vain, per minute.
    pub misses_per_minute: Option<u32>,
}

impl Principal {
    /// Whoever calls a server that has no principals file and therefore listens on loopback alone: the same to the
    /// ledger as a process that embeds it.
    pub fn on_loopback() -> Principal {
        Principal {
            name: "loopback".to_owned(),
            role: Role::Operator,
            partner: String::new(),
            stores: Vec::new(),
            group: Vec::new(),
            scopes: Role::Operator.usual_scopes(),
            limits: Limits::default(),
            key_space: String::new(),
        }
    }

    /// Says on whose behalf a request is made, if it is a partner. Puts its name where a request says who acted, if its
    /// key space does not tell and nobody else is named.
    pub fn sign<'r>(&'r self, request: &mut Request<'r>) {
        if !self.partner.is_empty() {
            let source = &mut request.details.get_or_insert_default().source;
            source.partner = Text::Borrowed(&self.partner);
        }
        if self.key_space == self.name || self.key_space.is_empty() {
            return;
        }
        let source = &mut request.details.get_or_insert_default().source;
        if source.actor.is_empty() {
            source.actor = Text::Borrowed(&self.name);
        }
    }
}
