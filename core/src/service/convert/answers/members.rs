//! Members, and what their wallets hold.

use super::{balance, price, time};
use crate::ledger::link::{Link, LinkScope};
use crate::ledger::lot::Lot;
use crate::ledger::members::{HeldAlias, Status};
use crate::ledger::state::{Objects, Terms};
use crate::ledger::wallet::Hold;
use crate::query::{BalanceView, OpenHold};
use crate::service::wire;

pub const fn status(status: Status) -> wire::MemberStatus {
    match status {
        Status::Active => wire::MemberStatus::Active,
        Status::Blocked => wire::MemberStatus::Blocked,
        Status::Closed => wire::MemberStatus::Closed,
        Status::Erased => wire::MemberStatus::Erased,
    }
}

/// A wallet at an instant; its lots if they are asked for.
pub fn wallet(name: &str, view: &BalanceView, terms: &[Terms], include_lots: bool) -> wire::Wallet {
    let lots = view.lots.iter().filter(|_| include_lots);
    wire::Wallet {
        wallet: name.to_owned(),
        balance: Some(balance(&view.balance)),
        next_activation_time: time(view.next_activation),
        next_expiry_time: time(view.next_expiry),
        next_expiry_points: view.next_expiry_points,
        holds: view.holds.iter().map(hold).collect(),
        lots: lots.map(|of_wallet| lot(of_wallet, terms)).collect(),
    }
}

pub(super) fn lot(lot: &Lot, terms: &[Terms]) -> wire::Lot {
    let terms = terms.get(lot.terms.0 as usize);
    wire::Lot {
        id: lot.id.0,
        points: lot.amount,
        pending: lot.pending,
        activates_time: time(lot.activates_at),
        expires_time: time(lot.expires_at),
        made_by: lot.id.sequence(),
        earned_by: lot.earned_by(),
        funder: funder(terms),
        price: terms.and_then(|terms| terms.price.as_ref()).map(price),
    }
}

pub(super) fn funder(terms: Option<&Terms>) -> String {
    let funder = terms.and_then(|terms| terms.funder.as_deref());
    funder.unwrap_or_default().to_owned()
}

fn hold(hold: &Hold) -> wire::Hold {
    wire::Hold {
        authorization: hold.id,
        points: hold.parts.iter().map(|part| part.amount).sum(),
        lapses_time: time(hold.lapses_at),
    }
}

/// An alias: of its value no more than a card's last digits.
pub fn held_alias(alias: &HeldAlias) -> wire::HeldAlias {
    wire::HeldAlias {
        kind: alias.kind.to_string(),
        masked: match &*alias.kind {
            "card" => format!("****{:04}", alias.last_digits),
            _ => "****".to_owned(),
        },
        from_time: time(alias.from),
        until_time: time(alias.until),
        lost: alias.lost,
    }
}

/// A partner's tie.
pub fn link(link: &Link) -> wire::Link {
    let scopes = LinkScope::ALL.into_iter();
    let scopes = scopes.filter(|scope| link.terms.scopes.has(*scope));
    wire::Link {
        partner: link.partner.to_string(),
        scopes: scopes.map(|scope| link_scope(scope) as i32).collect(),
        daily_points: link.terms.daily_points,
        starts_time: time(link.terms.starts_at),
        ends_time: time(link.terms.ends_at),
    }
}

const fn link_scope(scope: LinkScope) -> wire::LinkScope {
    match scope {
        LinkScope::Earn => wire::LinkScope::Earn,
        LinkScope::Redeem => wire::LinkScope::Redeem,
        LinkScope::Balance => wire::LinkScope::Balance,
    }
}

/// An open hold; `objects` knows the names of its member and wallet.
pub fn open_hold(hold: &OpenHold, objects: &Objects) -> wire::OpenHold {
    wire::OpenHold {
        authorization: hold.authorization,
        member: objects.member_id(hold.wallet.member).to_owned(),
        wallet: wallet_name(objects, hold.wallet.currency),
        points: hold.points,
        opened_time: time(hold.opened_at),
        lapses_time: time(hold.lapses_at),
        store: hold.store.clone(),
        terminal: hold.terminal.clone(),
        key: hold.key.clone(),
    }
}

/// The name of a currency of points in the program in force, which keeps all that there were.
pub(super) fn wallet_name(objects: &Objects, currency: u8) -> String {
    let currencies = &objects.program().currencies;
    let currency = currencies.get(usize::from(currency));
    currency.map_or_else(String::new, |currency| currency.name.clone())
}
