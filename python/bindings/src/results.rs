//! What the engine answers, as dictionaries: the package makes its frozen dataclasses of them.

use loyalty_ledger::ledger::answer;
use loyalty_ledger::ledger::entry::{self, Flow, Movement};
use loyalty_ledger::ledger::lot;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::{Command, MemberName, Money, Part};
use loyalty_ledger::ledger::state::{Objects, Terms};
use loyalty_ledger::ledger::time::Instant;
use loyalty_ledger::ledger::wallet;
use loyalty_ledger::query;
use pyo3::IntoPyObject;

use crate::values::{currency_code, given, micros, sequence};

#[derive(IntoPyObject)]
pub struct Balance {
    pending: i64,
    available: i64,
    held: i64,
    debt: i64,
}

#[derive(IntoPyObject)]
pub struct Answer {
    code: &'static str,
    sequence: u64,
    /// Nanoseconds since 1970.
    recorded_at: i64,
    requested: i64,
    awarded: i64,
    spent: i64,
    cash: i64,
    kept_back: i64,
    spared: i64,
    charged: i64,
    taken_back: i64,
    flags: Vec<&'static str>,
    referral: Option<&'static str>,
    referral_code: Option<String>,
    vested: i64,
    balance: Balance,
    next_activation: Option<i64>,
    next_expiry: Option<i64>,
    original: Option<u64>,
    replayed: bool,
}

#[derive(IntoPyObject)]
pub struct Lot {
    id: u64,
    /// Sequence of the entry that made it.
    made_by: u64,
    points: i64,
    /// `None` while it waits for an event.
    activates_at: Option<i64>,
    expires_at: Option<i64>,
    /// Sequence of the entry that earned the points.
    earned_by: u64,
    funder: Option<String>,
    /// Millionths of a unit of money and its currency.
    price: Option<(i64, String)>,
    pending: bool,
}

#[derive(IntoPyObject)]
pub struct Hold {
    authorization: u64,
    lapses_at: i64,
    points: i64,
}

#[derive(IntoPyObject)]
pub struct BalanceView {
    balance: Balance,
    lots: Vec<Lot>,
    holds: Vec<Hold>,
    next_activation: Option<i64>,
    next_expiry: Option<i64>,
    next_expiry_points: i64,
    at: i64,
}

#[derive(IntoPyObject)]
pub struct StatementRow {
    /// Nanoseconds since 1970.
    at: i64,
    sequence: Option<u64>,
    verb: &'static str,
    code: &'static str,
    reason: &'static str,
    points: i64,
    change: Balance,
    balance: Balance,
    original: Option<u64>,
    key: Option<String>,
    note: Option<String>,
    moved: Vec<Move>,
    position: String,
}

#[derive(IntoPyObject)]
pub struct Page {
    rows: Vec<StatementRow>,
    next: Option<String>,
}

/// Points of one lot on the move.
#[derive(IntoPyObject)]
pub struct Move {
    flow: &'static str,
    points: i64,
    paid: i64,
    lot: Option<u64>,
    made_by: u64,
    /// `None` while it waits for an event.
    activates_at: Option<i64>,
    expires_at: Option<i64>,
    due_at: Option<i64>,
    hold: Option<u64>,
}

#[derive(IntoPyObject)]
pub struct Effect {
    member: String,
    wallet: String,
    moved: Vec<Move>,
    balance: Balance,
    next_activation: Option<i64>,
    next_expiry: Option<i64>,
}

#[derive(IntoPyObject)]
pub struct Entry {
    sequence: u64,
    /// Nanoseconds since 1970.
    recorded_at: i64,
    occurred_at: Option<i64>,
    verb: &'static str,
    code: &'static str,
    caller: String,
    key: Option<String>,
    member: Option<String>,
    program: u32,
    requested: i64,
    awarded: i64,
    original: Option<u64>,
    amount: Option<(i64, String)>,
    reason: Option<String>,
    actor: Option<String>,
    effects: Vec<Effect>,
}

impl From<&entry::Balance> for Balance {
    fn from(balance: &entry::Balance) -> Balance {
        Balance {
            pending: balance.pending,
            available: balance.available,
            held: balance.held,
            debt: balance.debt,
        }
    }
}

impl From<&query::Change> for Balance {
    fn from(change: &query::Change) -> Balance {
        Balance {
            pending: change.pending,
            available: change.available,
            held: change.held,
            debt: change.debt,
        }
    }
}

impl Answer {
    /// When it was recorded, in microseconds.
    pub const fn recorded_micros(&self) -> i64 {
        self.recorded_at.div_euclid(1_000)
    }
}

impl From<&answer::Answer> for Answer {
    fn from(answer: &answer::Answer) -> Answer {
        Answer {
            code: answer.code.name(),
            sequence: answer.sequence,
            recorded_at: answer.recorded_at.0,
            requested: answer.requested,
            awarded: answer.awarded,
            spent: answer.spent,
            cash: answer.cash,
            kept_back: answer.kept_back,
            spared: answer.spared,
            charged: answer.charged,
            taken_back: answer.taken_back,
            flags: answer
                .overdrawn
                .then_some("OFFLINE_OVERDRAFT")
                .into_iter()
                .collect(),
            referral: answer.referral.map(Code::name),
            referral_code: answer.referral_code.as_deref().map(str::to_owned),
            vested: answer.vested,
            balance: Balance::from(&answer.balance),
            next_activation: micros(answer.next_activation),
            next_expiry: micros(answer.next_expiry),
            original: sequence(answer.original),
            replayed: answer.replayed,
        }
    }
}

impl Lot {
    pub fn new(lot: &lot::Lot, terms: &[Terms]) -> Lot {
        let terms = terms.get(lot.terms.0 as usize);
        let price = terms.and_then(|terms| terms.price.as_ref());
        Lot {
            id: lot.id.0,
            made_by: lot.id.sequence(),
            points: lot.amount,
            activates_at: micros(lot.activates_at),
            expires_at: micros(lot.expires_at),
            earned_by: lot.earned_by(),
            funder: terms
                .and_then(|terms| terms.funder.as_deref())
                .map(str::to_owned),
            price: price.map(|price| (price.micros, currency_code(price.currency))),
            pending: lot.pending,
        }
    }
}

impl From<&wallet::Hold> for Hold {
    fn from(hold: &wallet::Hold) -> Hold {
        Hold {
            authorization: hold.id,
            lapses_at: hold.lapses_at.0,
            points: hold.parts.iter().map(|part| part.amount).sum(),
        }
    }
}

impl BalanceView {
    pub fn new(view: &query::BalanceView, terms: &[Terms]) -> BalanceView {
        BalanceView {
            balance: Balance::from(&view.balance),
            lots: view.lots.iter().map(|lot| Lot::new(lot, terms)).collect(),
            holds: view.holds.iter().map(Hold::from).collect(),
            next_activation: micros(view.next_activation),
            next_expiry: micros(view.next_expiry),
            next_expiry_points: view.next_expiry_points,
            at: view.at.0,
        }
    }
}

/// What moves an amount alone, such as debt, has no lot and so no dates.
fn date_of_lot(flow: Flow, date: Instant) -> Option<i64> {
    micros(date).filter(|_| !flow.has_no_lot())
}

impl Move {
    fn of_part(part: &query::LotPart) -> Move {
        Move {
            flow: Flow::name(part.flow),
            points: part.lot.amount,
            paid: part.paid,
            lot: sequence(part.lot.id.0),
            made_by: part.lot.id.sequence(),
            activates_at: date_of_lot(part.flow, part.lot.activates_at),
            expires_at: date_of_lot(part.flow, part.lot.expires_at),
            due_at: None,
            hold: None,
        }
    }
}

impl From<&Movement> for Move {
    fn from(movement: &Movement) -> Move {
        Move {
            flow: Flow::name(movement.flow),
            points: movement.lot.amount,
            paid: movement.paid,
            lot: sequence(movement.lot.id.0),
            made_by: movement.lot.id.sequence(),
            activates_at: date_of_lot(movement.flow, movement.lot.activates_at),
            expires_at: date_of_lot(movement.flow, movement.lot.expires_at),
            due_at: movement.due_at.map(|due| due.0),
            hold: sequence(movement.hold),
        }
    }
}

impl From<&query::StatementRow> for StatementRow {
    fn from(row: &query::StatementRow) -> StatementRow {
        StatementRow {
            at: row.at.0,
            sequence: sequence(row.sequence),
            verb: row.verb,
            code: row.code.name(),
            reason: row.reason,
            points: row.points,
            change: Balance::from(&row.change),
            balance: Balance::from(&row.balance),
            original: sequence(row.original),
            key: given(&row.key),
            note: given(&row.note),
            moved: row.lots.iter().map(Move::of_part).collect(),
            position: row.position.to_string(),
        }
    }
}

impl From<&query::Page> for Page {
    fn from(page: &query::Page) -> Page {
        Page {
            rows: page.rows.iter().map(StatementRow::from).collect(),
            next: page.next.map(|position| position.to_string()),
        }
    }
}

impl Entry {
    pub fn new(entry: &entry::Entry<'_>, objects: &Objects) -> Entry {
        let command = &entry.request.command;
        let effects = entry
            .effects
            .iter()
            .map(|effect| Effect::new(effect, objects));
        let effects: Vec<Effect> = effects.collect();
        let (reason, actor) = command.hand().unwrap_or_default();
        let (reason, actor) = (given(reason), given(actor));
        Entry {
            sequence: entry.sequence,
            recorded_at: entry.recorded_at.0,
            occurred_at: entry.request.occurred_at.and_then(micros),
            verb: command.verb(),
            code: entry.code.name(),
            caller: entry.request.caller.to_string(),
            key: given(&entry.request.key),
            member: named_member(command)
                .or_else(|| effects.first().map(|effect| effect.member.clone())),
            program: entry.program,
            requested: entry.figures.requested,
            awarded: entry.figures.awarded,
            original: sequence(entry.original),
            amount: amount(command).map(|money| (money.minor_units, currency_code(money.currency))),
            reason,
            actor,
            effects,
        }
    }
}

impl Effect {
    fn new(effect: &entry::Effect, objects: &Objects) -> Effect {
        let currencies = &objects.program().currencies;
        let currency = currencies.get(usize::from(effect.wallet.currency));
        Effect {
            member: objects.member_id(effect.wallet.member).to_owned(),
            wallet: currency.map_or_else(String::new, |currency| currency.name.clone()),
            moved: effect.movements.iter().map(Move::from).collect(),
            balance: Balance::from(&effect.after),
            next_activation: micros(effect.next_activation),
            next_expiry: micros(effect.next_expiry),
        }
    }
}

/// The member's id, where the request names it.
fn named_member(command: &Command<'_>) -> Option<String> {
    if let Command::Enroll(enroll) = command {
        return given(&enroll.member);
    }
    match command.member()? {
        MemberName::Id(id) => given(id),
        MemberName::Alias(_) => None,
    }
}

fn amount<'c>(command: &'c Command<'_>) -> Option<&'c Money> {
    match command {
        Command::Purchase(purchase) => Some(&purchase.amount),
        Command::Reverse(reverse) => match &reverse.part {
            Part::Money(money) => Some(money),
            _ => None,
        },
        _ => None,
    }
}
