//! Owns the read of a whole member: status, aliases, and every wallet.

use std::sync::Arc;

use super::core::Core;
use super::failure::Failure;
use super::history::{Past, of_history};
use super::reads::{check_instant, find_member};
use crate::ledger::entry::{RecordedAt, WalletId};
use crate::ledger::link::Link;
use crate::ledger::members::{HeldAlias, Status};
use crate::ledger::rejection::Rejection;
use crate::ledger::request::MemberName;
use crate::ledger::state::{State, Terms};
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;
use crate::query::{self, BalanceView};

/// A member at an instant.
#[derive(Clone, Debug)]
pub struct MemberView {
    pub id: String,
    pub status: Status,
    /// Held now or before, oldest first; none of an erased member.
    pub aliases: Vec<HeldAlias>,
    /// In the order in which they were made, whether in force or not.
    pub links: Vec<Link>,
    /// By name of the currency of points, in the program's order.
    pub wallets: Vec<(String, BalanceView)>,
    /// Who pays for lots and at what price, by number of terms.
    pub terms: Arc<Vec<Terms>>,
    pub at: Instant,
}

/// A member as it was copied under the lock.
struct CopiedMember {
    id: String,
    status: Status,
    aliases: Vec<HeldAlias>,
    links: Vec<Link>,
    wallets: Vec<(String, WalletId, Wallet)>,
    terms: Arc<Vec<Terms>>,
    tail: RecordedAt,
    now: Instant,
}

impl Core {
    pub fn member(
        &self,
        member: &MemberName<'_>,
        at: Option<Instant>,
    ) -> Result<MemberView, Failure> {
        check_instant(at)?;
        let (copied, rests_on) = self.copy_member(member)?;
        self.commit.wait(rests_on)?;
        self.view_of(copied?, at)
    }

    pub fn member_then(
        &self,
        member: &MemberName<'_>,
        tell: impl FnOnce(Result<MemberView, Failure>) + Send + 'static,
    ) -> Option<u64> {
        match self.copy_member(member) {
            Ok((copied, rests_on)) => {
                // As it stands now it needs no past, so nothing is read here.
                let view = copied.map_err(Failure::from);
                let view = view.and_then(|copied| self.view_of(copied, None));
                self.commit
                    .when_durable(rests_on, |durable| tell(durable.and(view)))
            }
            Err(failure) => {
                tell(Err(failure));
                None
            }
        }
    }

    /// A copy, and up to where the journal has to be durable for it.
    fn copy_member(
        &self,
        name: &MemberName<'_>,
    ) -> Result<(Result<CopiedMember, Rejection>, u64), Failure> {
        self.enter_read()?;
        let state = self.state.read();
        let tail = state.objects.sequence;
        Ok(match find_member(&state, name, self.now(&state.objects)) {
            Ok(member) => (Ok(self.copy_of(&state, member)), tail),
            Err(rejection) => (Err(rejection), tail),
        })
    }

    fn copy_of(&self, state: &State, member: u32) -> CopiedMember {
        let objects = &state.objects;
        let stored = objects.member(member);
        let currencies = objects.program().currencies.iter();
        let wallets = currencies.enumerate().map(|(currency, named)| {
            let currency = u8::try_from(currency).expect("a program has few currencies");
            let id = WalletId { member, currency };
            let wallet = objects.wallet(id).cloned().unwrap_or_default();
            (named.name.clone(), id, wallet)
        });
        CopiedMember {
            id: objects.member_id(member).to_owned(),
            status: stored.status,
            aliases: match stored.status {
                Status::Erased => Vec::new(),
                _ => stored.aliases().to_vec(),
            },
            links: stored.links().to_vec(),
            wallets: wallets.collect(),
            terms: Arc::clone(&objects.terms),
            tail: objects.recorded_at,
            now: self.now(objects),
        }
    }

    fn view_of(&self, copied: CopiedMember, at: Option<Instant>) -> Result<MemberView, Failure> {
        let at = at.unwrap_or(copied.now);
        let history = Past(&self.reader);
        let mut wallets = Vec::with_capacity(copied.wallets.len());
        for (name, id, wallet) in copied.wallets {
            let view = query::balance(&history, &wallet, id, copied.tail, at)
                .map_err(|error| of_history(&error))?;
            wallets.push((name, view));
        }
        Ok(MemberView {
            id: copied.id,
            status: copied.status,
            aliases: copied.aliases,
            links: copied.links,
            wallets,
            terms: copied.terms,
            at,
        })
    }
}
