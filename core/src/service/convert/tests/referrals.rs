//! Referrals as they are asked for: messages, and the commands that they make.

use super::*;
use crate::ledger::referral::commands::{Month, ReviewDecision};
use crate::ledger::referral::coupon::CouponAction;
use crate::ledger::referral::touch::Method;
use crate::ledger::rejection::Code;
use crate::ledger::request::{
    BindReferral, ChangeCoupon, Command, DisableCode, DisputeOutcome, IssueCode, MemberName,
    Naming, Part, RecordStep, RecordTouch, Reference, Reverse, ReviewReferral,
};
use crate::service::convert::FieldError;
use crate::service::wire::batch_item::Request as Asked;

const FRIENDS: &str = "friends";

fn friend() -> MemberName<'static> {
    MemberName::Id("m-1".into())
}

/// One message of each kind that a batch takes, and the command that it makes.
pub fn pairs() -> Vec<(Asked, Command<'static>)> {
    [codes(), friends()].concat()
}

fn codes() -> Vec<(Asked, Command<'static>)> {
    vec![
        (
            Asked::IssueReferralCode(wire::IssueReferralCodeRequest {
                key: "k".to_owned(),
                program: FRIENDS.to_owned(),
                member: id("m-1"),
                code: Some("ann-26".to_owned()),
                single_use: true,
                expires_time: Some(at(NOW)),
                ..Default::default()
            }),
            Command::IssueCode(Box::new(IssueCode {
                program: FRIENDS.into(),
                member: friend(),
                code: Some("ANN26".into()),
                single_use: true,
                expires_at: Some(Instant(NOW * 1_000_000)),
            })),
        ),
        (
            Asked::DisableReferralCode(wire::DisableReferralCodeRequest {
                key: "k".to_owned(),
                program: FRIENDS.to_owned(),
                code: "Ann 26".to_owned(),
                reason: "abuse".to_owned(),
                actor: "ann".to_owned(),
                ..Default::default()
            }),
            Command::DisableCode(Box::new(DisableCode {
                program: FRIENDS.into(),
                code: "ANN26".into(),
                reason: "abuse".into(),
                actor: "ann".into(),
            })),
        ),
        (
            Asked::RecordTouch(wire::RecordTouchRequest {
                key: "k".to_owned(),
                program: FRIENDS.to_owned(),
                method: wire::TouchMethod::Coupon.into(),
                token: Some("t-1".to_owned()),
                code: "ann26".to_owned(),
                touched_time: Some(at(NOW)),
                ..Default::default()
            }),
            Command::RecordTouch(Box::new(RecordTouch {
                program: FRIENDS.into(),
                method: Method::Coupon,
                token: Some("t-1".into()),
                code: "ANN26".into(),
                touched_at: Instant(NOW * 1_000_000),
            })),
        ),
    ]
}

fn friends() -> Vec<(Asked, Command<'static>)> {
    vec![
        (
            Asked::BindReferral(wire::BindReferralRequest {
                key: "k".to_owned(),
                program: FRIENDS.to_owned(),
                friend: id("m-1"),
                code: Some("ann26".to_owned()),
                token: Some("t-1".to_owned()),
                fingerprints: vec!["ip:2".to_owned(), "card:1".to_owned()],
                ..Default::default()
            }),
            Command::BindReferral(Box::new(BindReferral {
                friend: friend(),
                naming: Naming {
                    program: FRIENDS.into(),
                    code: Some("ANN26".into()),
                    token: Some("t-1".into()),
                    fingerprints: vec!["card:1".into(), "ip:2".into()],
                },
            })),
        ),
        (
            Asked::RecordStep(wire::RecordStepRequest {
                key: "k".to_owned(),
                program: FRIENDS.to_owned(),
                friend: id("m-1"),
                step: "newsletter".to_owned(),
                ..Default::default()
            }),
            Command::RecordStep(Box::new(RecordStep {
                program: FRIENDS.into(),
                friend: friend(),
                step: "newsletter".into(),
            })),
        ),
        (
            Asked::ReviewReferral(wire::ReviewReferralRequest {
                key: "k".to_owned(),
                program: FRIENDS.to_owned(),
                friend: id("m-1"),
                decision: wire::ReviewDecision::Move.into(),
                to: id("m-2"),
                reason: "mistyped".to_owned(),
                actor: "ann".to_owned(),
                approved_by: "ben".to_owned(),
                ..Default::default()
            }),
            Command::ReviewReferral(Box::new(ReviewReferral {
                program: FRIENDS.into(),
                friend: friend(),
                decision: ReviewDecision::Move,
                to: Some(MemberName::Id("m-2".into())),
                reason: "mistyped".into(),
                actor: "ann".into(),
                approved_by: "ben".into(),
            })),
        ),
        (
            Asked::ChangeCoupon(wire::ChangeCouponRequest {
                key: "k".to_owned(),
                program: FRIENDS.to_owned(),
                code: "once-26".to_owned(),
                member: id("m-1"),
                action: wire::CouponAction::Reserve.into(),
                ttl: Some(prost_types::Duration {
                    seconds: 900,
                    nanos: 0,
                }),
                ..Default::default()
            }),
            Command::ChangeCoupon(Box::new(ChangeCoupon {
                program: FRIENDS.into(),
                code: "ONCE26".into(),
                member: friend(),
                action: CouponAction::Reserve,
                ttl_micros: Some(900_000_000),
            })),
        ),
        (
            Asked::DisputePurchase(wire::DisputePurchaseRequest {
                key: "k".to_owned(),
                original: by_key("sale"),
                outcome: wire::DisputeOutcome::Won.into(),
                ..Default::default()
            }),
            Command::Reverse(Reverse {
                original: Reference::Key("sale".into()),
                part: Part::Rest,
                member: None,
                shortfall: None,
                restore: None,
                dispute: Some(DisputeOutcome::Won),
            }),
        ),
    ]
}

fn command(message: &impl Write) -> Result<Command<'static>, FieldError> {
    let ledger = ledger();
    let request = message.request(edge(&ledger))?;
    Ok(request.into_owned().command)
}

fn wrong(message: &impl Write) -> (String, Code) {
    let error = command(message).unwrap_err();
    (error.path, error.code)
}

#[test]
fn a_month_is_closed_by_its_name() {
    let close = |month: &str| wire::CloseReferralPeriodRequest {
        program: FRIENDS.to_owned(),
        month: month.to_owned(),
        ..Default::default()
    };
    let Ok(Command::ClosePeriod(asked)) = command(&close("2026-03")) else {
        panic!("it is a month");
    };
    assert_eq!(asked.month, Month::of(2026, 3));
    let expected = ("month".to_owned(), Code::FieldInvalid);
    assert_eq!(wrong(&close("2026-3")), expected);
}

#[test]
fn sign_ups_and_sales_name_who_brought_the_member() {
    use wire::referral_reference::Referral as Named;
    let enrolment = |referral, touch_token: Option<&str>| wire::EnrollMemberRequest {
        member: "m-1".to_owned(),
        referral: Some(wire::ReferralReference {
            program: FRIENDS.to_owned(),
            fingerprints: vec!["card:1".to_owned()],
            touch_token: touch_token.map(str::to_owned),
            referral,
        }),
        ..Default::default()
    };
    let named = |referral, touch_token| {
        let command = command(&enrolment(referral, touch_token)).unwrap();
        let naming = command.naming().unwrap();
        assert_eq!(naming.program, FRIENDS);
        assert_eq!(naming.fingerprints, ["card:1"]);
        let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
        (text(&naming.code), text(&naming.token))
    };
    let (code, token) = (
        || Some(Named::Code("ann-26".to_owned())),
        || Some(Named::Token("t-1".to_owned())),
    );
    let told = |code: Option<&str>, token: Option<&str>| {
        (code.map(str::to_owned), token.map(str::to_owned))
    };
    assert_eq!(named(code(), None), told(Some("ANN26"), None));
    assert_eq!(named(code(), Some("t-2")), told(Some("ANN26"), Some("t-2")));
    assert_eq!(named(token(), None), told(None, Some("t-1")));
    assert_eq!(named(None, None), told(None, None));
    let expected = ("referral.touch_token".to_owned(), Code::FieldInvalid);
    assert_eq!(wrong(&enrolment(token(), Some("t-2"))), expected);
}

#[test]
fn each_word_is_the_same_on_the_wire() {
    for (name, decision) in ReviewDecision::ALL {
        let told = format!("REVIEW_DECISION_{}", name.to_uppercase());
        let review = wire::ReviewReferralRequest {
            friend: id("m-1"),
            decision: wire::ReviewDecision::from_str_name(&told).unwrap().into(),
            ..Default::default()
        };
        let Ok(Command::ReviewReferral(asked)) = command(&review) else {
            panic!("{name} is a decision");
        };
        assert_eq!((asked.decision, asked.to), (decision, None));
    }
    for (name, action) in CouponAction::ALL {
        let told = format!("COUPON_ACTION_{}", name.to_uppercase());
        let change = wire::ChangeCouponRequest {
            member: id("m-1"),
            action: wire::CouponAction::from_str_name(&told).unwrap().into(),
            ..Default::default()
        };
        let Ok(Command::ChangeCoupon(asked)) = command(&change) else {
            panic!("{name} is an action");
        };
        assert_eq!((asked.action, asked.ttl_micros), (action, None));
    }
}

#[test]
fn words_that_are_not_stated_are_asked_for() {
    let invalid = |path: &str| (path.to_owned(), Code::FieldInvalid);
    let touch = wire::RecordTouchRequest {
        touched_time: Some(at(NOW)),
        ..Default::default()
    };
    assert_eq!(wrong(&touch), invalid("method"));
    assert_eq!(
        wrong(&wire::RecordTouchRequest::default()),
        invalid("touched_time")
    );
    let review = wire::ReviewReferralRequest {
        friend: id("m-1"),
        decision: 9,
        ..Default::default()
    };
    assert_eq!(wrong(&review), invalid("decision"));
    let coupon = |member| wire::ChangeCouponRequest {
        member,
        ..Default::default()
    };
    assert_eq!(wrong(&coupon(None)), invalid("member"));
    assert_eq!(wrong(&coupon(id("m-1"))), invalid("action"));
    let lengthy = wire::ChangeCouponRequest {
        action: wire::CouponAction::Reserve.into(),
        ttl: Some(prost_types::Duration {
            seconds: i64::MAX,
            nanos: 0,
        }),
        ..coupon(id("m-1"))
    };
    assert_eq!(wrong(&lengthy).0, "ttl");
    let dispute = wire::DisputePurchaseRequest {
        original: by_key("sale"),
        ..Default::default()
    };
    assert_eq!(wrong(&dispute), invalid("outcome"));
    assert_eq!(
        wrong(&wire::BindReferralRequest::default()),
        invalid("friend")
    );
}
