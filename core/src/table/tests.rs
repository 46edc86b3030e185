//! Tables as they are read and answered, and bytes that are no table.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int16Type, Int64Type, TimestampNanosecondType};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Float64Array, Int64Array, LargeStringArray, ListArray,
    NullArray, RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray, StringViewArray,
    StructArray, TimestampMicrosecondArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field};

use super::answers::AnswerColumns;
use super::ipc::{self, Batches};
use super::money::minor_digits;
use super::{Mixed, OneVerb, Rules, Table, TableError, Verb};
use crate::engine::{Clock, Ledger, ManualClock, Options, RowAnswer, Rows};
use crate::journal::{self, MemoryDisk};
use crate::ledger::rejection::Code;
use crate::ledger::request::{Accrue, Command, MemberName, Request};
use crate::ledger::time::Instant;

/// 2026-03-16T09:15:00Z.
const NOW: i64 = 1_773_652_500_000_000;

fn ledger() -> Ledger {
    let options = Options {
        clock: Clock::Manual(ManualClock::new(Instant(NOW))),
        journal: journal::Options {
            background: false,
            ..journal::Options::default()
        },
        seed: Some([7; 32]),
        ..Options::default()
    };
    Ledger::open_on(Arc::new(MemoryDisk::new()), options).unwrap()
}

fn rules(ledger: &Ledger) -> Rules<'_> {
    Rules {
        ledger,
        caller: "till",
        money: *b"EUR",
        manual: true,
    }
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn numbers(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn times(values: &[i64]) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(values.to_vec()).with_timezone("UTC"))
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

fn accruals(keys: &[&str], points: &[i64]) -> RecordBatch {
    batch(vec![
        ("member", texts(&vec!["m-1"; keys.len()])),
        ("key", texts(keys)),
        ("points", numbers(points)),
    ])
}

fn reader(batches: &[RecordBatch]) -> impl RecordBatchReader {
    let schema = batches[0].schema();
    RecordBatchIterator::new(batches.iter().cloned().map(Ok), schema)
}

fn accrued(batches: &[RecordBatch]) -> Result<OneVerb, TableError> {
    OneVerb::read(reader(batches), Verb::Accrue, false, &rules(&ledger()))
}

fn wrong<T>(read: Result<T, TableError>) -> (String, Option<usize>, String) {
    let error = read.err().expect("the table is wrong");
    (error.column, error.row, error.message)
}

fn stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batches[0].schema()).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

fn points_of(request: &Request<'_>) -> i64 {
    match &request.command {
        Command::Accrue(Accrue { points, .. }) => *points,
        other => panic!("{other:?} is no accrual"),
    }
}

#[test]
fn rows_of_several_batches_are_requests_of_their_caller() {
    let none = accruals(&[], &[]);
    let table = accrued(&[accruals(&["a", "b"], &[1, 2]), none, accruals(&["c"], &[3])]).unwrap();
    assert_eq!(table.len(), 3);
    for (row, (key, points)) in [("a", 1), ("b", 2), ("c", 3)].into_iter().enumerate() {
        let request = table.request(row);
        assert_eq!((&*request.caller, &*request.key), ("till", key));
        assert_eq!(table.key(row), key);
        assert_eq!(points_of(&request), points);
        assert_eq!(
            request.command.member(),
            Some(&MemberName::Id("m-1".into()))
        );
    }
}

#[test]
fn mixed_rows_are_requests_of_their_caller() {
    let ledger = ledger();
    let rows = batch(vec![
        ("verb", texts(&["accrue", "enroll"])),
        ("member", texts(&["m-1", "m-2"])),
        ("key", Arc::new(StringArray::from(vec![Some("a"), None]))),
        ("points", Arc::new(Int64Array::from(vec![Some(7), None]))),
    ]);
    let table = Mixed::read(reader(&[rows]), false, &rules(&ledger)).unwrap();
    let (accrual, enrolment) = (table.request(0), table.request(1));
    assert_eq!((&*accrual.caller, points_of(&accrual)), ("till", 7));
    assert_eq!(
        (&*enrolment.caller, &*enrolment.key),
        ("till", "enroll/m-2")
    );
}

#[test]
fn text_is_text_however_it_is_kept() {
    let values = vec!["m-1", "m-2", "m-1"];
    let dictionary: DictionaryArray<Int8Type> = values.clone().into_iter().collect();
    let forms: [ArrayRef; 4] = [
        texts(&values),
        Arc::new(LargeStringArray::from(values.clone())),
        Arc::new(StringViewArray::from(values.clone())),
        Arc::new(dictionary),
    ];
    for form in forms {
        let kind = form.data_type().clone();
        let rows = batch(vec![
            ("member", form),
            ("key", texts(&["a", "b", "c"])),
            ("points", numbers(&[1, 2, 3])),
        ]);
        let read = Batches::read(stream(&[rows])).unwrap().into_reader();
        let table = OneVerb::read(read, Verb::Accrue, false, &rules(&ledger())).unwrap();
        for (row, member) in values.iter().enumerate() {
            let named = MemberName::Id((*member).into());
            assert_eq!(table.request(row).command.member(), Some(&named), "{kind}");
        }
    }
}

#[test]
fn what_is_wrong_names_column_and_row() {
    let mut nulls = accruals(&["c", "d"], &[3, 4]);
    nulls.remove_column(2);
    let points = Arc::new(Int64Array::from(vec![Some(3), None]));
    let nulls = batch(vec![
        ("member", nulls.column(0).clone()),
        ("key", nulls.column(1).clone()),
        ("points", points),
    ]);
    let (column, row, message) = wrong(accrued(&[accruals(&["a", "b"], &[1, 2]), nulls]));
    assert_eq!((column.as_str(), row), ("points", Some(3)));
    assert!(message.contains("null"), "{message}");

    let floats: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
    let names = [("member", texts(&["m-1"])), ("key", texts(&["a"]))];
    let rows = |last| batch(names.iter().cloned().chain([last]).collect());
    for (last, column, told) in [
        (("points", floats), "points", "floats are not exact"),
        (("price", numbers(&[1])), "points", "is missing"),
        (
            ("note", texts(&["x"])),
            "note",
            "is no column of accrue_batch",
        ),
    ] {
        let (found, row, message) = wrong(accrued(&[rows(last)]));
        assert_eq!((found.as_str(), row), (column, None));
        assert!(message.contains(told), "{message}");
    }
}

#[test]
fn an_error_reads_as_a_sentence() {
    let told = |error: TableError| error.to_string();
    let cell = TableError::cell("points", 3, "is null");
    assert_eq!(told(cell), "column 'points', row 3 is null");
    let column = TableError::column("points", "is missing");
    assert_eq!(told(column), "column 'points' is missing");
    assert_eq!(told(TableError::whole("is no table")), "is no table");
}

#[test]
fn rows_move_a_manual_clock_alone_and_never_back() {
    let ledger = ledger();
    let rows = |first: i64| {
        batch(vec![
            ("member", texts(&["m-1", "m-1"])),
            ("key", texts(&["a", "b"])),
            ("points", numbers(&[1, 2])),
            ("recorded_at", times(&[first, first + 5])),
        ])
    };
    let read = |batches: &[RecordBatch], manual| {
        let rules = Rules {
            manual,
            ..rules(&ledger)
        };
        OneVerb::read(reader(batches), Verb::Accrue, false, &rules)
    };
    let table = read(&[rows(NOW), rows(NOW + 5)], true).unwrap();
    assert_eq!(table.recorded_at(3), Some(Instant(NOW + 10)));
    let (column, row, _) = wrong(read(&[rows(NOW), rows(NOW + 4)], true));
    assert_eq!((column.as_str(), row), ("recorded_at", Some(2)));
    let (column, row, message) = wrong(read(&[rows(NOW)], false));
    assert_eq!((column.as_str(), row), ("recorded_at", None));
    assert!(message.contains("manual clock"), "{message}");
}

#[test]
fn what_is_written_as_a_whole_has_no_rows_of_their_own() {
    let ledger = ledger();
    for (name, column) in [
        ("recorded_at", times(&[NOW])),
        (
            "source_training",
            Arc::new(arrow_array::BooleanArray::from(vec![true])) as ArrayRef,
        ),
    ] {
        let rows = batch(vec![
            ("verb", texts(&["accrue"])),
            ("member", texts(&["m-1"])),
            ("key", texts(&["a"])),
            ("points", numbers(&[1])),
            (name, column),
        ]);
        let read = |is_whole| {
            Mixed::read(
                reader(std::slice::from_ref(&rows)),
                is_whole,
                &rules(&ledger),
            )
        };
        assert!(read(false).is_ok());
        let (column, row, message) = wrong(read(true));
        assert_eq!((column.as_str(), row), (name, None));
        assert!(message.contains("all_or_nothing"), "{message}");
    }
}

#[test]
fn a_stream_is_read_back() {
    let rows = [accruals(&["a", "b"], &[1, 2]), accruals(&["c"], &[3])];
    let read = Batches::read(stream(&rows)).unwrap();
    assert_eq!(read.rows(), 3);
    let read: Vec<RecordBatch> = read.into_reader().map(Result::unwrap).collect();
    assert_eq!(read, rows);
    let empty = Batches::read(stream(&[accruals(&[], &[])])).unwrap();
    assert_eq!(empty.rows(), 0);
    assert_eq!(ipc::write(&rows[1]), stream(&rows[1..]));
}

#[test]
fn bytes_that_are_no_stream_are_told_apart() {
    for (bytes, told) in [
        (b"".to_vec(), "no schema"),
        (b"ARROW1\0\0".to_vec(), "file"),
        (b"member,key,points".to_vec(), "is no Arrow IPC stream"),
        (vec![0xff; 64], "is no Arrow IPC stream"),
    ] {
        let (column, row, message) = wrong(Batches::read(bytes));
        assert_eq!((column.as_str(), row), ("", None));
        assert!(message.contains(told), "{message}");
    }
}

/// What comes of bytes, read as far as a server reads them.
fn read_as_accruals(bytes: Vec<u8>, ledger: &Ledger) -> Result<usize, TableError> {
    let batches = few_rows(bytes)?;
    let reader = batches.into_reader();
    let table = OneVerb::read(reader, Verb::Accrue, false, &rules(ledger))?;
    Ok(made_requests(&table))
}

fn read_as_mixed(bytes: Vec<u8>, ledger: &Ledger) -> Result<usize, TableError> {
    let table = Mixed::read(few_rows(bytes)?.into_reader(), false, &rules(ledger))?;
    Ok(made_requests(&table))
}

fn few_rows(bytes: Vec<u8>) -> Result<Batches, TableError> {
    let batches = Batches::read(bytes)?;
    match batches.rows() {
        0..=100 => Ok(batches),
        _ => Err(TableError::whole("has more rows than it was made of")),
    }
}

fn made_requests(table: &dyn Table) -> usize {
    (0..table.len()).for_each(|row| drop(table.request(row)));
    table.len()
}

#[test]
fn a_stream_that_was_cut_is_refused() {
    let ledger = ledger();
    let rows = [accruals(&["a", "b"], &[1, 2]), accruals(&["c"], &[3])];
    let whole = stream(&rows);
    // The end may be told by 8 bytes, or by there being no more.
    let ends = [stream(&rows[..1]).len() - 8, whole.len() - 8, whole.len()];
    for length in 0..=whole.len() {
        let read = read_as_accruals(whole[..length].to_vec(), &ledger);
        assert_eq!(
            read.is_ok(),
            ends.contains(&length),
            "{length} bytes: {read:?}"
        );
    }
}

/// Two purchases of a line each, by members that stand in a dictionary.
fn purchases() -> RecordBatch {
    let members: DictionaryArray<Int8Type> = ["m-1", "m-2"].into_iter().collect();
    let line = StructArray::from(vec![
        (
            Arc::new(Field::new("amount", DataType::Int64, true)),
            numbers(&[100, 200]),
        ),
        (
            Arc::new(Field::new("sku", DataType::Utf8, true)),
            texts(&["a", "b"]),
        ),
    ]);
    let item = Arc::new(Field::new("item", line.data_type().clone(), true));
    let offsets = OffsetBuffer::new(vec![0, 1, 2].into());
    batch(vec![
        ("verb", texts(&["purchase", "purchase"])),
        ("member", Arc::new(members)),
        ("key", Arc::new(StringViewArray::from(vec!["a", "b"]))),
        ("amount", numbers(&[100, 200])),
        (
            "lines",
            Arc::new(ListArray::new(item, offsets, Arc::new(line), None)),
        ),
    ])
}

#[test]
fn no_bit_that_was_turned_breaks_the_reader() {
    let ledger = ledger();
    let accruals = stream(&[accruals(&["a", "b"], &[1, 2])]);
    let purchases = stream(&[purchases()]);
    assert_eq!(read_as_accruals(accruals.clone(), &ledger), Ok(2));
    assert_eq!(read_as_mixed(purchases.clone(), &ledger), Ok(2));
    // Bits of the data make another table, bits of what describes it an error.
    for turned in with_a_bit_turned(&accruals) {
        let _either = read_as_accruals(turned, &ledger);
    }
    for turned in with_a_bit_turned(&purchases) {
        let _either = read_as_mixed(turned, &ledger);
    }
}

fn with_a_bit_turned(whole: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..whole.len() * 8).map(|bit| {
        let mut bytes = whole.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    })
}

#[test]
fn rows_that_take_no_bytes_are_counted_and_not_made() {
    let rows = 1 << 40;
    let nulls: ArrayRef = Arc::new(NullArray::new(rows));
    let read = Batches::read(stream(&[batch(vec![("member", nulls)])])).unwrap();
    assert_eq!(read.rows(), rows);
}

#[test]
fn answers_are_rows_in_their_order() {
    let answer = |code, sequence, replayed| RowAnswer {
        code,
        sequence,
        recorded_at: sequence as i64 * 1_000,
        requested: 5,
        awarded: 4,
        available: 3,
        referral: None,
        replayed,
    };
    let mut columns = AnswerColumns::with_capacity(3);
    columns.add(&answer(Code::InsufficientPoints, 8, true));
    columns.add(&answer(Code::MemberNotFound, 0, false));
    columns.add(&answer(Code::InsufficientPoints, 9, false));
    assert_eq!(columns.rows(), 3);
    let batch = columns.finish();
    let names = [
        "code",
        "sequence",
        "recorded_at",
        "requested",
        "awarded",
        "available",
        "replayed",
    ];
    assert_eq!(
        batch
            .schema()
            .fields()
            .iter()
            .map(|field| field.name())
            .collect::<Vec<_>>(),
        names
    );
    let codes = batch.column(0).as_dictionary::<Int16Type>();
    let names = codes.values().as_string::<i32>();
    let codes: Vec<&str> = codes
        .keys()
        .values()
        .iter()
        .map(|place| names.value(*place as usize))
        .collect();
    assert_eq!(
        codes,
        [
            "INSUFFICIENT_POINTS",
            "MEMBER_NOT_FOUND",
            "INSUFFICIENT_POINTS"
        ]
    );
    let sequences: Vec<_> = batch.column(1).as_primitive::<Int64Type>().iter().collect();
    assert_eq!(sequences, [Some(8), None, Some(9)]);
    let recorded: Vec<_> = batch
        .column(2)
        .as_primitive::<TimestampNanosecondType>()
        .iter()
        .collect();
    assert_eq!(recorded, [Some(8_000), None, Some(9_000)]);
    assert_eq!(
        batch.column(6).as_boolean().iter().collect::<Vec<_>>(),
        [Some(true), Some(false), Some(false)]
    );
}

#[test]
fn currencies_have_their_own_decimals() {
    for (currency, digits) in [
        (b"EUR", 2),
        (b"JPY", 0),
        (b"KWD", 3),
        (b"CLF", 4),
        (b"XYZ", 2),
    ] {
        assert_eq!(minor_digits(*currency), digits);
    }
}
