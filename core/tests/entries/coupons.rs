//! Entries of the fifth format: coupons and vouchers, visits without a code, and referrals that are moved.

use loyalty_ledger::ledger::entry::{Entry, Fact};
use loyalty_ledger::ledger::referral::commands::ReviewDecision;
use loyalty_ledger::ledger::referral::coupon::{Coupon, CouponAction};
use loyalty_ledger::ledger::referral::file::{Edge, File, Finding, RoleNumber, Rule, Touch};
use loyalty_ledger::ledger::referral::touch::Method;
use loyalty_ledger::ledger::referral::voucher::Voucher;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::time::Instant;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{RECORDED, any_name, any_text, card, instant, member, number, plain, referrals, text};

/// Of each verb and each fact of the fifth format one sample with all it can state, and one with nothing of that.
pub fn samples() -> Vec<Entry<'static>> {
    let mut entries = changes();
    entries.extend(moves());
    entries.extend([visit(), rewarded()]);
    entries
}

fn visit() -> Entry<'static> {
    let command = RecordTouch {
        program: text("friends"),
        method: Method::Direct,
        token: Some(text("click-4711")),
        code: text(""),
        touched_at: RECORDED.instant(),
    };
    let mut entry = plain(126, "visit/1", Command::RecordTouch(Box::new(command)));
    entry.facts.push(Fact::Touched {
        program: 1,
        token: Some(text("click-4711")),
        touch: Box::new(Touch {
            key: "visit/1".into(),
            method: Method::Direct,
            code: "".into(),
            advocate: Touch::NOBODY,
            touched_at: RECORDED.instant(),
        }),
        forgets: 0,
    });
    entry
}

/// A purchase that gives vouchers for touches of several.
fn rewarded() -> Entry<'static> {
    let mut file = referrals::known();
    if let Some(claim) = &mut file.claim {
        claim.contacts = vec!["touch/0".into(), "bind/1".into()];
    }
    file.notes = file.notes.with(Rule::AmountOutlier, Finding::Froze);
    let whole = Voucher {
        code: "37C8QM8D7".into(),
        label: "a coffee".into(),
        ready_at: RECORDED.instant(),
        expires_at: Instant(1_780_000_000_000_001),
        coupon: Coupon::Used(8),
        is_charged_back: true,
    };
    let bare = Voucher {
        code: "".into(),
        label: "".into(),
        ready_at: Instant::NEVER,
        expires_at: Instant::NEVER,
        coupon: Coupon::Open,
        is_charged_back: false,
    };
    let rewards = file.conversions.iter_mut().flat_map(|one| &mut one.rewards);
    for (reward, voucher) in rewards.zip([whole, bare]) {
        reward.role = RoleNumber::milestone(1);
        reward.voucher = Some(Box::new(voucher));
    }
    let command = RecordStep {
        program: text("friends"),
        friend: member("m-2"),
        step: text("newsletter"),
    };
    let mut entry = plain(127, "step/5", Command::RecordStep(Box::new(command)));
    entry.facts.push(Fact::Referral {
        program: 1,
        friend: 8,
        file: Box::new(file),
    });
    entry
}

fn change(action: CouponAction, ttl_micros: Option<i64>) -> ChangeCoupon<'static> {
    let states = ttl_micros.is_some();
    ChangeCoupon {
        program: text(if states { "friends" } else { "" }),
        code: text(if states { "ONCE26" } else { "" }),
        member: if states {
            member("m-2")
        } else {
            MemberName::Alias(card())
        },
        action,
        ttl_micros,
    }
}

fn changes() -> Vec<Entry<'static>> {
    let mut entries = Vec::new();
    let reserved = |friend, ends_at| Coupon::Reserved { friend, ends_at };
    let coupons = [
        vec![
            reserved(8, Instant(1_780_000_000_000_001)),
            reserved(0, Instant::NEVER),
        ],
        vec![Coupon::Used(8), Coupon::Used(0), Coupon::Bound(8)],
        vec![Coupon::Open],
    ];
    let actions = CouponAction::ALL.into_iter().zip(coupons);
    for (((name, action), coupons), sequence) in actions.zip(120..) {
        let ttl = (action == CouponAction::Reserve).then_some(900_000_000);
        let command = Command::ChangeCoupon(Box::new(change(action, ttl)));
        let mut entry = plain(sequence, name, command);
        for (coupon, program) in coupons.into_iter().zip(0..) {
            entry.facts.push(Fact::CouponChanged {
                program,
                code: text(if program == 0 { "ONCE26" } else { "" }),
                coupon,
            });
        }
        entries.push(entry);
    }
    entries
}

fn moves() -> Vec<Entry<'static>> {
    let review = |to, approved_by| ReviewReferral {
        program: text("friends"),
        friend: member("m-2"),
        decision: ReviewDecision::Move,
        to,
        reason: text("wrong code typed"),
        actor: text("clerk-7"),
        approved_by: text(approved_by),
    };
    let file = File {
        edge: Some(Edge {
            advocate: 9,
            touch: "touch/0".into(),
            code: "ANNA".into(),
            bound_at: RECORDED.instant(),
        }),
        is_moved: true,
        ..File::default()
    };
    let by_id = review(Some(member("m-3")), "lead-1");
    let mut moved = plain(123, "move/1", Command::ReviewReferral(Box::new(by_id)));
    moved.facts.push(Fact::Referral {
        program: 1,
        friend: 8,
        file: Box::new(file),
    });
    let by_card = review(Some(MemberName::Alias(card())), "lead-1");
    let by_nobody = review(None, "");
    vec![
        moved,
        plain(124, "move/2", Command::ReviewReferral(Box::new(by_card))),
        plain(125, "move/3", Command::ReviewReferral(Box::new(by_nobody))),
    ]
}

pub fn any_command() -> impl Strategy<Value = Command<'static>> {
    let action = select(&CouponAction::ALL[..]);
    let names = (any_text(), any_text(), any_name());
    (names, action, option::of(number())).prop_map(|(names, (_, action), ttl_micros)| {
        Command::ChangeCoupon(Box::new(ChangeCoupon {
            program: names.0,
            code: names.1,
            member: names.2,
            action,
            ttl_micros,
        }))
    })
}

pub fn any_fact() -> impl Strategy<Value = Fact<'static>> {
    let coupon = prop_oneof![
        Just(Coupon::Open),
        (any::<u32>(), instant())
            .prop_map(|(friend, ends_at)| Coupon::Reserved { friend, ends_at }),
        any::<u32>().prop_map(Coupon::Used),
        any::<u32>().prop_map(Coupon::Bound),
    ];
    (any::<u16>(), any_text(), coupon).prop_map(|(program, code, coupon)| Fact::CouponChanged {
        program,
        code,
        coupon,
    })
}
