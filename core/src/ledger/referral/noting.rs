//! What entries leave in the books of referrals: facts that say so, and what purchases, returns and sign-ups are.

use std::sync::Arc;

use super::book::Referrals;
use super::file::{Refund, Sale};
use crate::ledger::entry::{Entry, Fact, RecordedAt};
use crate::ledger::program::{Period, Program};
use crate::ledger::rejection::{Class, Code};
use crate::ledger::request::{Command, DisputeOutcome, Request};
use crate::ledger::state::State;
use crate::ledger::time::{Instant, MICROS_PER_DAY, MICROS_PER_SECOND};

/// Applies a fact about referrals.
pub fn apply(referrals: &mut Referrals, fact: &Fact<'_>, (sequence, now): (u64, Instant)) {
    match fact {
        Fact::ReferralCodeIssued {
            program,
            code,
            issued,
        } => referrals
            .book_mut(*program)
            .set_code(code, (**issued).clone()),
        Fact::ReferralCodeDisabled { program, code } => {
            let book = referrals.book_mut(*program);
            if let Some(known) = book.code(code).cloned() {
                let disabled_at = known.disabled_at.min(now);
                book.set_code(
                    code,
                    super::book::Code {
                        disabled_at,
                        ..known
                    },
                );
            }
        }
        Fact::CouponChanged {
            program,
            code,
            coupon,
        } => referrals.book_mut(*program).set_coupon(code, *coupon),
        Fact::Touched {
            program,
            token,
            touch,
            forgets,
        } => {
            let book = referrals.book_mut(*program);
            if *forgets != 0 {
                book.forget_token(*forgets);
            }
            book.add_touch(token.as_deref(), (**touch).clone(), sequence);
        }
        Fact::Referral {
            program,
            friend,
            file,
        } => referrals.book_mut(*program).set_file(*friend, file),
        Fact::Fingerprints { member, marks } => {
            referrals.add_marks(*member, marks.iter().map(AsRef::as_ref));
        }
        Fact::BindPassed {
            program,
            advocate,
            most,
        } => referrals
            .book_mut(*program)
            .add_passed(*advocate, now, *most),
        Fact::PeriodClosed { program, month } => referrals.book_mut(*program).close_month(*month),
        _ => {}
    }
}

/// Notes what an entry is to its member, beside its facts.
pub fn note(state: &mut State, entry: &Entry<'_>) {
    if let Command::Purchase(_) = entry.request.command
        && let Some(member) = buyer(state, entry)
        && !state.objects.member(member).has_bought
    {
        let (chunk, place) = state.chunk_mut(member);
        chunk.member_mut(place).has_bought = true;
    }
    if !state.objects.referrals.are_kept() {
        return;
    }
    let program = Arc::clone(state.objects.program());
    let told = match &entry.request.command {
        Command::Purchase(_) | Command::Reverse(_) => Told::of(state, entry, &program),
        _ => None,
    };
    let asks_for_joining = program
        .referrals
        .iter()
        .any(|rules| rules.friend_not_enrolled);
    let joins = |fact: &&Fact<'_>| matches!(fact, Fact::MemberEnrolled { .. });
    let joined = entry
        .facts
        .iter()
        .filter(joins)
        .filter(|_| asks_for_joining);
    if told.is_none() && joined.clone().next().is_none() {
        return;
    }
    let referrals = Arc::make_mut(&mut state.objects.referrals);
    for fact in joined {
        if let Fact::MemberEnrolled { member, .. } = fact {
            referrals.add_joined(*member, entry.recorded_at.instant());
        }
    }
    if let Some(told) = told {
        told.note(referrals);
    }
}

/// Whose purchase an entry is; also of one that was undone before it came.
fn buyer(state: &State, entry: &Entry<'_>) -> Option<u32> {
    match entry.code.class() {
        Class::Applied => Some(entry.effects.first()?.wallet.member),
        _ if entry.code == Code::AlreadyReversed => {
            state.asked_wallet(entry).map(|wallet| wallet.member)
        }
        _ => None,
    }
}

/// What an entry tells about sales.
pub enum Told {
    Sold {
        member: u32,
        sale: Sale,
        /// Earlier sales can't be claimed any more.
        since: Instant,
    },
    Returned {
        member: u32,
        sale: u64,
        refund: Refund,
    },
    Undone {
        member: u32,
        sale: u64,
        entry: u64,
    },
}

impl Told {
    fn of(state: &State, entry: &Entry<'_>, program: &Program) -> Option<Told> {
        match &entry.request.command {
            Command::Purchase(_) => {
                let member = buyer(state, entry)?;
                let stands = entry.code.class() == Class::Applied;
                let place = (entry.sequence, entry.recorded_at);
                let refunds = entry.facts.iter().filter_map(|fact| match fact {
                    Fact::RefundMet { refund } => Some(*refund),
                    _ => None,
                });
                let refunds = refunds.collect();
                Told::sold(member, &entry.request, place, stands, refunds, program)
            }
            Command::Reverse(reverse) if entry.code == Code::Applied => {
                let reopened = entry.facts.iter().find_map(|fact| match fact {
                    Fact::Reopened { original } => Some(*original),
                    _ => None,
                });
                let member = entry.effects.first()?.wallet.member;
                let place = (entry.sequence, entry.recorded_at.instant());
                let is_chargeback = reverse.dispute == Some(DisputeOutcome::Lost);
                let original = (entry.original, reopened);
                let amount = entry.figures.requested;
                Some(Told::returned(
                    member,
                    &entry.request,
                    place,
                    original,
                    amount,
                    is_chargeback,
                ))
            }
            _ => None,
        }
    }

    /// A purchase as the fact that it is.
    pub fn sold(
        member: u32,
        request: &Request<'_>,
        (sequence, recorded_at): (u64, RecordedAt),
        stands: bool,
        refunds: Vec<Refund>,
        program: &Program,
    ) -> Option<Told> {
        let Command::Purchase(purchase) = &request.command else {
            return None;
        };
        let recorded_at = recorded_at.instant();
        let grace = program
            .referrals
            .iter()
            .map(|rules| at_most(rules.grace))
            .max();
        let sale = Sale {
            sequence,
            key: request.key.as_ref().into(),
            amount: purchase.amount.minor_units,
            occurred_at: request.occurred_at.unwrap_or(recorded_at),
            recorded_at,
            never_stood: !stands,
            refunds,
        };
        Some(Told::Sold {
            member,
            sale,
            since: Instant(recorded_at.0.saturating_sub(grace.unwrap_or(0))),
        })
    }

    /// A return as the fact that it is, or the undoing of one.
    pub fn returned(
        member: u32,
        request: &Request<'_>,
        (sequence, recorded_at): (u64, Instant),
        (original, reopened): (u64, Option<u64>),
        amount: i64,
        is_chargeback: bool,
    ) -> Told {
        match reopened {
            Some(sale) => Told::Undone {
                member,
                sale,
                entry: original,
            },
            None => Told::Returned {
                member,
                sale: original,
                refund: Refund {
                    entry: sequence,
                    amount,
                    occurred_at: request.occurred_at.unwrap_or(recorded_at),
                    is_chargeback,
                    is_undone: false,
                },
            },
        }
    }

    pub fn note(self, referrals: &mut Referrals) {
        match self {
            Told::Sold {
                member,
                sale,
                since,
            } => referrals.add_sale(member, &sale, since),
            told => {
                if let Some((member, sale)) = told.into_sale(referrals) {
                    referrals.set_sale(member, &sale);
                }
            }
        }
    }

    /// The purchase as it is with what was told, and its buyer; nothing if it is not known any more.
    pub fn into_sale(self, referrals: &Referrals) -> Option<(u32, Sale)> {
        match self {
            Told::Sold { member, sale, .. } => Some((member, sale)),
            Told::Returned {
                member,
                sale,
                refund,
            } => {
                let mut sale = referrals.sale(member, sale)?;
                sale.refunds.push(refund);
                Some((member, sale))
            }
            Told::Undone {
                member,
                sale,
                entry,
            } => {
                let mut sale = referrals.sale(member, sale)?;
                let mut refunds = sale.refunds.iter();
                let undone = *refunds.find(|one| one.entry == entry && !one.is_undone)?;
                sale.refunds.push(Refund {
                    amount: -undone.amount,
                    is_undone: true,
                    ..undone
                });
                Some((member, sale))
            }
        }
    }
}

/// The longest that a period can be, in microseconds.
fn at_most(period: Period) -> i64 {
    let days = i64::from(period.months) * 31 + i64::from(period.days);
    let micros = i128::from(days) * i128::from(MICROS_PER_DAY)
        + i128::from(period.seconds) * i128::from(MICROS_PER_SECOND);
    i64::try_from(micros).unwrap_or(i64::MAX)
}
