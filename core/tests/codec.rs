//! The entry codec: nothing is lost, nothing but the canonical form is read, nothing panics.

mod entries;

use entries::{RECORDED, any_entry, hot_accrual, samples};
use loyalty_ledger::engine::codec::{CodecError, decode, encode};
use loyalty_ledger::ledger::entry::{Entry, RecordedAt};
use loyalty_ledger::ledger::rejection::Code;
use loyalty_ledger::ledger::verbs::{VERBS, verb_of_number};
use proptest::collection::vec;
use proptest::prelude::*;

fn bytes_of(entry: &Entry<'_>, expected: RecordedAt) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(entry, expected, &mut bytes);
    bytes
}

fn read(sequence: u64, expected: RecordedAt, bytes: &[u8]) -> Result<Entry<'static>, CodecError> {
    decode(sequence, expected, bytes).map(Entry::into_owned)
}

/// Whatever is read as an entry must have exactly these bytes as its own.
fn refused_or_canonical(sequence: u64, bytes: &[u8]) {
    if let Ok(entry) = decode(sequence, RECORDED, bytes) {
        assert_eq!(bytes_of(&entry, RECORDED), bytes, "{entry:?}");
    }
}

#[test]
fn verbs_are_known_by_their_numbers() {
    for entry in samples() {
        let command = &entry.request.command;
        assert_eq!(verb_of_number(command.number()), command.verb());
    }
    assert!(VERBS.is_sorted_by(|one, next| one.0 < next.0));
    assert_eq!(verb_of_number(0), "unknown");
}

#[test]
fn samples_come_back() {
    for entry in samples() {
        let bytes = bytes_of(&entry, RECORDED);
        assert_eq!(read(entry.sequence, RECORDED, &bytes), Ok(entry));
    }
}

#[test]
fn encoding_appends() {
    let mut buffer = b"before".to_vec();
    encode(&hot_accrual(), RECORDED, &mut buffer);
    assert_eq!(&buffer[..6], b"before");
    assert_eq!(buffer[6..], bytes_of(&hot_accrual(), RECORDED));
}

#[test]
fn an_accrual_is_small() {
    let bytes = bytes_of(&hot_accrual(), RECORDED);
    assert!(bytes.len() <= 110, "{} bytes", bytes.len());
}

#[test]
fn every_flipped_bit_is_refused_or_another_entry() {
    for entry in samples() {
        let bytes = bytes_of(&entry, RECORDED);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            refused_or_canonical(entry.sequence, &flipped);
        }
    }
}

#[test]
fn every_cut_is_refused() {
    for entry in samples() {
        let bytes = bytes_of(&entry, RECORDED);
        for length in 0..bytes.len() {
            if let Ok(other) = read(entry.sequence, RECORDED, &bytes[..length]) {
                assert_eq!(bytes_of(&other, RECORDED), &bytes[..length]);
                assert_ne!(other, entry);
            }
        }
    }
}

#[test]
fn other_forms_are_refused() {
    let sweep = [0xba, 0x01, 0x00];
    let read = |bytes: &[u8]| read(1, RECORDED, bytes);
    assert_eq!(read(&sweep).map(|entry| entry.code), Ok(Code::Applied));
    let cases: [(&[u8], CodecError); 12] = [
        (&[], CodecError::Missing("the command")),
        (&[0xba, 0x01, 0x00, 0x08], CodecError::Unexpected(8)),
        (
            &[0xba, 0x01, 0x00, 0xba, 0x01, 0x00],
            CodecError::Unexpected(186),
        ),
        (&[0xba, 0x81, 0x00], CodecError::NotMinimal),
        (&[0x08, 0x00, 0xba, 0x01, 0x00], CodecError::Redundant),
        (
            &[0x10, 0x81, 0x00, 0xba, 0x01, 0x00],
            CodecError::NotMinimal,
        ),
        (&[0x58, 0x01, 0xba, 0x01, 0x00], CodecError::Redundant),
        (
            &[0x58, 0x03, 0xba, 0x01, 0x00],
            CodecError::OutOfRange("a code"),
        ),
        (&[0x1a, 0x01, 0xff, 0xba, 0x01, 0x00], CodecError::NotText),
        (&[0x1a, 0x7f, 0x61], CodecError::CutOff),
        (
            &[0x7a, 0x04, 0x2a, 0x02, 0x08, 0x2d],
            CodecError::OutOfRange("a flow"),
        ),
        (&[0x62, 0x00, 0xba, 0x01, 0x00], CodecError::Redundant),
    ];
    for (bytes, error) in cases {
        assert_eq!(read(bytes), Err(error), "{bytes:02x?}");
    }
}

#[test]
fn what_nobody_can_know_of_referrals_is_refused() {
    let cases: [(&[u8], CodecError); 18] = [
        (&[0xba, 2, 0], CodecError::Missing("the command")),
        (
            &[0xba, 2, 5, 0xca, 2, 2, 0x28, 5],
            CodecError::OutOfRange("a method"),
        ),
        (&[0xba, 2, 3, 0xca, 2, 0], CodecError::Missing("an instant")),
        (
            &[0xba, 2, 5, 0xd2, 2, 2, 0x0a, 0],
            CodecError::Missing("the naming"),
        ),
        (
            &[0xba, 2, 5, 0xe2, 2, 2, 0x0a, 0],
            CodecError::OutOfRange("a decision"),
        ),
        (
            &[0xba, 2, 7, 0xe2, 2, 4, 0x0a, 0, 0x20, 5],
            CodecError::OutOfRange("a decision"),
        ),
        (
            &[0xba, 2, 7, 0xfa, 2, 4, 0x0a, 0, 0x28, 4],
            CodecError::OutOfRange("an action"),
        ),
        (
            &[0x72, 7, 0xe2, 1, 4, 0x1a, 2, 8, 4],
            CodecError::OutOfRange("the state of a coupon"),
        ),
        (
            &[0xba, 2, 9, 0xea, 2, 6, 0x20, 0x80, 0x80, 0x80, 0x80, 0x10],
            CodecError::OutOfRange("a month"),
        ),
        (
            &[0xba, 2, 5, 0xf2, 2, 2, 8, 1],
            CodecError::OutOfRange("an outcome"),
        ),
        (
            &[0xba, 2, 7, 0xf2, 2, 4, 8, 1, 0x18, 3],
            CodecError::OutOfRange("an outcome"),
        ),
        (
            &[0x72, 7, 0xd2, 1, 4, 8, 0x80, 0x80, 4],
            CodecError::OutOfRange("the number of a program of referrals"),
        ),
        (&[0x72, 3, 0xaa, 1, 0], CodecError::Missing("the touch")),
        (&[0x72, 3, 0xb2, 1, 0], CodecError::Missing("what is known")),
        (
            &[0x72, 7, 0xb2, 1, 4, 0x1a, 2, 0x28, 3],
            CodecError::OutOfRange("a code"),
        ),
        (
            &[0x72, 7, 0xb2, 1, 4, 0x1a, 2, 0x40, 5],
            CodecError::OutOfRange("what rules found"),
        ),
        (
            &[
                0x72, 17, 0xb2, 1, 14, 0x1a, 12, 0x52, 10, 0x10, 0, 0x28, 0, 0x4a, 4, 0x30, 0,
                0x40, 4,
            ],
            CodecError::OutOfRange("how a reward ended"),
        ),
        (&[0x72, 3, 0xda, 1, 0], CodecError::Missing("a code")),
    ];
    for (bytes, error) in cases {
        assert_eq!(read(1, RECORDED, bytes), Err(error), "{bytes:02x?}");
    }
    let notes = [0x72, 10, 0xb2, 1, 7, 0x1a, 5, 0x40, 0x80, 0x80, 0x80, 8];
    let error = CodecError::OutOfRange("what rules found");
    assert_eq!(read(1, RECORDED, &notes), Err(error));
}

#[test]
fn a_length_beyond_memory_is_refused() {
    let mut bytes = vec![0x22];
    bytes.extend([0xff; 9]);
    bytes.push(0x01);
    assert_eq!(decode(1, RECORDED, &bytes), Err(CodecError::CutOff));
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
    #![proptest_config(cases(512))]

    #[test]
    fn every_entry_comes_back(entry in any_entry(), expected in any::<i64>()) {
        let expected = RecordedAt(expected);
        let bytes = bytes_of(&entry, expected);
        prop_assert_eq!(read(entry.sequence, expected, &bytes), Ok(entry.clone()));
        let borrowing = decode(entry.sequence, expected, &bytes).expect("what was written is read");
        prop_assert_eq!(bytes_of(&borrowing, expected), bytes.clone());
    }

    #[test]
    fn arbitrary_bytes_never_panic(sequence in 0..1_u64 << 40, bytes in vec(any::<u8>(), 0..200)) {
        refused_or_canonical(sequence, &bytes);
    }

    #[test]
    fn damaged_entries_never_panic(
        entry in any_entry(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = bytes_of(&entry, RECORDED);
        for (place, byte) in damage {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        refused_or_canonical(entry.sequence, &bytes);
    }
}
