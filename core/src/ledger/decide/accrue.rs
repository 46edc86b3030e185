//! accrue: explicit points become a lot.

use super::super::entry::{Fact, Flow, WalletId};
use super::super::lot::{Lot, LotId, TermsId};
use super::super::program::{ExpiryPolicy, Pending};
use super::super::rejection::{Code, Rejection};
use super::super::request::Accrue;
use super::super::time::Instant;
use super::case::{Case, Verdict};
use super::joining;

pub fn decide<'a>(case: &mut Case<'_>, accrue: &Accrue<'a>) -> Result<Verdict<'a>, Rejection> {
    let currency = case.currency(&accrue.wallet)?;
    let dates =
        Dates::of_policy(case, currency, accrue.activates_at)?.with_expiry(accrue.expires_at)?;
    let mut verdict = Verdict::default();
    let joining = accrue.joining.as_deref();
    let member = joining::member(case, &accrue.member, accrue.enroll, joining, &mut verdict)?;
    let terms = terms(case, accrue, &mut verdict);
    let lot = new_lot(case, accrue.points, dates, terms);
    Ok(verdict.closed_by(case.earn(WalletId { member, currency }, Flow::Accrued, lot)?))
}

/// When a lot activates and expires.
#[derive(Clone, Copy, Debug)]
pub struct Dates {
    pub activates_at: Instant,
    pub expires_at: Instant,
}

impl Dates {
    /// As the currency's policy says, unless an activation is given.
    pub fn of_policy(
        case: &Case<'_>,
        currency: u8,
        activates_at: Option<Instant>,
    ) -> Result<Dates, Rejection> {
        let rules = &case.program().currencies[usize::from(currency)];
        let calendar = case.calendar()?;
        let out_of_range = |_| {
            Rejection::new(
                Code::TimeOutOfRange,
                "the lot's dates lie outside 1970 to 9999",
            )
        };
        let activates_at = match activates_at {
            Some(activates_at) => activates_at,
            None => match rules.pending {
                Pending::OnEvent => Instant::NEVER,
                Pending::After(period) if period.is_zero() => case.occurred_at,
                Pending::After(period) => calendar
                    .after(case.occurred_at, period)
                    .map_err(out_of_range)?,
            },
        };
        let expires_at = match rules.expiry {
            // What waits for an event gets its date when the event comes.
            ExpiryPolicy::Rolling { .. } | ExpiryPolicy::Fixed(_)
                if activates_at == Instant::NEVER =>
            {
                Instant::NEVER
            }
            expiry => calendar
                .expiry_of(expiry, activates_at)
                .map_err(out_of_range)?,
        };
        Ok(Dates {
            activates_at,
            expires_at,
        })
    }

    /// The expiry that was asked for instead of the policy's. One in the past is fine: the points come and go at once.
    pub fn with_expiry(self, expires_at: Option<Instant>) -> Result<Dates, Rejection> {
        let Some(expires_at) = expires_at else {
            return Ok(self);
        };
        if expires_at <= self.activates_at {
            let message = format!(
                "expires_at {expires_at} is not after {}, when the points activate; give a later one, or none",
                self.activates_at
            );
            return Err(Rejection::new(Code::ExpiryBeforeActivation, message));
        }
        Ok(Dates { expires_at, ..self })
    }
}

/// A lot that this entry makes.
pub fn new_lot(case: &Case<'_>, amount: i64, dates: Dates, terms: TermsId) -> Lot {
    let Dates {
        activates_at,
        expires_at,
    } = dates;
    let pending = activates_at > case.now;
    Lot {
        id: LotId::earned(case.sequence),
        amount,
        activates_at,
        expires_at,
        origin: case.sequence,
        terms,
        pending,
    }
}

/// The number of the request's funder and price, made by this entry at their first use.
fn terms<'a>(case: &Case<'_>, accrue: &Accrue<'a>, verdict: &mut Verdict<'a>) -> TermsId {
    if accrue.funder.is_none() && accrue.price.is_none() {
        return TermsId::NONE;
    }
    if let Some(known) = case
        .state
        .find_terms(accrue.funder.as_deref(), accrue.price.as_ref())
    {
        return known;
    }
    let terms = case.state.objects.terms.len() as u32;
    verdict.facts.push(Fact::TermsAdded {
        terms,
        funder: accrue.funder.clone(),
        price: accrue.price.clone(),
    });
    TermsId(terms)
}
