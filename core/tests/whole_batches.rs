//! Batches that are applied as a whole or not at all: nothing of a failed one is left in any index.

mod common;
mod ledgers;

use std::sync::Arc;

use common::Book;
use ledgers::*;
use loyalty_ledger::engine::WholeAnswer;
use loyalty_ledger::ledger::audit::audit;
use loyalty_ledger::ledger::decide::{Moment, Originals, RowRefusal, decide, refused_batch};
use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::entry::{Entry, Fact, Figures, RecordedAt};
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::*;
use proptest::prelude::*;

fn whole(
    ledger: &loyalty_ledger::engine::Ledger,
    key: &str,
    rows: &[Request<'static>],
) -> WholeAnswer {
    ledger.submit_whole("till", key, ready(rows)).unwrap()
}

fn ready(rows: &[Request<'static>]) -> Arc<Ready> {
    let rows = rows.iter().map(|row| (row.clone(), None));
    Arc::new(Ready(rows.collect()))
}

fn codes(answer: &WholeAnswer) -> Vec<Code> {
    answer.rows.iter().map(|row| row.code).collect()
}

fn rows(points: i64) -> Vec<Request<'static>> {
    vec![
        purchase("p", "bob", 1_000),
        redeem("r", "ann", points),
        reverse("v", "p", Part::Rest),
        accrue("a", "cleo", 5),
    ]
}

#[test]
fn all_or_none_and_the_first_answer_for_ever() {
    let (disk, clock) = (memory(), clock());
    let mut ledger = open(&disk, &clock);
    run(&ledger, &accrue("first", "ann", 100));
    let before = ledger.info().unwrap().entries;

    let refused = whole(&ledger, "b/1", &rows(101));
    assert_eq!(refused.refused, Some(1));
    assert_eq!(codes(&refused), [Code::InsufficientPoints; 4]);
    let row = refused.rows[1];
    assert_eq!(
        (row.sequence, row.requested, row.available),
        (before + 1, 101, 100)
    );
    let entry = ledger.entry(before + 1).unwrap();
    assert_eq!(entry.facts.as_slice(), [Fact::RowRefused { row: 1 }]);
    assert_eq!(ledger.info().unwrap().entries, before + 1);
    assert_eq!(ledger.info().unwrap().members, 1);

    let applied = whole(&ledger, "b/2", &rows(100));
    assert_eq!(
        (codes(&applied), applied.refused),
        (vec![Code::Applied; 4], None)
    );
    assert_eq!(ledger.info().unwrap().entries, before + 6);

    for _ in 0..2 {
        for (key, points, first) in [("b/1", 101, &refused), ("b/2", 100, &applied)] {
            let mut again = whole(&ledger, key, &rows(points));
            assert!(again.rows.iter().all(|row| row.replayed));
            again.rows.iter_mut().for_each(|row| row.replayed = false);
            assert_eq!(again, *first);
            let other = whole(&ledger, key, &rows(99));
            assert_eq!(codes(&other), [Code::KeyReused; 4]);
        }
        let digest = ledger.digest().unwrap();
        ledger.close().unwrap();
        ledger = open(&disk, &clock);
        assert_eq!(ledger.digest().unwrap(), digest);
        assert!(ledger.verify().unwrap().ok);
    }
}

#[test]
fn what_nobody_remembers_leaves_nothing() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    run(&ledger, &accrue("first", "ann", 100));
    run(&ledger, &redeem("refused", "ann", 200));
    let before = (ledger.digest().unwrap(), ledger.info().unwrap().entries);
    let good = || accrue("a", "bob", 5);
    for (bad, code) in [
        (redeem("r", "nobody", 1), Code::MemberNotFound),
        (redeem("r", "ann", 0), Code::PointsNotPositive),
        (redeem("first", "ann", 1), Code::KeyReused),
        (accrue("a", "bob", 6), Code::KeyReused),
        (accrue("b", "bob", 6), Code::KeyReused),
        (capture("c", "never", None), Code::TransactionNotFound),
    ] {
        let answer = whole(&ledger, "b", &[good(), bad, good()]);
        assert_eq!((codes(&answer), answer.refused), (vec![code; 3], Some(1)));
        let after = (ledger.digest().unwrap(), ledger.info().unwrap().entries);
        assert_eq!(after, before);
    }
    let known = whole(&ledger, "b", &[good(), redeem("refused", "ann", 200)]);
    assert_eq!(
        (codes(&known), known.refused),
        (vec![Code::InsufficientPoints; 2], Some(1))
    );
    assert_eq!(ledger.info().unwrap().entries, before.1 + 1);
}

#[test]
fn rows_known_before_count_as_applied_and_a_row_sent_twice_is_one() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    run(&ledger, &accrue("first", "ann", 100));
    let rows = [
        accrue("first", "ann", 100),
        accrue("a", "ann", 7),
        accrue("a", "ann", 7),
    ];
    let answer = whole(&ledger, "b", &rows);
    let replayed: Vec<bool> = answer.rows.iter().map(|row| row.replayed).collect();
    assert_eq!(
        (codes(&answer), replayed),
        (vec![Code::Applied; 3], vec![true, false, true])
    );
    assert_eq!(available(&ledger, "ann"), 107);
    assert_eq!(codes(&whole(&ledger, "empty", &[])), []);
}

#[test]
fn a_batch_has_its_bound_and_its_key() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    run(&ledger, &accrue("first", "ann", 100));
    let many = |count| ready(&vec![accrue("first", "ann", 100); count]);
    let too_many = ledger.submit_whole("till", "b", many(8_193));
    assert_eq!(too_many.unwrap_err().code(), Code::BatchTooLarge);
    let nameless = ledger.submit_whole("till", "", many(1));
    assert_eq!(nameless.unwrap_err().code(), Code::KeyMissing);
    let most = ledger.submit_whole("till", "b", many(8_192)).unwrap();
    assert!(most.rows.iter().all(|row| row.replayed));
}

#[test]
fn the_batch_and_its_rows_are_one_frame() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    let sequence = run(&ledger, &accrue("first", "ann", 100)).sequence;
    whole(&ledger, "b", &rows(100));
    // Entries of one frame are a nanosecond apart, whatever the clock shows.
    let instants: Vec<i64> = ledger
        .entries(sequence + 1, 5)
        .unwrap()
        .iter()
        .map(|entry| entry.recorded_at.0)
        .collect();
    assert!(instants.windows(2).all(|pair| pair[1] == pair[0] + 1));
}

fn batch_entry(book: &Book) -> Entry<'static> {
    let request = Request {
        caller: "".into(),
        key: "b".into(),
        occurred_at: None,
        details: None,
        command: Command::Batch(Batch {
            rows: 3,
            digest: [1; 32],
        }),
    };
    decide(&book.state, request, next(book), &Originals::default()).unwrap()
}

fn next(book: &Book) -> Moment {
    Moment {
        sequence: book.entries.len() as u64 + 1,
        recorded_at: RecordedAt(book.now.0 * 1_000 + 1_000_000),
    }
}

#[test]
fn the_audit_knows_what_a_batch_may_say() {
    let book = Book::with_program("zone = \"UTC\"\n");
    let passes = |entry: &Entry<'_>| audit(&book.state, entry, &Originals::default()).is_ok();
    let applied = batch_entry(&book);
    let refusal = |row| RowRefusal {
        row,
        code: Code::InsufficientPoints,
        figures: Figures::default(),
    };
    let refused = |row| {
        refused_batch(
            &book.state,
            applied.request.clone(),
            next(&book),
            &refusal(row),
        )
    };
    assert!(passes(&applied) && passes(&refused(2)));
    assert!(!passes(&refused(3)));
    let mut named = applied.clone();
    named.facts.push(Fact::RowRefused { row: 0 });
    let mut nameless = refused(0);
    nameless.facts.clear();
    let mut twice = refused(0);
    twice.facts.push(Fact::RowRefused { row: 1 });
    let mut keyless = applied.clone();
    keyless.request.key = "".into();
    assert!(
        [named, nameless, twice, keyless]
            .iter()
            .all(|entry| !passes(entry))
    );
}

/// What happens to members that are there, and to new ones.
fn command(step: (u8, u8, i64), entries: usize) -> Command<'static> {
    let (verb, who, points) = step;
    let name = ["m", "n", "o", "p"][usize::from(who % 4)];
    let member = MemberName::Id(name.into());
    let alias = Alias {
        kind: "card".into(),
        hash: [who / 4; 16],
        last_digits: 7,
    };
    let earlier = Reference::Sequence(1 + points as u64 % (entries as u64 + 1));
    match verb {
        0 => Command::Enroll(Enroll {
            member: name.into(),
            aliases: vec![alias],
            referral: None,
        }),
        1 => Command::AddAlias(ChangeAlias { member, alias }),
        2 => Command::RemoveAlias(ChangeAlias { member, alias }),
        3 => {
            let Command::Accrue(accrue) = accrue("", "m", points).command else {
                unreachable!("it accrues");
            };
            Command::Accrue(Accrue {
                member,
                funder: (points % 3 == 0).then(|| format!("shop-{}", points % 7).into()),
                ..accrue
            })
        }
        4 => Command::Redeem(Redeem {
            member,
            wallet: "points".into(),
            points: points / 2 + 1,
        }),
        5 => Command::Authorize(Authorize {
            member,
            wallet: "points".into(),
            points,
            ttl_micros: Some(points * MINUTE),
            allow_partial: true,
        }),
        6 => Command::Void(Void {
            authorization: earlier,
        }),
        _ => Command::Reverse(Reverse {
            original: earlier,
            part: if points % 2 == 0 {
                Part::Rest
            } else {
                Part::Points(1)
            },
            member: None,
            shortfall: None,
            restore: None,
            dispute: None,
        }),
    }
}

fn play(book: &mut Book, steps: &[(u8, u8, i64)]) {
    for (number, step) in steps.iter().enumerate() {
        book.now.0 += step.2 * MINUTE;
        let key = format!("{}/{number}", book.entries.len());
        let command = command(*step, book.entries.len());
        // A rejection leaves no entry; it is one of the outcomes.
        let _rejected = book.run(&key, command).is_err();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_state_taken_back_is_the_state_at_the_mark(
        first in prop::collection::vec((0u8..8, 0u8..16, 1i64..40), 0..40),
        undone in prop::collection::vec((0u8..8, 0u8..16, 1i64..40), 0..40),
        then in prop::collection::vec((0u8..8, 0u8..16, 1i64..40), 0..30),
    ) {
        let mut book = Book::with_program("zone = \"UTC\"\n");
        play(&mut book, &first);
        let (before, entries, now) = (digest(&book.state), book.entries.len(), book.now);
        let aliases = |book: &Book| -> Vec<_> {
            let alias = |number| Alias { kind: "card".into(), hash: [number; 16], last_digits: 7 };
            (0..4).map(|number| (book.state.find_alias(&alias(number)), book.state.find_lost(&alias(number)))).collect()
        };
        let held = aliases(&book);
        book.state.mark();
        play(&mut book, &undone);
        book.state.rewind();
        book.entries.truncate(entries);
        book.now = now;
        prop_assert_eq!(digest(&book.state), before);
        prop_assert_eq!(aliases(&book), held);

        let mut other = Book::with_program("zone = \"UTC\"\n");
        play(&mut other, &first);
        book.state.mark();
        play(&mut book, &then);
        book.state.keep();
        play(&mut other, &then);
        prop_assert_eq!(&book.entries, &other.entries);
        prop_assert_eq!(digest(&book.state), digest(&other.state));
    }
}
