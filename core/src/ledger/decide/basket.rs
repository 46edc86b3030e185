//! A purchase that states more than its amount: what of it earns, what points pay for, and who joins with it.

use super::super::entry::{Balance, Fact, Figures, Flow, WalletId};
use super::super::lot::TermsId;
use super::super::members::Status;
use super::super::program::EarnRule;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Basket, Line, MemberName, Purchase, Spend};
use super::accrue::{Dates, new_lot};
use super::activity::Activity;
use super::capture::{Held, wallet_of};
use super::case::{Case, Verdict};
use super::draft::Draft;
use super::joining;
use super::offline::{self, Bearer, Spent};
use super::purchase::{check_money, points_for};

pub fn decide<'a>(
    case: &mut Case<'_>,
    purchase: &Purchase<'a>,
    basket: &Basket<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let rule = &case.program().earning;
    check_money(rule, &purchase.amount)?;
    let dates = Dates::of_policy(case, rule.currency, None)?;
    let mut verdict = Verdict::default();
    let (name, enroll) = (&purchase.member, purchase.enroll);
    let member = joining::anyone(case, name, enroll, basket.joining.as_ref(), &mut verdict)?;
    check_status(case, member, basket.spend.as_ref())?;
    let earning = WalletId {
        member,
        currency: rule.currency,
    };
    let total = purchase.amount.minor_units;
    let paid = match &basket.spend {
        None => None,
        Some(spend) => match pay(case, spend, name, member, total)? {
            Payment::Made(paid) => Some(paid),
            Payment::Refused(refusal) => return Ok(refusal),
        },
    };
    let worth = paid.as_ref().map_or(0, |paid| paid.worth);
    let eligible = (eligible_of(rule, basket, total) - worth).max(0);
    let points = match case.status(member) {
        Status::Closed | Status::Erased => 0,
        Status::Active | Status::Blocked => points_for(rule, eligible)?,
    };
    let mut figures = Figures {
        requested: points,
        awarded: points,
        cash: total - worth,
        eligible,
        ..Figures::default()
    };
    let lot = new_lot(case, points, dates, TermsId::NONE);
    let Some(paid) = paid else {
        let earned = case.earn(earning, Flow::Accrued, lot);
        return Ok(verdict.closed_by(with_figures(earned?, figures)));
    };
    let (about, before, is_charged) = (paid.about, paid.before, paid.is_charged);
    match is_charged {
        true => figures.charged = paid.points,
        false => figures.spent = paid.points,
    }
    verdict.facts.extend(paid.told);
    // Points are paid before any are earned; where both are of one kind, they share a wallet.
    let (mut draft, other) = match paid.wallet == earning {
        true => (paid.draft, None),
        false => (case.draft(earning), Some(paid.draft)),
    };
    if (other.is_some() || is_charged)
        && let Some(activity) = Activity::in_wallet(case, earning)?
    {
        activity.note(case, &mut draft);
    }
    if points > 0 {
        draft.put(Flow::Accrued, lot, 0);
    }
    let outcome =
        Verdict::applied_to_all([Some(draft), other].into_iter().flatten(), before, figures);
    Ok(verdict.closed_by(outcome).about(about))
}

/// Whether the member may buy, and pay like that. Points that a till gave value for offline are paid by somebody.
fn check_status(case: &Case<'_>, member: u32, spend: Option<&Spend<'_>>) -> Result<(), Rejection> {
    match spend {
        Some(_) if case.offline_at.is_some() => Ok(()),
        Some(Spend::Redeem { .. }) => case.check_spends(member),
        Some(Spend::Capture { .. }) | None => case.check_open(member),
    }
}

/// Minor units of a basket that earn, before what is paid with points: as stated, else what its lines leave, else all.
pub fn eligible_of(rule: &EarnRule, basket: &Basket<'_>, total: i64) -> i64 {
    match basket.eligible {
        Some(stated) => stated,
        None if basket.lines.is_empty() => total,
        None => {
            let earning = basket.lines.iter().filter(|line| earns(rule, line));
            earning.map(|line| line.amount).sum()
        }
    }
}

/// Whether a line earns anything.
pub fn earns(rule: &EarnRule, line: &Line<'_>) -> bool {
    !line.excluded
        && !rule
            .exclude
            .iter()
            .any(|category| *category == line.category)
}

enum Payment<'a> {
    Made(Paid),
    Refused(Verdict<'a>),
}

/// Points that have paid for a part, in the wallet they came from.
struct Paid {
    wallet: WalletId,
    draft: Draft,
    before: Balance,
    points: i64,
    /// The store pays instead: nothing was taken.
    is_charged: bool,
    /// What the entry has to say of points that were spent offline.
    told: Option<Fact<'static>>,
    /// Minor units.
    worth: i64,
    /// The authorization they were held for; 0 if none.
    about: u64,
}

fn pay<'a>(
    case: &Case<'_>,
    spend: &Spend<'_>,
    name: &MemberName<'_>,
    member: u32,
    total: i64,
) -> Result<Payment<'a>, Rejection> {
    match spend {
        Spend::Redeem { points } => {
            let worth = worth(case, *points, total)?;
            case.check_taking(name, member, *points)?;
            redeem(case, *points, member, worth)
        }
        Spend::Capture { points, .. } => capture(case, *points, member, total),
    }
}

fn redeem<'a>(
    case: &Case<'_>,
    points: i64,
    member: u32,
    worth: i64,
) -> Result<Payment<'a>, Rejection> {
    let currency = case.program().spending.currency;
    let wallet = WalletId { member, currency };
    let mut draft = case.draft(wallet);
    if case.offline_at.is_some() {
        return pay_offline(case, draft, (points, worth), Spent::Any, 0);
    }
    let before = draft.balance();
    if let Some(activity) = Activity::in_wallet(case, wallet)? {
        activity.note(case, &mut draft);
    }
    if draft.balance().available < points {
        let refusal = Verdict::refused(Code::InsufficientPoints, points, before);
        return Ok(Payment::Refused(refusal));
    }
    draft.draw(Flow::Redeemed, points, case.draw_order(wallet), 0);
    Ok(Payment::Made(Paid {
        wallet,
        draft,
        before,
        points,
        is_charged: false,
        told: None,
        worth,
        about: 0,
    }))
}

fn capture<'a>(
    case: &Case<'_>,
    points: Option<i64>,
    member: u32,
    total: i64,
) -> Result<Payment<'a>, Rejection> {
    let mut hold = Held::find(case)?;
    let wallet = wallet_of(case.original()?);
    if wallet.member != member {
        return Err(Rejection::plain(Code::MemberMismatch));
    }
    let currencies = &case.program().currencies;
    let currency = case.program().spending.currency;
    if wallet.currency != currency {
        let name = |currency: u8| &currencies[usize::from(currency)].name;
        let message = format!(
            "entry {} holds {}; purchases are paid with {}",
            hold.id,
            name(wallet.currency),
            name(currency)
        );
        return Err(Rejection::new(Code::NotAnAuthorization, message));
    }
    let late = hold.told_late(case);
    let held = late.map_or(hold.points, |authorization| authorization.figures.awarded);
    let asked = points.unwrap_or(held);
    if let Some(refusal) = hold.refusal(case, held, asked) {
        return Ok(Payment::Refused(refusal));
    }
    let worth = worth(case, asked, total)?;
    if let Some(authorization) = late {
        let spent = Spent::Held(authorization);
        let about = hold.id;
        return pay_offline(case, hold.into_draft(), (asked, worth), spent, about);
    }
    let (about, before) = (hold.id, hold.balance());
    hold.note_activity(case)?;
    Ok(Payment::Made(Paid {
        wallet,
        draft: hold.captured(asked),
        before,
        points: asked,
        is_charged: false,
        told: None,
        worth,
        about,
    }))
}

/// Points that a till which was offline took for a part, and what they are worth: the member bears them, or the store.
fn pay_offline<'a>(
    case: &Case<'_>,
    mut draft: Draft,
    (points, worth): (i64, i64),
    spent: Spent<'_>,
    about: u64,
) -> Result<Payment<'a>, Rejection> {
    let (wallet, before) = (draft.id(), draft.balance());
    let bearer = offline::take(case, &mut draft, points, spent)?;
    Ok(Payment::Made(Paid {
        wallet,
        draft,
        before,
        points,
        is_charged: bearer == Bearer::Store,
        told: Some(offline::fact(case, wallet, points, bearer)?),
        worth,
        about,
    }))
}

/// What points are worth, which is at most what is to be paid.
fn worth(case: &Case<'_>, points: i64, total: i64) -> Result<i64, Rejection> {
    let worth = case.program().spending.worth(points);
    if worth <= total {
        return Ok(worth);
    }
    let message = format!("{points} points are worth {worth}, more than the {total} to be paid");
    Err(Rejection::new(Code::SpendExceedsAmount, message))
}

/// The verdict on what was earned, with the figures of the whole purchase.
fn with_figures<'a>(verdict: Verdict<'a>, figures: Figures) -> Verdict<'a> {
    match verdict.code {
        Code::Applied => Verdict { figures, ..verdict },
        _ => verdict,
    }
}
