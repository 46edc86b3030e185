//! The verbs: one method each, one request each.

use loyalty_ledger::ledger::request::{
    Accrue, Adjust, Alias, Authorize, Capture, ChangeAlias, Command, Enroll, Money, Part, Price,
    Purchase, Redeem, Reverse, Text, Void,
};
use loyalty_ledger::ledger::time::Instant;
use pyo3::prelude::*;

use crate::answers::Answers;
use crate::batch;
use crate::errors;
use crate::ledger::Ledger;
use crate::results::Answer;
use crate::stream;
use crate::table::{Rules, Table, Verb};
use crate::values::{Named, member_id, money_currency};

/// Minor units and ISO 4217 code.
type MoneyPair<'a> = (i64, &'a str);

#[pymethods]
impl Ledger {
    #[pyo3(signature = (member, aliases, *, key, occurred_at))]
    fn enroll(
        &self,
        py: Python<'_>,
        member: &str,
        aliases: Vec<(String, String)>,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let hashed = aliases
            .iter()
            .map(|(kind, value)| self.alias(py, kind, value));
        let enroll = Enroll {
            member: Text::Borrowed(member),
            aliases: hashed.collect::<PyResult<_>>()?,
        };
        self.submit(py, key, occurred_at, Command::Enroll(enroll))
    }

    #[pyo3(signature = (member, kind, value, *, key, occurred_at))]
    fn add_alias(
        &self,
        py: Python<'_>,
        member: &str,
        kind: &str,
        value: &str,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let change = self.change(py, member, kind, value)?;
        self.submit(py, key, occurred_at, Command::AddAlias(change))
    }

    #[pyo3(signature = (member, kind, value, *, key, occurred_at))]
    fn remove_alias(
        &self,
        py: Python<'_>,
        member: &str,
        kind: &str,
        value: &str,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let change = self.change(py, member, kind, value)?;
        self.submit(py, key, occurred_at, Command::RemoveAlias(change))
    }

    #[pyo3(signature = (member, card, amount, *, enroll, key, occurred_at))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn purchase(
        &self,
        py: Python<'_>,
        member: Option<&str>,
        card: &str,
        amount: MoneyPair<'_>,
        enroll: bool,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let purchase = Purchase {
            member: self.name(py, member, card)?,
            amount: money(amount)?,
            enroll,
            basket: None,
        };
        self.submit(py, key, occurred_at, Command::Purchase(purchase))
    }

    /// `price` is in millionths of a unit of money; `expires_at` is 2^63 - 1 for never.
    #[pyo3(signature = (member, points, *, activates_at, expires_at, funder, price, wallet, enroll, key, occurred_at))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn accrue(
        &self,
        py: Python<'_>,
        member: &str,
        points: i64,
        activates_at: Option<i64>,
        expires_at: Option<i64>,
        funder: Option<&str>,
        price: Option<MoneyPair<'_>>,
        wallet: &str,
        enroll: bool,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let accrue = Accrue {
            member: member_id(member),
            wallet: Text::Borrowed(wallet),
            points,
            activates_at: activates_at.map(Instant),
            expires_at: expires_at.map(Instant),
            funder: funder.map(Text::Borrowed),
            price: price.map(lot_price).transpose()?,
            enroll,
            joining: None,
        };
        self.submit(py, key, occurred_at, Command::Accrue(accrue))
    }

    #[pyo3(signature = (member, points, *, wallet, key, occurred_at))]
    fn redeem(
        &self,
        py: Python<'_>,
        member: &str,
        points: i64,
        wallet: &str,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let redeem = Redeem {
            member: member_id(member),
            wallet: Text::Borrowed(wallet),
            points,
        };
        self.submit(py, key, occurred_at, Command::Redeem(redeem))
    }

    #[pyo3(signature = (member, points, *, ttl_micros, allow_partial, wallet, key, occurred_at))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn authorize(
        &self,
        py: Python<'_>,
        member: &str,
        points: i64,
        ttl_micros: Option<i64>,
        allow_partial: bool,
        wallet: &str,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let authorize = Authorize {
            member: member_id(member),
            wallet: Text::Borrowed(wallet),
            points,
            ttl_micros,
            allow_partial,
        };
        self.submit(py, key, occurred_at, Command::Authorize(authorize))
    }

    #[pyo3(signature = (authorization, *, points, key, occurred_at))]
    fn capture(
        &self,
        py: Python<'_>,
        authorization: Named,
        points: Option<i64>,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let capture = Capture {
            authorization: authorization.into(),
            points,
        };
        self.submit(py, key, occurred_at, Command::Capture(capture))
    }

    #[pyo3(signature = (authorization, *, key, occurred_at))]
    fn void(
        &self,
        py: Python<'_>,
        authorization: Named,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let authorization = authorization.into();
        self.submit(py, key, occurred_at, Command::Void(Void { authorization }))
    }

    /// At most one of points and amount; with neither, all that is left.
    #[pyo3(signature = (original, *, points, amount, member, key, occurred_at))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn reverse(
        &self,
        py: Python<'_>,
        original: Named,
        points: Option<i64>,
        amount: Option<MoneyPair<'_>>,
        member: Option<&str>,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let part = match (points, amount) {
            (Some(points), _) => Part::Points(points),
            (None, Some(amount)) => Part::Money(money(amount)?),
            (None, None) => Part::Rest,
        };
        let reverse = Reverse {
            original: original.into(),
            part,
            member: member.map(member_id),
            shortfall: None,
            restore: None,
        };
        self.submit(py, key, occurred_at, Command::Reverse(reverse))
    }

    /// `expires_at` is 2^63 - 1 for never.
    #[pyo3(signature = (member, points, *, reason, actor, expires_at, wallet, key, occurred_at))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn adjust(
        &self,
        py: Python<'_>,
        member: &str,
        points: i64,
        reason: &str,
        actor: &str,
        expires_at: Option<i64>,
        wallet: &str,
        key: &str,
        occurred_at: Option<i64>,
    ) -> PyResult<Answer> {
        let adjust = Adjust {
            member: member_id(member),
            wallet: Text::Borrowed(wallet),
            points,
            reason: Text::Borrowed(reason),
            actor: Text::Borrowed(actor),
            expires_at: expires_at.map(Instant),
            overdraw: false,
        };
        self.submit(py, key, occurred_at, Command::Adjust(adjust))
    }

    fn enroll_batch(&self, py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<Answers> {
        self.batch(py, table, Verb::Enroll, false)
    }

    fn purchase_batch(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        create_members: bool,
    ) -> PyResult<Answers> {
        self.batch(py, table, Verb::Purchase, create_members)
    }

    fn accrue_batch(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        create_members: bool,
    ) -> PyResult<Answers> {
        self.batch(py, table, Verb::Accrue, create_members)
    }

    fn redeem_batch(&self, py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<Answers> {
        self.batch(py, table, Verb::Redeem, false)
    }
}

impl Ledger {
    fn alias(&self, py: Python<'_>, kind: &str, value: &str) -> PyResult<Alias<'static>> {
        let alias = self.engine.alias(kind, value);
        alias.map_err(|rejection| errors::rejected(py, &rejection))
    }

    fn change<'m>(
        &self,
        py: Python<'_>,
        member: &'m str,
        kind: &str,
        value: &str,
    ) -> PyResult<ChangeAlias<'m>> {
        Ok(ChangeAlias {
            member: member_id(member),
            alias: self.alias(py, kind, value)?,
        })
    }

    /// Reads and checks the whole table, then submits it.
    fn batch(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        verb: Verb,
        create_members: bool,
    ) -> PyResult<Answers> {
        let reader = stream::reader(table)?;
        let alias = |kind: &str, value: &str| self.engine.alias(kind, value);
        let rules = Rules {
            verb,
            create_members,
            money: self.money_bytes(),
            manual: self.manual,
            alias: &alias,
        };
        let read = py.detach(|| Table::read(reader, &rules));
        let table = read.map_err(|bad| errors::bad_table(py, &bad))?;
        batch::submit(py, &self.engine, table)
    }
}

fn money((minor_units, currency): MoneyPair<'_>) -> PyResult<Money> {
    let currency = money_currency(currency)?;
    Ok(Money {
        minor_units,
        currency,
    })
}

fn lot_price((micros, currency): MoneyPair<'_>) -> PyResult<Price> {
    let currency = money_currency(currency)?;
    Ok(Price { micros, currency })
}
