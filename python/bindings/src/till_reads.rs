//! The reads for tills, and how a balance came to be.

use loyalty_ledger::ledger::entry::Flow;
use loyalty_ledger::ledger::lot;
use loyalty_ledger::ledger::state::Objects;
use loyalty_ledger::query;
use pyo3::prelude::*;

use crate::ledger::Ledger;
use crate::results::{Balance, Lot};
use crate::values::{Member, given, sequence};

#[derive(IntoPyObject)]
struct TillTotal {
    verb: &'static str,
    code: &'static str,
    count: u64,
    money: i128,
    points: i128,
}

#[derive(IntoPyObject)]
struct OpenHold {
    authorization: u64,
    member: String,
    wallet: String,
    points: i64,
    opened_at: i64,
    lapses_at: i64,
    store: String,
    terminal: String,
    key: Option<String>,
}

#[derive(IntoPyObject)]
struct StoryLine {
    /// Nanoseconds since 1970.
    at: i64,
    sequence: Option<u64>,
    verb: &'static str,
    flow: &'static str,
    points: i64,
    paid: i64,
    original: Option<u64>,
}

#[derive(IntoPyObject)]
struct LotStory {
    lot: Lot,
    came: i64,
    paid: i64,
    gone: i64,
    pending: i64,
    available: i64,
    held: i64,
    lines: Vec<StoryLine>,
}

#[derive(IntoPyObject)]
struct Explanation {
    member: String,
    wallet: String,
    at: i64,
    balance: Balance,
    lots: Vec<LotStory>,
    debt_made: i64,
    debt_paid: i64,
    debt_forgiven: i64,
    debt_lines: Vec<StoryLine>,
    noted: Vec<StoryLine>,
}

#[pymethods]
impl Ledger {
    /// `business_date` in days since 1970-01-01.
    #[pyo3(signature = (store, terminal, business_date))]
    fn totals(
        &self,
        py: Python<'_>,
        store: &str,
        terminal: Option<&str>,
        business_date: i32,
    ) -> PyResult<Vec<TillTotal>> {
        let totals = self.wait(py, || {
            self.engine.till_totals(store, terminal, business_date)
        })?;
        Ok(totals.iter().map(TillTotal::from).collect())
    }

    /// `after` is the last authorization of the page before, or 0.
    #[pyo3(signature = (store, older_than_micros, after, limit))]
    fn holds(
        &self,
        py: Python<'_>,
        store: Option<&str>,
        older_than_micros: Option<i64>,
        after: u64,
        limit: usize,
    ) -> PyResult<Vec<OpenHold>> {
        self.wait(py, || {
            let holds = self
                .engine
                .open_holds(store, older_than_micros, after, limit)?;
            let view = self.engine.view()?;
            Ok(holds
                .into_iter()
                .map(|hold| OpenHold::new(hold, &view))
                .collect())
        })
    }

    #[pyo3(signature = (member, *, wallet))]
    fn explain(&self, py: Python<'_>, member: Member, wallet: &str) -> PyResult<Explanation> {
        let name = self.name(py, &member)?;
        self.wait(py, || {
            let explained = self.engine.explain(&name, wallet)?;
            let view = self.engine.view()?;
            Ok(Explanation::new(&explained, wallet, &view))
        })
    }
}

impl From<&query::TillTotal> for TillTotal {
    fn from(total: &query::TillTotal) -> TillTotal {
        TillTotal {
            verb: total.verb,
            code: total.code.name(),
            count: total.count,
            money: total.money,
            points: total.points,
        }
    }
}

impl OpenHold {
    fn new(hold: query::OpenHold, view: &Objects) -> OpenHold {
        let currency = &view.program().currencies[usize::from(hold.wallet.currency)];
        OpenHold {
            authorization: hold.authorization,
            member: view.member_id(hold.wallet.member).to_owned(),
            wallet: currency.name.clone(),
            points: hold.points,
            opened_at: hold.opened_at.0,
            lapses_at: hold.lapses_at.0,
            key: given(&hold.key),
            store: hold.store,
            terminal: hold.terminal,
        }
    }
}

impl From<&query::StoryLine> for StoryLine {
    fn from(line: &query::StoryLine) -> StoryLine {
        StoryLine {
            at: line.at.0,
            sequence: sequence(line.sequence),
            verb: line.verb,
            flow: Flow::name(line.flow),
            points: line.points,
            paid: line.paid,
            original: sequence(line.original),
        }
    }
}

impl LotStory {
    fn new(story: &query::LotStory, view: &Objects) -> LotStory {
        let lot = lot::Lot {
            expires_at: story.expires_at,
            ..story.lot
        };
        LotStory {
            lot: Lot::new(&lot, &view.terms),
            came: story.came,
            paid: story.paid,
            gone: story.gone,
            pending: story.pending,
            available: story.available,
            held: story.held,
            lines: story.lines.iter().map(StoryLine::from).collect(),
        }
    }
}

impl Explanation {
    fn new(explained: &query::Explanation, wallet: &str, view: &Objects) -> Explanation {
        let debt = &explained.debt;
        Explanation {
            member: view.member_id(explained.member).to_owned(),
            wallet: wallet.to_owned(),
            at: explained.at.0,
            balance: Balance::from(&explained.balance),
            lots: explained
                .lots
                .iter()
                .map(|story| LotStory::new(story, view))
                .collect(),
            debt_made: debt.made,
            debt_paid: debt.paid,
            debt_forgiven: debt.forgiven,
            debt_lines: debt.lines.iter().map(StoryLine::from).collect(),
            noted: explained.noted.iter().map(StoryLine::from).collect(),
        }
    }
}
