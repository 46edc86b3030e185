//! What tills do: sales, points in and out, holds, returns.

use loyalty_ledger::ledger::program::{Restore, Shortfall};
use loyalty_ledger::ledger::request::{
    Accrue, Authorize, Capture, Command, Part, Price, Redeem, ReturnedLine, Reverse, Text, Void,
};
use loyalty_ledger::ledger::time::Instant;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::attempt::Attempt;
use crate::ledger::Ledger;
use crate::results::Answer;
use crate::values::{Member, MoneyPair, Named, money, money_currency};
use crate::verbs::sales::JoiningParts;

#[pymethods]
impl Ledger {
    /// `price` is in millionths of a unit of money; `expires_at` is 2^63 - 1 for never.
    #[pyo3(signature = (member, points, *, activates_at, expires_at, funder, price, wallet, enroll, joining, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn accrue(
        &self,
        py: Python<'_>,
        member: Member,
        points: i64,
        activates_at: Option<i64>,
        expires_at: Option<i64>,
        funder: Option<&str>,
        price: Option<MoneyPair<'_>>,
        wallet: &str,
        enroll: bool,
        joining: Option<JoiningParts>,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let joining = joining.as_ref().map(|joining| self.joining(py, joining));
        let joining = joining.transpose()?;
        let accrue = Accrue {
            member: self.name(py, &member)?,
            wallet: Text::Borrowed(wallet),
            points,
            activates_at: activates_at.map(Instant),
            expires_at: expires_at.map(Instant),
            funder: funder.map(Text::Borrowed),
            price: price.map(lot_price).transpose()?,
            enroll,
            joining: joining.map(Box::new),
        };
        self.submit(py, &attempt, Command::Accrue(accrue))
    }

    #[pyo3(signature = (member, points, *, wallet, attempt))]
    fn redeem(
        &self,
        py: Python<'_>,
        member: Member,
        points: i64,
        wallet: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let redeem = Redeem {
            member: self.name(py, &member)?,
            wallet: Text::Borrowed(wallet),
            points,
        };
        self.submit(py, &attempt, Command::Redeem(redeem))
    }

    #[pyo3(signature = (member, points, *, ttl_micros, allow_partial, wallet, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn authorize(
        &self,
        py: Python<'_>,
        member: Member,
        points: i64,
        ttl_micros: Option<i64>,
        allow_partial: bool,
        wallet: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let authorize = Authorize {
            member: self.name(py, &member)?,
            wallet: Text::Borrowed(wallet),
            points,
            ttl_micros,
            allow_partial,
        };
        self.submit(py, &attempt, Command::Authorize(authorize))
    }

    #[pyo3(signature = (authorization, *, points, attempt))]
    fn capture(
        &self,
        py: Python<'_>,
        authorization: Named,
        points: Option<i64>,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let capture = Capture {
            authorization: authorization.into(),
            points,
        };
        self.submit(py, &attempt, Command::Capture(capture))
    }

    #[pyo3(signature = (authorization, *, attempt))]
    fn void(&self, py: Python<'_>, authorization: Named, attempt: Attempt) -> PyResult<Answer> {
        let authorization = authorization.into();
        self.submit(py, &attempt, Command::Void(Void { authorization }))
    }

    /// At most one of points, amount and lines (places from 1, with quantities); with none, all that is left.
    #[pyo3(signature = (original, *, points, amount, lines, member, shortfall, restore, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn reverse(
        &self,
        py: Python<'_>,
        original: Named,
        points: Option<i64>,
        amount: Option<MoneyPair<'_>>,
        lines: Option<Vec<(u32, Option<i64>)>>,
        member: Option<Member>,
        shortfall: Option<&str>,
        restore: Option<&str>,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let part = match (points, amount, lines) {
            (Some(points), _, _) => Part::Points(points),
            (None, Some(amount), _) => Part::Money(money(amount)?),
            (None, None, Some(lines)) => Part::Lines(returned(lines)),
            (None, None, None) => Part::Rest,
        };
        let reverse = Reverse {
            original: original.into(),
            part,
            member: self.optional_name(py, member.as_ref())?,
            shortfall: policy("shortfall", shortfall, &Shortfall::ALL)?,
            restore: policy("restore", restore, &Restore::ALL)?,
            dispute: None,
        };
        self.submit(py, &attempt, Command::Reverse(reverse))
    }
}

fn returned(lines: Vec<(u32, Option<i64>)>) -> Vec<ReturnedLine> {
    let lines = lines.into_iter();
    lines
        .map(|(line, quantity)| ReturnedLine { line, quantity })
        .collect()
}

/// The policy of a name.
fn policy<T: Copy>(argument: &str, name: Option<&str>, all: &[(&str, T)]) -> PyResult<Option<T>> {
    let Some(name) = name else {
        return Ok(None);
    };
    let found = all.iter().find(|(known, _)| *known == name);
    let names: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
    let unknown = || {
        let message = format!("{argument} {name:?} is none of {}", names.join(", "));
        PyValueError::new_err(message)
    };
    Ok(Some(found.ok_or_else(unknown)?.1))
}

fn lot_price((micros, currency): MoneyPair<'_>) -> PyResult<Price> {
    let currency = money_currency(currency)?;
    Ok(Price { micros, currency })
}
