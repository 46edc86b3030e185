//! Sums over tills, wallets and the whole ledger, and what the ledger says about itself and its program.

use super::{currency_code, members, price, recorded, time};
use crate::engine::{ClockKind, Info};
use crate::ledger::accounts::Account;
use crate::ledger::entry::Entry;
use crate::ledger::program::{Calendar, Program};
use crate::ledger::request::Command;
use crate::ledger::state::Objects;
use crate::query::{Ladder, Report, TillTotal, TrialBalance, TrialLine};
use crate::service::wire;

/// A sum that a message cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sum of points lies beyond 64 bits; ask the ledger where it is embedded")]
pub struct TooLarge;

fn fitting(sum: i128) -> Result<i64, TooLarge> {
    i64::try_from(sum).map_err(|_| TooLarge)
}

pub fn till_total(total: &TillTotal) -> Result<wire::TillTotal, TooLarge> {
    Ok(wire::TillTotal {
        verb: total.verb.to_owned(),
        code: i32::from(total.code.number()),
        count: total.count,
        money_minor_units: fitting(total.money)?,
        points: fitting(total.points)?,
    })
}

/// A ladder, with the dates of the program's calendar.
pub fn ladder(told: &Ladder, calendar: &Calendar) -> Result<wire::GetLadderResponse, TooLarge> {
    let steps = told.steps.iter().map(|(at, points)| {
        Ok(wire::LadderStep {
            expires_time: time(*at),
            local_date: calendar.local_date(*at).to_string(),
            points: fitting(*points)?,
        })
    });
    Ok(wire::GetLadderResponse {
        steps: steps.collect::<Result<_, TooLarge>>()?,
        never: fitting(told.never)?,
    })
}

/// The accounts of one currency of points; `objects` knows terms and stores.
pub fn trial_balance(
    told: &TrialBalance,
    currency: u8,
    objects: &Objects,
) -> Result<wire::GetTrialBalanceResponse, TooLarge> {
    let lines = told.lines.iter().filter(|line| line.currency == currency);
    let totals = told
        .members
        .iter()
        .find(|totals| totals.currency == currency);
    let totals = totals.copied().unwrap_or_default();
    let stores = objects.stores.iter();
    let charged = stores.filter(|((_, of), points)| *of == currency && **points != 0);
    Ok(wire::GetTrialBalanceResponse {
        wallet: members::wallet_name(objects, currency),
        at_time: time(told.at),
        accounts: Some(accounts(|account| told.points(currency, account))?),
        terms: lines
            .map(|line| of_terms(line, objects))
            .collect::<Result<_, TooLarge>>()?,
        members: Some(wire::Balance {
            pending: fitting(totals.pending)?,
            available: fitting(totals.available)?,
            held: fitting(totals.held)?,
            debt: fitting(totals.debt)?,
        }),
        balanced: told.balanced(),
        stores: charged
            .map(|((store, _), points)| {
                let (store, points) = (store.to_string(), fitting(*points)?);
                Ok(wire::StoreAccount { store, points })
            })
            .collect::<Result<_, TooLarge>>()?,
    })
}

fn of_terms(line: &TrialLine, objects: &Objects) -> Result<wire::TermsAccounts, TooLarge> {
    let terms = objects.terms.get(line.terms.0 as usize);
    Ok(wire::TermsAccounts {
        funder: members::funder(terms),
        price: terms.and_then(|terms| terms.price.as_ref()).map(price),
        accounts: Some(accounts(|account| line.points(account))?),
    })
}

fn accounts(points: impl Fn(Account) -> i128) -> Result<wire::Accounts, TooLarge> {
    let mut accounts = wire::Accounts::default();
    for account in Account::ALL {
        let place = match account {
            Account::Outstanding => &mut accounts.outstanding,
            Account::Accrued => &mut accounts.accrued,
            Account::AccrualReversed => &mut accounts.accrual_reversed,
            Account::Redeemed => &mut accounts.redeemed,
            Account::RedemptionReversed => &mut accounts.redemption_reversed,
            Account::Expired => &mut accounts.expired,
            Account::Reinstated => &mut accounts.reinstated,
            Account::Adjusted => &mut accounts.adjusted,
            Account::TransferredOut => &mut accounts.transferred_out,
            Account::TransferredIn => &mut accounts.transferred_in,
            Account::Forfeited => &mut accounts.forfeited,
            Account::WrittenOff => &mut accounts.written_off,
            Account::SettledInCash => &mut accounts.settled_in_cash,
        };
        *place = fitting(points(account))?;
    }
    Ok(accounts)
}

pub fn report(found: &Report) -> wire::VerifyResponse {
    wire::VerifyResponse {
        ok: found.ok,
        entries: found.entries,
        members: found.members,
        problems: found.problems.clone(),
        problem_count: found.problem_count,
        digest: found.digest.to_vec(),
    }
}

/// Where the journal stands; `money` is that of the program in force.
pub fn checkpoint(
    info: &Info,
    money: [u8; 3],
    digest: Option<[u8; 32]>,
) -> wire::GetCheckpointResponse {
    wire::GetCheckpointResponse {
        ledger_id: info.id.to_vec(),
        sequence: info.entries,
        recorded_time: (info.entries != 0).then(|| recorded(info.recorded_at)),
        digest: digest.map_or_else(Vec::new, |digest| digest.to_vec()),
        now_time: time(info.now),
        manual_clock: info.clock == ClockKind::Manual,
        members: info.members,
        program_version: info.program_version,
        zone: info.zone.clone(),
        currency_code: currency_code(money),
        journal_bytes: info.journal_bytes,
        snapshot: info.snapshot,
        notices: info.notices.clone(),
    }
}

/// A version of the program, and the entry that published it; the built-in one has none.
pub fn program(version: u32, program: &Program, published: Option<&Entry<'_>>) -> wire::Program {
    let earning = &program.earning;
    let currencies = program.currencies.iter();
    let wallets: Vec<String> = currencies.map(|currency| currency.name.clone()).collect();
    let earned = wallets.get(usize::from(earning.currency)).cloned();
    let toml = published.and_then(|entry| match &entry.request.command {
        Command::Publish(publish) => Some(publish.toml.to_string()),
        _ => None,
    });
    wire::Program {
        version,
        sequence: published.map_or(0, |entry| entry.sequence),
        recorded_time: published.map(|entry| recorded(entry.recorded_at)),
        toml: toml.unwrap_or_default(),
        zone: program.zone.clone(),
        currency_code: earning.money.code().to_owned(),
        earning: Some(wire::EarnRule {
            points: earning.points,
            per_minor_units: earning.per_minor_units,
            wallet: earned.unwrap_or_default(),
        }),
        wallets,
    }
}
