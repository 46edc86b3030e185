//! The image of the state and its digest: nothing is lost, nothing unsound is read, every field counts.

mod common;
mod objects;

use std::sync::Arc;

use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::image::{Assembly, ImageError};
use loyalty_ledger::ledger::keys::Slot;
use loyalty_ledger::ledger::lot::{Lot, LotId, TermsId, origin_of_reward};
use loyalty_ledger::ledger::members::{Chunk, HeldAlias};
use loyalty_ledger::ledger::program::Program;
use loyalty_ledger::ledger::referral::book::{Code, Referrals};
use loyalty_ledger::ledger::referral::commands::Month;
use loyalty_ledger::ledger::referral::coupon::Coupon;
use loyalty_ledger::ledger::referral::file::{
    Claim, Conversion, Edge, Ended, File, Notes, Sale, Touch,
};
use loyalty_ledger::ledger::referral::touch::Method;
use loyalty_ledger::ledger::referral::voucher::Voucher;
use loyalty_ledger::ledger::request::Price;
use loyalty_ledger::ledger::state::{FollowUp, Objects, State};
use loyalty_ledger::ledger::time::Instant;
use loyalty_ledger::ledger::wallet::{Hold, Wallet};
use objects::referrals::{FRIEND, LATER, code, sale, touch};
use objects::{SECRET, assembled, full, image, member_mut};
use proptest::collection::vec;
use proptest::prelude::*;

/// A state around other objects, with the keys and follow-ups of this one.
fn around(state: &State, objects: Objects) -> State {
    let mut other = State::around(objects, SECRET);
    for slot in state.keys.sorted() {
        other.keys.insert(slot);
    }
    for follow_up in state.follow_ups() {
        other.set_follow_up(follow_up);
    }
    other
}

#[test]
fn the_state_has_every_kind_of_object() {
    let book = full();
    let objects = &book.state.objects;
    assert_eq!(
        (
            objects.chunks.len(),
            objects.terms.len(),
            objects.programs.len()
        ),
        (2, 2, 2)
    );
    let m = objects.member(book.state.find_id("m").expect("m is there"));
    let counts = (m.aliases().len(), m.links().len(), m.wallets().count());
    assert_eq!(counts, (3, 1, 2));
    assert_eq!(objects.codes.iter().len(), 1);
    let wallet = m.wallet(0).expect("it is there");
    assert!(wallet.balance().pending > 0 && wallet.balance().available > 0);
    assert!(wallet.holds().len() >= 2);
    let debtor = objects.member(book.state.find_id("debtor").expect("it is there"));
    assert!(debtor.wallet(0).expect("it is there").debt() > 0);
    assert!(!book.state.follow_ups().is_empty());
    assert!(m.has_bought && !debtor.has_bought);
    let referrals = book.state.objects.referrals.book(0);
    let used = referrals.code("ONCE").and_then(|code| code.coupon);
    assert_eq!(used, Some(Coupon::Bound(FRIEND)));
    assert_eq!((referrals.spent(), referrals.given(7)), (3 * 380, 2));
    assert_eq!(referrals.claims_of_code("ANNA").next(), None);
}

#[test]
fn objects_come_back_from_their_image() {
    let book = full();
    let (head, chunks) = image(&book.state.objects);
    let read = assembled(&head, &chunks).expect("what was written is read");
    assert_eq!(image(&read), (head, chunks));
    assert_eq!(read.schedule, book.state.objects.schedule);
    let written = &book.state.objects.referrals;
    assert_eq!(format!("{:?}", read.referrals), format!("{written:?}"));
    for (read, written) in read.chunks.iter().zip(&book.state.objects.chunks) {
        let mut written = Chunk::clone(written);
        written.find_due();
        assert_eq!(read.due, written.due);
    }
    assert_eq!(digest(&around(&book.state, read)), digest(&book.state));
}

#[test]
fn an_empty_state_comes_back() {
    let empty = State::new(SECRET);
    let (head, chunks) = image(&empty.objects);
    let read = assembled(&head, &chunks).expect("what was written is read");
    assert_eq!(digest(&State::around(read, SECRET)), digest(&empty));
}

#[test]
fn chunks_are_neither_missing_nor_swapped() {
    let (head, mut chunks) = image(&full().state.objects);
    assert!(assembled(&head, &chunks[..1]).is_err());
    chunks.swap(0, 1);
    assert!(assembled(&head, &chunks).is_err());
}

#[test]
fn every_cut_is_refused() {
    let (head, chunks) = image(&full().state.objects);
    for length in 0..head.len() {
        assert!(assembled(&head[..length], &chunks).is_err());
    }
    let reader = Assembly::new(&head).expect("it is right").chunk_reader();
    for length in 0..chunks[1].len() {
        assert!(reader.read(&chunks[1][..length]).is_err());
    }
}

#[test]
fn flipped_bits_are_refused_or_other_objects() {
    let (head, chunks) = image(&full().state.objects);
    for bit in 0..head.len() * 8 {
        let mut flipped = head.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(objects) = assembled(&flipped, &chunks) {
            assert_eq!(image(&objects), (flipped, chunks.clone()));
        }
    }
    let reader = Assembly::new(&head).expect("it is right").chunk_reader();
    for bit in 0..2_000 {
        let mut flipped = chunks[0].clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if reader.read(&flipped).is_ok() {
            let other = [flipped, chunks[1].clone()];
            let objects = assembled(&head, &other).expect("each chunk is read");
            assert_eq!(image(&objects).1, other);
        }
    }
}

/// A change of one field, and its name.
type Change<T> = (&'static str, fn(&mut T));
type WalletChange = Box<dyn Fn(&mut Parts)>;

/// Every way to change one field of the first wallet of `m`.
fn wallet_changes() -> Vec<(&'static str, WalletChange)> {
    fn lot(change: impl Fn(&mut Lot) + Copy + 'static) -> [WalletChange; 2] {
        [
            Box::new(move |parts: &mut Parts| change(&mut parts.lots[0])),
            Box::new(move |parts: &mut Parts| change(&mut parts.holds[0].parts[0])),
        ]
    }
    let mut changes: Vec<(&'static str, WalletChange)> = Vec::new();
    let lots = [
        ("id", lot(|lot| lot.id = LotId(lot.id.0 + 1))),
        ("amount", lot(|lot| lot.amount += 1)),
        ("activates_at", lot(|lot| lot.activates_at.0 += 1)),
        ("expires_at", lot(|lot| lot.expires_at.0 -= 1)),
        ("origin", lot(|lot| lot.origin += 1)),
        ("terms", lot(|lot| lot.terms = TermsId(1 - lot.terms.0))),
        ("pending", lot(|lot| lot.pending = !lot.pending)),
    ];
    for (name, both) in lots {
        changes.extend(both.into_iter().map(|change| (name, change)));
    }
    changes.push((
        "lot gone",
        Box::new(|parts| parts.lots.truncate(parts.lots.len() - 1)),
    ));
    changes.push(("hold's id", Box::new(|parts| parts.holds[0].id += 1)));
    changes.push((
        "lapses_at",
        Box::new(|parts| parts.holds[0].lapses_at.0 += 1),
    ));
    changes.push(("order of holds", Box::new(|parts| parts.holds.swap(0, 1))));
    changes.push(("debt", Box::new(|parts| parts.debt += 1)));
    changes.push(("last", Box::new(|parts| parts.last += 1)));
    changes
}

struct Parts {
    lots: Vec<Lot>,
    holds: Vec<Hold>,
    debt: i64,
    last: u64,
}

/// Every way to change one field of the state that stands outside wallets.
fn state_changes() -> Vec<Change<State>> {
    vec![
        ("sequence", |state| state.objects.sequence += 1),
        ("recorded_at", |state| state.objects.recorded_at.0 += 1),
        ("funder", |state| {
            Arc::make_mut(&mut state.objects.terms)[1].funder = None
        }),
        ("price", |state| {
            let price = &mut Arc::make_mut(&mut state.objects.terms)[1].price;
            *price = Some(Price {
                micros: 4_501,
                currency: *b"EUR",
            });
        }),
        ("price's currency", |state| {
            let price = &mut Arc::make_mut(&mut state.objects.terms)[1].price;
            *price = Some(Price {
                micros: 4_500,
                currency: *b"USD",
            });
        }),
        ("terms", |state| {
            Arc::make_mut(&mut state.objects.terms).pop();
        }),
        ("program", |state| {
            Arc::make_mut(&mut state.objects.programs[1]).zone = "Europe/Berlin".into();
        }),
        ("programs", |state| {
            state.objects.programs.push(Arc::new(Program::default()))
        }),
        ("schedule", |state| {
            let wallet = member_mut(state, "m")
                .wallet(0)
                .expect("it is there")
                .clone();
            state.objects.schedule.add(0, &wallet, 1);
        }),
        ("key", |state| {
            let print = state.print("", "another key");
            state.keys.insert(Slot::new(print, 5));
        }),
        ("follow-up", |state| {
            state.set_follow_up(FollowUp {
                original: 3,
                latest: 9,
            });
        }),
        ("later follow-up", |state| {
            let mut follow_up = state.follow_ups()[0];
            follow_up.latest += 1;
            state.set_follow_up(follow_up);
        }),
        ("member", |state| {
            Arc::make_mut(&mut state.objects.chunks[1]).add("one-more");
        }),
        ("has bought", |state| {
            member_mut(state, "quiet-3").has_bought = true;
        }),
        ("wallet", |state| {
            member_mut(state, "quiet-3").wallet_mut(1);
        }),
        ("wallet's currency", |state| {
            let stamps = member_mut(state, "m")
                .wallet(1)
                .expect("it is there")
                .clone();
            *member_mut(state, "m").wallet_mut(2) = stamps;
            *member_mut(state, "m").wallet_mut(1) = Wallet::default();
        }),
    ]
}

/// Every way to change one field of what is known of referrals, beside files.
fn referral_changes() -> Vec<Change<Referrals>> {
    fn coupon(referrals: &mut Referrals, coupon: Option<Coupon<u32>>) {
        let once = referrals.book(0).code("ONCE").expect("it is there").clone();
        let once = Code { coupon, ..once };
        referrals.book_mut(0).set_code("ONCE", once);
    }
    fn change_sale(referrals: &mut Referrals, change: impl Fn(&mut Sale)) {
        let mut sale = referrals.sale(FRIEND, 20).expect("it is there");
        change(&mut sale);
        referrals.restore_sale(FRIEND, &sale);
    }
    vec![
        ("code", |referrals| {
            referrals.book_mut(0).set_code("BERT", code(7, None));
        }),
        ("code's member", |referrals| {
            referrals.book_mut(1).set_code("ANNA", code(2, None));
        }),
        ("code's end", |referrals| {
            let expires_at = Instant(1);
            let ends = Code {
                expires_at,
                ..code(1, None)
            };
            referrals.book_mut(1).set_code("ANNA", ends);
        }),
        ("code's end by hand", |referrals| {
            let disabled_at = Instant(1);
            let ends = Code {
                disabled_at,
                ..code(1, None)
            };
            referrals.book_mut(1).set_code("ANNA", ends);
        }),
        ("no coupon", |referrals| coupon(referrals, None)),
        ("coupon", |referrals| coupon(referrals, Some(Coupon::Open))),
        ("coupon's state", |referrals| {
            coupon(referrals, Some(Coupon::Used(FRIEND)));
        }),
        ("coupon's friend", |referrals| {
            coupon(referrals, Some(Coupon::Bound(1)));
        }),
        ("end of a reservation", |referrals| {
            let kept = referrals.book(0).code("KEPT").expect("it is there").clone();
            let ends_at = Instant(LATER.0 + 1);
            let coupon = Some(Coupon::Reserved { friend: 6, ends_at });
            referrals
                .book_mut(0)
                .set_code("KEPT", Code { coupon, ..kept });
        }),
        ("token", |referrals| referrals.book_mut(0).forget_token(9)),
        ("first of a token", |referrals| {
            let touches = referrals.book(0).touches("another").to_vec();
            referrals.book_mut(0).forget_token(11);
            referrals
                .book_mut(0)
                .restore_touches(12, "another", touches);
        }),
        ("touched", |referrals| referrals.book_mut(0).touched[3] += 1),
        ("file", |referrals| {
            referrals.book_mut(0).restore_file(8, &File::default());
        }),
        ("passed", |referrals| {
            let passed = vec![Instant(1)];
            referrals.book_mut(0).set_passed(8, passed);
        }),
        ("month", |referrals| {
            referrals.book_mut(0).close_month(Month::of(2026, 4));
        }),
        ("buyer", |referrals| {
            let mut buyer = referrals.buyer(FRIEND).expect("it is there");
            buyer.occurred_at.0 += 1;
            referrals.restore_buyer(FRIEND, buyer);
        }),
        ("buyer's record", |referrals| {
            let mut buyer = referrals.buyer(FRIEND).expect("it is there");
            buyer.recorded_at.0 += 1;
            referrals.restore_buyer(FRIEND, buyer);
        }),
        ("sale", |referrals| {
            referrals.restore_sale(FRIEND, &sale(24, Vec::new()));
        }),
        ("sale's key", |referrals| {
            change_sale(referrals, |sale| sale.key = "other".into());
        }),
        ("sale's amount", |referrals| {
            change_sale(referrals, |sale| sale.amount += 1);
        }),
        ("sale's instant", |referrals| {
            change_sale(referrals, |sale| sale.occurred_at.0 += 1);
        }),
        ("sale's record", |referrals| {
            change_sale(referrals, |sale| sale.recorded_at.0 += 1);
        }),
        ("sale never stood", |referrals| {
            change_sale(referrals, |sale| sale.never_stood = false);
        }),
        ("refunds", |referrals| {
            change_sale(referrals, |sale| sale.refunds.truncate(1));
        }),
        ("order of refunds", |referrals| {
            change_sale(referrals, |sale| sale.refunds.swap(0, 1));
        }),
        ("refund's entry", |referrals| {
            change_sale(referrals, |sale| sale.refunds[1].entry += 1);
        }),
        ("refund's amount", |referrals| {
            change_sale(referrals, |sale| sale.refunds[1].amount -= 1);
        }),
        ("refund's instant", |referrals| {
            change_sale(referrals, |sale| sale.refunds[1].occurred_at.0 += 1);
        }),
        ("chargeback", |referrals| {
            change_sale(referrals, |sale| sale.refunds[1].is_chargeback = true);
        }),
        ("undone", |referrals| {
            change_sale(referrals, |sale| sale.refunds[1].is_undone = false);
        }),
        ("waiting", |referrals| referrals.restore_waiting(20, FRIEND)),
        ("mark", |referrals| {
            referrals.add_marks(6, ["device:2"].into_iter());
        }),
        ("joined", |referrals| referrals.add_joined(6, Instant(1))),
    ]
}

/// Every way to change one field of a file, of its claim and of its edge.
fn file_changes() -> Vec<Change<File>> {
    fn claim(file: &mut File) -> &mut Claim {
        file.claim.as_mut().expect("it is there")
    }
    fn edge(file: &mut File) -> &mut Edge {
        file.edge.as_mut().expect("it is there")
    }
    fn typed(file: &mut File) -> &mut Touch {
        claim(file).typed.as_mut().expect("it is there")
    }
    vec![
        ("claim", |file| file.claim = None),
        ("claim's key", |file| claim(file).key = "other".into()),
        ("claim's code", |file| claim(file).code = None),
        ("claim's empty code", |file| {
            claim(file).code = Some("".into());
        }),
        ("claim's token", |file| claim(file).token = None),
        ("identified_at", |file| claim(file).identified_at.0 += 1),
        ("claim's record", |file| claim(file).recorded_at.0 += 1),
        ("at_checkout", |file| claim(file).at_checkout = false),
        ("came_late", |file| claim(file).came_late = true),
        ("typed", |file| claim(file).typed = None),
        ("touch's key", |file| typed(file).key = "other".into()),
        ("touch's method", |file| typed(file).method = Method::Coupon),
        ("touch's code", |file| typed(file).code = "BERT".into()),
        ("touch's advocate", |file| typed(file).advocate += 1),
        ("touched_at", |file| typed(file).touched_at.0 += 1),
        ("contacts", |file| claim(file).contacts.truncate(1)),
        ("contact", |file| claim(file).contacts[0] = "other".into()),
        ("verdicts", |file| claim(file).verdicts.truncate(1)),
        ("verdict", |file| claim(file).verdicts[1].1 = None),
        ("verdict's touch", |file| {
            claim(file).verdicts[1].0 = "other".into();
        }),
        ("first_claim", |file| file.first_claim += 1),
        ("edge", |file| file.edge = None),
        ("advocate", |file| edge(file).advocate += 1),
        ("edge's touch", |file| edge(file).touch = "other".into()),
        ("edge's code", |file| edge(file).code = "BERT".into()),
        ("bound_at", |file| edge(file).bound_at.0 += 1),
        ("is_void", |file| file.is_void = true),
        ("is_moved", |file| file.is_moved = true),
        ("reason", |file| file.reason = None),
        ("is_frozen", |file| file.is_frozen = false),
        ("was_released", |file| file.was_released = true),
        ("notes", |file| file.notes = Notes::default()),
        ("steps", |file| file.steps.clear()),
        ("step's key", |file| file.steps[0].key = "other".into()),
        ("step", |file| file.steps[0].step = "newsletter".into()),
        ("step's instant", |file| file.steps[0].occurred_at.0 += 1),
        ("step's record", |file| file.steps[0].recorded_at.0 += 1),
        ("conversions", |file| file.conversions.truncate(1)),
    ]
}

fn voucher(one: &mut Conversion) -> &mut Voucher {
    one.rewards[0].voucher.as_mut().unwrap()
}

/// Every way to change one field of a conversion and of its first reward.
fn conversion_changes() -> Vec<Change<Conversion>> {
    vec![
        ("event", |one| one.event = "other".into()),
        ("conversion's instant", |one| one.occurred_at.0 += 1),
        ("conversion's sale", |one| one.sale += 1),
        ("conversion's program", |one| one.program = 0),
        ("conversion's record", |one| one.recorded_at.0 += 1),
        ("conversion's month", |one| one.month.0 += 1),
        ("clawback_ends_at", |one| one.clawback_ends_at = Instant(1)),
        ("vests_at_close", |one| one.vests_at_close = false),
        ("rewards", |one| one.rewards.truncate(1)),
        ("order of rewards", |one| one.rewards.swap(0, 1)),
        ("has_lapsed", |one| one.has_lapsed = false),
        ("role", |one| one.rewards[0].role.0 += 1),
        ("reward's member", |one| one.rewards[0].member += 1),
        ("reward's currency", |one| one.rewards[0].currency = 0),
        ("points", |one| one.rewards[0].points += 1),
        ("kept", |one| one.rewards[0].kept += 1),
        ("hold_ends_at", |one| one.rewards[0].hold_ends_at.0 += 1),
        ("from_pool", |one| one.rewards[0].from_pool = true),
        ("ended", |one| {
            one.rewards[0].ended = Some(Ended::CapLimited)
        }),
        ("frozen_until", |one| one.rewards[0].frozen_until.0 += 1),
        ("is_closed_out", |one| one.rewards[0].is_closed_out = true),
        ("reward's origin", |one| one.rewards[0].origin = 0),
        ("clawed", |one| one.rewards[0].clawed += 1),
        ("charged_back", |one| one.rewards[0].charged_back += 1),
        ("voucher's code", |one| voucher(one).code = "OTHER".into()),
        ("voucher's label", |one| voucher(one).label = "TEA".into()),
        ("voucher's start", |one| voucher(one).ready_at.0 += 1),
        ("voucher's end", |one| voucher(one).expires_at.0 += 1),
        ("voucher's coupon", |one| {
            voucher(one).coupon = Coupon::Used(7)
        }),
        ("voucher's chargeback", |one| {
            voucher(one).is_charged_back = false
        }),
        ("voucher", |one| one.rewards[0].voucher = None),
        ("charged_back_vested", |one| {
            one.rewards[0].charged_back_vested += 1;
        }),
    ]
}

/// The state with another file of its friend.
fn with_file(state: &State, change: impl Fn(&mut File)) -> State {
    let mut state = state.clone();
    let book = Arc::make_mut(&mut state.objects.referrals).book_mut(0);
    let mut file = book.file(FRIEND).expect("it is there");
    change(&mut file);
    book.restore_file(FRIEND, &file);
    state
}

#[test]
fn changing_any_field_of_referrals_changes_the_digest() {
    let book = full();
    let mut digests = vec![digest(&book.state)];
    let mut differs = |name: &str, state: &State| {
        let changed = digest(state);
        assert!(!digests.contains(&changed), "{name}");
        digests.push(changed);
        let (head, chunks) = image(&state.objects);
        let read = assembled(&head, &chunks).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(digest(&around(state, read)), changed, "{name}");
    };
    for (name, change) in referral_changes() {
        let mut state = book.state.clone();
        change(Arc::make_mut(&mut state.objects.referrals));
        differs(name, &state);
    }
    for (name, change) in file_changes() {
        differs(name, &with_file(&book.state, change));
    }
    for (name, change) in conversion_changes() {
        let state = with_file(&book.state, |file| change(&mut file.conversions[0]));
        differs(name, &state);
    }
}

#[test]
fn referrals_of_what_is_not_there_are_refused() {
    const NOBODY: u32 = 72;
    let changes: Vec<Change<Referrals>> = vec![
        ("book", |referrals| referrals.open("strangers")),
        ("code", |referrals| {
            referrals.book_mut(0).set_code("BERT", code(NOBODY, None));
        }),
        ("coupon", |referrals| {
            let used = code(7, Some(Coupon::Used(NOBODY)));
            referrals.book_mut(0).set_code("BERT", used);
        }),
        ("touch", |referrals| {
            let mut touch = touch("touch/9", Method::Click);
            touch.advocate = NOBODY;
            referrals.book_mut(0).add_touch(Some("new"), touch, 30);
        }),
        ("no touch", |referrals| {
            referrals.book_mut(0).restore_touches(30, "new", Vec::new());
        }),
        ("token twice", |referrals| {
            let touches = vec![touch("touch/9", Method::Click)];
            referrals
                .book_mut(0)
                .restore_touches(30, "another", touches);
        }),
        ("file", |referrals| {
            referrals.book_mut(0).set_file(NOBODY, &File::default());
        }),
        ("passed", |referrals| {
            referrals.book_mut(0).add_passed(NOBODY, Instant(1), 1);
        }),
        ("buyer", |referrals| {
            let buyer = referrals.buyer(FRIEND).expect("it is there");
            referrals.restore_buyer(NOBODY, buyer);
        }),
        ("sale", |referrals| {
            referrals.restore_sale(NOBODY, &sale(30, Vec::new()));
        }),
        ("waiting", |referrals| referrals.restore_waiting(30, NOBODY)),
        ("mark", |referrals| {
            referrals.add_marks(NOBODY, ["device:1"].into_iter());
        }),
        ("joined", |referrals| {
            referrals.add_joined(NOBODY, Instant(1))
        }),
    ];
    let refused = |name: &str, state: &State| {
        let (head, chunks) = image(&state.objects);
        let error = assembled(&head, &chunks).expect_err(name);
        assert!(matches!(error, ImageError::Invalid(_)), "{name}: {error}");
    };
    let state = full().state;
    assert_eq!(state.objects.member_count(), NOBODY);
    for (name, change) in changes {
        let mut state = state.clone();
        change(Arc::make_mut(&mut state.objects.referrals));
        refused(name, &state);
    }
    let files: Vec<Change<File>> = vec![
        ("typed", |file| {
            let claim = file.claim.as_mut().expect("it is there");
            claim.typed.as_mut().expect("it is there").advocate = NOBODY;
        }),
        ("edge", |file| {
            file.edge.as_mut().expect("it is there").advocate = NOBODY;
        }),
        ("notes", |file| file.notes = Notes(5)),
        ("program", |file| file.conversions[0].program = 2),
        ("reward", |file| {
            file.conversions[0].rewards[0].member = NOBODY;
        }),
        ("currency", |file| {
            file.conversions[0].rewards[0].currency = 2;
        }),
        ("kept", |file| file.conversions[0].rewards[0].kept = -1),
    ];
    for (name, change) in files {
        refused(name, &with_file(&state, change));
    }
}

#[test]
fn lots_come_back_as_rewards_and_of_no_later_origin() {
    let lot = |id: LotId, origin: u64| Lot {
        id,
        amount: 10,
        activates_at: Instant(0),
        expires_at: Instant::NEVER,
        origin,
        terms: TermsId::NONE,
        pending: false,
    };
    let given = LotId::reward(20, 3);
    let cases = [
        (lot(given, origin_of_reward(given)), true),
        (
            lot(LotId::new(22, 1).moved(), origin_of_reward(given)),
            true,
        ),
        (lot(LotId::new(19, 1), origin_of_reward(given)), false),
        (lot(LotId::earned(20), 20), true),
        (lot(LotId::new(20, 1), 19), true),
        (lot(LotId::earned(20), 21), false),
    ];
    for (lot, is_read) in cases {
        let mut state = full().state;
        *member_mut(&mut state, "quiet-3").wallet_mut(0) =
            Wallet::from_parts(vec![lot], Vec::new(), 0, 24);
        let (head, chunks) = image(&state.objects);
        match assembled(&head, &chunks) {
            Ok(read) => {
                assert!(is_read, "{lot:?}");
                let quiet = read.member(state.find_id("quiet-3").expect("it is there"));
                assert_eq!(quiet.wallet(0).expect("it is there").lots(), [lot]);
            }
            Err(error) => assert!(!is_read, "{lot:?}: {error}"),
        }
    }
}

fn alias_changes() -> Vec<Change<HeldAlias>> {
    vec![
        ("kind", |alias| alias.kind = "phone".into()),
        ("hash", |alias| alias.hash[15] ^= 1),
        ("last_digits", |alias| alias.last_digits += 1),
        ("from", |alias| alias.from.0 += 1),
        ("until", |alias| alias.until = Instant(alias.until.0 - 1)),
    ]
}

#[test]
fn changing_any_field_changes_the_digest() {
    let book = full();
    let mut digests = vec![digest(&book.state)];
    let mut differs = |name: &str, state: &State| {
        let changed = digest(state);
        assert!(!digests.contains(&changed), "{name}");
        digests.push(changed);
    };
    for (name, change) in state_changes() {
        let mut state = book.state.clone();
        change(&mut state);
        differs(name, &state);
    }
    for (name, change) in alias_changes() {
        let mut state = book.state.clone();
        change(&mut member_mut(&mut state, "m").aliases_mut()[1]);
        differs(name, &state);
    }
    for (name, change) in wallet_changes() {
        let mut state = book.state.clone();
        let wallet = member_mut(&mut state, "m").wallet_mut(0);
        let mut parts = Parts {
            lots: wallet.lots().to_vec(),
            holds: wallet.holds().to_vec(),
            debt: wallet.debt(),
            last: wallet.last,
        };
        change(&mut parts);
        *wallet = Wallet::from_parts(parts.lots, parts.holds, parts.debt, parts.last);
        differs(name, &state);
    }
    for (currency, terms, sums) in book.state.objects.accounts.iter() {
        for account in 0..sums.len() {
            let mut state = book.state.clone();
            let mut changed = *sums;
            changed[account] += 1;
            state.objects.accounts.set(currency, terms, changed);
            differs("account", &state);
        }
    }
}

#[test]
fn a_members_id_counts() {
    let book = full();
    let (head, chunks) = image(&book.state.objects);
    let mut renamed = chunks.clone();
    let at = renamed[0].windows(7).position(|bytes| bytes == b"quiet-1");
    renamed[0][at.expect("such a member is there")] = b'Q';
    let objects = assembled(&head, &renamed).expect("the id is right");
    assert_ne!(digest(&around(&book.state, objects)), digest(&book.state));
}

/// Cases by default; `PROPTEST_CASES` makes all of them longer alike.
fn cases(by_default: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: by_default * default.cases / 256,
        ..default
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(head in vec(any::<u8>(), 0..100), chunk in vec(any::<u8>(), 0..100)) {
        if let Ok(objects) = assembled(&head, &[]) {
            prop_assert_eq!(image(&objects), (head, vec![]));
        }
        let (head, _) = image(&State::new(SECRET).objects);
        if let Ok(objects) = assembled(&head, std::slice::from_ref(&chunk)) {
            prop_assert_eq!(image(&objects).1, vec![chunk]);
        }
    }

    #[test]
    fn damaged_wallets_never_panic(damage in vec((0_usize..300, any::<u8>()), 1..5)) {
        let (head, mut chunks) = image(&FULL.state.objects);
        for (place, byte) in damage {
            chunks[0][place] = byte;
        }
        if let Ok(objects) = assembled(&head, &chunks) {
            prop_assert_eq!(image(&objects).1, chunks);
        }
    }
}

static FULL: std::sync::LazyLock<common::Book> = std::sync::LazyLock::new(full);
