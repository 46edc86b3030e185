//! Whether a principal may make a request: pure, from the request's own facts.

use super::operations::{Operation, Reach};
use super::points::{Named, named_by};
use super::principal::Principal;
use super::role::{Role, Scope};
use crate::ledger::entry::Entry;
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::{Accrue, Command, MemberName, Reference, Request, Spend};

/// What is left to do for a request that may be made as far as the request alone can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed<'r> {
    /// The earlier entry to look at, if there is one: with it goes [`check_original`].
    pub original: Option<&'r Reference<'r>>,
    /// Points that count towards the day, to be reserved in [`DailyPoints`](super::DailyPoints).
    pub points: i64,
}

impl Principal {
    /// Whether it may call an operation at all, and how far it reaches.
    pub fn may(&self, operation: Operation) -> Result<Reach, Rejection> {
        let refused = |message| Err(Rejection::new(Code::ScopeMissing, message));
        match operation.reach(self.role) {
            Reach::No => refused(format!(
                "{:?} has the role {}, which may not call {}",
                self.name,
                self.role.name(),
                operation.method()
            )),
            reach if self.scopes.has(operation.scope()) => Ok(reach),
            _ => refused(format!(
                "{:?} needs the scope {:?} to call {}",
                self.name,
                operation.scope().name(),
                operation.method()
            )),
        }
    }
}

/// Checks a write, or a quote, before it is queued. The rows of a batch are checked one by one, as what they are.
pub fn check<'r>(
    principal: &Principal,
    operation: Operation,
    request: &'r Request<'r>,
) -> Result<Allowed<'r>, Rejection> {
    let reach = principal.may(operation)?;
    check_parts(principal, &request.command)?;
    principal.check_store_of_write(request.store())?;
    match principal.role {
        Role::Partner => {
            check_partner(principal, &request.command)?;
            check_earnest(principal, request)?;
        }
        Role::Operator => {}
        Role::Pos | Role::Support | Role::Auditor => check_on_nobodys_behalf(principal, request)?,
    }
    let named = named_by(&request.command);
    let points = check_points(principal, named)?;
    if request.is_offline() {
        check_offline(principal, named)?;
    }
    Ok(Allowed {
        original: original_to_look_at(principal, reach, &request.command)?,
        points,
    })
}

/// Checks the entry that [`Allowed::original`] names, or that there is none. What is not there yet could be another's
/// when the request is decided, unless it is named by a document: then undoing it waits for it.
pub fn check_original(
    principal: &Principal,
    request: &Request<'_>,
    original: Option<&Entry<'_>>,
) -> Result<(), Rejection> {
    let not_there = Err(Rejection::plain(Code::TransactionNotFound));
    let Some(original) = original else {
        return match request.command.reference() {
            Some(Reference::Sequence(_)) => not_there,
            _ => Ok(()),
        };
    };
    let is_return = matches!(request.command, Command::Reverse(_));
    if !is_return || principal.role == Role::Partner {
        return match principal.owns(original) {
            true => Ok(()),
            false => not_there,
        };
    }
    if principal.role == Role::Pos && is_by_hand(&original.request.command) {
        let message = format!(
            "a {} is undone by the service desk, not by the role pos",
            original.request.command.verb()
        );
        return Err(Rejection::new(Code::ScopeMissing, message));
    }
    Ok(())
}

/// What a request does beside its verb needs its own right.
fn check_parts(principal: &Principal, command: &Command<'_>) -> Result<(), Rejection> {
    if command.naming().is_some() {
        principal.may(Operation::BindReferral)?;
    }
    let (enrolls, spend) = match command {
        Command::Purchase(purchase) => {
            let basket = purchase.basket.as_deref();
            let joins = basket.is_some_and(|basket| basket.joining.is_some());
            let spend = basket.and_then(|basket| basket.spend.as_ref());
            (purchase.enroll || joins, spend)
        }
        Command::Accrue(accrue) => (accrue.enroll || accrue.joining.is_some(), None),
        _ => (false, None),
    };
    if enrolls {
        principal.may(Operation::EnrollMember)?;
    }
    match spend {
        Some(Spend::Redeem { .. }) => principal.may(Operation::RedeemPoints).map(drop),
        Some(Spend::Capture { .. }) => principal.may(Operation::CaptureRedemption).map(drop),
        None => Ok(()),
    }
}

/// A partner knows members by its own aliases; it may give points to whoever shows a card, and only in its own name.
fn check_partner(principal: &Principal, command: &Command<'_>) -> Result<(), Rejection> {
    match command {
        Command::Accrue(accrue) if is_shown(&accrue.member) => check_funder(principal, accrue),
        Command::Accrue(accrue) => {
            principal.check_member(&accrue.member)?;
            check_funder(principal, accrue)
        }
        _ => command
            .member()
            .map_or(Ok(()), |member| principal.check_member(member)),
    }
}

/// What is never written would tell a partner what it may not see, one guess after the other.
fn check_earnest(principal: &Principal, request: &Request<'_>) -> Result<(), Rejection> {
    if !request.source().is_some_and(|source| source.training) {
        return Ok(());
    }
    let message = format!(
        "{:?} has the role partner, whose requests are never for training",
        principal.name
    );
    Err(Rejection::new(Code::ScopeMissing, message))
}

/// Only partners, and operators who speak for one, act on behalf of a partner.
fn check_on_nobodys_behalf(principal: &Principal, request: &Request<'_>) -> Result<(), Rejection> {
    let Some(partner) = request.partner() else {
        return Ok(());
    };
    let message = format!(
        "{:?} does not speak for the partner {partner:?}; leave source.partner empty",
        principal.name
    );
    Err(Rejection::new(Code::ScopeMissing, message))
}

/// Whether a member is named by what it shows to somebody it is not linked to.
fn is_shown(member: &MemberName<'_>) -> bool {
    let shown = ["card", "phone"];
    matches!(member, MemberName::Alias(alias) if shown.contains(&alias.kind.as_ref()))
}

fn check_funder(principal: &Principal, accrue: &Accrue<'_>) -> Result<(), Rejection> {
    let is_own = |funder: &str| funder == principal.partner;
    if accrue.funder.as_deref().is_none_or(is_own) {
        return Ok(());
    }
    let message = format!(
        "the partner {:?} pays for its own points only; leave `funder` out or name it there",
        principal.partner
    );
    Err(Rejection::new(Code::ScopeMissing, message))
}

/// The points that count towards the day.
fn check_points(principal: &Principal, named: Named) -> Result<i64, Rejection> {
    let limits = &principal.limits;
    let most = limits.points_per_operation;
    let is_limited = most.is_some() || limits.points_per_day.is_some();
    match named {
        Named::All if is_limited => Err(points_not_allowed(
            "a caller with a limit says how many points; name them",
        )),
        // Without a limit nothing is counted.
        Named::All => Ok(0),
        Named::Points(points) => {
            check_most(points, most, "in one call")?;
            Ok(i64::try_from(points).unwrap_or(i64::MAX))
        }
    }
}

fn check_offline(principal: &Principal, named: Named) -> Result<(), Rejection> {
    if !principal.scopes.has(Scope::Offline) {
        let message = format!(
            "{:?} needs the scope \"offline\" to tell what was decided offline",
            principal.name
        );
        return Err(Rejection::new(Code::ScopeMissing, message));
    }
    match named {
        Named::Points(points) => check_most(points, principal.limits.offline_floor, "offline"),
        Named::All => Ok(()),
    }
}

fn check_most(points: u64, most: Option<i64>, when: &str) -> Result<(), Rejection> {
    match most {
        Some(most) if points > most.unsigned_abs() => Err(points_not_allowed(format!(
            "{points} points {when}; this caller may move {most}"
        ))),
        _ => Ok(()),
    }
}

pub(super) fn points_not_allowed(message: impl Into<String>) -> Rejection {
    Rejection::new(Code::PointsNotAllowed, message)
}

/// The earlier entry whose owner or kind decides whether it may be touched.
fn original_to_look_at<'r>(
    principal: &Principal,
    reach: Reach,
    command: &'r Command<'r>,
) -> Result<Option<&'r Reference<'r>>, Rejection> {
    let Some(reference) = command.reference() else {
        return Ok(None);
    };
    let is_open = match command {
        Command::Reverse(_) => reach == Reach::Any && principal.role != Role::Pos,
        // Of a purchase, the right to capture counts.
        Command::Purchase(_) => Operation::CaptureRedemption.reach(principal.role) == Reach::Any,
        _ => reach == Reach::Any,
    };
    if is_open || principal.owns_name(reference) {
        return Ok(None);
    }
    if principal.role == Role::Partner && matches!(reference, Reference::Receipt(_)) {
        // Before it arrives, another's receipt would be undone unseen.
        return Err(Rejection::plain(Code::TransactionNotFound));
    }
    let any_store = principal.role == Role::Pos && principal.group.is_empty();
    let is_return = matches!(command, Command::Reverse(_));
    Ok((is_return || !any_store).then_some(reference))
}

fn is_by_hand(command: &Command<'_>) -> bool {
    command.hand().is_some() || matches!(command, Command::Transfer(_))
}
