//! Referrals: each new fact about a friend is looked at together with all that is known, and the difference is posted.
//!
//! ```text
//! verbs      issue_code.rs disable_code.rs change_coupon.rs record_touch.rs bind_referral.rs record_step.rs
//!            review_referral.rs close_period.rs, and notice.rs: what sign-ups, purchases and returns mean to referrals
//! desk.rs    the books and wallets as the entry leaves them
//! attribution.rs ─▶ fraud.rs        who wins, and who may
//! conversions.rs ─▶ dues.rs         what counts, and what is due for it
//!                      ─▶ credit.rs   who shares it
//!                ─▶ vouchers.rs     what it is worth at the till
//!                ─▶ posting.rs      whose points come and go
//! ```

mod attribution;
mod bind_referral;
mod change_coupon;
mod close_period;
mod conversions;
mod credit;
mod desk;
mod disable_code;
mod dues;
mod fraud;
mod issue_code;
mod notice;
mod posting;
mod record_step;
mod record_touch;
mod review_referral;
mod vouchers;

pub use bind_referral::wrong_naming;
pub use notice::{met, notice};

use std::collections::BTreeSet;

use super::super::bounds::SWEEP_WALLETS;
use super::super::entry::{Entry, Fact};
use super::super::lot::origin_entry;
use super::super::referral::book::Book;
use super::super::referral::file::Reward;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Command, Naming, Request};
use super::super::state::State;
use super::super::time::Instant;
use super::case::{Case, Verdict};
use super::needs::{BackTo, Stretch};
use desk::{Desk, Subject};

/// Decides a verb that is about referrals.
pub fn decide<'a>(
    case: &mut Case<'_>,
    key: &str,
    command: &Command<'a>,
) -> Result<Verdict<'a>, Rejection> {
    match command {
        Command::IssueCode(issue) => issue_code::decide(case, key, issue),
        Command::DisableCode(disable) => disable_code::decide(case, disable),
        Command::RecordTouch(touch) => record_touch::decide(case, key, touch),
        Command::BindReferral(bind) => bind_referral::decide(case, key, bind),
        Command::RecordStep(step) => record_step::decide(case, key, step),
        Command::ReviewReferral(review) => review_referral::decide(case, key, review),
        Command::ClosePeriod(close) => close_period::decide(case, key, close),
        Command::ChangeCoupon(change) => change_coupon::decide(case, key, change),
        _ => unreachable!("no other verb is about referrals alone"),
    }
}

/// A friend in the book of a program, at a desk that found the book.
fn subject<'s>(desk: &Desk<'_, 's>, book: u16, friend: u32) -> Result<Subject<'s>, Rejection> {
    let found = desk.subject(book, friend);
    found.ok_or_else(|| Rejection::plain(Code::UnknownProgram))
}

/// The number of the book of a program in force.
fn book_of(case: &Case<'_>, program: &str) -> Result<u16, Rejection> {
    let known = case.program().referral(program);
    let number = known.and_then(|_| case.state.objects.referrals.find_book(program));
    number.ok_or_else(|| {
        let names: Vec<&str> = case
            .program()
            .referrals
            .iter()
            .map(|rules| rules.name.as_str())
            .collect();
        let message = match names.is_empty() {
            true => "the program file has no table [referral.…]; publish one that has".to_owned(),
            false => format!(
                "there is no referral program {program:?}; there are {}",
                names.join(", ")
            ),
        };
        Rejection::new(Code::UnknownProgram, message)
    })
}

/// The book that a naming means: a program that is left out is the only one there is.
fn book_of_naming(case: &Case<'_>, naming: &Naming<'_>) -> Result<u16, Rejection> {
    if !naming.program.is_empty() {
        return book_of(case, &naming.program);
    }
    match case.program().referrals.as_slice() {
        [only] => book_of(case, &only.name),
        _ => Err(Rejection::new(
            Code::UnknownProgram,
            "name the referral program: there is not exactly one",
        )),
    }
}

/// Friends whose referrals a command may change, by book.
fn concerned(
    state: &State,
    (key, command): (&str, &Command<'_>),
    buyer: Option<u32>,
    at: Instant,
) -> Vec<(u16, u32)> {
    let referrals = &state.objects.referrals;
    let friend = |name| state.find_member_at(name, at);
    let named = |program: &str| referrals.find_book(program);
    let in_all = |friend: u32| {
        let books = referrals.books().iter().zip(0u16..);
        let has_file = move |(book, number): (&std::sync::Arc<Book>, u16)| {
            book.has_file(friend).then_some((number, friend))
        };
        books.filter_map(has_file).collect()
    };
    match command {
        Command::Purchase(_) | Command::Enroll(_) | Command::Reverse(_) => {
            buyer.map_or_else(Vec::new, in_all)
        }
        Command::BindReferral(bind) => friend(&bind.friend).map_or_else(Vec::new, in_all),
        Command::RecordStep(step) => {
            let place = named(&step.program).zip(friend(&step.friend));
            place.into_iter().collect()
        }
        Command::ReviewReferral(review) => {
            let place = named(&review.program).zip(friend(&review.friend));
            place.into_iter().collect()
        }
        Command::RecordTouch(touch) => {
            let token = touch.token.as_deref();
            let place = named(&touch.program).zip(token);
            place.map_or_else(Vec::new, |(number, token)| {
                let friends = referrals.book(number).claims_of_token(token);
                friends.map(|friend| (number, friend)).collect()
            })
        }
        Command::IssueCode(issue) => named(&issue.program).map_or_else(Vec::new, |number| {
            let book = referrals.book(number);
            let code = issue_code::code_of(book, key, issue);
            let friends = book.claims_of_code(&code);
            friends.map(|friend| (number, friend)).collect()
        }),
        _ => Vec::new(),
    }
}

/// Files of which a freeze has lapsed, as they are now; a bounded number at once.
pub fn lapsed<'a>(case: &Case<'_>) -> Vec<Fact<'a>> {
    let books = case.state.objects.referrals.books().iter().zip(0u16..);
    let mut facts = Vec::new();
    for (book, program) in books {
        let friends: BTreeSet<u32> = book.lapsed(case.now).take(SWEEP_WALLETS).collect();
        for friend in friends {
            let mut file = book.file(friend).unwrap_or_default();
            file.settle(case.now);
            facts.push(Fact::Referral {
                program,
                friend,
                file: Box::new(file),
            });
        }
    }
    facts
}

/// Pasts of wallets that tell what became of rewards which a command may take back: of some of their points only the
/// past knows whether they were spent or expired.
pub fn past_of_rewards(
    state: &State,
    request: &Request<'_>,
    original: Option<&Entry<'_>>,
) -> Vec<Stretch> {
    if !state.objects.referrals.are_kept() {
        return Vec::new();
    }
    let command = &request.command;
    let last = state.objects.recorded_at.instant();
    let at = request.occurred_at.unwrap_or(last);
    let buyer = match command {
        Command::Purchase(purchase) => state.find_member_at(&purchase.member, at),
        _ => original
            .and_then(|original| original.effects.first())
            .map(|effect| effect.wallet.member),
    };
    let mut stretches = Vec::new();
    for (number, friend) in concerned(state, (&request.key, command), buyer, at) {
        let book = state.objects.referrals.book(number);
        if !book.has_conversions(friend) {
            continue;
        }
        let file = book.file(friend).unwrap_or_default();
        for (_, reward) in file
            .rewards()
            .filter(|(_, reward)| is_missing(state, reward))
        {
            stretches.push(Stretch {
                wallet: reward.wallet(),
                back_to: BackTo::Entry(origin_entry(reward.origin) - 1),
            });
        }
    }
    stretches
}

/// Whether some of what a reward keeps is not in its lots any more.
fn is_missing(state: &State, reward: &Reward) -> bool {
    if reward.ended.is_some() || reward.origin == 0 {
        return false;
    }
    let wallet = state.objects.wallet(reward.wallet());
    let lots = wallet.map_or(&[][..], |wallet| wallet.lots());
    let own = lots.iter().filter(|lot| lot.origin == reward.origin);
    let there: i64 = own.map(|lot| lot.amount).sum();
    let has_left = state.objects.member(reward.member).status.has_left();
    there < reward.kept || has_left
}
