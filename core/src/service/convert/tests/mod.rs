//! The conversions, there and back, and what they say of requests that are wrong.

mod answers;
mod referrals;
mod requests;
mod wrong;

use std::sync::Arc;

use prost_types::Timestamp;

use super::Edge;
use crate::engine::{Clock, Ledger, ManualClock, Options};
use crate::journal::{self, MemoryDisk};
use crate::ledger::answer::Answer;
use crate::ledger::time::Instant;
use crate::service::convert::requests::Write;
use crate::service::wire;
use crate::service::wire::{member_name, reference};

/// 2026-03-16T09:15:00Z.
const NOW: i64 = 1_773_652_500;

fn ledger() -> Ledger {
    let options = Options {
        clock: Clock::Manual(ManualClock::new(Instant(NOW * 1_000_000))),
        journal: journal::Options {
            background: false,
            ..journal::Options::default()
        },
        seed: Some([7; 32]),
        ..Options::default()
    };
    Ledger::open_on(Arc::new(MemoryDisk::new()), options).unwrap()
}

fn edge(ledger: &Ledger) -> Edge<'_> {
    let caller = "till";
    Edge {
        caller,
        partner: "",
        ledger,
    }
}

fn submit(ledger: &Ledger, message: &impl Write) -> Answer {
    let request = message.request(edge(ledger)).unwrap();
    ledger.submit(request).unwrap()
}

fn id(id: &str) -> Option<wire::MemberName> {
    let name = Some(member_name::Name::Id(id.to_owned()));
    Some(wire::MemberName { name })
}

fn card(number: &str) -> wire::Alias {
    wire::Alias {
        kind: "card".to_owned(),
        value: number.to_owned(),
    }
}

fn by_card(number: &str) -> Option<wire::MemberName> {
    let name = Some(member_name::Name::Alias(card(number)));
    Some(wire::MemberName { name })
}

fn at(seconds: i64) -> Timestamp {
    Timestamp { seconds, nanos: 0 }
}

fn never() -> Option<wire::Expiry> {
    let expiry = Some(wire::expiry::Expiry::Never(true));
    Some(wire::Expiry { expiry })
}

fn until(seconds: i64) -> Option<wire::Expiry> {
    let expiry = Some(wire::expiry::Expiry::ExpiresTime(at(seconds)));
    Some(wire::Expiry { expiry })
}

fn euros(minor_units: i64) -> Option<wire::Money> {
    Some(wire::Money {
        minor_units,
        currency_code: "EUR".to_owned(),
    })
}

fn receipt(number: &str) -> wire::Receipt {
    wire::Receipt {
        store: "12".to_owned(),
        terminal: "3".to_owned(),
        business_date: "2026-03-16".to_owned(),
        number: number.to_owned(),
    }
}

fn named(reference: reference::Reference) -> Option<wire::Reference> {
    let reference = Some(reference);
    Some(wire::Reference { reference })
}

fn by_sequence(sequence: u64) -> Option<wire::Reference> {
    named(reference::Reference::Sequence(sequence))
}

fn by_key(key: &str) -> Option<wire::Reference> {
    named(reference::Reference::Key(key.to_owned()))
}

fn accrual(key: &str, member: &str, points: i64) -> wire::AccruePointsRequest {
    wire::AccruePointsRequest {
        key: key.to_owned(),
        member: id(member),
        points,
        enroll: Some(wire::Joining::default()),
        ..wire::AccruePointsRequest::default()
    }
}
