//! What stands before the ledger: who calls, whether it may, and how much it has left.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::RwLock;
use tonic::metadata::MetadataMap;

use super::counts::Counts;
use super::principals::{
    Allowed, DailyPoints, Misses, Operation, Principal, Reload, Reserved, WatchedFile, check,
    check_original,
};
use crate::engine::{Failure, Ledger, RowAnswer};
use crate::ledger::answer::Answer;
use crate::ledger::entry::Entry;
use crate::ledger::program::Calendar;
use crate::ledger::rejection::{Class, Code, Rejection};
use crate::ledger::request::{Command, Reference, Request};
use crate::ledger::time::Instant;

/// How a bearer token is sent.
const BEARER: &str = "Bearer ";

/// Principals, and what they have used of their limits.
#[derive(Debug)]
pub struct Guard {
    ledger: Ledger,
    /// Without a file whoever calls is the operator, and only loopback is listened on.
    roster: Option<WatchedFile>,
    alone: Arc<Principal>,
    calendar: RwLock<Calendar>,
    daily: Arc<DailyPoints>,
    misses: Misses,
}

impl Guard {
    pub fn new(
        ledger: Ledger,
        roster: Option<WatchedFile>,
        counts: &Counts,
    ) -> Result<Guard, Failure> {
        let info = ledger.info()?;
        let calendar =
            Calendar::of_zone(&info.zone).expect("a zone is looked up before it is published");
        let daily = match roster {
            Some(_) => DailyPoints::of_ledger(&ledger, &calendar, info.now)?,
            None => DailyPoints::on(calendar.local_date(info.now)),
        };
        Ok(Guard {
            ledger,
            roster,
            alone: Arc::new(Principal::on_loopback()),
            calendar: RwLock::new(calendar),
            daily,
            misses: Misses::counted_by(&counts.misses, &counts.rate_limited),
        })
    }

    /// Whoever has this token, or else a certificate with one of these names.
    pub fn identify(
        &self,
        metadata: &MetadataMap,
        names: &[String],
    ) -> Result<Arc<Principal>, Rejection> {
        let Some(roster) = &self.roster else {
            return Ok(Arc::clone(&self.alone));
        };
        let roster = roster.current();
        let token = metadata
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        let found = match token.and_then(|value| value.strip_prefix(BEARER)) {
            Some(token) => roster.by_token(token, wall_clock()),
            None if names.is_empty() => Err(Rejection::new(
                Code::UnknownCredential,
                "no credential came with the call; send `authorization: Bearer <token>`",
            )),
            None => roster.by_certificate(names.iter().map(String::as_str)),
        };
        found.cloned()
    }

    /// Whether a write may be made, short of the entry that it is about.
    pub fn check<'r>(
        &self,
        principal: &Principal,
        operation: Operation,
        request: &'r Request<'r>,
    ) -> Result<Allowed<'r>, Rejection> {
        let allowed = check(principal, operation, request)?;
        if request.command.member().is_some() || guesses_code(&request.command) {
            self.misses.check(principal, wall_clock())?;
        }
        Ok(allowed)
    }

    /// Looks at the entry that a write is about, where that decides.
    pub fn check_original(
        &self,
        principal: &Principal,
        request: &Request<'_>,
        reference: &Reference<'_>,
    ) -> Result<(), Failure> {
        let found = match find_entry(&self.ledger, &principal.key_space, reference) {
            Ok(entry) => Some(entry),
            Err(failure) if failure.code() == Code::TransactionNotFound => None,
            Err(failure) => return Err(failure),
        };
        Ok(check_original(principal, request, found.as_ref())?)
    }

    /// Sets the points of a write aside. What was answered before moves nothing, so it is let through.
    pub fn reserve(
        &self,
        principal: &Arc<Principal>,
        request: &Request<'_>,
        points: i64,
    ) -> Result<Option<Reserved>, Failure> {
        if request.source().is_some_and(|source| source.training) {
            return Ok(None);
        }
        let is_limited = principal.limits.points_per_day.is_some();
        if is_limited && self.ledger.has_key(&request.caller, &request.key) {
            return Ok(None);
        }
        let today = self.calendar.read().local_date(self.ledger.now());
        Ok(self.daily.reserve(principal, points, today)?)
    }

    /// Whether a row of a batch may be made: all that is asked of a write by itself. Its points are set aside.
    pub fn allow(
        &self,
        principal: &Arc<Principal>,
        request: &Request<'_>,
    ) -> Result<Option<Reserved>, Failure> {
        let operation = Operation::of(&request.command).expect("only the engine makes records");
        let allowed = self.check(principal, operation, request)?;
        if let Some(reference) = allowed.original {
            self.check_original(principal, request, reference)?;
        }
        self.reserve(principal, request, allowed.points)
    }

    /// After a batch: points of the rows that were applied now are used up, members and codes that were not there are
    /// misses.
    pub fn settle(
        &self,
        principal: &Principal,
        rows: &[RowAnswer],
        reserved: Vec<Option<Reserved>>,
    ) {
        let missed = rows.iter().filter(|row| {
            let of_code = row.referral.is_some_and(is_miss);
            !row.replayed && (is_miss(row.code) || of_code)
        });
        self.note_misses(principal, u32::try_from(missed.count()).unwrap_or(u32::MAX));
        for (row, reserved) in rows.iter().zip(reserved) {
            let is_applied = row.code.class() == Class::Applied && row.sequence != 0;
            if let Some(reserved) = reserved.filter(|_| is_applied && !row.replayed) {
                reserved.keep();
            }
        }
    }

    /// Whether one more member or code may be looked for.
    pub fn check_misses(&self, principal: &Principal) -> Result<(), Rejection> {
        self.misses.check(principal, wall_clock())
    }

    /// Notes members and codes that were looked for in vain.
    pub fn note_misses(&self, principal: &Principal, missed: u32) {
        self.misses.note(principal, missed, wall_clock());
    }

    /// Reads the principals again if their file has changed.
    pub fn reload(&self) {
        match self.roster.as_ref().map(WatchedFile::reload_if_changed) {
            None | Some(Reload::Unchanged) => {}
            Some(Reload::Changed(known)) => {
                tracing::info!(known, "the principals file was read again")
            }
            Some(Reload::Kept(error)) => {
                tracing::error!(%error, "the principals in use stay");
            }
        }
    }

    /// Takes the zone of a program that was published since.
    pub fn follow_program(&self) {
        let Ok(info) = self.ledger.info() else {
            return;
        };
        if self.calendar.read().zone() != info.zone {
            let calendar = Calendar::of_zone(&info.zone);
            *self.calendar.write() = calendar.expect("a zone is looked up before it is published");
        }
    }
}

/// Credentials expire and misses are forgiven by the system's clock, also where tests move the ledger's.
fn wall_clock() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |since| {
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    });
    Instant(micros)
}

/// The entry that a reference of a key space names.
pub fn find_entry(
    ledger: &Ledger,
    key_space: &str,
    named: &Reference<'_>,
) -> Result<Entry<'static>, Failure> {
    match named {
        Reference::Sequence(sequence) => ledger.entry(*sequence),
        Reference::Key(key) => ledger.entry_by_key(key_space, key),
        Reference::Receipt(name) => ledger.entry_by_receipt(name.kind, &name.receipt),
    }
}

/// Whether a code says that a member, or a referral code, was looked for in vain.
pub const fn is_miss(code: Code) -> bool {
    matches!(
        code,
        Code::MemberNotFound
            | Code::CardLost
            | Code::AliasUnknown
            | Code::UnknownCode
            | Code::CodeMistyped
            | Code::CodeDisabled
    )
}

/// Whether the answer to a write says so, of its member or of the referral that it names.
pub fn missed(answer: &Answer) -> bool {
    !answer.replayed && (is_miss(answer.code) || answer.referral.is_some_and(is_miss))
}

/// Whether a request names a referral code, which may be a guess.
fn guesses_code(command: &Command<'_>) -> bool {
    match command {
        Command::RecordTouch(_) | Command::DisableCode(_) | Command::ChangeCoupon(_) => true,
        _ => command.naming().is_some_and(|naming| naming.code.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::request::{BindReferral, MemberName, Naming};

    #[test]
    fn members_and_codes_that_are_none_are_misses() {
        for code in [
            Code::MemberNotFound,
            Code::UnknownCode,
            Code::CodeMistyped,
            Code::CodeDisabled,
        ] {
            assert!(is_miss(code), "{}", code.name());
        }
        assert!(!is_miss(Code::CodeExpired) && !is_miss(Code::Parked));
    }

    #[test]
    fn codes_are_guessed_and_tokens_are_not() {
        let bind = |code: Option<&'static str>| {
            Command::BindReferral(Box::new(BindReferral {
                friend: MemberName::Id("m-1".into()),
                naming: Naming {
                    code: code.map(Into::into),
                    token: Some("t-1".into()),
                    ..Naming::default()
                },
            }))
        };
        assert!(guesses_code(&bind(Some("ANN26"))));
        assert!(!guesses_code(&bind(None)));
        assert!(!guesses_code(&Command::Sweep));
    }
}
