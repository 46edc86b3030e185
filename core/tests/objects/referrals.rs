//! All that can be known of referrals, put there by hand.

use loyalty_ledger::ledger::lot::{LotId, origin_of_reward};
use loyalty_ledger::ledger::referral::book::{Book, Buyer, Code as Issued, Referrals};
use loyalty_ledger::ledger::referral::commands::Month;
use loyalty_ledger::ledger::referral::coupon::Coupon;
use loyalty_ledger::ledger::referral::file::{
    Claim, Conversion, Edge, Ended, File, Finding, Notes, Refund, Reward, RoleNumber, Rule, Sale,
    StepDone, Touch,
};
use loyalty_ledger::ledger::referral::touch::Method;
use loyalty_ledger::ledger::referral::voucher::Voucher;
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::time::Instant;

const NOW: Instant = Instant(1_773_652_500_123_456);
pub const LATER: Instant = Instant(1_780_000_000_000_000);
/// Who is brought.
pub const FRIEND: u32 = 5;

pub fn touch(key: &str, method: Method) -> Touch {
    Touch {
        key: key.into(),
        method,
        code: "ANNA".into(),
        advocate: 7,
        touched_at: NOW,
    }
}

fn voucher(role: u8) -> Voucher {
    Voucher {
        code: format!("VOUCHER{role}").into(),
        label: "COFFEE".into(),
        ready_at: NOW,
        expires_at: LATER,
        coupon: Coupon::Open,
        is_charged_back: true,
    }
}

fn reward(role: u8, ended: Option<Ended>) -> Reward {
    Reward {
        role: RoleNumber(role),
        member: 7,
        currency: 1,
        points: 500,
        kept: 380,
        hold_ends_at: LATER,
        from_pool: role == 2,
        ended,
        frozen_until: LATER,
        is_closed_out: role == 2,
        origin: origin_of_reward(LotId::reward(20, u32::from(role))),
        clawed: 70,
        charged_back: 50,
        charged_back_vested: 20,
        voucher: (role == 1).then(|| Box::new(voucher(role))),
    }
}

fn waiting_reward() -> Reward {
    Reward {
        frozen_until: Instant::NEVER,
        ..reward(1, None)
    }
}

fn conversion(rewards: Vec<Reward>) -> Conversion {
    Conversion {
        event: "purchase".into(),
        occurred_at: NOW,
        sale: 20,
        program: 1,
        recorded_at: LATER,
        month: Month::of(2026, 3),
        clawback_ends_at: Instant::NEVER,
        vests_at_close: true,
        rewards,
        has_lapsed: true,
    }
}

/// Every field has a value of its own.
pub fn known() -> File {
    let claim = Claim {
        key: "bind".into(),
        code: Some("ANNA".into()),
        token: Some("click-4711".into()),
        identified_at: NOW,
        recorded_at: LATER,
        at_checkout: true,
        came_late: false,
        typed: Some(touch("bind", Method::Code)),
        verdicts: vec![
            ("bind".into(), None),
            ("touch/1".into(), Some(Code::SelfReferral)),
        ],
        contacts: vec!["touch/0".into(), "bind/1".into()],
    };
    File {
        claim: Some(Box::new(claim)),
        first_claim: 12,
        edge: Some(Edge {
            advocate: 7,
            touch: "touch/1".into(),
            code: "ONCE".into(),
            bound_at: LATER,
        }),
        is_void: false,
        is_moved: false,
        reason: Some(Code::NotDisputed),
        is_frozen: true,
        was_released: false,
        notes: Notes::default()
            .with(Rule::SameCluster, Finding::Froze)
            .with(Rule::TooFast, Finding::NotEvaluated),
        steps: vec![StepDone {
            key: "step".into(),
            step: "event:app".into(),
            occurred_at: NOW,
            recorded_at: LATER,
        }],
        conversions: vec![
            conversion(vec![
                reward(1, None),
                waiting_reward(),
                reward(2, Some(Ended::Clawed)),
            ]),
            conversion(Vec::new()),
        ],
    }
}

pub fn sale(sequence: u64, refunds: Vec<Refund>) -> Sale {
    Sale {
        sequence,
        key: "store12/t3/4711".into(),
        amount: 4_000,
        occurred_at: NOW,
        recorded_at: LATER,
        never_stood: !refunds.is_empty(),
        refunds,
    }
}

pub fn refund(entry: u64, amount: i64) -> Refund {
    Refund {
        entry,
        amount,
        occurred_at: LATER,
        is_chargeback: amount > 0,
        is_undone: amount < 0,
    }
}

pub fn code(member: u32, coupon: Option<Coupon<u32>>) -> Issued {
    let is_single_use = coupon.is_some();
    Issued {
        member,
        expires_at: if is_single_use { LATER } else { Instant::NEVER },
        disabled_at: if is_single_use { Instant::NEVER } else { NOW },
        coupon,
    }
}

pub fn fill(referrals: &mut Referrals) {
    fill_book(referrals.book_mut(0));
    let second = referrals.book_mut(1);
    second.set_code("ANNA", code(1, None));
    second.set_file(FRIEND, &File::default());
    let bought = Buyer {
        occurred_at: NOW,
        recorded_at: LATER,
    };
    referrals.restore_buyer(FRIEND, bought);
    for (member, sequence) in [(FRIEND, 20), (FRIEND, 22), (6, 21)] {
        let refunds = match sequence {
            20 => vec![refund(23, 1_500), refund(23, -1_500)],
            _ => Vec::new(),
        };
        referrals.restore_sale(member, &sale(sequence, refunds));
    }
    referrals.restore_waiting(21, 6);
    referrals.restore_waiting(22, FRIEND);
    referrals.add_marks(FRIEND, ["ip:192.0.2.7", "device:1"].into_iter());
    referrals.add_marks(6, ["device:1"].into_iter());
    referrals.add_joined(FRIEND, NOW);
    referrals.add_joined(6, LATER);
}

fn fill_book(book: &mut Book) {
    book.set_code("ANNA", code(7, None));
    book.set_code("LEFT", code(7, Some(Coupon::Open)));
    let (friend, ends_at) = (6, LATER);
    book.set_code("KEPT", code(7, Some(Coupon::Reserved { friend, ends_at })));
    book.set_code("TOOK", code(7, Some(Coupon::Used(6))));
    book.set_code("ONCE", code(7, Some(Coupon::Open)));
    book.add_touch(None, touch("touch/0", Method::Invite), 8);
    let click = Some("click-4711");
    book.add_touch(click, touch("touch/1", Method::Click), 9);
    book.add_touch(click, touch("touch/2", Method::Coupon), 10);
    book.add_touch(Some("another"), touch("touch/3", Method::Code), 11);
    book.set_file(FRIEND, &known());
    book.set_file(6, &File::default());
    for at in [NOW, LATER] {
        book.add_passed(7, at, 5);
    }
    book.add_passed(8, NOW, 1);
    book.close_month(Month::of(2026, 2));
    book.close_month(Month::of(2026, 3));
}
