//! Which earlier entries a request may be about, and when they have to be looked at for that.

use super::sample::*;
use crate::ledger::rejection::Code;
use crate::ledger::request::{Command, Receipt, ReceiptKind, ReceiptName, Reference, Request};
use crate::service::principals::{Operation, check, check_original};

fn receipt() -> Reference<'static> {
    let receipt = Receipt {
        store: "n-1".into(),
        terminal: "".into(),
        business_date: 20_000,
        number: "1".into(),
    };
    let kind = ReceiptKind::Sale;
    Reference::Receipt(Box::new(ReceiptName { kind, receipt }))
}

/// The request as a principal would make it: tills name a store of theirs.
fn asked(name: &str, command: Command<'static>) -> Request<'static> {
    from_store(if name == "till" { "n-1" } else { "" }, command)
}

/// Whether the entry has to be looked at; or why not.
fn looks(name: &str, command: Command<'static>) -> Result<bool, Code> {
    let request = asked(name, command);
    let operation = Operation::of(&request.command).unwrap();
    let allowed = check(&principal(name), operation, &request);
    allowed
        .map(|allowed| allowed.original.is_some())
        .map_err(|refused| refused.code)
}

#[test]
fn entries_are_looked_at_only_where_they_may_be_anothers() {
    for (name, command, expected) in [
        ("till", capture(sequence()), Ok(true)),
        ("till", void(sequence()), Ok(true)),
        ("till", extend(sequence()), Ok(true)),
        ("till", paid_by_hold(sequence()), Ok(true)),
        ("till", void(receipt()), Ok(true)),
        ("till", capture(key()), Ok(false)),
        ("till", paid_by_hold(key()), Ok(false)),
        ("till", reverse(sequence()), Ok(true)),
        ("till", reverse(receipt()), Ok(true)),
        ("till", reverse(key()), Ok(false)),
        ("till", authorize(5), Ok(false)),
        ("anywhere", capture(sequence()), Ok(false)),
        ("anywhere", paid_by_hold(sequence()), Ok(false)),
        ("anywhere", reverse(sequence()), Ok(true)),
        ("airline", capture(sequence()), Ok(true)),
        ("airline", capture(key()), Ok(false)),
        ("airline", reverse(sequence()), Ok(true)),
        (
            "airline",
            reverse(receipt()),
            Err(Code::TransactionNotFound),
        ),
        ("airline", void(receipt()), Err(Code::TransactionNotFound)),
        ("desk", void(sequence()), Ok(false)),
        ("desk", reverse(sequence()), Ok(false)),
        ("boss", capture(sequence()), Ok(false)),
        ("boss", paid_by_hold(sequence()), Ok(false)),
    ] {
        let told = format!("{name} {command:?}");
        assert_eq!(looks(name, command), expected, "{told}");
    }
}

#[test]
fn holds_of_another_store_group_are_not_there() {
    let hold = |caller, store| written(caller, from_store(store, authorize(5)));
    let gone = Err(Code::TransactionNotFound);
    for (name, original, expected) in [
        ("till", hold("other", "n-1"), Ok(())),
        ("till", hold("other", "n-2"), Ok(())),
        ("till", hold("other", "s-1"), gone),
        ("till", hold("other", ""), gone),
        ("till", hold("till", ""), Ok(())),
        ("airline", hold("airline", ""), Ok(())),
        ("airline", hold("blind", ""), gone),
        ("airline", hold("", ""), gone),
    ] {
        for command in [
            capture(sequence()),
            void(sequence()),
            extend(sequence()),
            paid_by_hold(sequence()),
        ] {
            let told = format!("{name} {command:?}");
            let checked = check_original(&principal(name), &request(command), Some(&original));
            assert_eq!(checked.map_err(|no| no.code), expected, "{told}");
        }
    }
}

#[test]
fn tills_take_back_what_any_store_sold_but_undo_no_correction() {
    let by = |command| written("other", from_store("s-1", command));
    let no = Err(Code::ScopeMissing);
    for (name, original, expected) in [
        ("till", by(purchase(None, false)), Ok(())),
        ("till", by(accrue(by_id(), 5)), Ok(())),
        ("till", by(redeem(by_id(), 5)), Ok(())),
        ("till", by(capture(key())), Ok(())),
        ("till", by(reverse(key())), Ok(())),
        ("till", by(adjust(5)), no),
        ("till", by(transfer(5)), no),
        ("anywhere", by(adjust(5)), no),
        ("desk", by(adjust(5)), Ok(())),
        (
            "airline",
            by(purchase(None, false)),
            Err(Code::TransactionNotFound),
        ),
    ] {
        let checked = check_original(
            &principal(name),
            &request(reverse(sequence())),
            Some(&original),
        );
        let told = original.request.command.verb();
        assert_eq!(checked.map_err(|no| no.code), expected, "{name} {told}");
    }
}

#[test]
fn what_is_not_there_yet_waits_only_if_a_document_names_it() {
    let gone = Err(Code::TransactionNotFound);
    for (command, expected) in [
        (capture(sequence()), gone),
        (paid_by_hold(sequence()), gone),
        (reverse(sequence()), gone),
        (reverse(receipt()), Ok(())),
        (void(receipt()), Ok(())),
    ] {
        let told = format!("{command:?}");
        let checked = check_original(&principal("till"), &request(command), None);
        assert_eq!(checked.map_err(|no| no.code), expected, "{told}");
    }
}
