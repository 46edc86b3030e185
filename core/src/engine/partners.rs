//! Owns what is asked about partners: what a member has agreed to, and what was done on a partner's behalf.

use super::core::Core;
use super::failure::Failure;
use super::reads::find_member;
use crate::ledger::bounds::PAGE_ROWS;
use crate::ledger::decide::is_code;
use crate::ledger::entry::Entry;
use crate::ledger::link::LinkTerms;
use crate::ledger::request::MemberName;
use crate::ledger::state::State;
use crate::ledger::time::Instant;

/// Entries that one page looks through at most.
const LOOKED_THROUGH: u64 = 65_536;

/// Entries that were made on behalf of a partner, newest first.
#[derive(Clone, Debug)]
pub struct PartnerPage {
    pub entries: Vec<Entry<'static>>,
    /// What `before` is for the next page; `None` if the journal's first entry was reached.
    pub next: Option<u64>,
}

impl Core {
    pub fn link(
        &self,
        member: &MemberName<'_>,
        partner: &str,
        at: Option<Instant>,
    ) -> Option<LinkTerms> {
        let state = self.state.read();
        let now = self.now(&state.objects);
        let on_behalf = Some(partner);
        let member = match state.find_code(member) {
            Some(code) => code.works(now, on_behalf).then_some(code.member)?,
            None => state.find_member_at(member, at.unwrap_or(now))?,
        };
        let terms = state.objects.member(member).link(partner)?.terms;
        terms.is_in_force(now).then_some(terms)
    }

    pub fn entries_of_partner(
        &self,
        partner: &str,
        member: Option<&MemberName<'_>>,
        limit: usize,
        before: Option<u64>,
    ) -> Result<PartnerPage, Failure> {
        self.enter_read()?;
        let (member, end) = {
            let state = self.state.read();
            let now = self.now(&state.objects);
            let member = member
                .map(|name| find_member(&state, name, now))
                .transpose()?;
            (member, state.objects.sequence + 1)
        };
        let mut next = before.map_or(end, |before| before.min(end));
        let last = next.saturating_sub(LOOKED_THROUGH).max(1);
        let limit = limit.clamp(1, PAGE_ROWS);
        let mut found = Vec::new();
        while next > last && found.len() < limit {
            let from = next.saturating_sub(PAGE_ROWS as u64).max(last);
            let count = usize::try_from(next - from).expect("a page is small");
            let read = self.entries(from, count)?;
            // What is not durable is not there.
            next = next.min(from + read.len() as u64);
            if read.is_empty() {
                next = from;
            }
            let state = self.state.read();
            for entry in read.into_iter().rev() {
                if found.len() == limit {
                    break;
                }
                next = entry.sequence;
                let is_own = entry.request.partner() == Some(partner);
                if is_own && member.is_none_or(|member| is_about(&state, &entry, member)) {
                    found.push(entry);
                }
            }
        }
        Ok(PartnerPage {
            entries: found,
            next: (next > 1).then_some(next),
        })
    }
}

/// Whether an entry changed a wallet of the member, or named the member in vain. Whom a code named then is forgotten.
fn is_about(state: &State, entry: &Entry<'_>, member: u32) -> bool {
    let mut wallets = entry.effects.iter().map(|effect| effect.wallet.member);
    let named = || {
        let at = entry.request.occurred_at;
        let at = at.unwrap_or_else(|| entry.recorded_at.instant());
        let name = entry
            .request
            .command
            .member()
            .filter(|name| !is_code(name))?;
        state.find_member_at(name, at)
    };
    wallets.any(|of| of == member) || (entry.effects.is_empty() && named() == Some(member))
}
