//! What is a principal's own: stores, holds, entries and members. What is not is as if it were not there.

use super::operations::{Operation, Reach};
use super::principal::Principal;
use super::role::Role;
use crate::engine::Failure;
use crate::ledger::codes::ONE_TIME;
use crate::ledger::entry::Entry;
use crate::ledger::link::{LinkScope, LinkTerms, PARTNER_ALIAS};
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::{Command, MemberName, Reference};

impl Principal {
    /// Whether an entry is its own: it wrote it, or one of its store group did.
    pub fn owns(&self, entry: &Entry<'_>) -> bool {
        if entry.request.caller == self.key_space {
            return true;
        }
        match self.role {
            Role::Partner => entry.request.partner() == Some(&self.partner),
            Role::Pos => self.is_of_group(entry.request.store()),
            Role::Support | Role::Operator | Role::Auditor => true,
        }
    }

    /// Whether an operation may show it an entry. Tills see what others sold, but not what others hold.
    pub fn sees(&self, operation: Operation, entry: &Entry<'_>) -> bool {
        match operation.reach(self.role) {
            Reach::No => false,
            Reach::Own => self.owns(entry),
            Reach::Any => !concerns_hold(&entry.request.command) || self.owns(entry),
        }
    }

    /// Whether it may see and end the holds of a store.
    pub fn is_of_group(&self, store: &str) -> bool {
        self.group.is_empty() || self.group.iter().any(|own| own == store)
    }

    /// Whether it may see whatever is held; who may not sees the holds that it owns.
    pub fn sees_every_hold(&self) -> bool {
        match self.role {
            Role::Partner => false,
            Role::Pos => self.group.is_empty(),
            Role::Support | Role::Operator | Role::Auditor => true,
        }
    }

    /// Whether answers about a member that it names so, with a link in force, may state the member's balance. Who is
    /// only shown a card sees none.
    pub fn sees_balance(&self, name: &MemberName<'_>, link: Option<LinkTerms>) -> bool {
        if self.role != Role::Partner {
            return true;
        }
        let is_agreed = link.is_some_and(|terms| terms.scopes.has(LinkScope::Balance));
        self.is_own_name(name) && is_agreed && self.scopes.has(Operation::GetMember.scope())
    }

    /// Whether it may see that a member has an alias of a kind.
    pub fn sees_alias(&self, kind: &str) -> bool {
        self.role != Role::Partner || self.is_own_kind(kind)
    }

    /// Checks the store of a look-up of holds or totals; `None` asks for all stores.
    pub fn check_store_of_read(&self, store: Option<&str>) -> Result<(), Rejection> {
        if self.group.is_empty() || store.is_some_and(|store| self.is_of_group(store)) {
            return Ok(());
        }
        Err(self.wrong_store(store.unwrap_or_default(), "store", &self.group))
    }

    /// Checks the store that a write comes from.
    pub(super) fn check_store_of_write(&self, store: &str) -> Result<(), Rejection> {
        if self.stores.is_empty() || self.stores.iter().any(|own| own == store) {
            return Ok(());
        }
        Err(self.wrong_store(store, "receipt.store or source.store", &self.stores))
    }

    fn wrong_store(&self, store: &str, field: &str, own: &[String]) -> Rejection {
        let message = format!(
            "{:?} may not speak for the store {store:?}; name one of {} in {field}",
            self.name,
            own.join(", ")
        );
        Rejection::new(Code::StoreNotAllowed, message)
    }

    /// Checks the name of a member that is looked up. A partner knows members by its own aliases only.
    pub fn check_member(&self, member: &MemberName<'_>) -> Result<(), Rejection> {
        if self.role != Role::Partner || self.is_own_name(member) {
            return Ok(());
        }
        Err(self.knows_nobody())
    }

    /// What a partner is told of whoever is not there, not linked, or named in a way that is not its own.
    pub fn knows_nobody(&self) -> Rejection {
        let message = format!(
            "no member is known to {0:?} by this name; use an alias of the kind {PARTNER_ALIAS}{0}",
            self.partner
        );
        Rejection::new(Code::MemberNotFound, message)
    }

    /// An entry that was looked up, if it may see it. One that it may not see is answered as one that is not there, in
    /// the same words.
    pub fn shown<'e>(
        &self,
        operation: Operation,
        found: Result<Entry<'e>, Failure>,
    ) -> Result<Entry<'e>, Failure> {
        let not_there = || Failure::from(Rejection::plain(Code::TransactionNotFound));
        match found {
            Ok(entry) if self.sees(operation, &entry) => Ok(entry),
            Ok(_) => Err(not_there()),
            Err(failure) if failure.code() == Code::TransactionNotFound => Err(not_there()),
            Err(failure) => Err(failure),
        }
    }

    fn is_own_name(&self, member: &MemberName<'_>) -> bool {
        match member {
            MemberName::Alias(alias) => alias.kind == ONE_TIME || self.is_own_kind(&alias.kind),
            MemberName::Id(_) => false,
        }
    }

    fn is_own_kind(&self, kind: &str) -> bool {
        kind.strip_prefix(PARTNER_ALIAS) == Some(&self.partner)
    }

    /// Whether an entry that is named so is its own without a look: nobody else has written under its keys.
    pub(super) fn owns_name(&self, reference: &Reference<'_>) -> bool {
        matches!(reference, Reference::Key(_))
    }
}

/// Whether a hold is opened, kept or ended by itself; a purchase that captures one is a sale.
const fn concerns_hold(command: &Command<'_>) -> bool {
    matches!(
        command,
        Command::Authorize(_) | Command::Capture(_) | Command::Void(_) | Command::ExtendHold(_)
    )
}
