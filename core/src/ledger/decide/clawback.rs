//! Reversal of an accrual or a purchase: points that paid come back, then what was earned is taken back.

use smallvec::SmallVec;

use super::super::entry::{Entry, Fact, Figures, Flow, WalletId};
use super::super::lot::Lot;
use super::super::program::{Program, Shortfall};
use super::super::rejection::{Code, Rejection};
use super::super::request::{Part, Purchase, Reverse};
use super::capture::wallet_of;
use super::case::{Case, Verdict};
use super::draft::Draft;
use super::draw_order::sort_by_draw;
use super::draws::Draws;
use super::give_back::{Stand, put_back};
use super::gone;
use super::lines::{self, Returned};
use super::offline;
use super::purchase::{check_money, earned};
use super::share::Share;
use super::shortfall::{Booking, Borne, Policy, bear, held_of};

pub fn of_accrual<'a>(
    case: &mut Case<'_>,
    original: &Entry<'static>,
    reverse: &Reverse<'_>,
) -> Verdict<'a> {
    let mut draft = case.draft(wallet_of(original));
    let before = draft.balance();
    let so_far = case.originals.so_far();
    let total = original.figures.awarded;
    let is_once = case.is_reversed_before(original);
    let share = match Share::of(total, so_far.reversed_points, is_once, &reverse.part) {
        Ok(share) => share,
        Err((code, asked)) => return Verdict::refused(code, asked, before),
    };
    let policy = Policy {
        shortfall: shortfall_of(case, reverse),
        refund: 0,
        spending: &case.program().spending,
    };
    let taken = match take(case, &mut draft, original, share.asked, policy) {
        Ok(taken) => taken,
        Err(code) => return Verdict::refused(code, share.asked, before),
    };
    let figures = Figures {
        requested: share.asked,
        awarded: share.asked,
        spared: taken.borne.spared,
        reversed_points: share.reversed_after(),
        reversed_expired: so_far.reversed_expired + taken.gone,
        ..Figures::default()
    };
    Verdict::applied(draft, before, figures)
}

/// Recomputes what the remaining basket earns under the original's own rule; the difference goes.
pub fn of_purchase<'a>(
    case: &mut Case<'_>,
    original: &Entry<'static>,
    purchase: &Purchase<'_>,
    reverse: &Reverse<'_>,
) -> Result<Verdict<'a>, Rejection> {
    let state = case.state;
    let program: &Program = &state.objects.programs[original.program as usize];
    let rule = &program.earning;
    match &reverse.part {
        Part::Money(money) => check_money(rule, money)?,
        Part::Lines(returned) => lines::check_known(purchase, returned)?,
        Part::Rest | Part::Points(_) => {}
    }
    let earning = WalletId {
        member: wallet_of(original).member,
        currency: rule.currency,
    };
    let mut draft = case.draft(earning);
    let before = draft.balance();
    let goods = match Goods::of(case, original, purchase, &reverse.part) {
        Ok(goods) => goods,
        Err((code, asked)) => return Ok(Verdict::refused(code, asked, before)),
    };
    let mut other = None;
    if goods.given > 0 && goods.bearer.is_none() {
        let spending = spending_wallet(original);
        let spent_from = match spending {
            Some(wallet) if wallet != earning => other.insert(case.draft(wallet)),
            _ => &mut draft,
        };
        let stand = Stand::of(case, reverse, spent_from.id().currency)?;
        let draws = Draws::of(case, original, spent_from.id(), goods.so_far.reversed_spent);
        let returning = draws.next_back(goods.given);
        put_back(
            case,
            spent_from,
            original.sequence,
            Flow::RedemptionReversed,
            &returning,
            stand,
        );
    }
    let policy = Policy {
        shortfall: shortfall_of(case, reverse),
        refund: goods.cash,
        spending: &program.spending,
    };
    let taken = match take(case, &mut draft, original, goods.taken, policy) {
        Ok(taken) => taken,
        Err(code) => return Ok(Verdict::refused(code, goods.asked, before)),
    };
    let drafts = std::iter::once(draft).chain(other);
    let verdict = Verdict::applied_to_all(drafts, before, goods.figures(program, &taken));
    Ok(Verdict {
        facts: goods.facts(),
        ..Verdict::default()
    }
    .closed_by(verdict))
}

/// What one return of goods comes to.
struct Goods {
    so_far: Figures,
    after: Returned,
    /// Minor units of this return, and how many of them are given back in money.
    asked: i64,
    cash: i64,
    /// Points it gives back, and points it takes.
    given: i64,
    taken: i64,
    /// Whose account was charged for what points paid; nothing of that is given back to the member.
    bearer: Option<Fact<'static>>,
}

impl Goods {
    fn of(
        case: &Case<'_>,
        original: &Entry<'static>,
        purchase: &Purchase<'_>,
        part: &Part,
    ) -> Result<Goods, (Code, i64)> {
        let program = &case.state.objects.programs[original.program as usize];
        let rule = &program.earning;
        let latest = case.originals.latest.as_deref().unwrap_or(original);
        let (so_far, total) = (latest.figures, purchase.amount.minor_units);
        let before = Returned::so_far(latest);
        // Whether the whole can be returned is asked first: of nothing it can be once.
        if matches!(part, Part::Rest) {
            let is_once = case.is_reversed_before(original);
            Share::of(total, before.money, is_once, part)?;
        }
        let after = lines::add(rule, purchase, &before, part)?;
        let spent = original.figures.spent + original.figures.charged;
        let target = if after.money == total {
            spent
        } else {
            share_of(spent, after.money, total)
        };
        let given = (target - so_far.reversed_spent).max(0);
        let worth = |points: i64| program.spending.worth(points);
        let back = so_far.reversed_spent + given;
        let asked = after.money - before.money;
        let left = (after.eligible_left(rule, purchase) - worth(spent - back)).max(0);
        let due = original.figures.awarded - so_far.reversed_points;
        let kept = i64::try_from(earned(rule, left)).expect("a purchase earns at most 2^53 points");
        Ok(Goods {
            so_far,
            after,
            asked,
            cash: asked - (worth(back) - worth(so_far.reversed_spent)),
            given,
            taken: (due - kept).max(0),
            bearer: offline::charge_of(original).cloned(),
        })
    }

    fn figures(&self, program: &Program, taken: &Taken) -> Figures {
        let kept_back = program.spending.worth(taken.borne.charged);
        let (spent, credited) = match self.bearer {
            None => (self.given, 0),
            Some(_) => (0, self.given),
        };
        Figures {
            requested: self.asked,
            awarded: self.taken,
            spent,
            charged: -credited,
            cash: self.cash - kept_back,
            kept_back,
            spared: taken.borne.spared,
            reversed_money: self.after.money,
            reversed_points: self.so_far.reversed_points + self.taken,
            reversed_expired: self.so_far.reversed_expired + taken.gone,
            reversed_spent: self.so_far.reversed_spent + self.given,
            reversed_by_lines: self.after.by_lines,
            eligible_by_lines: self.after.eligible_by_lines,
            ..Figures::default()
        }
    }

    fn facts<'a>(&self) -> SmallVec<[Fact<'a>; 1]> {
        let mut facts = line_facts(&self.after);
        let bearer = self.bearer.as_ref().filter(|_| self.given > 0);
        facts.extend(bearer.map(|charge| offline::credit(charge, self.given)));
        facts
    }
}

/// The lines of which something came back so far.
pub fn line_facts<'a>(returned: &Returned) -> SmallVec<[Fact<'a>; 1]> {
    let lines = returned.lines.iter();
    lines
        .map(|(line, quantity)| Fact::LineReturned {
            line: *line,
            quantity: *quantity,
        })
        .collect()
}

fn share_of(points: i64, part: i64, whole: i64) -> i64 {
    let share = i128::from(points) * i128::from(part) / i128::from(whole);
    i64::try_from(share).expect("a share is no more than the whole")
}

/// The wallet whose points paid a purchase.
pub fn spending_wallet(purchase: &Entry<'_>) -> Option<WalletId> {
    let pays = |flow| {
        matches!(
            flow,
            Flow::Redeemed | Flow::Captured | Flow::RedeemOverdrawn
        )
    };
    let mut effects = purchase.effects.iter();
    let paying = effects.find(|effect| effect.movements.iter().any(|movement| pays(movement.flow)));
    paying.map(|effect| effect.wallet)
}

pub fn shortfall_of(case: &Case<'_>, reverse: &Reverse<'_>) -> Shortfall {
    reverse
        .shortfall
        .unwrap_or(case.program().reversal.shortfall)
}

/// What was taken.
pub struct Taken {
    pub borne: Borne,
    /// Points that had expired or were forfeited, and count as taken.
    pub gone: i64,
}

/// Takes `points` back: from what the original earned, lot by lot in draw order, in each what is there before what is
/// gone, then from other available lots; what is missing goes by policy.
fn take(
    case: &Case<'_>,
    draft: &mut Draft,
    original: &Entry<'static>,
    points: i64,
    policy: Policy<'_>,
) -> Result<Taken, Code> {
    let is_own = |lot: &Lot| lot.origin == original.sequence;
    let order = case.program().currencies[usize::from(draft.id().currency)].draw_order;
    let only_pending = policy.shortfall == Shortfall::PendingOnly && !draft.has_left();
    let mut left = points;
    let mut counted = 0;
    if left > 0 {
        let lots = draft.wallet().lots().iter();
        let there =
            lots.filter(|lot| is_own(lot) && lot.amount > 0 && (lot.pending || !only_pending));
        // Sorting keeps what is there before what is gone of the same lot.
        let mut own: Vec<(Lot, bool)> = there.map(|lot| (*lot, false)).collect();
        if !only_pending {
            let gone = gone::since(case, original, draft, is_own);
            own.extend(gone.into_values().map(|lot| (lot, true)));
        }
        sort_by_draw(draft.wallet(), order, &mut own, |(lot, _)| lot);
        for (lot, is_gone) in own {
            let part = lot.part(lot.amount.min(left));
            left -= part.amount;
            if part.amount == 0 {
                break;
            }
            if is_gone {
                counted += part.amount;
                draft.take_part(Flow::ExpiryReversed, part);
            } else {
                draft.take_part(Flow::AccrualReversed, part);
            }
        }
        if !only_pending {
            left -= draft.draw(Flow::AccrualReversed, left, order, 0);
        }
    }
    let held = held_of(draft, is_own);
    let borne = bear(case, draft, Booking::CLAWBACK, policy, (left, held))?;
    Ok(Taken {
        borne,
        gone: counted,
    })
}
