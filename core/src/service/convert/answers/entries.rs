//! Entries of the journal and rows of statements.

use super::{balance, change, money, recorded, time};
use crate::ledger::answer::answer;
use crate::ledger::entry::{Effect, Entry, Movement};
use crate::ledger::program::LocalDate;
use crate::ledger::request::{Command, MemberName, Money, Part};
use crate::ledger::source::{Receipt, Source};
use crate::ledger::state::Objects;
use crate::query::{LotPart, Page, StatementRow};
use crate::service::wire;

/// An entry; `objects` knows the names of its members and wallets.
pub fn entry(entry: &Entry<'_>, objects: &Objects) -> wire::Entry {
    let command = &entry.request.command;
    let (reason, actor) = command.hand().unwrap_or_default();
    let effects = entry.effects.iter();
    let effects: Vec<wire::Effect> = effects.map(|effect| of_effect(effect, objects)).collect();
    let member = named_member(command)
        .map(str::to_owned)
        .or_else(|| effects.first().map(|effect| effect.member.clone()));
    wire::Entry {
        answer: Some(super::answer(&answer(entry))),
        occurred_time: entry.request.occurred_at.and_then(time),
        verb: command.verb().to_owned(),
        caller: entry.request.caller.to_string(),
        key: entry.request.key.to_string(),
        member: member.unwrap_or_default(),
        program_version: entry.program,
        amount: amount(command).map(money),
        reason: reason.to_owned(),
        actor: actor.to_owned(),
        receipt: entry.request.receipt().map(receipt),
        source: entry.request.source().and_then(source),
        effects,
    }
}

/// The member's id, where the request names it.
fn named_member<'c>(command: &'c Command<'_>) -> Option<&'c str> {
    if let Command::Enroll(enroll) = command {
        return Some(&enroll.member);
    }
    match command.member()? {
        MemberName::Id(id) => Some(id),
        MemberName::Alias(_) => None,
    }
}

fn amount<'c>(command: &'c Command<'_>) -> Option<&'c Money> {
    match command {
        Command::Purchase(purchase) => Some(&purchase.amount),
        Command::Reverse(reverse) => match &reverse.part {
            Part::Money(money) => Some(money),
            Part::Rest | Part::Points(_) | Part::Lines(_) => None,
        },
        _ => None,
    }
}

fn receipt(receipt: &Receipt<'_>) -> wire::Receipt {
    let day = LocalDate::from_days(receipt.business_date);
    wire::Receipt {
        store: receipt.store.to_string(),
        terminal: receipt.terminal.to_string(),
        business_date: day.map_or_else(String::new, |day| day.to_string()),
        number: receipt.number.to_string(),
    }
}

/// A source that says anything.
fn source(source: &Source<'_>) -> Option<wire::Source> {
    (*source != Source::default()).then(|| wire::Source {
        store: source.store.to_string(),
        actor: source.actor.to_string(),
        entry_mode: source.entry_mode as i32,
        offline: source.offline,
        training: source.training,
        partner: source.partner.to_string(),
        verification: source.verification.to_string(),
    })
}

fn of_effect(effect: &Effect, objects: &Objects) -> wire::Effect {
    wire::Effect {
        member: objects.member_id(effect.wallet.member).to_owned(),
        wallet: super::members::wallet_name(objects, effect.wallet.currency),
        moves: effect.movements.iter().map(of_movement).collect(),
        balance: Some(balance(&effect.after)),
        next_activation_time: time(effect.next_activation),
        next_expiry_time: time(effect.next_expiry),
    }
}

fn of_movement(movement: &Movement) -> wire::Move {
    let part = LotPart {
        flow: movement.flow,
        lot: movement.lot,
        paid: movement.paid,
    };
    wire::Move {
        due_time: movement.due_at.and_then(time),
        hold: movement.hold,
        ..of_part(&part)
    }
}

fn of_part(part: &LotPart) -> wire::Move {
    let has_lot = part.lot.id.0 != 0;
    wire::Move {
        flow: part.flow as i32,
        points: part.lot.amount,
        paid: part.paid,
        lot: part.lot.id.0,
        made_by: part.lot.id.sequence(),
        activates_time: time(part.lot.activates_at).filter(|_| has_lot),
        expires_time: time(part.lot.expires_at).filter(|_| has_lot),
        due_time: None,
        hold: 0,
    }
}

/// A page of a statement.
pub fn statement(page: &Page) -> wire::ListEntriesResponse {
    let next = page.next.map(|position| position.to_string());
    wire::ListEntriesResponse {
        rows: page.rows.iter().map(of_row).collect(),
        next_page_token: next.unwrap_or_default(),
    }
}

fn of_row(row: &StatementRow) -> wire::StatementRow {
    wire::StatementRow {
        at_time: Some(recorded(row.at)),
        sequence: row.sequence,
        verb: row.verb.to_owned(),
        code: i32::from(row.code.number()),
        reason: row.reason.to_owned(),
        points: row.points,
        change: Some(change(&row.change)),
        balance: Some(balance(&row.balance)),
        original: row.original,
        moves: row.lots.iter().map(of_part).collect(),
        key: row.key.clone(),
        note: row.note.clone(),
        position: row.position.to_string(),
    }
}
