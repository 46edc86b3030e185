//! Undoing that overtakes what it undoes: it waits, and meets its original in the original's own entry.

use std::sync::Arc;

use smallvec::SmallVec;

use super::super::entry::{Balance, Effect, Entry, Fact, Figures};
use super::super::program::Shortfall;
use super::super::rejection::{Code, Rejection};
use super::super::request::{
    Command, DisputeOutcome, Part, Purchase, Reference, Request, ReturnedLine, Reverse,
};
use super::case::{Case, Moment, Originals, Verdict};
use super::partners::is_code;
use super::{referral, reverse};

/// Whether a request undoes what was never seen, and so waits for it. A sequence names nothing that could still come.
pub fn waits<'a>(case: &Case<'_>, request: &Request<'a>) -> Result<Option<Verdict<'a>>, Rejection> {
    let is_undo = match &request.command {
        Command::Reverse(reverse) => reverse.dispute != Some(DisputeOutcome::Won),
        command => matches!(command, Command::Void(_)),
    };
    let reference = request.command.reference();
    let named = reference.filter(|name| !matches!(name, Reference::Sequence(_)));
    let Some(named) = named.filter(|_| is_undo && case.originals.original.is_none()) else {
        return Ok(None);
    };
    let mut requested = 0;
    if let Command::Reverse(reverse) = &request.command {
        if let Some(name) = &reverse.member {
            case.member(name)?;
        }
        requested = match &reverse.part {
            Part::Points(points) => *points,
            Part::Money(money) => money.minor_units,
            Part::Rest | Part::Lines(_) => 0,
        };
    }
    if case.on_behalf.is_some() && matches!(named, Reference::Receipt(_)) {
        // Before it arrives, anybody's document would be undone unseen.
        return Err(Rejection::plain(Code::TransactionNotFound));
    }
    let previous = case.state.find_parked(&request.caller, named).unwrap_or(0);
    let figures = Figures {
        requested,
        ..Figures::default()
    };
    Ok(Some(Verdict {
        code: Code::Parked,
        figures,
        facts: SmallVec::from_buf([Fact::Parked { previous }]),
        ..Verdict::default()
    }))
}

/// A reversal that still waits is undone by waiting no more. What it has undone of its original is not told apart from
/// the original any more.
pub fn cancel<'a>(
    case: &Case<'_>,
    request: &Request<'a>,
) -> Result<Option<Verdict<'a>>, Rejection> {
    let waiting = case.originals.original.as_deref();
    let waiting = waiting.filter(|original| original.code == Code::Parked);
    let (Some(waiting), Command::Reverse(reverse)) = (waiting, &request.command) else {
        return Ok(None);
    };
    let Command::Reverse(undo) = &waiting.request.command else {
        return Ok(None);
    };
    if undo.dispute.is_some() || reverse.dispute.is_some() {
        return Err(Rejection::plain(Code::NotReversible));
    }
    let member = reverse.member.as_ref();
    let member = member.map(|name| case.member(name)).transpose()?;
    if reverse.part != Part::Rest {
        return Err(Rejection::plain(Code::WrongUnit));
    }
    let at = waiting.request.occurred_at;
    let at = at.unwrap_or_else(|| waiting.recorded_at.instant());
    let named = undo.member.as_ref();
    let named = named.and_then(|name| case.state.find_member_at(name, at));
    if member.is_some() && named.is_some() && member != named {
        return Err(Rejection::plain(Code::MemberMismatch));
    }
    let id = waiting.sequence;
    if case.originals.latest.is_some() {
        let refused = Verdict::refused(Code::AlreadyReversed, 0, Balance::default());
        return Ok(Some(refused.about(id)));
    }
    let root = case.originals.root.as_deref();
    if root.is_some_and(|root| root.code == Code::Applied && root.sequence > id) {
        let message =
            "it was undone together with its original when that came: give points or sell anew";
        return Err(Rejection::new(Code::NotReversible, message));
    }
    Ok(Some(Verdict::default().about(id)))
}

/// What becomes of a request that others wait for: wholly undone it is refused, parts are undone in its own entry.
pub fn meet<'a>(
    case: &mut Case<'_>,
    request: &Request<'a>,
    moment: Moment,
    verdict: Verdict<'a>,
) -> Verdict<'a> {
    let waiting = || {
        let oldest_first = case.originals.parked().rev();
        oldest_first.filter(|waiting| is_undone_by(&request.command, &waiting.request.command))
    };
    let waiting: Vec<&Entry<'static>> = waiting().collect();
    if let Some(whole) = waiting.iter().find(|waiting| is_whole(waiting)) {
        return already_reversed(case, request, verdict, whole.sequence);
    }
    if waiting.is_empty() || verdict.code != Code::Applied {
        return verdict;
    }
    let mut met = verdict;
    for undo in waiting {
        let Command::Reverse(reverse) = &undo.request.command else {
            continue;
        };
        let original = so_far(case, request, moment, &met);
        if is_of_another_member(case, undo, reverse, &original) {
            continue;
        }
        // What does not fit is dropped; the entry's figures say how much was not.
        if let Some(undone) = undo_part(case, &original, reverse) {
            let amount = undone.figures.requested;
            met = merged(met, undone);
            met.facts
                .extend(referral::met(case, &request.command, undo, reverse, amount));
        }
    }
    met
}

/// Whether one command is what another undoes.
fn is_undone_by(original: &Command<'_>, undo: &Command<'_>) -> bool {
    match undo {
        Command::Void(_) => matches!(original, Command::Authorize(_)),
        Command::Reverse(_) => matches!(
            original,
            Command::Purchase(_)
                | Command::Accrue(_)
                | Command::Redeem(_)
                | Command::Capture(_)
                | Command::Adjust(_)
                | Command::Transfer(_)
                | Command::Reverse(_)
        ),
        _ => false,
    }
}

/// Whether all of what it waits for is undone.
pub fn is_whole(undo: &Entry<'_>) -> bool {
    match &undo.request.command {
        Command::Void(_) => true,
        Command::Reverse(reverse) => reverse.part == Part::Rest,
        _ => false,
    }
}

/// What a member may not do at all is refused as ever.
fn already_reversed<'a>(
    case: &Case<'_>,
    request: &Request<'a>,
    verdict: Verdict<'a>,
    undo: u64,
) -> Verdict<'a> {
    let comes_first = [
        Code::MemberClosed,
        Code::MemberBlocked,
        Code::CardLost,
        Code::TooOld,
    ];
    if comes_first.contains(&verdict.code) {
        return verdict;
    }
    let asked = case
        .state
        .wallet_asked_for(request, case.program(), case.now);
    let wallet = asked.or_else(|| verdict.effects.first().map(|effect| effect.wallet));
    let balance = wallet.map(|wallet| case.draft(wallet).balance());
    let requested = verdict.figures.requested;
    Verdict::refused(
        Code::AlreadyReversed,
        requested,
        balance.unwrap_or_default(),
    )
    .about(undo)
}

/// The original as an entry, with what has been undone of it.
fn so_far<'a>(
    case: &Case<'_>,
    request: &Request<'a>,
    moment: Moment,
    verdict: &Verdict<'a>,
) -> Entry<'static> {
    let entry = Entry {
        sequence: moment.sequence,
        recorded_at: moment.recorded_at,
        program: case.state.objects.program_version(),
        request: request.clone(),
        code: verdict.code,
        figures: verdict.figures,
        original: verdict.original,
        facts: verdict.facts.clone(),
        effects: verdict.effects.clone(),
    };
    entry.into_owned()
}

fn is_of_another_member(
    case: &Case<'_>,
    undo: &Entry<'_>,
    reverse: &Reverse<'_>,
    original: &Entry<'_>,
) -> bool {
    let at = undo.request.occurred_at;
    let at = at.unwrap_or_else(|| undo.recorded_at.instant());
    let owner = original.main_effect().map(|effect| effect.wallet.member);
    let named = reverse.member.as_ref();
    // Whom a code named is forgotten with it.
    let named = named.filter(|name| !is_code(name));
    named.is_some_and(|name| case.state.find_member_at(name, at) != owner)
}

/// Undoes as much of a part as there is.
fn undo_part(
    case: &mut Case<'_>,
    original: &Entry<'static>,
    reverse: &Reverse<'static>,
) -> Option<Verdict<'static>> {
    let mut part = reverse.part.clone();
    if let (Part::Lines(lines), Command::Purchase(purchase)) = (&part, &original.request.command) {
        part = Part::Lines(at_most_left(lines, purchase, original)?);
    }
    let fits = undo(case, original, reverse, part)?;
    match fits.code {
        Code::Applied => Some(fits),
        Code::ReversalExceedsOriginal => {
            let rest = undo(case, original, reverse, Part::Rest)?;
            (rest.code == Code::Applied).then_some(rest)
        }
        _ => None,
    }
}

fn undo(
    case: &mut Case<'_>,
    original: &Entry<'static>,
    reverse: &Reverse<'static>,
    part: Part,
) -> Option<Verdict<'static>> {
    let rules = &case.program().reversal;
    let is_by_points_alone = matches!(
        original.request.command,
        Command::Transfer(_) | Command::Adjust(_)
    );
    // The sale has happened, so nothing is there to be blocked.
    let shortfall = match reverse.shortfall.unwrap_or(rules.shortfall) {
        _ if is_by_points_alone => Some(Shortfall::Debt),
        Shortfall::Block => Some(Shortfall::Debt),
        _ => reverse.shortfall,
    };
    let reverse = Reverse {
        original: Reference::Sequence(original.sequence),
        part,
        member: None,
        shortfall,
        restore: reverse.restore,
        dispute: None,
    };
    let originals = Originals {
        original: Some(Arc::new(original.clone())),
        ..Originals::default()
    };
    let mut then = case.with(&originals, &original.effects);
    let undone = reverse::decide(&mut then, &reverse).ok()?;
    let lots = then.lots;
    if undone.code == Code::Applied {
        case.lots = lots;
    }
    Some(undone)
}

/// Of the lines asked for, what has not come back yet; `None` if that is nothing, or a line is not there.
fn at_most_left(
    lines: &[ReturnedLine],
    purchase: &Purchase<'_>,
    original: &Entry<'_>,
) -> Option<Vec<ReturnedLine>> {
    let basket = purchase.basket.as_ref()?;
    let mut left: Vec<i64> = basket.lines.iter().map(|line| line.quantity).collect();
    for fact in &original.facts {
        if let Fact::LineReturned { line, quantity } = fact {
            left[*line as usize - 1] -= quantity;
        }
    }
    let mut returned = Vec::with_capacity(lines.len());
    for line in lines {
        let left = left.get_mut((line.line as usize).checked_sub(1)?)?;
        let quantity = line.quantity.unwrap_or(*left).min(*left);
        *left -= quantity;
        if quantity > 0 {
            returned.push(ReturnedLine {
                line: line.line,
                quantity: Some(quantity),
            });
        }
    }
    (!returned.is_empty()).then_some(returned)
}

/// The verdict on an original together with that on undoing a part of it.
fn merged<'a>(original: Verdict<'a>, undone: Verdict<'static>) -> Verdict<'a> {
    let Verdict {
        code,
        mut figures,
        mut facts,
        mut effects,
        original,
    } = original;
    let Figures {
        reversed_money,
        reversed_points,
        reversed_expired,
        reversed_spent,
        reversed_by_lines,
        eligible_by_lines,
        ..
    } = undone.figures;
    figures = Figures {
        reversed_money,
        reversed_points,
        reversed_expired,
        reversed_spent,
        reversed_by_lines,
        eligible_by_lines,
        ..figures
    };
    facts.retain(|fact| !matches!(fact, Fact::LineReturned { .. }));
    for fact in undone.facts {
        match facts.iter_mut().find_map(|before| credit(before, &fact)) {
            Some((before, points)) => *before += points,
            None => facts.push(fact),
        }
    }
    for effect in undone.effects {
        match effects
            .iter_mut()
            .find(|before| before.wallet == effect.wallet)
        {
            Some(before) => *before = effect,
            None => effects.push(effect),
        }
    }
    Verdict {
        code,
        figures,
        facts,
        effects,
        original,
    }
}

/// A store's credit that another one adds to.
fn credit<'f>(before: &'f mut Fact<'_>, fact: &Fact<'_>) -> Option<(&'f mut i64, i64)> {
    match (before, fact) {
        (Fact::StoreCharged { points: before, .. }, Fact::StoreCharged { points, .. })
            if *before < 0 =>
        {
            Some((before, *points))
        }
        _ => None,
    }
}

impl Case<'_> {
    /// The same case after effects of its own entry, about other originals.
    fn with<'t>(&'t self, originals: &'t Originals, effects: &'t [Effect]) -> Case<'t> {
        Case {
            state: self.state,
            sequence: self.sequence,
            now: self.now,
            occurred_at: self.now,
            originals,
            lots: self.lots,
            offline_at: None,
            on_behalf: None,
            effects,
        }
    }
}
