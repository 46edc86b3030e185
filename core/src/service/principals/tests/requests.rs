//! Which requests are refused before they are queued, by what they say themselves.

use super::sample::*;
use crate::ledger::rejection::Code;
use crate::ledger::request::{Command, Request, Spend};
use crate::service::principals::{Operation, check};

fn checked(name: &str, request: &Request<'static>) -> Result<i64, Code> {
    let operation = Operation::of(&request.command).unwrap();
    let principal = principal(name);
    let allowed = check(&principal, operation, request);
    allowed
        .map(|allowed| allowed.points)
        .map_err(|refused| refused.code)
}

#[track_caller]
fn check_all(cases: Vec<(&str, Request<'static>, Result<i64, Code>)>) {
    for (name, request, expected) in cases {
        assert_eq!(checked(name, &request), expected, "{name}: {request:?}");
    }
}

#[test]
fn every_verb_is_checked_as_the_call_it_is() {
    let no = Err(Code::ScopeMissing);
    check_all(vec![
        ("anywhere", request(accrue(by_id(), 5)), Ok(5)),
        ("anywhere", request(adjust(5)), no),
        ("anywhere", request(transfer(5)), no),
        ("anywhere", request(block()), no),
        ("anywhere", request(Command::Sweep), no),
        ("seller", request(accrue(by_id(), 5)), no),
        ("desk", request(adjust(-5)), Ok(5)),
        ("desk", request(transfer(5)), Ok(5)),
        ("desk", request(block()), Ok(0)),
        ("desk", request(redeem(by_id(), 5)), no),
        ("desk", request(capture(key())), no),
        ("boss", request(Command::Sweep), Ok(0)),
        ("books", request(accrue(by_id(), 5)), no),
    ]);
}

#[test]
fn a_quote_needs_the_right_to_quote() {
    let quote = request(purchase(None, false));
    let (seller, desk) = (principal("seller"), principal("desk"));
    check(&seller, Operation::QuotePurchase, &quote).unwrap();
    let refused = check(&desk, Operation::QuotePurchase, &quote).unwrap_err();
    assert_eq!(refused.code, Code::ScopeMissing);
}

#[test]
fn what_a_purchase_does_beside_needs_its_own_right() {
    let redeeming = || purchase(Some(Spend::Redeem { points: 30 }), false);
    let mut joining = accrue(by_alias("card"), 5);
    if let Command::Accrue(accrue) = &mut joining {
        accrue.enroll = true;
    }
    let no = Err(Code::ScopeMissing);
    check_all(vec![
        ("seller", request(purchase(None, false)), Ok(0)),
        ("seller", request(purchase(None, true)), no),
        ("seller", request(redeeming()), no),
        ("seller", request(paid_by_hold(key())), no),
        ("anywhere", request(purchase(None, true)), Ok(0)),
        ("anywhere", request(redeeming()), Ok(30)),
        ("anywhere", request(paid_by_hold(key())), Ok(0)),
        ("offline", request(joining), no),
        ("seller", request(referred()), no),
        ("anywhere", request(referred()), Ok(0)),
    ]);
}

#[test]
fn a_till_speaks_for_its_own_stores() {
    let no = Err(Code::StoreNotAllowed);
    check_all(vec![
        ("till", from_store("n-1", purchase(None, false)), Ok(0)),
        ("till", from_store("n-2", purchase(None, false)), no),
        ("till", from_store("s-1", reverse(key())), no),
        ("till", request(void(key())), no),
        ("anywhere", request(void(key())), Ok(0)),
        ("anywhere", from_store("s-1", void(key())), Ok(0)),
        ("desk", from_store("s-1", void(key())), Ok(0)),
    ]);
}

#[test]
fn a_partner_gives_points_to_who_shows_a_card_and_takes_them_from_who_is_linked() {
    let no = Err(Code::MemberNotFound);
    let mine = || by_alias("partner:airline");
    check_all(vec![
        ("airline", request(accrue(by_alias("card"), 5)), Ok(5)),
        ("airline", request(accrue(by_alias("one_time"), 5)), Ok(5)),
        ("airline", request(accrue(mine(), 5)), Ok(5)),
        ("airline", request(accrue(by_id(), 5)), no),
        ("airline", request(accrue(by_alias("external_id"), 5)), no),
        ("airline", request(accrue(by_alias("partner:blind"), 5)), no),
        ("airline", request(redeem(mine(), 5)), Ok(5)),
        ("airline", request(redeem(by_alias("card"), 5)), no),
        ("airline", request(redeem(by_id(), 5)), no),
        ("airline", request(authorize(5)), no),
        ("airline", request(accrue_paid_by("airline")), Ok(10)),
        (
            "airline",
            request(accrue_paid_by("blind")),
            Err(Code::ScopeMissing),
        ),
        ("till", from_store("n-1", accrue_paid_by("blind")), Ok(10)),
    ]);
}

#[test]
fn points_of_one_call_are_limited() {
    let no = Err(Code::PointsNotAllowed);
    check_all(vec![
        ("limited", request(adjust(100)), Ok(100)),
        ("limited", request(adjust(-100)), Ok(100)),
        ("limited", request(adjust(101)), no),
        ("limited", request(adjust(-101)), no),
        ("limited", request(adjust(i64::MIN)), no),
        ("limited", request(transfer(101)), no),
        ("limited", request(forgive(Some(100))), Ok(100)),
        ("limited", request(forgive(None)), no),
        ("limited", request(reverse(key())), Ok(0)),
        ("desk", request(forgive(None)), Ok(0)),
        ("desk", request(adjust(i64::MIN)), Ok(i64::MAX)),
    ]);
}

#[test]
fn what_was_decided_offline_needs_its_scope_and_has_a_floor() {
    check_all(vec![
        ("offline", offline(redeem(by_id(), 50)), Ok(50)),
        (
            "offline",
            offline(redeem(by_id(), 51)),
            Err(Code::PointsNotAllowed),
        ),
        ("offline", request(redeem(by_id(), 51)), Ok(51)),
        ("offline", offline(capture(key())), Ok(0)),
        (
            "anywhere",
            offline(redeem(by_id(), 1)),
            Err(Code::ScopeMissing),
        ),
        ("boss", offline(redeem(by_id(), 51)), Ok(51)),
    ]);
}
