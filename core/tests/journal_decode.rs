//! Arbitrary histories are read back; arbitrary bytes are refused, never taken, and panic nothing.

mod journal_support;

use std::path::PathBuf;
use std::sync::Arc;

use journal_support::{create, directory, header, open};
use loyalty_ledger::journal::{
    Batch, Disk, Follower, HEADER_FILE, LedgerHeader, Log, MemoryDisk, MemoryLog, SECTOR,
    segment_name, sidecar_name, verify,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn segment(number: u32) -> PathBuf {
    directory().join(segment_name(number))
}

fn entries() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => vec(any::<u8>(), 0..60),
        1 => vec(Just(0u8), 0..2000),
        1 => vec(any::<u8>(), 400..1500),
    ]
}

#[derive(Debug, Clone)]
enum Act {
    Append(i64, Vec<Vec<u8>>),
    Close,
    Reopen,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (any::<i64>(), vec(entries(), 1..12)).prop_map(|(base, group)| Act::Append(base, group)),
        1 => Just(Act::Close),
        1 => Just(Act::Reopen),
    ];
    vec(act, 1..25)
}

fn small_cases() -> ProptestConfig {
    ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(small_cases())]

    #[test]
    fn any_history_is_read_back(acts in acts(), from in 0u64..60) {
        let disk = MemoryDisk::new();
        let mut log = create(&disk);
        let mut memory = MemoryLog::new(&header());
        let mut expected: Vec<(i64, u32, Vec<u8>)> = Vec::new();
        let mut closes = 0;
        for act in acts {
            match act {
                Act::Append(base, group) => {
                    let tail = expected.len() as u64;
                    let mut batch = Batch::new();
                    batch.clear(tail + 1, base);
                    for (index, bytes) in group.into_iter().enumerate() {
                        batch.push(&bytes);
                        expected.push((base, index as u32, bytes));
                    }
                    memory.append(tail, &mut batch).unwrap();
                    log.append(tail, &mut batch).unwrap();
                }
                Act::Close => {
                    log.close().unwrap();
                    closes += 1;
                }
                Act::Reopen => {
                    drop(log);
                    log = open(&disk).unwrap();
                    prop_assert_eq!(log.opening().torn, None);
                }
            }
        }
        let follower = Follower::open(Arc::new(disk.clone()), directory()).unwrap();
        for reader in [log.reader(), memory.reader(), follower.reader()] {
            prop_assert_eq!(reader.tail_hint(), expected.len() as u64);
            let mut next = from.max(1);
            for found in reader.read(from).unwrap() {
                let found = found.unwrap();
                let (base, index, bytes) = &expected[next as usize - 1];
                prop_assert_eq!(found.sequence, next);
                prop_assert_eq!((found.time_base, found.index), (*base, *index));
                prop_assert_eq!(&found.bytes, bytes);
                prop_assert_eq!(reader.entry(next).unwrap(), Some(found));
                next += 1;
            }
            prop_assert_eq!(next, from.max(1).max(expected.len() as u64 + 1));
            prop_assert_eq!(verify(&reader).unwrap().last_sequence, expected.len() as u64);
        }
        if closes == 0 {
            prop_assert_eq!(log.reader().tail_hash(), memory.reader().tail_hash());
        }
    }

    #[test]
    fn arbitrary_bytes_in_a_segment_are_never_taken(
        bytes in vec(prop_oneof![Just(0u8), any::<u8>()], 0..3000),
    ) {
        let disk = MemoryDisk::new();
        drop(create(&disk));
        disk.put(&segment(1), bytes);
        if let Ok(log) = open(&disk) {
            prop_assert_eq!(log.tail_hint(), 0);
        }
    }

    #[test]
    fn overwritten_stretches_are_found_or_cut(
        at in 0usize..6000,
        bytes in vec(any::<u8>(), 1..700),
    ) {
        let disk = MemoryDisk::new();
        let mut log = create(&disk);
        let mut ends = vec![(1, 0, 0)];
        for count in [3, 1, 8, 2, 5, 11, 1] {
            journal_support::append(&mut log, count).unwrap();
            let last = *log.reader().segments().last().unwrap();
            ends.push((last.number, last.bytes, last.last_sequence));
        }
        drop(log);
        let number = 1 + (at / 2048) as u32;
        let mut image = disk.get(&segment(number)).unwrap();
        let start = at % image.len();
        let end = (start + bytes.len()).min(image.len());
        let changed = image[start..end] != bytes[..end - start];
        image[start..end].copy_from_slice(&bytes[..end - start]);
        disk.put(&segment(number), image);
        if let Ok(log) = open(&disk) {
            let tail = log.tail_hint();
            match journal_support::check_all(&log.reader()) {
                Ok(_) => {
                    let whole = ends.iter().any(|(_, _, sequence)| *sequence == tail);
                    prop_assert!(whole && tail >= ends[ends.len() - 2].2);
                }
                Err(_) => prop_assert!(changed),
            }
        }
    }

    #[test]
    fn arbitrary_bytes_as_header_or_sidecar_panic_nothing(bytes in vec(any::<u8>(), 0..400)) {
        prop_assert!(LedgerHeader::decode(&bytes, directory()).is_err());
        let disk = MemoryDisk::new();
        let mut log = create(&disk);
        for count in [3, 1, 8, 2, 5] {
            journal_support::append(&mut log, count).unwrap();
        }
        drop(log);
        let path = directory().join(sidecar_name(1));
        let mut sidecar = disk.get(&path).unwrap();
        let slots = sidecar.len() - 116;
        let length = bytes.len().min(slots);
        sidecar[116..116 + length].copy_from_slice(&bytes[..length]);
        disk.put(&path, sidecar);
        prop_assert_eq!(journal_support::check_all(&open(&disk).unwrap().reader()).unwrap(), 19);
        disk.put(&path, bytes.clone());
        prop_assert_eq!(journal_support::check_all(&open(&disk).unwrap().reader()).unwrap(), 19);
        disk.put(&directory().join(HEADER_FILE), bytes);
        prop_assert!(open(&disk).is_err());
    }

    #[test]
    fn a_frame_head_forged_with_a_right_checksum_is_refused(
        head in vec(any::<u8>(), 72),
        known in 0usize..5,
        behind in vec(any::<u8>(), 0..1200),
    ) {
        let disk = MemoryDisk::new();
        let mut log = create(&disk);
        journal_support::append(&mut log, 2).unwrap();
        let at = log.reader().segments()[0].bytes as usize;
        drop(log);
        let good = disk.get(&segment(1)).unwrap();
        let mut image = good.clone();
        image.resize(8192, 0);
        let mut forged = head;
        // Take over more and more of the true head, so that later checks are reached.
        let places = [4, 16, 24, 36];
        let kept = places.get(known.wrapping_sub(1)).map_or(0, |place| *place);
        forged[..kept].copy_from_slice(&good[..kept]);
        if known > 1 {
            forged[16..24].copy_from_slice(&3u64.to_le_bytes());
        }
        if known == 4 {
            forged[36..40].copy_from_slice(&((behind.len() as u32) / 2).to_le_bytes());
            forged[40..72].copy_from_slice(&good[at - SECTOR..][..32]);
        }
        let crc = crc32c::crc32c(&forged);
        image[at..at + 72].copy_from_slice(&forged);
        image[at + 72..at + 76].copy_from_slice(&crc.to_le_bytes());
        image[at + 76..at + 76 + behind.len()].copy_from_slice(&behind);
        disk.put(&segment(1), image);
        disk.remove(&segment(2)).unwrap();
        if let Ok(log) = open(&disk) {
            prop_assert_eq!(log.tail_hint(), 2);
        }
    }
}

/// What looks torn is damaged if anything stands behind it, whatever is left of that.
#[test]
fn a_frame_that_ends_in_zero_before_a_broken_one_is_no_torn_one() {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    for count in [3, 1] {
        journal_support::append(&mut log, count).unwrap();
    }
    drop(log);
    let whole = disk.get(&segment(1)).unwrap();
    let end = SECTOR;
    assert_eq!((whole[end - 1], whole[end + SECTOR - 1]), (0xa5, 0xa5));
    let mut image = whole.clone();
    image[end - 1] = 0;
    image[end..end + 80].fill(7);
    disk.put(&segment(1), image);
    assert!(open(&disk).is_err());
    let mut torn = whole;
    torn[end - 1] = 0;
    torn[end..].fill(0);
    disk.put(&segment(1), torn);
    assert_eq!(open(&disk).unwrap().tail_hint(), 0);
}
