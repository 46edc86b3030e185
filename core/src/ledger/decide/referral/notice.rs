//! What sign-ups, purchases and returns mean to referrals.

use super::super::super::entry::{Entry, Fact};
use super::super::super::referral::commands::DisputeOutcome;
use super::super::super::referral::file::Refund;
use super::super::super::referral::noting::Told;
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::{Command, Naming, Request, Reverse};
use super::super::case::{Case, Moment, Verdict};
use super::attribution::{Saying, claim};
use super::bind_referral::{add_marks, wrong_naming};
use super::conversions::look_again;
use super::desk::{Desk, Newcomer};
use super::{book_of_naming, concerned, subject};

/// Adds what an entry means to referrals; the bound of a wallet that this would break refuses it.
pub fn notice<'a>(
    case: &mut Case<'_>,
    request: &Request<'a>,
    moment: Moment,
    verdict: Verdict<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let is_told = match &request.command {
        Command::Enroll(_) => verdict.code == Code::Applied && request.command.naming().is_some(),
        Command::Purchase(_) => {
            verdict.code == Code::Applied || verdict.code == Code::AlreadyReversed
        }
        Command::Reverse(_) => verdict.code == Code::Applied,
        _ => false,
    };
    let naming = request
        .command
        .naming()
        .filter(|_| verdict.code == Code::Applied);
    let are_kept = case.state.objects.referrals.are_kept();
    if !is_told || (!are_kept && naming.is_none()) {
        return Ok(verdict);
    }
    let Some(member) = member_of(case, request, &verdict) else {
        return Ok(verdict);
    };
    if naming.is_none()
        && concerned(
            case.state,
            (&request.key, &request.command),
            Some(member),
            case.now,
        )
        .is_empty()
    {
        return Ok(verdict);
    }
    let (code, figures, original) = (verdict.code, verdict.figures, verdict.original);
    let told = told(case, request, moment, &verdict, member);
    let mut verdict = verdict;
    let shown = verdict.effects.first().map(|effect| effect.wallet);
    let effects = std::mem::take(&mut verdict.effects);
    let mut desk = Desk::new(case, &request.key, effects)?;
    desk.newcomer = newcomer(&verdict);
    match decide(&mut desk, request, naming, told, member) {
        Ok(()) => Ok(Verdict {
            code,
            figures,
            original,
            ..desk.close(verdict)
        }),
        Err(code) => {
            let balance = shown.map(|wallet| case.draft(wallet).balance());
            let refused = Verdict::refused(code, figures.requested, balance.unwrap_or_default());
            // A refused won dispute is about the sale that it names.
            let named = case
                .originals
                .root
                .as_deref()
                .filter(|_| request.command.is_won_dispute());
            Ok(refused.about(named.map_or(original, |sale| sale.sequence)))
        }
    }
}

/// Who joins with the entry.
fn newcomer(verdict: &Verdict<'_>) -> Option<Newcomer> {
    let mut facts = verdict.facts.iter();
    let id = facts.find_map(|fact| match fact {
        Fact::MemberEnrolled { id, .. } => Some(Box::from(id.as_ref())),
        _ => None,
    })?;
    let aliases = facts.filter_map(|fact| match fact {
        Fact::AliasAdded { alias, .. } => Some(alias.hash),
        _ => None,
    });
    Some(Newcomer {
        id,
        aliases: aliases.collect(),
    })
}

fn decide(
    desk: &mut Desk<'_, '_>,
    request: &Request<'_>,
    naming: Option<&Naming<'_>>,
    told: Option<Told>,
    member: u32,
) -> Result<(), Code> {
    if desk.newcomer.is_some() {
        let now = desk.now();
        desk.referrals.to_mut().add_joined(member, now);
    }
    if let Some(naming) = naming {
        let saying = Saying {
            identified_at: desk.case.occurred_at,
            at_checkout: matches!(request.command, Command::Purchase(_)),
        };
        if let Some(code) = claim_in_passing(desk, naming, member, saying)? {
            desk.tell(Fact::ReferralAnswered { code });
        }
    }
    if let Some(told) = told {
        desk.hear(told);
    }
    for subject in desk.subjects(member) {
        look_again(desk, subject)?;
    }
    Ok(())
}

/// A sign-up or a sale tells who brought the friend: whatever the answer, the rest is applied.
fn claim_in_passing(
    desk: &mut Desk<'_, '_>,
    naming: &Naming<'_>,
    friend: u32,
    saying: Saying,
) -> Result<Option<Code>, Code> {
    if let Some(wrong) = wrong_naming(naming) {
        return Ok(Some(wrong));
    }
    add_marks(desk, friend, naming);
    if !naming.names_somebody() {
        return Ok(None);
    }
    let book = book_of_naming(desk.case, naming);
    match book.and_then(|book| subject(desk, book, friend)) {
        Ok(subject) => {
            let answered = claim(desk, subject, naming, saying)?;
            look_again(desk, subject)?;
            Ok(Some(answered))
        }
        Err(rejection) => Ok(Some(rejection.code)),
    }
}

/// Who signs up, bought, or gives back.
fn member_of(case: &Case<'_>, request: &Request<'_>, verdict: &Verdict<'_>) -> Option<u32> {
    let enrolled = verdict.facts.iter().find_map(|fact| match fact {
        Fact::MemberEnrolled { member, .. } => Some(*member),
        _ => None,
    });
    match &request.command {
        Command::Enroll(_) => enrolled,
        _ if verdict.code == Code::Applied => {
            verdict.effects.first().map(|effect| effect.wallet.member)
        }
        _ => {
            let asked = case
                .state
                .wallet_asked_for(request, case.program(), case.now);
            asked.map(|wallet| wallet.member)
        }
    }
}

/// What the entry tells about sales.
fn told(
    case: &Case<'_>,
    request: &Request<'_>,
    moment: Moment,
    verdict: &Verdict<'_>,
    member: u32,
) -> Option<Told> {
    match &request.command {
        Command::Purchase(_) => {
            let refunds = verdict.facts.iter().filter_map(|fact| match fact {
                Fact::RefundMet { refund } => Some(*refund),
                _ => None,
            });
            let stands = verdict.code == Code::Applied;
            let place = (moment.sequence, moment.recorded_at);
            Told::sold(
                member,
                request,
                place,
                stands,
                refunds.collect(),
                case.program(),
            )
        }
        Command::Reverse(reverse) => {
            let reopened = verdict.facts.iter().find_map(|fact| match fact {
                Fact::Reopened { original } => Some(*original),
                _ => None,
            });
            let place = (moment.sequence, case.now);
            let original = (verdict.original, reopened);
            let amount = verdict.figures.requested;
            let is_chargeback = reverse.dispute == Some(DisputeOutcome::Lost);
            Some(Told::returned(
                member,
                request,
                place,
                original,
                amount,
                is_chargeback,
            ))
        }
        _ => None,
    }
}

/// A return that had waited for a purchase, as the purchase tells of it.
pub fn met<'a>(
    case: &Case<'_>,
    purchase: &Command<'_>,
    undo: &Entry<'_>,
    reverse: &Reverse<'_>,
    amount: i64,
) -> Option<Fact<'a>> {
    let are_kept = case.state.objects.referrals.are_kept();
    (are_kept && matches!(purchase, Command::Purchase(_))).then(|| Fact::RefundMet {
        refund: Refund {
            entry: undo.sequence,
            amount,
            occurred_at: undo
                .request
                .occurred_at
                .unwrap_or_else(|| undo.recorded_at.instant()),
            is_chargeback: reverse.dispute.is_some(),
            is_undone: false,
        },
    })
}
