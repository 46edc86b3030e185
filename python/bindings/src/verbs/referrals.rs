//! Codes, touches, sign-ups, steps and reviews of referrals, disputes and closed months; and how referrals stand.

use loyalty_ledger::engine::{Directions, Seen};
use loyalty_ledger::ledger::referral::commands::{Month, ReviewDecision, plain};
use loyalty_ledger::ledger::referral::coupon::CouponAction;
use loyalty_ledger::ledger::referral::touch::Method;
use loyalty_ledger::ledger::rejection::{Code, Rejection};
use loyalty_ledger::ledger::request::{
    BindReferral, ChangeCoupon, ClosePeriod, Command, DisableCode, DisputeOutcome, IssueCode, Part,
    RecordStep, RecordTouch, Reverse, ReviewReferral, Text,
};
use loyalty_ledger::ledger::time::Instant;
use loyalty_ledger::query::{self, CodeView, FriendView, ReferralView, Share};
use pyo3::prelude::*;

use crate::attempt::Attempt;
use crate::errors;
use crate::ledger::Ledger;
use crate::results::Answer;
use crate::values::{Member, Named, NamingParts, naming};

/// Role, member, points, state, reason, voucher.
type Reward = (
    String,
    String,
    i64,
    &'static str,
    Option<&'static str>,
    Option<Voucher>,
);
/// Code, what it is good for, state, end in microseconds.
type Voucher = (String, String, &'static str, Option<i64>);
/// Friend, progress, open condition, points of the advocate.
type Friend = (String, Option<String>, Option<String>, i64);
/// Level, member, advocate.
type TreeMember = (i32, String, Option<String>);

#[pymethods]
impl Ledger {
    #[pyo3(signature = (program, member, *, code, single_use, expires_at, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn issue_code(
        &self,
        py: Python<'_>,
        program: &str,
        member: Member,
        code: Option<&str>,
        single_use: bool,
        expires_at: Option<i64>,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let issue = IssueCode {
            program: Text::Borrowed(program),
            member: self.name(py, &member)?,
            code: code.map(|code| plain(Text::Borrowed(code))),
            single_use,
            expires_at: expires_at.map(Instant),
        };
        self.submit(py, &attempt, Command::IssueCode(Box::new(issue)))
    }

    #[pyo3(signature = (program, code, *, reason, actor, attempt))]
    fn disable_code(
        &self,
        py: Python<'_>,
        program: &str,
        code: &str,
        reason: &str,
        actor: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let disable = DisableCode {
            program: Text::Borrowed(program),
            code: plain(Text::Borrowed(code)),
            reason: Text::Borrowed(reason),
            actor: Text::Borrowed(actor),
        };
        self.submit(py, &attempt, Command::DisableCode(Box::new(disable)))
    }

    #[pyo3(signature = (program, *, method, token, code, touched_at, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn record_touch(
        &self,
        py: Python<'_>,
        program: &str,
        method: &str,
        token: Option<&str>,
        code: Option<&str>,
        touched_at: i64,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let touch = RecordTouch {
            program: Text::Borrowed(program),
            method: one_of(py, "method", method, &Method::ALL)?,
            token: token.map(Text::Borrowed),
            code: plain(Text::Borrowed(code.unwrap_or_default())),
            touched_at: Instant(touched_at),
        };
        self.submit(py, &attempt, Command::RecordTouch(Box::new(touch)))
    }

    #[pyo3(signature = (friend, referral, *, attempt))]
    fn bind_referral(
        &self,
        py: Python<'_>,
        friend: Member,
        referral: NamingParts,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let bind = BindReferral {
            friend: self.name(py, &friend)?,
            naming: naming(&referral),
        };
        self.submit(py, &attempt, Command::BindReferral(Box::new(bind)))
    }

    #[pyo3(signature = (program, friend, step, *, attempt))]
    fn record_step(
        &self,
        py: Python<'_>,
        program: &str,
        friend: Member,
        step: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let done = RecordStep {
            program: Text::Borrowed(program),
            friend: self.name(py, &friend)?,
            step: Text::Borrowed(step),
        };
        self.submit(py, &attempt, Command::RecordStep(Box::new(done)))
    }

    #[pyo3(signature = (program, friend, decision, *, to, reason, actor, approved_by, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn review_referral(
        &self,
        py: Python<'_>,
        program: &str,
        friend: Member,
        decision: &str,
        to: Option<Member>,
        reason: &str,
        actor: &str,
        approved_by: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let review = ReviewReferral {
            program: Text::Borrowed(program),
            friend: self.name(py, &friend)?,
            decision: one_of(py, "decision", decision, &ReviewDecision::ALL)?,
            to: to.as_ref().map(|to| self.name(py, to)).transpose()?,
            reason: Text::Borrowed(reason),
            actor: Text::Borrowed(actor),
            approved_by: Text::Borrowed(approved_by),
        };
        self.submit(py, &attempt, Command::ReviewReferral(Box::new(review)))
    }

    #[pyo3(signature = (program, code, member, *, action, ttl_micros, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn change_coupon(
        &self,
        py: Python<'_>,
        program: &str,
        code: &str,
        member: Member,
        action: &str,
        ttl_micros: Option<i64>,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let change = ChangeCoupon {
            program: Text::Borrowed(program),
            code: plain(Text::Borrowed(code)),
            member: self.name(py, &member)?,
            action: one_of(py, "action", action, &CouponAction::ALL)?,
            ttl_micros,
        };
        self.submit(py, &attempt, Command::ChangeCoupon(Box::new(change)))
    }

    #[pyo3(signature = (original, *, outcome, attempt))]
    fn dispute(
        &self,
        py: Python<'_>,
        original: Named,
        outcome: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let dispute = Reverse {
            original: original.into(),
            part: Part::Rest,
            member: None,
            shortfall: None,
            restore: None,
            dispute: Some(one_of(py, "outcome", outcome, &DisputeOutcome::ALL)?),
        };
        self.submit(py, &attempt, Command::Reverse(dispute))
    }

    #[pyo3(signature = (program, month, *, attempt))]
    fn close_period(
        &self,
        py: Python<'_>,
        program: &str,
        month: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let parsed = Month::parse(month).ok_or_else(|| {
            let message = format!("month {month:?} is none; write it as in 2026-03");
            errors::rejected(py, &Rejection::new(Code::FieldInvalid, message))
        })?;
        let close = ClosePeriod {
            program: Text::Borrowed(program),
            month: parsed,
        };
        self.submit(py, &attempt, Command::ClosePeriod(close))
    }

    fn referral(&self, py: Python<'_>, program: &str, friend: Member) -> PyResult<Referral> {
        let friend = self.name(py, &friend)?;
        self.wait(py, || {
            let seen = self.engine.referral(program, &friend)?;
            Ok(Referral::new(&seen))
        })
    }

    fn referral_code(&self, py: Python<'_>, program: &str, code: &str) -> PyResult<IssuedCode> {
        self.wait(py, || {
            let code = plain(Text::Borrowed(code));
            let seen = self.engine.referral_code(program, &code)?;
            Ok(IssuedCode::new(&seen))
        })
    }

    fn referrals(
        &self,
        py: Python<'_>,
        program: &str,
        advocate: Member,
        limit: usize,
        after: usize,
    ) -> PyResult<Vec<Friend>> {
        let advocate = self.name(py, &advocate)?;
        self.wait(py, || {
            let seen = self.engine.referrals(program, &advocate, (after, limit))?;
            let friend = |view: &FriendView| {
                (
                    seen.objects.told_id(view.friend).into_owned(),
                    view.progress.map(query::progress_text),
                    query::open_text(&view.open),
                    view.points,
                )
            };
            Ok(seen.answer.friends.iter().map(friend).collect())
        })
    }

    #[pyo3(signature = (program, member, *, up, down, depth))]
    fn referral_tree(
        &self,
        py: Python<'_>,
        program: &str,
        member: Member,
        up: bool,
        down: bool,
        depth: Option<u32>,
    ) -> PyResult<Vec<TreeMember>> {
        let member = self.name(py, &member)?;
        self.wait(py, || {
            let directions = Directions { up, down, depth };
            let seen = self.engine.referral_tree(program, &member, directions)?;
            let named = query::named_tree(&seen.objects, &seen.answer).into_iter();
            let named = named.map(|(level, member, advocate)| {
                (
                    level,
                    member.into_owned(),
                    advocate.map(std::borrow::Cow::into_owned),
                )
            });
            Ok(named.collect())
        })
    }

    fn referral_kpis(&self, py: Python<'_>, program: &str) -> PyResult<Vec<Share>> {
        self.wait(py, || {
            Ok(self.engine.referral_kpis(program)?.shares().to_vec())
        })
    }
}

/// How a code stands.
#[derive(IntoPyObject)]
struct IssuedCode {
    kind: &'static str,
    member: String,
    state: &'static str,
    holder: Option<String>,
    label: Option<String>,
    expires_at: Option<i64>,
    reserved_until: Option<i64>,
}

impl IssuedCode {
    fn new(seen: &Seen<CodeView>) -> IssuedCode {
        let (view, id) = (&seen.answer, |member| {
            seen.objects.told_id(member).into_owned()
        });
        let micros = |at: Instant| (at != Instant::NEVER).then_some(at.0);
        IssuedCode {
            kind: view.kind.word(),
            member: id(view.member),
            state: view.state.word(),
            holder: view.holder.map(id),
            label: (!view.label.is_empty()).then(|| view.label.to_string()),
            expires_at: micros(view.expires_at),
            reserved_until: micros(view.reserved_until),
        }
    }
}

/// How the referral of a friend stands.
#[derive(IntoPyObject)]
struct Referral {
    friend: String,
    edge: &'static str,
    advocate: Option<String>,
    progress: Option<String>,
    rewards: Vec<Reward>,
    open: Option<String>,
    touches: Vec<(String, &'static str)>,
    notes: Vec<(&'static str, &'static str)>,
}

impl Referral {
    fn new(seen: &Seen<ReferralView>) -> Referral {
        let (view, id) = (&seen.answer, |member| {
            seen.objects.told_id(member).into_owned()
        });
        let rewards = view.rewards.iter().map(|one| {
            let reason = one.reason.map(Code::name);
            let state = query::reward_word(one.state);
            let voucher = one.voucher.as_ref().map(|voucher| {
                let ends = voucher.expires_at != Instant::NEVER;
                (
                    voucher.code.to_string(),
                    voucher.label.to_string(),
                    query::voucher_word(voucher.state),
                    ends.then_some(voucher.expires_at.0),
                )
            });
            (
                one.role.clone(),
                id(one.member),
                one.points,
                state,
                reason,
                voucher,
            )
        });
        let touches = view.touches.iter();
        Referral {
            friend: id(seen.member),
            edge: query::edge_word(view.edge),
            advocate: view.advocate.map(id),
            progress: view.progress.map(query::progress_text),
            rewards: rewards.collect(),
            open: query::open_text(&view.open),
            touches: touches
                .map(|(key, state)| (key.to_string(), query::touch_word(*state)))
                .collect(),
            notes: view
                .notes
                .iter()
                .map(|(rule, found)| (*rule, found.name()))
                .collect(),
        }
    }
}

/// What a word stands for.
fn one_of<T: Copy>(py: Python<'_>, argument: &str, word: &str, known: &[(&str, T)]) -> PyResult<T> {
    let found = known.iter().find(|(name, _)| *name == word);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let message = format!("{argument} {word:?} is none of {}", known.join(", "));
        errors::rejected(py, &Rejection::new(Code::FieldInvalid, message))
    })
}
