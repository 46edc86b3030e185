//! Vouchers at the till: used by their member alone, and by nothing but what a till does, as the audit follows them.

mod common;
mod neighbours;

use common::{Book, id, originals};
use loyalty_ledger::ledger::apply::apply;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::entry::{Entry, Fact};
use loyalty_ledger::ledger::referral::coupon::{Coupon, CouponAction};
use loyalty_ledger::ledger::referral::voucher::Voucher;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::state::State;
use neighbours::every_neighbour_is_refused;

const PROGRAM: &str = r#"
[earning]
points = 0
[referral.friends]
steps = [{ step = "first_purchase" }]
rewards = [{ role = "advocate", points = 500, voucher = "a bag" }, { role = "friend", voucher = "a coffee" }]
milestones = [{ friends = 1, points = 100 }]
"#;

const F: u32 = 1;

fn change(action: CouponAction, code: &str, member: &str) -> Command<'static> {
    Command::ChangeCoupon(Box::new(ChangeCoupon {
        program: "friends".into(),
        code: code.to_owned().into(),
        member: id(member),
        action,
        ttl_micros: None,
    }))
}

fn voucher(state: &State) -> Voucher {
    let file = state.objects.referrals.book(0).file(F);
    let file = file.expect("the friend has a file");
    let mut rewards = file.rewards().map(|(_, reward)| reward.clone());
    let friends = rewards.find(|reward| reward.member == F);
    *friends
        .and_then(|reward| reward.voucher)
        .expect("it is worth one")
}

/// A friend's voucher is reserved and used, and the sale comes back.
fn book() -> Book {
    let mut book = Book::with_program(PROGRAM);
    book.enroll("f");
    book.go("2026-03-01T09:00:00Z");
    let issue = IssueCode {
        program: "friends".into(),
        member: id("m"),
        code: Some("ANNA".into()),
        single_use: false,
        expires_at: None,
    };
    let naming = Naming::of("friends".into(), Some("ANNA".into()), None, Vec::new());
    let bind = BindReferral {
        friend: id("f"),
        naming,
    };
    let sale = Purchase {
        member: id("f"),
        amount: Money {
            minor_units: 2_000,
            currency: *b"EUR",
        },
        enroll: false,
        basket: None,
    };
    for (key, command) in [
        ("code", Command::IssueCode(Box::new(issue))),
        ("bind", Command::BindReferral(Box::new(bind))),
        ("sale", Command::Purchase(sale)),
    ] {
        book.run(key, command).expect(key);
    }
    let code = voucher(&book.state).code;
    let use_it = || change(CouponAction::Use, &code, "f");
    let early = book.run("early", use_it()).expect("it is told");
    assert_eq!(early.code, Code::CodePending);
    book.go("2026-03-15T09:00:00Z");
    for (key, command, code) in [
        (
            "another",
            change(CouponAction::Use, &code, "m"),
            Code::UnknownCode,
        ),
        (
            "kept",
            change(CouponAction::Reserve, &code, "f"),
            Code::Applied,
        ),
        (
            "kept again",
            change(CouponAction::Reserve, &code, "f"),
            Code::Applied,
        ),
        ("used", use_it(), Code::Applied),
        ("twice", use_it(), Code::CodeUsed),
    ] {
        assert_eq!(book.run(key, command).expect(key).code, code, "{key}");
    }
    let back = Reverse {
        original: Reference::Key("sale".into()),
        part: Part::Rest,
        member: None,
        shortfall: None,
        restore: None,
        dispute: None,
    };
    book.run("back", Command::Reverse(back))
        .expect("it was sold");
    book
}

/// The entry with another voucher of the friend's.
fn with(entry: &Entry<'static>, change: impl Fn(&mut Voucher)) -> Entry<'static> {
    let mut entry = entry.clone();
    for fact in &mut entry.facts {
        if let Fact::Referral { file, .. } = fact {
            let rewards = file.conversions.iter_mut().flat_map(|one| &mut one.rewards);
            let own = rewards.filter(|reward| reward.member == F);
            own.filter_map(|reward| reward.voucher.as_mut())
                .for_each(|one| change(one));
        }
    }
    entry
}

#[test]
fn what_tills_do_with_vouchers_is_what_the_audit_reckons() {
    let book = book();
    let mut state = Book::default().state;
    let mut refused = 0;
    for entry in &book.entries {
        let past = originals(&state, &book.entries, &entry.request, entry.recorded_at);
        let mut refuse = |wrong: Entry<'static>, why: &str| {
            if wrong != *entry {
                refused += 1;
                assert!(
                    audit(&state, &wrong, &past).is_err(),
                    "{why} of entry {}",
                    entry.sequence
                );
            }
        };
        let is_at_till = matches!(entry.request.command, Command::ChangeCoupon(_));
        if is_at_till && entry.code == Code::Applied {
            refuse(with(entry, |one| one.label = "a cake".into()), "label");
            refuse(with(entry, |one| one.code = "ANNA".into()), "code");
            refuse(
                with(entry, |one| one.coupon = Coupon::Used(0)),
                "another member",
            );
            refuse(with(entry, |one| one.coupon = Coupon::Bound(F)), "binding");
        }
        if entry.request.key == "used" {
            let mut silent = entry.clone();
            silent.facts.clear();
            refuse(silent, "nothing told");
            refuse(with(entry, |one| one.coupon = Coupon::Open), "use");
        }
        if entry.request.key == "back" {
            refuse(
                with(entry, |one| one.coupon = Coupon::Bound(F)),
                "by the way",
            );
        }
        audit(&state, entry, &past).expect("it was right");
        apply(&mut state, entry);
    }
    assert_eq!(digest(&state), digest(&book.state));
    assert_eq!(voucher(&state).coupon, Coupon::Used(F));
    assert!(refused > 8, "{refused}");
    assert!(every_neighbour_is_refused(&book) > 100);
}
