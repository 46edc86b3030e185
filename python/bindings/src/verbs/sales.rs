//! Purchases and their quotes.

use loyalty_ledger::ledger::request::{Basket, Command, Joining, Line, Purchase, Spend, Text};
use pyo3::prelude::*;

use crate::attempt::Attempt;
use crate::ledger::Ledger;
use crate::results::Answer;
use crate::values::{Member, Named, NamingParts, money, naming};

/// The id of whoever joins, if stated, and the kinds and values of its aliases.
pub type JoiningParts = (Option<String>, Vec<(String, String)>);

/// SKU, category, quantity, minor units, whether it earns nothing.
type LineParts = (String, String, i64, i64, bool);

/// A sale, as a dictionary.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Sale {
    member: Member,
    amount: (i64, String),
    lines: Vec<LineParts>,
    eligible: Option<i64>,
    redeem: Option<i64>,
    capture: Option<Named>,
    capture_points: Option<i64>,
    enroll: bool,
    joining: Option<JoiningParts>,
    referral: Option<NamingParts>,
}

#[pymethods]
impl Ledger {
    #[pyo3(signature = (sale, *, attempt))]
    fn purchase(&self, py: Python<'_>, sale: Sale, attempt: Attempt) -> PyResult<Answer> {
        let purchase = self.sale(py, &sale)?;
        self.submit(py, &attempt, Command::Purchase(purchase))
    }

    /// What `purchase` would answer; the key is not looked at.
    #[pyo3(signature = (sale, *, attempt))]
    fn quote(&self, py: Python<'_>, sale: Sale, attempt: Attempt) -> PyResult<Answer> {
        let purchase = self.sale(py, &sale)?;
        let request = attempt.request(Command::Purchase(purchase));
        let answer = self.wait(py, || self.engine.quote(request))?;
        Ok(Answer::from(&answer))
    }
}

impl Ledger {
    fn sale<'s>(&self, py: Python<'_>, sale: &'s Sale) -> PyResult<Purchase<'s>> {
        let joining = sale.joining.as_ref();
        let joining = joining.map(|joining| self.joining(py, joining));
        let basket = Basket {
            lines: sale.lines.iter().map(line).collect(),
            eligible: sale.eligible,
            spend: spend(sale),
            joining: joining.transpose()?,
            referral: sale.referral.as_ref().map(|parts| Box::new(naming(parts))),
        };
        Ok(Purchase {
            member: self.name(py, &sale.member)?,
            amount: money((sale.amount.0, &sale.amount.1))?,
            enroll: sale.enroll,
            basket: (basket != Basket::default()).then(|| Box::new(basket)),
        })
    }

    pub fn joining<'s>(
        &self,
        py: Python<'_>,
        (id, aliases): &'s JoiningParts,
    ) -> PyResult<Joining<'s>> {
        let hashed = aliases
            .iter()
            .map(|(kind, value)| self.alias(py, kind, value));
        Ok(Joining {
            id: id.as_deref().map(Text::Borrowed),
            aliases: hashed.collect::<PyResult<_>>()?,
        })
    }
}

fn spend<'s>(sale: &'s Sale) -> Option<Spend<'s>> {
    let captured = sale.capture.clone().map(|authorization| Spend::Capture {
        authorization: authorization.into(),
        points: sale.capture_points,
    });
    captured.or(sale.redeem.map(|points| Spend::Redeem { points }))
}

fn line((sku, category, quantity, amount, excluded): &LineParts) -> Line<'_> {
    Line {
        sku: Text::Borrowed(sku),
        category: Text::Borrowed(category),
        quantity: *quantity,
        amount: *amount,
        excluded: *excluded,
    }
}
