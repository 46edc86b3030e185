//! Ties of partners to members, and one-time codes.

use loyalty_ledger::ledger::bounds::CODE_MICROS;
use loyalty_ledger::ledger::link::{Link, LinkScope, LinkScopes, PARTNER_ALIAS};
use loyalty_ledger::ledger::rejection::{Code, Rejection};
use loyalty_ledger::ledger::request::{Command, IssueOneTimeCode, LinkMember, Text, UnlinkMember};
use loyalty_ledger::ledger::time::Instant;
use pyo3::prelude::*;

use crate::attempt::Attempt;
use crate::errors;
use crate::ledger::Ledger;
use crate::results::{Answer, Entry};
use crate::values::{Member, micros};

/// Partner, scopes, points of a day, first instants in force and no longer.
type LinkParts = (String, Vec<&'static str>, Option<i64>, i64, Option<i64>);

#[pymethods]
impl Ledger {
    #[pyo3(signature = (
        member, partner, partner_member, *, scopes, consent, daily_points, starts_at, ends_at, attempt
    ))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn link_member(
        &self,
        py: Python<'_>,
        member: Member,
        partner: &str,
        partner_member: &str,
        scopes: Vec<String>,
        consent: &str,
        daily_points: Option<i64>,
        starts_at: Option<i64>,
        ends_at: Option<i64>,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let scopes = LinkScopes::named(scopes.iter().map(String::as_str));
        let scopes = scopes.map_err(|message| {
            let message = format!("a scope {message}");
            errors::rejected(py, &Rejection::new(Code::FieldInvalid, message))
        })?;
        let link = LinkMember {
            member: self.name(py, &member)?,
            partner: Text::Borrowed(partner),
            alias: self.alias(py, &format!("{PARTNER_ALIAS}{partner}"), partner_member)?,
            scopes,
            daily_points,
            consent: Text::Borrowed(consent),
            starts_at: starts_at.map(Instant),
            ends_at: ends_at.map(Instant),
        };
        self.submit(py, &attempt, Command::LinkMember(Box::new(link)))
    }

    #[pyo3(signature = (member, partner, *, reason, attempt))]
    fn unlink_member(
        &self,
        py: Python<'_>,
        member: Member,
        partner: &str,
        reason: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let unlink = UnlinkMember {
            member: self.name(py, &member)?,
            partner: Text::Borrowed(partner),
            reason: Text::Borrowed(reason),
        };
        self.submit(py, &attempt, Command::UnlinkMember(unlink))
    }

    /// The code, its end, and the answer.
    #[pyo3(signature = (member, *, partner, points, ttl_micros, attempt))]
    fn issue_one_time_code(
        &self,
        py: Python<'_>,
        member: Member,
        partner: &str,
        points: Option<i64>,
        ttl_micros: Option<i64>,
        attempt: Attempt,
    ) -> PyResult<(String, i64, Answer)> {
        let name = self.engine.one_time_code("", attempt.key());
        let issue = IssueOneTimeCode {
            member: self.name(py, &member)?,
            alias: name.alias,
            partner: Text::Borrowed(partner),
            points,
            ttl_micros,
        };
        let answer = self.submit(py, &attempt, Command::IssueOneTimeCode(issue))?;
        let lives = ttl_micros.unwrap_or(CODE_MICROS);
        let expires_at = answer.recorded_micros().saturating_add(lives);
        Ok((name.code, expires_at, answer))
    }

    fn links(&self, py: Python<'_>, member: Member) -> PyResult<Vec<LinkParts>> {
        let name = self.name(py, &member)?;
        let view = self.wait(py, || self.engine.member(&name, None))?;
        Ok(view.links.iter().map(parts).collect())
    }

    /// A page of entries, and what `before` is for the next.
    fn partner_entries(
        &self,
        py: Python<'_>,
        partner: &str,
        member: Option<Member>,
        limit: usize,
        before: Option<u64>,
    ) -> PyResult<(Vec<Entry>, Option<u64>)> {
        let name = self.optional_name(py, member.as_ref())?;
        self.wait(py, || {
            let page = self
                .engine
                .entries_of_partner(partner, name.as_ref(), limit, before)?;
            let view = self.engine.view()?;
            let entries = page.entries.iter();
            let entries = entries.map(|entry| Entry::new(entry, &view)).collect();
            Ok((entries, page.next))
        })
    }
}

fn parts(link: &Link) -> LinkParts {
    let scopes = LinkScope::ALL.into_iter();
    let scopes = scopes.filter(|scope| link.terms.scopes.has(*scope));
    (
        link.partner.to_string(),
        scopes.map(LinkScope::name).collect(),
        link.terms.daily_points,
        link.terms.starts_at.0,
        micros(link.terms.ends_at),
    )
}
