//! The reads: balances, statements, entries, ladders, totals and checks.

use std::path::PathBuf;

use loyalty_ledger::ledger::accounts::Account;
use loyalty_ledger::ledger::rejection::{Code, Rejection};
use loyalty_ledger::ledger::state::Objects;
use loyalty_ledger::ledger::time::Instant;
use loyalty_ledger::query::{self, Position, PositionError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::attempt::{ReceiptParts, receipt};
use crate::ledger::Ledger;
use crate::results::{BalanceView, Entry, Page};
use crate::values::{Member, currency_code, receipt_kind};

/// Local date as ISO 8601 text, instant in microseconds, points.
type Step = (String, i64, i128);

#[derive(IntoPyObject)]
struct Ladder {
    steps: Vec<Step>,
    never: i128,
}

#[derive(IntoPyObject)]
struct TrialLine {
    funder: Option<String>,
    price: Option<(i64, String)>,
    accounts: Vec<(&'static str, i128)>,
}

#[derive(IntoPyObject)]
struct TrialBalance {
    at: i64,
    balanced: bool,
    lines: Vec<TrialLine>,
    pending: i128,
    available: i128,
    held: i128,
    debt: i128,
}

#[derive(IntoPyObject)]
struct Report {
    ok: bool,
    entries: u64,
    members: u32,
    problems: Vec<String>,
    problem_count: u64,
    digest: String,
}

#[derive(IntoPyObject)]
struct Info {
    path: PathBuf,
    id: String,
    clock: &'static str,
    read_only: bool,
    entries: u64,
    /// Nanoseconds since 1970.
    recorded_at: i64,
    now: i64,
    members: u32,
    program_version: u32,
    zone: String,
    money: String,
    journal_bytes: u64,
    snapshot: u64,
    notices: Vec<String>,
}

#[derive(IntoPyObject)]
struct Rule {
    points: i64,
    per_minor_units: i64,
    money: String,
    wallet: String,
}

#[pymethods]
impl Ledger {
    #[pyo3(signature = (member, *, wallet, at))]
    fn balance(
        &self,
        py: Python<'_>,
        member: Member,
        wallet: &str,
        at: Option<i64>,
    ) -> PyResult<BalanceView> {
        let name = self.name(py, &member)?;
        self.wait(py, || {
            let view = self.engine.balance(&name, wallet, at.map(Instant))?;
            Ok(BalanceView::new(&view, &self.engine.terms()?))
        })
    }

    #[pyo3(signature = (member, *, wallet, limit, before))]
    fn statement(
        &self,
        py: Python<'_>,
        member: Member,
        wallet: &str,
        limit: usize,
        before: Option<&str>,
    ) -> PyResult<Page> {
        let name = self.name(py, &member)?;
        let before = before.map(str::parse::<Position>).transpose();
        let before =
            before.map_err(|error: PositionError| PyValueError::new_err(error.to_string()))?;
        self.wait(py, || {
            Ok(Page::from(
                &self.engine.statement(&name, wallet, limit, before)?,
            ))
        })
    }

    fn entry(&self, py: Python<'_>, sequence: u64) -> PyResult<Entry> {
        self.wait(py, || {
            let entry = self.engine.entry(sequence)?;
            Ok(Entry::new(&entry, &self.engine.view()?))
        })
    }

    fn entry_by_key(&self, py: Python<'_>, key: &str) -> PyResult<Entry> {
        self.wait(py, || {
            let entry = self.engine.entry_by_key("", key)?;
            Ok(Entry::new(&entry, &self.engine.view()?))
        })
    }

    fn entry_by_receipt(
        &self,
        py: Python<'_>,
        parts: ReceiptParts,
        is_return: bool,
    ) -> PyResult<Entry> {
        let kind = receipt_kind(is_return);
        self.wait(py, || {
            let entry = self.engine.entry_by_receipt(kind, &receipt(&parts))?;
            Ok(Entry::new(&entry, &self.engine.view()?))
        })
    }

    fn entries(&self, py: Python<'_>, first: u64, limit: usize) -> PyResult<Vec<Entry>> {
        self.wait(py, || {
            let entries = self.engine.entries(first, limit)?;
            let view = self.engine.view()?;
            Ok(entries
                .iter()
                .map(|entry| Entry::new(entry, &view))
                .collect())
        })
    }

    #[pyo3(signature = (member, *, wallet))]
    fn ladder(&self, py: Python<'_>, member: Option<Member>, wallet: &str) -> PyResult<Ladder> {
        let name = self.optional_name(py, member.as_ref())?;
        self.wait(py, || {
            let ladder = self.engine.ladder(name.as_ref(), wallet)?;
            let calendar = self.calendar(&self.engine.view()?.program().zone);
            let steps = ladder.steps.iter().map(|(at, points)| {
                let day = calendar.local_date(*at).to_string();
                (day, at.0, *points)
            });
            Ok(Ladder {
                steps: steps.collect(),
                never: ladder.never,
            })
        })
    }

    fn trial_balance(
        &self,
        py: Python<'_>,
        wallet: &str,
        at: Option<i64>,
    ) -> PyResult<TrialBalance> {
        self.wait(py, || {
            let balance = self.engine.trial_balance(at.map(Instant))?;
            let view = self.engine.view()?;
            let currency = view
                .program()
                .currency(wallet)
                .ok_or_else(|| unknown(wallet))?;
            let lines = balance
                .lines
                .iter()
                .filter(|line| line.currency == currency);
            let totals = balance
                .members
                .iter()
                .find(|totals| totals.currency == currency);
            let totals = totals.copied().unwrap_or_default();
            Ok(TrialBalance {
                at: balance.at.0,
                balanced: balance.balanced(),
                lines: lines.map(|line| TrialLine::new(line, &view)).collect(),
                pending: totals.pending,
                available: totals.available,
                held: totals.held,
                debt: totals.debt,
            })
        })
    }

    /// Points charged to stores: those with a balance, in order.
    fn store_accounts(&self, py: Python<'_>, wallet: &str) -> PyResult<Vec<(String, i128)>> {
        self.wait(py, || {
            let view = self.engine.view()?;
            let currency = view
                .program()
                .currency(wallet)
                .ok_or_else(|| unknown(wallet))?;
            let accounts = view.stores.iter();
            let own = accounts.filter(|((_, of), points)| *of == currency && **points != 0);
            Ok(own
                .map(|((store, _), points)| (store.to_string(), *points))
                .collect())
        })
    }

    fn verify(&self, py: Python<'_>) -> PyResult<Report> {
        self.wait(py, || {
            let report = self.engine.verify()?;
            Ok(Report {
                ok: report.ok,
                entries: report.entries,
                members: report.members,
                problem_count: report.problem_count,
                problems: report.problems,
                digest: hexadecimal(&report.digest),
            })
        })
    }

    /// Digest of the state; equal states have equal ones.
    fn digest(&self, py: Python<'_>) -> PyResult<String> {
        self.wait(py, || Ok(hexadecimal(&self.engine.digest()?)))
    }

    fn info(&self, py: Python<'_>) -> PyResult<Info> {
        let info = self.wait(py, || self.engine.info())?;
        let program = self.wait(py, || Ok(self.engine.view()?.program().clone()))?;
        Ok(Info {
            path: info.path,
            id: hexadecimal(&info.id),
            clock: info.clock.name(),
            read_only: info.read_only,
            entries: info.entries,
            recorded_at: info.recorded_at.0,
            now: info.now.0,
            members: info.members,
            program_version: info.program_version,
            zone: info.zone,
            money: program.earning.money.code().to_owned(),
            journal_bytes: info.journal_bytes,
            snapshot: info.snapshot,
            notices: info.notices,
        })
    }

    /// The base earn rule of a version of the program.
    fn rule(&self, py: Python<'_>, program: usize) -> PyResult<Option<Rule>> {
        let view = self.wait(py, || self.engine.view())?;
        Ok(view.programs.get(program).map(|program| {
            let earning = &program.earning;
            Rule {
                points: earning.points,
                per_minor_units: earning.per_minor_units,
                money: earning.money.code().to_owned(),
                wallet: program
                    .currencies
                    .get(usize::from(earning.currency))
                    .map_or_else(String::new, |currency| currency.name.clone()),
            }
        }))
    }
}

impl TrialLine {
    fn new(line: &query::TrialLine, view: &Objects) -> TrialLine {
        let terms = view.terms.get(line.terms.0 as usize);
        let price = terms.and_then(|terms| terms.price.as_ref());
        let accounts = Account::ALL.into_iter();
        TrialLine {
            funder: terms
                .and_then(|terms| terms.funder.as_deref())
                .map(str::to_owned),
            price: price.map(|price| (price.micros, currency_code(price.currency))),
            accounts: accounts
                .map(|account| (account.name(), line.points(account)))
                .collect(),
        }
    }
}

fn unknown(wallet: &str) -> Rejection {
    let message = format!("the program has no currency of points {wallet:?}");
    Rejection::new(Code::UnknownCurrency, message)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
