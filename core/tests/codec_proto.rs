//! The entry codec against the `.proto` file: any protobuf implementation reads the journal, and its bytes stay.

mod entries;

use std::fmt::Write;
use std::path::Path;

use entries::{
    RECORDED, any_entry, first_samples, fourth_samples, samples, second_samples, third_samples,
};
use loyalty_ledger::engine::codec::{decode, encode};
use loyalty_ledger::ledger::entry::Entry;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, Value};

fn descriptor() -> MessageDescriptor {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    let files = protox::compile(["loyalty/journal/v1/journal.proto"], [folder])
        .expect("the .proto file compiles");
    let pool = DescriptorPool::from_file_descriptor_set(files).expect("the descriptors agree");
    pool.get_message_by_name("loyalty.journal.v1.Entry")
        .expect("the file defines Entry")
}

fn bytes_of(entry: &Entry<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(entry, RECORDED, &mut bytes);
    bytes
}

fn assert_known(message: &DynamicMessage) {
    assert_eq!(message.unknown_fields().count(), 0, "{message:?}");
    for (_, value) in message.fields() {
        match value {
            Value::Message(inner) => assert_known(inner),
            Value::List(items) => {
                for inner in items.iter().filter_map(Value::as_message) {
                    assert_known(inner);
                }
            }
            _ => {}
        }
    }
}

fn assert_same(descriptor: &MessageDescriptor, entry: &Entry<'_>) {
    let bytes = bytes_of(entry);
    let message = DynamicMessage::decode(descriptor.clone(), &bytes[..])
        .expect("the bytes are a message of the .proto file");
    assert_known(&message);
    assert_eq!(message.encode_to_vec(), bytes, "{entry:?}");
}

#[test]
fn samples_are_messages_of_the_proto_file() {
    let descriptor = descriptor();
    for entry in samples() {
        assert_same(&descriptor, &entry);
    }
}

#[test]
fn arbitrary_entries_are_messages_of_the_proto_file() {
    let descriptor = descriptor();
    let mut runner = TestRunner::deterministic();
    for _ in 0..256 {
        let entry = any_entry().new_tree(&mut runner).expect("entries are made");
        assert_same(&descriptor, &entry.current());
    }
}

#[test]
fn field_values_mean_what_the_proto_file_says() {
    let entry = entries::hot_accrual();
    let message = DynamicMessage::decode(descriptor(), &bytes_of(&entry)[..]).expect("decodes");
    let field = |message: &DynamicMessage, name: &str| {
        message
            .get_field_by_name(name)
            .expect("the field exists")
            .into_owned()
    };
    assert_eq!(
        field(&message, "key"),
        Value::String("store12/t3/2026-03-16/04711".into())
    );
    let accrue = field(&message, "accrue");
    let accrue = accrue.as_message().expect("a message");
    assert_eq!(field(accrue, "points"), Value::I64(1_250));
    assert_eq!(field(accrue, "expires_at"), Value::U64(2 * 1_806_530_400));
    assert_eq!(
        field(accrue, "member_id"),
        Value::String("m-00654321".into())
    );
}

/// The bytes that version 1 of the format gives one entry of each verb: later versions write and read the same.
#[test]
fn bytes_of_the_first_format_stay_as_they_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/entries-v1.hex");
    let stored = std::fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(golden(&first_samples()), stored);
}

/// The same of version 2.
#[test]
fn bytes_of_the_second_format_stay_as_they_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/entries-v2.hex");
    let stored = std::fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(golden(&second_samples()), stored);
}

/// The same of version 3.
#[test]
fn bytes_of_the_third_format_stay_as_they_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/entries-v3.hex");
    let stored = std::fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(golden(&third_samples()), stored);
}

/// The same of version 4.
#[test]
fn bytes_of_the_fourth_format_stay_as_they_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/entries-v4.hex");
    let stored = std::fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(golden(&fourth_samples()), stored);
}

/// The bytes that version 5 of the format gives one entry of each verb. Set `LOYALTY_LEDGER_GOLDEN=write` to write the
/// file for a new format; the bytes of a format that was released never change.
#[test]
fn bytes_stay_as_they_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/entries-v5.hex");
    if std::env::var("LOYALTY_LEDGER_GOLDEN").is_ok_and(|value| value == "write") {
        std::fs::write(&path, golden(&samples())).expect("the golden file is written");
    }
    let stored = std::fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(golden(&samples()), stored);
    for (line, entry) in stored.lines().zip(samples()) {
        let hex = line.rsplit(' ').next().expect("a line ends in bytes");
        let bytes: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits"))
            .collect();
        let read = decode(entry.sequence, RECORDED, &bytes).map(Entry::into_owned);
        assert_eq!(read, Ok(entry));
    }
}

/// One line per sample: verb, sequence, bytes.
fn golden(samples: &[Entry<'_>]) -> String {
    let mut lines = String::new();
    for entry in samples {
        let verb = entry.request.command.verb();
        write!(lines, "{verb} {} ", entry.sequence).expect("a string takes it");
        for byte in bytes_of(entry) {
            write!(lines, "{byte:02x}").expect("a string takes it");
        }
        lines.push('\n');
    }
    lines
}
