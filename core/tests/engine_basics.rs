//! One ledger, opened, written, read, closed and opened again.

mod ledgers;

use std::sync::Arc;

use ledgers::*;
use loyalty_ledger::engine::{Clock, Failure, Ledger, ManualClock, Options, Rows};
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::request::{Part, Request};
use loyalty_ledger::ledger::time::Instant;

fn code(result: Result<impl std::fmt::Debug, Failure>) -> Code {
    result.unwrap_err().code()
}

#[test]
fn points_come_in_go_out_and_last() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    run(&ledger, &enroll("e", "ann"));
    let sale = run(&ledger, &accrue("a", "ann", 100));
    assert_eq!(
        (sale.awarded, sale.balance.available, sale.sequence),
        (100, 100, 2)
    );
    let refused = run(&ledger, &redeem("r1", "ann", 101));
    assert_eq!(
        (refused.code, refused.balance.available),
        (Code::InsufficientPoints, 100)
    );
    assert_eq!(run(&ledger, &redeem("r2", "ann", 30)).balance.available, 70);
    let digest = ledger.digest().unwrap();
    ledger.close().unwrap();
    assert_eq!(
        code(ledger.submit(accrue("b", "ann", 1))),
        Code::ShuttingDown
    );
    assert_eq!(code(ledger.digest()), Code::ShuttingDown);

    let again = open(&disk, &clock);
    assert_eq!(again.digest().unwrap(), digest);
    assert_eq!(available(&again, "ann"), 70);
    let report = again.verify().unwrap();
    assert!(report.ok, "{:?}", report.problems);
    assert_eq!(report.entries, 4);
}

#[test]
fn a_key_gets_its_first_answer_for_ever() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    run(&ledger, &accrue("a", "ann", 100));
    let first = run(&ledger, &redeem("r", "ann", 130));
    assert_eq!(first.code, Code::InsufficientPoints);
    run(&ledger, &accrue("b", "ann", 100));
    let mut again = run(&ledger, &redeem("r", "ann", 130));
    assert!(again.replayed);
    again.replayed = false;
    assert_eq!(again, first);
    let Err(Failure::Rejected(reused)) = ledger.submit(redeem("r", "ann", 131)) else {
        panic!("the key was used");
    };
    assert_eq!(
        (reused.code, reused.entry),
        (Code::KeyReused, Some(first.sequence))
    );
    let other_caller = loyalty_ledger::ledger::request::Request {
        caller: "other till".into(),
        ..redeem("r", "ann", 131)
    };
    assert_eq!(run(&ledger, &other_caller).code, Code::Applied);
    drop(ledger);
    let mut reopened = run(&open(&disk, &clock), &redeem("r", "ann", 130));
    assert!(std::mem::take(&mut reopened.replayed));
    assert_eq!(reopened, first);
}

#[test]
fn what_is_wrong_or_unknown_is_not_remembered() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    assert_eq!(
        code(ledger.submit(redeem("r", "ann", 1))),
        Code::MemberNotFound
    );
    assert_eq!(
        code(ledger.submit(redeem("r", "ann", 0))),
        Code::PointsNotPositive
    );
    assert_eq!(code(ledger.submit(redeem("", "ann", 1))), Code::KeyMissing);
    assert_eq!(
        code(ledger.submit(capture("c", "nothing", None))),
        Code::TransactionNotFound
    );
    assert_eq!(
        code(ledger.balance(&id("ann"), "points", None)),
        Code::MemberNotFound
    );
    assert_eq!(code(ledger.entry(1)), Code::TransactionNotFound);
    assert_eq!(
        code(ledger.entry_by_key("till", "r")),
        Code::TransactionNotFound
    );
    run(&ledger, &accrue("a", "ann", 1));
    assert_eq!(run(&ledger, &redeem("r", "ann", 1)).code, Code::Applied);
    assert_eq!(
        code(ledger.balance(&id("ann"), "stars", None)),
        Code::UnknownCurrency
    );
    assert_eq!(
        ledger.entry(2).unwrap(),
        ledger.entry_by_key("till", "r").unwrap()
    );
    assert_eq!(ledger.entries(1, 10).unwrap().len(), 2);
    assert_eq!(ledger.entries(3, 10).unwrap(), []);
}

#[test]
fn earlier_entries_are_found_by_key_and_sequence() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    run(&ledger, &accrue("a", "ann", 100));
    run(&ledger, &authorize("h", "ann", 60));
    assert_eq!(
        run(&ledger, &capture("c", "h", Some(50))).code,
        Code::Applied
    );
    assert_eq!(available(&ledger, "ann"), 50);
    assert_eq!(run(&ledger, &void("v", "h")).code, Code::AlreadyCaptured);
    run(&ledger, &reverse("back", "c", Part::Rest));
    assert_eq!(available(&ledger, "ann"), 100);
    run(&ledger, &reverse("back/2", "a", Part::Points(40)));
    assert_eq!(available(&ledger, "ann"), 60);
    assert_eq!(
        run(&ledger, &reverse("back/3", "a", Part::Points(61))).code,
        Code::ReversalExceedsOriginal
    );
    run(&ledger, &reverse("back/4", "a", Part::Rest));
    assert_eq!(available(&ledger, "ann"), 0);
    assert!(ledger.verify().unwrap().ok);
}

#[test]
fn expired_points_of_the_original_count_as_taken() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    run(
        &ledger,
        &accrue_until("a", "ann", 100, Instant(START.0 + DAY)),
    );
    run(&ledger, &redeem("r", "ann", 30));
    clock.advance_to(Instant(START.0 + 2 * DAY)).unwrap();
    run(&ledger, &accrue("b", "ann", 500));
    run(&ledger, &accrue("c", "ann", 1));
    run(&ledger, &reverse("back", "a", Part::Rest));
    assert_eq!(available(&ledger, "ann"), 471);
    assert!(ledger.verify().unwrap().ok);
}

#[test]
fn time_moves_points_with_and_without_a_sweep() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    for member in ["ann", "bob", "eve"] {
        run(
            &ledger,
            &accrue_until(member, member, 10, Instant(START.0 + DAY)),
        );
    }
    assert_eq!(ledger.sweep().unwrap(), 0);
    clock.advance_to(Instant(START.0 + DAY)).unwrap();
    assert_eq!(available(&ledger, "ann"), 0);
    let before = ledger.trial_balance(None).unwrap();
    assert_eq!(ledger.sweep().unwrap(), 3);
    assert_eq!(ledger.sweep().unwrap(), 0);
    assert_eq!(ledger.trial_balance(None).unwrap(), before);
    let past = ledger.balance(&id("ann"), "points", Some(START)).unwrap();
    assert_eq!(past.balance.available, 10);
    let then = ledger.trial_balance(Some(START)).unwrap();
    assert_eq!(then.members[0].available, 30);
    assert_eq!(
        ledger
            .statement(&id("ann"), "points", 10, None)
            .unwrap()
            .rows
            .len(),
        2
    );
    assert!(ledger.verify().unwrap().ok);
}

#[test]
fn a_group_of_many_ends_as_one_by_one() {
    for seed in 0..40 {
        let requests = history(seed, 150);
        let (one_clock, many_clock) = (clock(), clock());
        let one = open(&memory(), &one_clock);
        let many = open(&memory(), &many_clock);
        let singly: Vec<_> = requests
            .iter()
            .map(|request| one.submit(request.clone()))
            .collect();
        let together = rows(&many, &requests);
        for ((single, row), request) in singly.iter().zip(&together).zip(&requests) {
            match single {
                Ok(answer) => assert_eq!(*row, answer.into(), "{request:?}"),
                Err(failure) => assert_eq!(row.code, failure.code(), "{request:?}"),
            }
        }
        assert_eq!(one.digest().unwrap(), many.digest().unwrap());
        let report = many.verify().unwrap();
        assert!(report.ok, "seed {seed}: {:?}", report.problems);
        assert_eq!(report.digest, many.digest().unwrap());
    }
}

#[test]
fn every_key_is_answered_again_after_reopening() {
    for seed in 100..120 {
        let requests = history(seed, 120);
        let (disk, clock) = (memory(), clock());
        let ledger = open(&disk, &clock);
        let first = rows(&ledger, &requests);
        let digest = ledger.digest().unwrap();
        drop(ledger);
        let again = open(&disk, &clock);
        assert_eq!(again.digest().unwrap(), digest);
        for ((request, row), second) in requests.iter().zip(&first).zip(rows(&again, &requests)) {
            if row.sequence > 0 {
                let mut expected = *row;
                expected.replayed = true;
                assert_eq!(second, expected, "{request:?}");
            }
        }
    }
}

#[test]
fn a_key_twice_in_one_slice_counts_once() {
    let ledger = open(&memory(), &clock());
    let twice = [
        accrue("a", "ann", 10).into_owned(),
        accrue("a", "ann", 10).into_owned(),
        accrue("a", "ann", 11).into_owned(),
        accrue("bad key".repeat(30).leak(), "ann", 11).into_owned(),
    ];
    let answers = rows(&ledger, &twice);
    assert_eq!(
        (answers[0].code, answers[0].replayed),
        (Code::Applied, false)
    );
    assert_eq!(
        (answers[1].sequence, answers[1].replayed),
        (answers[0].sequence, true)
    );
    assert_eq!((answers[2].code, answers[2].sequence), (Code::KeyReused, 0));
    assert_eq!(answers[3].code, Code::KeyTooLong);
    assert_eq!(available(&ledger, "ann"), 10);
}

#[test]
fn rows_move_a_manual_clock_forward_only() {
    let clock = clock();
    let ledger = open(&memory(), &clock);
    let at = |minutes: i64| Some(Instant(START.0 + minutes * MINUTE));
    let ready = Ready(vec![
        (accrue("a", "ann", 1).into_owned(), at(5)),
        (accrue("b", "ann", 1).into_owned(), at(3)),
        (accrue("c", "ann", 1).into_owned(), None),
        (accrue("d", "ann", 1).into_owned(), at(9)),
        (accrue("wrong in shape", "ann", 0).into_owned(), at(11)),
    ]);
    let answers = ledger.submit_rows(Arc::new(ready)).unwrap();
    let minutes: Vec<i64> = answers
        .iter()
        .map(|row| (row.recorded_at / 1_000 - START.0) / MINUTE)
        .collect();
    assert_eq!([minutes[0], minutes[2], minutes[3]], [5, 5, 9]);
    assert_eq!(answers[1].code, Code::RecordedInPast);
    assert_eq!(answers[4].code, Code::PointsNotPositive);
    assert_eq!(clock.now(), at(11).unwrap());
    assert!(answers[0].recorded_at < answers[2].recorded_at);
}

#[test]
fn a_ledger_leaves_its_manual_clock_once_and_for_good() {
    let (disk, clock) = (memory(), clock());
    drop(open(&disk, &clock));
    let system = || Options {
        clock: Clock::System,
        ..options(&clock)
    };
    for _ in 0..2 {
        let ledger = Ledger::open_on(Arc::clone(&disk), system()).unwrap();
        assert_eq!(ledger.info().unwrap().entries, 1);
    }
    let back = Ledger::open_on(Arc::clone(&disk), options(&clock)).unwrap_err();
    assert!(back.to_string().contains("never goes back"), "{back}");
    let born_on_system = memory();
    drop(Ledger::open_on(Arc::clone(&born_on_system), system()).unwrap());
    assert!(Ledger::open_on(born_on_system, options(&clock)).is_err());
}

#[test]
fn the_program_is_published_when_it_differs() {
    let (disk, clock) = (memory(), clock());
    let with = |program: &str| Options {
        program: Some(program.to_owned()),
        ..options(&clock)
    };
    let program = "zone = \"Europe/Berlin\"\n";
    for _ in 0..3 {
        let ledger = Ledger::open_on(Arc::clone(&disk), with(program)).unwrap();
        let info = ledger.info().unwrap();
        assert_eq!(
            (info.program_version, info.zone.as_str(), info.entries),
            (1, "Europe/Berlin", 1)
        );
    }
    let wrong = Ledger::open_on(Arc::clone(&disk), with("zone = \"Mars/Base\"\n")).unwrap_err();
    assert_eq!(wrong.code(), Some(Code::ProgramInvalid));
    assert!(wrong.to_string().contains("line 1"), "{wrong}");
    assert_eq!(open(&disk, &clock).info().unwrap().program_version, 1);
}

#[test]
fn a_reader_closes_without_waiting_for_a_log_it_never_had() {
    let (disk, clock) = (memory(), clock());
    let writer = open(&disk, &clock);
    run(&writer, &accrue("a", "ann", 100));
    let read_only = Options {
        read_only: true,
        clock: Clock::System,
        ..options(&clock)
    };
    let reader = Ledger::open_on(Arc::clone(&disk), read_only).unwrap();
    assert_eq!(available(&reader, "ann"), 100);
    reader.close().unwrap();
    assert_eq!(code(reader.digest()), Code::ShuttingDown);
    run(&writer, &accrue("b", "ann", 1));
}

/// Accruals to ann of one point each, at the instants given; the last one may be where the program breaks.
struct Timed {
    instants: Vec<Option<Instant>>,
}

impl Rows for Timed {
    fn len(&self) -> usize {
        self.instants.len()
    }

    fn request(&self, index: usize) -> Request<'_> {
        accrue(["a", "b", "c", "d"][index], "ann", 1)
    }

    fn recorded_at(&self, index: usize) -> Option<Instant> {
        Some(self.instants[index].expect("broken on purpose"))
    }
}

#[test]
fn a_new_row_behind_the_clock_is_refused_and_a_known_one_is_answered() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    let at = |minutes: i64| Some(Instant(START.0 + minutes * MINUTE));
    let codes = |instants: [Option<Instant>; 4]| {
        let rows = Timed {
            instants: instants.to_vec(),
        };
        let answers = ledger.submit_rows(Arc::new(rows)).unwrap();
        answers
            .iter()
            .map(|answer| (answer.code, answer.replayed))
            .collect::<Vec<_>>()
    };
    let (applied, past) = ((Code::Applied, false), (Code::RecordedInPast, false));
    assert_eq!(
        codes([at(1), at(9), at(9), at(8)]),
        [applied, applied, applied, past]
    );
    let known = (Code::Applied, true);
    assert_eq!(
        codes([at(1), at(9), at(9), at(8)]),
        [known, known, known, past]
    );
    assert_eq!(
        codes([at(1), at(9), at(9), at(10)]),
        [known, known, known, applied]
    );
    assert_eq!(
        ledger.entry(4).unwrap().recorded_at.instant(),
        at(10).unwrap()
    );
    drop(ledger);
    // A clock that stands behind the last entry does not let rows in there either.
    let behind = open(&disk, &ManualClock::new(at(2).unwrap()));
    let rows = Ready(vec![
        (accrue("e", "ann", 1).into_owned(), at(9)),
        (accrue("f", "ann", 1).into_owned(), at(10)),
    ]);
    let answers = behind.submit_rows(Arc::new(rows)).unwrap();
    assert_eq!(
        [answers[0].code, answers[1].code],
        [Code::RecordedInPast, Code::Applied]
    );
}

#[test]
fn a_panic_while_deciding_ends_writing_and_reads_stay() {
    let (disk, clock) = (memory(), clock());
    let ledger = open(&disk, &clock);
    run(&ledger, &accrue("first", "ann", 5));
    let digest = ledger.digest().unwrap();
    let broken = Timed {
        instants: vec![None],
    };
    let failure = ledger.submit_rows(Arc::new(broken)).unwrap_err();
    assert_eq!(failure.code(), Code::Poisoned);
    let refused = ledger.submit(accrue("second", "ann", 5)).unwrap_err();
    assert_eq!(refused.code(), Code::Poisoned);
    assert!(
        refused.to_string().contains("open the ledger again"),
        "{refused}"
    );
    assert_eq!(available(&ledger, "ann"), 5);
    assert_eq!(ledger.digest().unwrap(), digest);
    drop(ledger);
    let again = open(&disk, &clock);
    assert_eq!(again.digest().unwrap(), digest);
    run(&again, &accrue("second", "ann", 5));
    assert_eq!(available(&again, "ann"), 10);
}
