//! Which operations are open to whom, and what of a ledger is whose.

use super::sample::*;
use crate::engine::Failure;
use crate::ledger::link::{LinkScope, LinkScopes, LinkTerms};
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::{Command, Request};
use crate::ledger::time::Instant;
use crate::service::principals::{Operation, Principal, Reach};

fn refused(name: &str, operation: Operation) -> Option<Code> {
    let principal = principal(name);
    principal.may(operation).err().map(|refused| refused.code)
}

#[test]
fn role_and_scope_both_have_to_allow_it() {
    let no = Some(Code::ScopeMissing);
    for (name, operation, expected) in [
        ("anywhere", Operation::RecordPurchase, None),
        ("anywhere", Operation::AdjustPoints, no),
        ("anywhere", Operation::Verify, no),
        ("seller", Operation::RecordPurchase, None),
        ("seller", Operation::PostBatch, None),
        ("seller", Operation::GetMember, no),
        ("seller", Operation::AccruePoints, no),
        ("airline", Operation::AccruePoints, None),
        ("airline", Operation::ListEntries, no),
        ("airline", Operation::LinkMember, no),
        ("airline", Operation::RecordTouch, no),
        ("airline", Operation::BindReferral, no),
        ("airline", Operation::ChangeCoupon, no),
        ("airline", Operation::GetReferralCode, no),
        ("anywhere", Operation::ChangeCoupon, None),
        ("seller", Operation::ChangeCoupon, no),
        ("books", Operation::ChangeCoupon, no),
        ("books", Operation::GetReferralCode, None),
        ("blind", Operation::RecordTouch, no),
        ("blind", Operation::GetMember, no),
        ("anywhere", Operation::BindReferral, None),
        ("anywhere", Operation::IssueReferralCode, no),
        ("anywhere", Operation::DisputePurchase, no),
        ("seller", Operation::BindReferral, no),
        ("desk", Operation::ReviewReferral, None),
        ("desk", Operation::VoidRedemption, None),
        ("desk", Operation::RedeemPoints, no),
        ("desk", Operation::PublishProgram, no),
        ("boss", Operation::PublishProgram, None),
        ("books", Operation::Watch, None),
        ("books", Operation::AccruePoints, no),
    ] {
        assert_eq!(refused(name, operation), expected, "{name} {operation:?}");
    }
    assert_eq!(principal("till").may(Operation::ListHolds), Ok(Reach::Own));
    assert_eq!(principal("desk").may(Operation::ListHolds), Ok(Reach::Any));
    let told = principal("seller").may(Operation::GetMember).unwrap_err();
    assert!(told.message.contains("needs the scope \"read\""), "{told}");
}

fn gone() -> Failure {
    Rejection::plain(Code::TransactionNotFound).into()
}

#[test]
fn tills_see_what_others_sold_and_not_what_others_hold() {
    let sale = |store| written("other", from_store(store, purchase(None, false)));
    let hold = |store| written("other", from_store(store, authorize(5)));
    let own = written("till", from_store("closed", authorize(5)));
    let (shown, watched) = (Operation::GetTransaction, Operation::Watch);
    for (name, entry, seen_alone, seen_in_watch) in [
        ("till", sale("n-1"), true, true),
        ("till", sale("n-2"), true, true),
        ("till", sale("s-1"), true, false),
        ("till", sale(""), true, false),
        ("till", hold("n-1"), true, true),
        ("till", hold("n-2"), true, true),
        ("till", hold("s-1"), false, false),
        ("till", hold(""), false, false),
        ("till", own, true, true),
        ("anywhere", hold("s-1"), true, true),
        ("airline", sale("n-1"), false, false),
        ("desk", hold("s-1"), true, true),
        ("books", hold("s-1"), true, true),
    ] {
        let principal = principal(name);
        let place = entry.request.store();
        assert_eq!(principal.sees(shown, &entry), seen_alone, "{name} {place}");
        let watches = principal.sees(watched, &entry);
        assert_eq!(watches, seen_in_watch, "{name} {place} watched");
        let shown = principal.shown(shown, Ok(entry)).map(drop);
        assert_eq!(shown, seen_alone.then_some(()).ok_or_else(gone));
    }
}

#[test]
fn what_is_not_there_and_what_is_not_seen_are_told_in_the_same_words() {
    let till = principal("till");
    let last = Rejection::new(Code::TransactionNotFound, "the last one is 12");
    let unknown = till.shown(Operation::GetTransaction, Err(last.into()));
    let hidden = written("other", from_store("s-1", authorize(5)));
    let unseen = till.shown(Operation::GetTransaction, Ok(hidden));
    assert_eq!(unknown, Err(gone()));
    assert_eq!(unseen, unknown);
    let broken = Failure::from(Rejection::plain(Code::ShuttingDown));
    let failed = till.shown(Operation::GetTransaction, Err(broken.clone()));
    assert_eq!(failed, Err(broken));
}

#[test]
fn a_partner_sees_what_it_wrote_and_nothing_else() {
    let airline = principal("airline");
    let own = written("airline", request(accrue(by_alias("card"), 5)));
    let others = written("blind", request(accrue(by_alias("partner:airline"), 5)));
    for operation in [Operation::GetTransaction, Operation::ListOwnEntries] {
        assert!(airline.sees(operation, &own));
        assert!(!airline.sees(operation, &others));
    }
    assert!(!airline.sees(Operation::ListEntries, &own));
    assert!(!principal("books").sees(Operation::AccruePoints, &own));
}

fn link(scope: LinkScope) -> Option<LinkTerms> {
    Some(LinkTerms {
        alias: [0; 16],
        scopes: LinkScopes::NONE.with(scope),
        daily_points: None,
        starts_at: Instant(0),
        ends_at: Instant::NEVER,
    })
}

#[test]
fn a_partner_knows_members_by_its_own_aliases() {
    let (airline, blind) = (principal("airline"), principal("blind"));
    let mine = by_alias("partner:airline");
    airline.check_member(&mine).unwrap();
    for name in [
        by_id(),
        by_alias("card"),
        by_alias("partner:acme2"),
        by_alias("partner:"),
    ] {
        let refused = airline.check_member(&name).unwrap_err();
        assert_eq!(refused.code, Code::MemberNotFound);
        principal("till").check_member(&name).unwrap();
        assert!(!airline.sees_balance(&name, link(LinkScope::Balance)));
    }
    let code = by_alias("one_time");
    airline.check_member(&code).unwrap();
    for name in [&mine, &code] {
        assert!(airline.sees_balance(name, link(LinkScope::Balance)));
        assert!(!airline.sees_balance(name, link(LinkScope::Redeem)));
        assert!(!airline.sees_balance(name, None));
    }
    assert!(!blind.sees_balance(&by_alias("partner:blind"), link(LinkScope::Balance)));
    assert!(principal("till").sees_balance(&by_id(), None));
    assert!(airline.sees_alias("partner:airline") && !airline.sees_alias("card"));
    assert!(principal("till").sees_alias("card"));
}

#[test]
fn holds_and_totals_are_looked_up_by_own_store() {
    for (name, store, allowed) in [
        ("till", Some("n-1"), true),
        ("till", Some("n-2"), true),
        ("till", Some("s-1"), false),
        ("till", None, false),
        ("anywhere", Some("s-1"), true),
        ("anywhere", None, true),
        ("desk", None, true),
    ] {
        let checked = principal(name).check_store_of_read(store);
        let expected = allowed.then_some(()).ok_or(Code::StoreNotAllowed);
        assert_eq!(checked.map_err(|no| no.code), expected, "{name} {store:?}");
    }
}

#[test]
fn a_shared_key_space_leaves_its_name_as_actor_where_nobody_is_named() {
    let actor = |request: &Request<'_>| request.source().map(|source| source.actor.to_string());
    let mut shared = principal("till");
    shared.key_space = "store".to_owned();
    let mut plain = request(Command::Sweep);
    shared.sign(&mut plain);
    assert_eq!(actor(&plain).as_deref(), Some("till"));
    let mut named = from_store("n-1", Command::Sweep);
    named.details.as_mut().unwrap().source.actor = "cashier".into();
    shared.sign(&mut named);
    assert_eq!(actor(&named).as_deref(), Some("cashier"));
    for unshared in [principal("till"), Principal::on_loopback()] {
        let mut plain = request(Command::Sweep);
        unshared.sign(&mut plain);
        assert_eq!(plain.details, None);
    }
}
