//! What a message can get wrong: the field is named, and the code says what kind of wrong it is.

use prost_types::Duration;

use super::*;
use crate::engine::Rows;
use crate::ledger::rejection::Code;
use crate::service::convert::requests::Items;
use crate::service::convert::{FieldError, business_date, page_size};
use crate::service::wire::batch_item::Request as Asked;

fn found(message: &impl Write) -> (String, Code) {
    let ledger = ledger();
    let error: FieldError = message.request(edge(&ledger)).unwrap_err();
    (error.path, error.code)
}

fn is(path: &str, code: Code) -> (String, Code) {
    (path.to_owned(), code)
}

#[test]
fn what_is_required_is_asked_for() {
    let invalid = |path| is(path, Code::FieldInvalid);
    assert_eq!(
        found(&wire::RedeemPointsRequest::default()),
        invalid("member")
    );
    let nameless = wire::RedeemPointsRequest {
        member: Some(wire::MemberName::default()),
        ..Default::default()
    };
    assert_eq!(found(&nameless), invalid("member"));
    let moneyless = wire::RecordPurchaseRequest {
        member: id("m-1"),
        ..Default::default()
    };
    assert_eq!(found(&moneyless), invalid("amount"));
    let transfer = wire::TransferPointsRequest {
        giver: id("m-1"),
        ..Default::default()
    };
    assert_eq!(found(&transfer), invalid("receiver"));
    let empty = wire::VoidRedemptionRequest {
        authorization: Some(wire::Reference::default()),
        ..Default::default()
    };
    assert_eq!(found(&empty), invalid("authorization"));
    let timeless = wire::ExtendAuthorizationRequest {
        authorization: by_sequence(1),
        ..Default::default()
    };
    assert_eq!(found(&timeless), invalid("ttl"));
    let endless = wire::ExtendExpiryRequest {
        member: id("m-1"),
        ..Default::default()
    };
    assert_eq!(found(&endless), invalid("expiry"));
}

#[test]
fn times_are_whole_and_in_range() {
    let at = |seconds, nanos| {
        let mut message = accrual("k", "m-1", 5);
        message.occurred_time = Some(Timestamp { seconds, nanos });
        found(&message)
    };
    for (seconds, nanos) in [
        (NOW, -1),
        (NOW, 1_000_000_000),
        (-1, 0),
        (253_402_300_800, 0),
        (i64::MAX, 0),
        (i64::MIN, 0),
    ] {
        assert_eq!(
            at(seconds, nanos),
            is("occurred_time", Code::TimeOutOfRange)
        );
    }
    let mut message = accrual("k", "m-1", 5);
    message.expiry = until(-1);
    assert_eq!(
        found(&message),
        is("expiry.expires_time", Code::TimeOutOfRange)
    );
    message.expiry = Some(wire::Expiry {
        expiry: Some(wire::expiry::Expiry::Never(false)),
    });
    assert_eq!(found(&message), is("expiry.never", Code::FieldInvalid));
}

#[test]
fn spans_are_countable() {
    let held = |seconds, nanos| wire::AuthorizeRedemptionRequest {
        key: "k".to_owned(),
        member: id("m-1"),
        points: 5,
        ttl: Some(Duration { seconds, nanos }),
        ..Default::default()
    };
    for (seconds, nanos) in [(i64::MAX, 0), (1, -1), (-1, 1), (0, 1_000_000_000)] {
        assert_eq!(found(&held(seconds, nanos)), is("ttl", Code::FieldInvalid));
    }
    let ledger = ledger();
    let backwards = held(-1, -500_000_000);
    let request = backwards.request(edge(&ledger)).unwrap();
    let refused = ledger.submit(request).unwrap_err();
    assert_eq!(refused.code(), Code::InvalidTtl);
}

#[test]
fn unknown_numbers_of_enums_are_refused() {
    let mut message = wire::ReverseTransactionRequest {
        original: by_sequence(1),
        shortfall: 6,
        ..Default::default()
    };
    assert_eq!(found(&message), is("shortfall", Code::FieldInvalid));
    (message.shortfall, message.restore) = (0, -1);
    assert_eq!(found(&message), is("restore", Code::FieldInvalid));
    message.restore = 0;
    for entry_mode in [6, 256, -1, i32::MAX] {
        message.source = Some(wire::Source {
            entry_mode,
            ..Default::default()
        });
        assert_eq!(found(&message), is("source.entry_mode", Code::FieldInvalid));
    }
}

#[test]
fn names_have_the_form_of_names() {
    let redeem = |member| wire::RedeemPointsRequest {
        member,
        points: 5,
        ..Default::default()
    };
    let long = "x".repeat(65);
    for name in ["", "ann@example.org", "two words", &long] {
        assert_eq!(found(&redeem(id(name))), is("member.id", Code::InvalidId));
    }
    for number in ["", "12a4", &"1".repeat(65)] {
        assert_eq!(
            found(&redeem(by_card(number))),
            is("member.alias", Code::InvalidId)
        );
    }
    let enrolment = |aliases| wire::EnrollMemberRequest {
        member: "m-1".to_owned(),
        aliases,
        ..Default::default()
    };
    assert_eq!(
        found(&enrolment(vec![card("1"), card("")])),
        is("aliases[1]", Code::InvalidId)
    );
    assert_eq!(
        found(&enrolment(vec![card("1"); 65])),
        is("aliases", Code::FieldInvalid)
    );
    let mut purchase = wire::RecordPurchaseRequest {
        amount: euros(100),
        enroll: Some(wire::Joining {
            id: Some(String::new()),
            aliases: Vec::new(),
        }),
        ..Default::default()
    };
    assert_eq!(found(&purchase), is("enroll.id", Code::InvalidId));
    purchase.enroll = None;
    assert_eq!(found(&purchase), is("member", Code::FieldInvalid));
}

#[test]
fn earlier_transactions_are_named_in_full() {
    let void = |authorization| wire::VoidRedemptionRequest {
        authorization,
        ..Default::default()
    };
    let long = "k".repeat(129);
    for (reference, expected) in [
        (
            by_sequence(0),
            is("authorization.sequence", Code::FieldInvalid),
        ),
        (by_key(""), is("authorization.key", Code::KeyMissing)),
        (by_key(&long), is("authorization.key", Code::KeyTooLong)),
    ] {
        assert_eq!(found(&void(reference)), expected);
    }
    let mut dated = receipt("4711");
    dated.business_date = "2026-02-31".to_owned();
    let reference = named(reference::Reference::ReturnReceipt(dated));
    let path = "authorization.return_receipt.business_date";
    assert_eq!(found(&void(reference)), is(path, Code::FieldInvalid));
}

#[test]
fn dates_are_written_one_way() {
    assert_eq!(business_date("business_date", "1970-01-02"), Ok(1));
    assert_eq!(business_date("business_date", "2024-02-29"), Ok(19_782));
    for date in [
        "",
        "2026-3-16",
        "2026-03-16 ",
        "16.03.2026",
        "2026/03/16",
        "+026-03-16",
        "2026-13-01",
        "2025-02-29",
        "２026-03",
        "2026-03-1é",
    ] {
        let error = business_date("receipt.business_date", date).unwrap_err();
        assert_eq!(error.code, Code::FieldInvalid, "{date}");
    }
}

#[test]
fn money_has_a_currency() {
    let purchase = |code: &str| wire::RecordPurchaseRequest {
        member: id("m-1"),
        amount: Some(wire::Money {
            minor_units: 100,
            currency_code: code.to_owned(),
        }),
        ..Default::default()
    };
    for code in ["", "eur", "EURO", "EU", "€"] {
        assert_eq!(
            found(&purchase(code)),
            is("amount.currency_code", Code::FieldInvalid)
        );
    }
    let mut message = accrual("k", "m-1", 5);
    message.price = Some(wire::Price::default());
    assert_eq!(
        found(&message),
        is("price.currency_code", Code::FieldInvalid)
    );
}

#[test]
fn points_that_pay_are_above_zero() {
    let purchase = |spend| wire::RecordPurchaseRequest {
        member: id("m-1"),
        amount: euros(100),
        spend: Some(wire::Spend { spend }),
        ..Default::default()
    };
    assert_eq!(
        found(&purchase(None)),
        is("spend.spend", Code::FieldInvalid)
    );
    let redeem = |points| purchase(Some(wire::spend::Spend::RedeemPoints(points)));
    let path = "spend.redeem_points";
    assert_eq!(found(&redeem(-1)), is(path, Code::PointsNotPositive));
    assert_eq!(found(&redeem(i64::MAX)), is(path, Code::PointsTooLarge));
    let capture = purchase(Some(wire::spend::Spend::Capture(wire::CapturedSpend {
        authorization: None,
        points: Some(0),
    })));
    assert_eq!(
        found(&capture),
        is("spend.capture.points", Code::PointsNotPositive)
    );
}

/// What the ledger itself looks at passes through, and is refused there.
#[test]
fn keys_and_points_are_the_ledgers_to_check() {
    let ledger = ledger();
    let long = "k".repeat(129);
    for (key, points, code) in [
        ("", 5, Code::KeyMissing),
        (long.as_str(), 5, Code::KeyTooLong),
        ("k", 0, Code::PointsNotPositive),
        ("k", -5, Code::PointsNotPositive),
        ("k", i64::MAX, Code::PointsTooLarge),
        ("k", i64::MIN, Code::PointsNotPositive),
    ] {
        let message = accrual(key, "m-1", points);
        let request = message.request(edge(&ledger)).unwrap();
        assert_eq!(ledger.submit(request).unwrap_err().code(), code);
    }
}

#[test]
fn wrong_items_of_a_batch_stand_beside_the_others() {
    let ledger = ledger();
    let item = |asked| wire::BatchItem {
        request: Some(asked),
    };
    let items = vec![
        wire::BatchItem::default(),
        item(Asked::AccruePoints(accrual("a", "m-1", 5))),
        item(Asked::RedeemPoints(wire::RedeemPointsRequest::default())),
        item(Asked::AccruePoints(accrual("b", "m-1", 6))),
    ];
    let (items, wrong) = Items::new(items, edge(&ledger));
    let named: Vec<(usize, &str)> = wrong
        .iter()
        .map(|(place, error)| (*place, error.path.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            (0, "items[0].request"),
            (2, "items[2].redeem_points.member")
        ]
    );
    assert_eq!(items.len(), 2);
    assert_eq!(items.request(1).key, "b");
}

#[test]
fn pages_are_bounded() {
    assert_eq!(
        [0, 1, 1_000, 1_001, u32::MAX].map(page_size),
        [100, 1, 1_000, 1_000, 1_000]
    );
}
