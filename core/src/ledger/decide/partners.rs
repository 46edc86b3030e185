//! What is done on behalf of partners, and with one-time codes: who is seen, what may be taken, and what that uses up.

use super::super::codes::{ONE_TIME, OneTimeCode};
use super::super::entry::{Entry, Fact};
use super::super::link::{Link, LinkScope};
use super::super::rejection::{Code, Rejection};
use super::super::request::{Command, MemberName, Request, Spend};
use super::super::state::State;
use super::super::time::Instant;
use super::case::{Case, Verdict};

/// A request that is made on behalf of a partner, and what its verb asks of the member's link.
#[derive(Clone, Debug)]
pub struct OnBehalf {
    pub partner: Box<str>,
    /// Points are given: whoever shows something needs no link for that.
    gives: bool,
    /// Points are taken, or held.
    takes: bool,
    /// It has to be named by a code: only the member can agree to a link.
    by_code: bool,
    /// Whom it names is only compared with an earlier entry.
    compares: bool,
    is_verified: bool,
}

impl OnBehalf {
    pub fn of(request: &Request<'_>) -> Option<OnBehalf> {
        let partner = request.partner()?;
        let command = &request.command;
        Some(OnBehalf {
            partner: Box::from(partner),
            gives: matches!(command, Command::Accrue(_) | Command::Purchase(_)),
            takes: taken(command).is_some(),
            by_code: matches!(command, Command::LinkMember(_)),
            compares: matches!(command, Command::Reverse(_) | Command::Activate(_)),
            is_verified: request
                .source()
                .is_some_and(|source| !source.verification.is_empty()),
        })
    }

    /// Whether the partner may do this with a member that is named so; the error tells what its link lacks.
    fn may(
        &self,
        state: &State,
        name: &MemberName<'_>,
        member: u32,
        now: Instant,
    ) -> Result<bool, Rejection> {
        if self.compares {
            return Ok(true);
        }
        if self.by_code {
            // A code for taking points, or for anybody, is no consent to a link.
            let code = state.find_code(name);
            let is_meant = |code: &OneTimeCode| code.partner == self.partner && code.points == 0;
            return Ok(code.is_some_and(is_meant));
        }
        let earns = self.gives && !is_shown(name);
        if self.gives && !earns && !self.takes {
            return Ok(true);
        }
        let Some(link) = self.link(state, member, now) else {
            return Ok(false);
        };
        let needed = [(earns, LinkScope::Earn), (self.takes, LinkScope::Redeem)];
        let missing =
            |(is_needed, scope): &(bool, LinkScope)| *is_needed && !link.terms.scopes.has(*scope);
        match needed.into_iter().find(missing) {
            Some((_, scope)) => Err(Rejection::new(
                Code::ScopeMissing,
                format!(
                    "the member's link with this partner lacks the scope {:?}",
                    scope.name()
                ),
            )),
            None => Ok(true),
        }
    }

    fn link<'s>(&self, state: &'s State, member: u32, now: Instant) -> Option<&'s Link> {
        if member >= state.objects.member_count() {
            return None;
        }
        let link = state.objects.member(member).link(&self.partner)?;
        link.terms.is_in_force(now).then_some(link)
    }
}

/// Whether a name is a one-time code.
pub fn is_code(name: &MemberName<'_>) -> bool {
    matches!(name, MemberName::Alias(alias) if alias.kind == ONE_TIME)
}

/// Whether a member is named by what it shows to somebody it is not tied to.
fn is_shown(name: &MemberName<'_>) -> bool {
    let shown = ["card", "phone", ONE_TIME];
    matches!(name, MemberName::Alias(alias) if shown.contains(&alias.kind.as_ref()))
}

/// The points that a command takes from whom it names, or holds, because its caller says how many.
pub fn taken(command: &Command<'_>) -> Option<i64> {
    match command {
        Command::Redeem(redeem) => Some(redeem.points),
        Command::Authorize(authorize) => Some(authorize.points),
        Command::Purchase(purchase) => match purchase.basket.as_ref()?.spend.as_ref()? {
            Spend::Redeem { points } => Some(*points),
            Spend::Capture { .. } => None,
        },
        _ => None,
    }
}

/// The member that a request may call so; `None` is told as if there were none.
pub fn seen(
    state: &State,
    request: &Request<'_>,
    name: &MemberName<'_>,
    now: Instant,
) -> Option<u32> {
    let on_behalf = OnBehalf::of(request);
    let at = request.occurred_at.unwrap_or(now);
    seen_by(state, on_behalf.as_ref(), name, at, now)
        .ok()
        .flatten()
}

fn seen_by(
    state: &State,
    on_behalf: Option<&OnBehalf>,
    name: &MemberName<'_>,
    at: Instant,
    now: Instant,
) -> Result<Option<u32>, Rejection> {
    let Some(member) = state.find_member_at(name, at) else {
        return Ok(None);
    };
    let partner = on_behalf.map(|on_behalf| &*on_behalf.partner);
    if is_code(name)
        && !state
            .find_code(name)
            .is_some_and(|code| code.works(now, partner))
    {
        return Ok(None);
    }
    match on_behalf {
        None => Ok(Some(member)),
        Some(on_behalf) => {
            let may = on_behalf.may(state, name, member, now)?;
            Ok(may.then_some(member))
        }
    }
}

impl Case<'_> {
    /// The member that the name meant when it happened, if whoever asks may see it.
    pub fn seen(&self, name: &MemberName<'_>) -> Result<Option<u32>, Rejection> {
        seen_by(
            self.state,
            self.on_behalf.as_deref(),
            name,
            self.occurred_at,
            self.now,
        )
    }

    /// Of what was done on behalf of others a partner knows nothing; whom it names is looked for first. A purchase
    /// looks at the hold that pays for it when it comes to that.
    pub fn check_own_original(&self, command: &Command<'_>) -> Result<(), Rejection> {
        if matches!(command, Command::Purchase(_)) || self.owns_original() {
            return Ok(());
        }
        if let Some(name) = command.member() {
            self.member(name)?;
        }
        Err(Rejection::plain(Code::TransactionNotFound))
    }

    /// Whether the entry that the request names was made on behalf of the same partner, if it is made for any.
    pub fn owns_original(&self) -> bool {
        match (&self.on_behalf, &self.originals.original) {
            (Some(on_behalf), Some(original)) => {
                original.request.partner() == Some(&on_behalf.partner)
            }
            _ => true,
        }
    }

    /// Whether only a code may name the member, and another name does.
    pub fn lacks_code(&self, name: &MemberName<'_>) -> bool {
        let by_code = self
            .on_behalf
            .as_ref()
            .is_some_and(|on_behalf| on_behalf.by_code);
        by_code && !is_code(name)
    }

    /// Whether as many points may be taken from a member that is named so: the bounds of its code and of its link.
    pub fn check_taking(
        &self,
        name: &MemberName<'_>,
        member: u32,
        points: i64,
    ) -> Result<(), Rejection> {
        let link = self.link_of(name, member)?;
        let code = self.state.find_code(name);
        if code.is_some_and(|code| points > code.points) {
            return Err(Rejection::plain(Code::LimitExceeded));
        }
        let (Some(on_behalf), Some(link)) = (&self.on_behalf, link) else {
            return Ok(());
        };
        let verify_above = self.program().partners.verify_above;
        let is_proved = code.is_some() || on_behalf.is_verified;
        if !is_proved && verify_above.is_some_and(|most| points > most) {
            return Err(Rejection::plain(Code::VerificationRequired));
        }
        let Some(most) = link.terms.daily_points else {
            return Ok(());
        };
        let used = link.used_on(self.today()?);
        match used.saturating_add(points) > most {
            true => Err(Rejection::plain(Code::LimitExceeded)),
            false => Ok(()),
        }
    }

    /// The link that is in force, of a request on behalf of a partner. Who joins with this very entry has none.
    fn link_of(&self, name: &MemberName<'_>, member: u32) -> Result<Option<&Link>, Rejection> {
        let Some(on_behalf) = &self.on_behalf else {
            return Ok(None);
        };
        let link = on_behalf.link(self.state, member, self.now);
        link.map(Some).ok_or_else(|| self.nobody(name))
    }

    /// The local day on which this is recorded (days since 1970-01-01).
    fn today(&self) -> Result<i32, Rejection> {
        Ok(self.calendar()?.local_date(self.now).days())
    }
}

/// What an applied request has used up: its code, and what the link lets a partner take on one day.
pub fn note<'a>(
    case: &Case<'_>,
    request: &Request<'a>,
    verdict: &mut Verdict<'a>,
) -> Result<(), Rejection> {
    if verdict.code != Code::Applied {
        return Ok(());
    }
    if let Some(on_behalf) = case
        .on_behalf
        .as_deref()
        .filter(|on_behalf| on_behalf.takes)
    {
        let points = taken_by(&request.command, verdict.figures.awarded);
        let member = verdict.effects.first().map(|effect| effect.wallet.member);
        if let Some(member) = member.filter(|_| points > 0) {
            verdict.facts.push(Fact::LinkUsed {
                member,
                partner: String::from(&*on_behalf.partner).into(),
                day: case.today()?,
                points,
            });
        }
    }
    if let Some(hash) = used_code(&request.command) {
        verdict.facts.push(Fact::CodeUsed { hash });
    }
    Ok(())
}

/// Points that an applied command took from whom it names, or holds.
fn taken_by(command: &Command<'_>, awarded: i64) -> i64 {
    match command {
        Command::Redeem(_) | Command::Authorize(_) => awarded,
        _ => taken(command).unwrap_or(0),
    }
}

/// The code that names its member.
fn used_code(command: &Command<'_>) -> Option<[u8; 16]> {
    match command.member()? {
        MemberName::Alias(alias) if alias.kind == ONE_TIME => Some(alias.hash),
        _ => None,
    }
}

/// The facts that an entry has to state of codes and links that it uses, but for the day: code, and points of a link.
pub fn uses(entry: &Entry<'_>) -> (Option<[u8; 16]>, i64) {
    let command = &entry.request.command;
    if entry.code != Code::Applied {
        return (None, 0);
    }
    let takes = entry.request.partner().is_some() && taken(command).is_some();
    let points = if takes {
        taken_by(command, entry.figures.awarded)
    } else {
        0
    };
    (used_code(command), points)
}
