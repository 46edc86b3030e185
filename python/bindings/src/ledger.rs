//! The class `_core.Ledger`: opening, closing, and what it holds.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use loyalty_ledger::engine::{self, Clock, Failure, Options};
use loyalty_ledger::ledger::program::Calendar;
use loyalty_ledger::ledger::request::{Alias, Command, MemberName, Text};
use pyo3::prelude::*;

use crate::attempt::Attempt;
use crate::clock::ManualClock;
use crate::errors;
use crate::results::Answer;
use crate::values::Member;

/// An open ledger. Times are microseconds since 1970, money is in minor units.
#[pyclass(module = "loyalty_ledger._core", frozen)]
pub struct Ledger {
    pub engine: engine::Ledger,
    pub manual: bool,
    /// The money of the program in force; only a publish of this process changes it.
    money: Mutex<[u8; 3]>,
    /// Of the zone that was last asked for: making one takes milliseconds.
    calendar: Mutex<Option<Arc<Calendar>>>,
}

#[pymethods]
impl Ledger {
    #[staticmethod]
    #[pyo3(signature = (path, *, program, clock, read_only, accept_clock, create))]
    fn open(
        py: Python<'_>,
        path: PathBuf,
        program: Option<String>,
        clock: Option<&Bound<'_, ManualClock>>,
        read_only: bool,
        accept_clock: bool,
        create: bool,
    ) -> PyResult<Ledger> {
        let manual = clock.map(|clock| clock.get().0.clone());
        let options = Options {
            program,
            clock: manual.map_or(Clock::System, Clock::Manual),
            read_only,
            accept_clock,
            create,
            ..Options::default()
        };
        let opened = py.detach(|| engine::Ledger::open(&path, options));
        let engine = opened.map_err(|error| errors::not_opened(py, &error))?;
        let money = py.detach(|| money_of(&engine));
        let money = money.map_err(|failure| errors::failed(py, &failure, None))?;
        Ok(Ledger {
            engine,
            manual: clock.is_some(),
            money: Mutex::new(money),
            calendar: Mutex::new(None),
        })
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.wait(py, || self.engine.close())
    }

    /// ISO 4217 code of the money that the program earns on.
    fn money(&self) -> String {
        crate::values::currency_code(self.money_bytes())
    }

    /// Writes a snapshot, so that the next opening replays less.
    fn snapshot(&self, py: Python<'_>) -> PyResult<()> {
        self.wait(py, || self.engine.snapshot())
    }

    /// Copies the ledger while it is open; returns the last sequence of the copy.
    fn backup(&self, py: Python<'_>, target: PathBuf) -> PyResult<u64> {
        self.wait(py, || self.engine.backup(&target))
    }

    fn publish(&self, py: Python<'_>, toml: &str) -> PyResult<Answer> {
        let answer = self.wait(py, || {
            let answer = self.engine.publish(toml)?;
            Ok((answer, money_of(&self.engine)?))
        });
        let (answer, money) = answer?;
        *self
            .money
            .lock()
            .expect("nothing panics while it holds three bytes") = money;
        Ok(Answer::from(&answer))
    }

    /// Records what time has moved; returns how many wallets it settled.
    fn sweep(&self, py: Python<'_>) -> PyResult<u64> {
        self.wait(py, || self.engine.sweep())
    }
}

impl Ledger {
    pub fn money_bytes(&self) -> [u8; 3] {
        *self
            .money
            .lock()
            .expect("nothing panics while it holds three bytes")
    }

    /// The calendar of a zone, which a published program names.
    pub fn calendar(&self, zone: &str) -> Arc<Calendar> {
        let last = self.calendar.lock();
        let mut last = last.expect("nothing panics while it holds a calendar");
        match &*last {
            Some(calendar) if calendar.zone() == zone => Arc::clone(calendar),
            _ => {
                let made = Calendar::of_zone(zone);
                let made = Arc::new(made.expect("a zone is looked up before it is published"));
                Arc::clone(last.insert(made))
            }
        }
    }

    /// Waits for the engine with the GIL released.
    pub fn wait<T: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce() -> Result<T, Failure> + Send,
    ) -> PyResult<T> {
        py.detach(call)
            .map_err(|failure| errors::failed(py, &failure, None))
    }

    pub fn submit(
        &self,
        py: Python<'_>,
        attempt: &Attempt,
        command: Command<'_>,
    ) -> PyResult<Answer> {
        let request = attempt.request(command);
        let answer = self.wait(py, || self.engine.submit(request))?;
        Ok(Answer::from(&answer))
    }

    /// The hash of an alias; the clear value goes no further.
    pub fn alias(&self, py: Python<'_>, kind: &str, value: &str) -> PyResult<Alias<'static>> {
        let alias = self.engine.alias(kind, value);
        alias.map_err(|rejection| errors::rejected(py, &rejection))
    }

    /// A member as the engine finds it.
    pub fn name<'m>(&self, py: Python<'_>, member: &'m Member) -> PyResult<MemberName<'m>> {
        match member {
            Member::Id(id) => Ok(MemberName::Id(Text::Borrowed(id))),
            Member::Alias(kind, value) => Ok(MemberName::Alias(self.alias(py, kind, value)?)),
        }
    }

    /// A member that may be named.
    pub fn optional_name<'m>(
        &self,
        py: Python<'_>,
        member: Option<&'m Member>,
    ) -> PyResult<Option<MemberName<'m>>> {
        member.map(|member| self.name(py, member)).transpose()
    }
}

fn money_of(engine: &engine::Ledger) -> Result<[u8; 3], Failure> {
    Ok(engine.view()?.program().earning.money.bytes())
}

/// Makes a ledger from a backup, up to and including a sequence; returns its last one.
#[pyfunction]
#[pyo3(signature = (source, target, through=None))]
pub fn restore(
    py: Python<'_>,
    source: PathBuf,
    target: PathBuf,
    through: Option<u64>,
) -> PyResult<u64> {
    let restored = py.detach(|| engine::restore(Path::new(&source), Path::new(&target), through));
    restored.map_err(|error| errors::not_opened(py, &error))
}
