//! Owns the reads for tills and for whoever asks how a balance came to be.

use super::core::Core;
use super::failure::Failure;
use super::history::{Past, of_history};
use crate::ledger::bounds::PAGE_ROWS;
use crate::ledger::request::MemberName;
use crate::ledger::time::Instant;
use crate::query::{self, Explanation, OpenHold, TillTotal, WantedHolds};

impl Core {
    /// What a store recorded under receipts of a business date (days since 1970-01-01).
    pub fn till_totals(
        &self,
        store: &str,
        terminal: Option<&str>,
        business_date: i32,
    ) -> Result<Vec<TillTotal>, Failure> {
        self.enter_read()?;
        let (totals, tail) = {
            let state = self.state.read();
            let day = state.objects.tills.day(business_date);
            let totals = query::till_totals(day, store, terminal);
            (totals, state.objects.sequence)
        };
        self.commit.wait(tail)?;
        Ok(totals)
    }

    /// A page of the holds that are open now, oldest first, with the entries that opened them: those after `after`.
    pub fn open_holds(
        &self,
        store: Option<&str>,
        older_than_micros: Option<i64>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<OpenHold>, Failure> {
        let view = self.view()?;
        let now = self.now(&view);
        let wanted = WantedHolds {
            store,
            opened_before: older_than_micros.map(|age| Instant(now.0.saturating_sub(age))),
            after,
            limit: limit.min(PAGE_ROWS),
        };
        query::open_holds(&Past(&self.reader), &view, now, wanted)
            .map_err(|error| of_history(&error))
    }

    pub fn explain(&self, member: &MemberName<'_>, wallet: &str) -> Result<Explanation, Failure> {
        let copied = self.copy_wallet(member, wallet)?;
        let history = Past(&self.reader);
        query::explain(&history, &copied.wallet, copied.id, copied.now)
            .map_err(|error| of_history(&error))
    }
}
