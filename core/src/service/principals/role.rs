//! Roles and scopes: what kinds of callers there are, and into which parts their rights are cut.

use serde::Deserialize;

/// What a principal is. It decides which operations are open to it at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Tills and shops.
    Pos,
    /// Another company that gives or takes points.
    Partner,
    /// The service desk: corrections.
    Support,
    /// Everything.
    Operator,
    /// Reads and follows, changes nothing.
    Auditor,
}

impl Role {
    pub const ALL: [Role; 5] = [
        Role::Pos,
        Role::Partner,
        Role::Support,
        Role::Operator,
        Role::Auditor,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Role::Pos => "pos",
            Role::Partner => "partner",
            Role::Support => "support",
            Role::Operator => "operator",
            Role::Auditor => "auditor",
        }
    }

    /// What it may do if the file does not say less. Offline sales have to be allowed by name, and a partner is given
    /// every scope by name.
    pub const fn usual_scopes(self) -> Scopes {
        match self {
            Role::Partner => Scopes::NONE,
            Role::Operator => self.possible_scopes(),
            Role::Pos | Role::Support | Role::Auditor => {
                self.possible_scopes().without(Scope::Offline)
            }
        }
    }

    /// What the file may give it.
    pub const fn possible_scopes(self) -> Scopes {
        use Scope::{
            Batch, Correct, Earn, Journal, Links, Members, Offline, Read, Redeem, Referrals,
            Return, Sell, Totals,
        };
        Scopes::of(match self {
            Role::Pos => &[
                Members, Read, Sell, Earn, Redeem, Return, Totals, Batch, Referrals, Journal,
                Offline,
            ],
            Role::Partner => &[Read, Earn, Redeem, Return, Batch, Links, Journal],
            Role::Support => &[
                Members, Read, Redeem, Return, Correct, Totals, Batch, Links, Referrals, Journal,
            ],
            Role::Operator => Scope::ALL,
            Role::Auditor => &[Read, Totals, Journal],
        })
    }
}

macro_rules! scopes {
    ($($(#[$meaning:meta])* $scope:ident $name:literal;)*) => {
        /// One part of what a role may do; the file can leave parts out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Scope { $($(#[$meaning])* $scope,)* }

        impl Scope {
            pub const ALL: &[Scope] = &[$(Scope::$scope),*];

            pub const fn name(self) -> &'static str {
                match self { $(Scope::$scope => $name,)* }
            }
        }
    };
}

scopes! {
    /// Enrol members, give and take aliases.
    Members "members";
    /// Look members, transactions and the program up.
    Read "read";
    /// Quote and record purchases.
    Sell "sell";
    /// Give points.
    Earn "earn";
    /// Take and hold points.
    Redeem "redeem";
    /// Undo transactions.
    Return "return";
    /// Correct by hand: points, dates, debt, members.
    Correct "correct";
    /// See tills' totals and open holds.
    Totals "totals";
    /// Send many writes in one call.
    Batch "batch";
    /// Tie partners to members.
    Links "links";
    /// Tell of referrals: codes, touches, sign-ups, steps.
    Referrals "referrals";
    /// Follow and check the journal.
    Journal "journal";
    /// Publish programs, sweep.
    Operate "operate";
    /// Tell what was decided offline.
    Offline "offline";
}

impl Scope {
    pub fn named(name: &str) -> Option<Scope> {
        Scope::ALL
            .iter()
            .copied()
            .find(|scope| scope.name() == name)
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    pub const NONE: Scopes = Scopes(0);

    pub const fn of(scopes: &[Scope]) -> Scopes {
        let mut set = Scopes::NONE;
        let mut at = 0;
        while at < scopes.len() {
            set = set.with(scopes[at]);
            at += 1;
        }
        set
    }

    pub const fn with(self, scope: Scope) -> Scopes {
        Scopes(self.0 | 1 << scope as u32)
    }

    pub const fn without(self, scope: Scope) -> Scopes {
        Scopes(self.0 & !(1 << scope as u32))
    }

    pub const fn has(self, scope: Scope) -> bool {
        self.0 & 1 << scope as u32 != 0
    }

    pub fn names(self) -> Vec<&'static str> {
        let held = Scope::ALL.iter().filter(|scope| self.has(**scope));
        held.map(|scope| scope.name()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in() {
        let set = Scopes::of(&[Scope::Read, Scope::Offline]);
        assert!(set.has(Scope::Read) && set.has(Scope::Offline) && !set.has(Scope::Members));
        assert_eq!(set.names(), ["read", "offline"]);
        assert_eq!(set.without(Scope::Read), Scopes::of(&[Scope::Offline]));
        assert_eq!(Scopes::NONE.names(), Vec::<&str>::new());
    }

    #[test]
    fn scopes_are_found_by_their_names() {
        for scope in Scope::ALL {
            assert_eq!(Scope::named(scope.name()), Some(*scope));
        }
        assert_eq!(Scope::named("Read"), None);
    }

    #[test]
    fn what_is_usual_is_possible_and_offline_is_not_usual_for_tills() {
        for role in Role::ALL {
            let (usual, possible) = (role.usual_scopes(), role.possible_scopes());
            assert_eq!(usual.0 & !possible.0, 0, "{}", role.name());
        }
        assert!(!Role::Pos.usual_scopes().has(Scope::Offline));
        assert!(Role::Operator.usual_scopes().has(Scope::Offline));
        assert_eq!(Role::Partner.usual_scopes(), Scopes::NONE);
    }
}
