//! Appending and reading back, in files and in memory.

mod journal_support;

use std::sync::Arc;

use journal_support::{append, batch, check_all, create, directory, entry, header, open, small};
use loyalty_ledger::journal::faulty::FaultyDisk;
use loyalty_ledger::journal::{
    AppendError, Batch, Disk, FileLog, Log, MAX_FRAME_BYTES, MemoryDisk, MemoryLog, Options,
    RealDisk, sidecar_name, verify,
};

fn fill(log: &mut dyn Log) -> u64 {
    for count in [1, 5, 1, 30, 2, 2, 60, 1, 1, 9] {
        append(log, count).unwrap();
    }
    log.tail_hint()
}

#[test]
fn what_was_appended_is_read_back() {
    let disk = MemoryDisk::new();
    let mut files = create(&disk);
    let mut memory = MemoryLog::new(&header());
    assert_eq!(fill(&mut files), 112);
    assert_eq!(fill(&mut memory), 112);
    assert_eq!(check_all(&files.reader()).unwrap(), 112);
    assert_eq!(check_all(&memory.reader()).unwrap(), 112);
    assert_eq!(files.reader().tail_hash(), memory.reader().tail_hash());
    assert!(files.reader().segments().len() > 2);
    drop(files);
    let reopened = open(&disk).unwrap();
    assert_eq!(reopened.header(), &header());
    assert_eq!(check_all(&reopened.reader()).unwrap(), 112);
}

#[test]
fn reading_starts_anywhere() {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    fill(&mut log);
    for first in 0..=113 {
        let found: Vec<u64> = log
            .read(first)
            .unwrap()
            .map(|entry| entry.unwrap().sequence)
            .collect();
        let expected: Vec<u64> = (first.max(1)..=112).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn files_of_the_operating_system_serve_as_well() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a/b");
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let options = Options {
        background: true,
        ..small()
    };
    let mut log = FileLog::create(Arc::clone(&disk), &path, &header(), options).unwrap();
    assert_eq!(fill(&mut log), 112);
    log.close().unwrap();
    drop(log);
    let mut log = FileLog::open(Arc::clone(&disk), &path, options).unwrap();
    assert!(!log.opening().copied);
    append(&mut log, 40).unwrap();
    assert_eq!(check_all(&log.reader()).unwrap(), 152);
    assert_eq!(log.trouble(), None);
    drop(log);
    let log = FileLog::open(disk, &path, options).unwrap();
    assert!(log.opening().copied);
    assert_eq!(log.opening().torn, None);
    assert_eq!(check_all(&log.reader()).unwrap(), 152);
}

#[test]
fn a_batch_must_continue_the_tail() {
    let disk = MemoryDisk::new();
    let mut files = create(&disk);
    let mut memory = MemoryLog::new(&header());
    for log in [&mut files as &mut dyn Log, &mut memory] {
        append(log, 3).unwrap();
        for (expected, first) in [(2, 3), (4, 5), (3, 5), (0, 1), (2, 4)] {
            let refused = log.append(expected, &mut batch(first, 1)).unwrap_err();
            assert!(matches!(refused, AppendError::Conflict { tail: 3 }));
        }
        log.append(3, &mut batch(4, 1)).unwrap();
        assert_eq!(check_all(&log.reader()).unwrap(), 4);
    }
}

#[test]
fn a_batch_is_used_again() {
    let mut log = MemoryLog::new(&header());
    let mut batch = Batch::new();
    for round in 0..4 {
        let tail = log.tail_hint();
        batch.clear(tail + 1, (tail as i64 + 1) * 1_000);
        for _ in 0..=round {
            let sequence = batch.next_sequence();
            batch.push_with(|buffer| buffer.extend_from_slice(&entry(sequence)));
        }
        // Refused once, then appended: refusing leaves the batch as it was.
        assert!(log.append(tail + 1, &mut batch).is_err());
        log.append(tail, &mut batch).unwrap();
    }
    assert_eq!(check_all(&log.reader()).unwrap(), 10);
}

#[test]
fn an_empty_batch_writes_nothing() {
    let disk = FaultyDisk::new();
    let mut log = create(&disk);
    let before = disk.operations();
    log.append(0, &mut batch(1, 0)).unwrap();
    assert_eq!(disk.operations(), before);
    assert_eq!(log.tail_hint(), 0);
}

#[test]
fn a_small_group_costs_one_write_and_one_sync() {
    let disk = FaultyDisk::new();
    let options = Options {
        smallest_segment: 1 << 16,
        largest_segment: 1 << 16,
        ..small()
    };
    let mut log = FileLog::create(Arc::new(disk.clone()), directory(), &header(), options).unwrap();
    for _ in 0..20 {
        let (operations, writes, syncs) = (disk.operations(), disk.writes(), disk.syncs());
        append(&mut log, 1).unwrap();
        assert_eq!(disk.operations(), operations + 2);
        assert_eq!((disk.writes(), disk.syncs()), (writes + 1, syncs + 1));
    }
}

#[test]
fn segments_double_and_a_large_frame_gets_one_that_holds_it() {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    let mut large = Batch::new();
    large.clear(1, 1_000);
    large.push(&vec![5; 20_000]);
    log.append(0, &mut large).unwrap();
    large.clear(2, 2_000);
    large.push(&[6; 10]);
    large.push(&vec![7; 50_000]);
    log.append(1, &mut large).unwrap();
    let sizes: Vec<usize> = (1..=3)
        .map(|number| {
            let name = loyalty_ledger::journal::segment_name(number);
            disk.get(&directory().join(name)).unwrap().len()
        })
        .collect();
    assert_eq!(sizes, [32_768, 65_536, 4_096]);
    assert_eq!(log.entry(1).unwrap().unwrap().bytes, vec![5; 20_000]);
    assert_eq!(log.entry(3).unwrap().unwrap().bytes, vec![7; 50_000]);
    assert_eq!(log.entry(3).unwrap().unwrap().index, 1);
    drop(log);
    let log = open(&disk).unwrap();
    assert_eq!(log.entry(3).unwrap().unwrap().bytes, vec![7; 50_000]);
    assert_eq!(verify(&log.reader()).unwrap().last_sequence, 3);
}

#[test]
fn a_batch_larger_than_any_frame_is_refused_and_harmless() {
    let mut log = MemoryLog::new(&header());
    let mut batch = Batch::new();
    batch.clear(1, 1_000);
    let piece = vec![1; 1 << 20];
    for _ in 0..80 {
        batch.push(&piece);
    }
    assert!(batch.is_too_large());
    let refused = log.append(0, &mut batch).unwrap_err();
    assert!(matches!(
        refused,
        AppendError::TooLarge { bytes, limit: MAX_FRAME_BYTES } if bytes > 80 << 20
    ));
    append(&mut log, 2).unwrap();
    assert_eq!(check_all(&log.reader()).unwrap(), 2);
}

#[test]
fn a_frame_may_be_as_large_as_the_limit() {
    let mut log = MemoryLog::new(&header());
    let mut batch = Batch::new();
    batch.clear(1, 1_000);
    batch.push(&vec![1; MAX_FRAME_BYTES as usize - 76 - 8 - 32 - 1]);
    assert_eq!(batch.bytes(), MAX_FRAME_BYTES);
    log.append(0, &mut batch).unwrap();
    batch.clear(2, 1_000);
    batch.push(&vec![1; MAX_FRAME_BYTES as usize - 76 - 8 - 32]);
    assert!(matches!(
        log.append(1, &mut batch).unwrap_err(),
        AppendError::TooLarge { .. }
    ));
}

#[test]
fn a_sidecar_takes_eight_bytes_an_entry() {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    fill(&mut log);
    let sealed: Vec<_> = log.reader().segments();
    let sealed = sealed.iter().filter(|segment| segment.sealed);
    let mut seen = 0;
    for segment in sealed {
        let count = segment.last_sequence + 1 - segment.first_sequence;
        let bytes = disk.get(&directory().join(sidecar_name(segment.number)));
        assert_eq!(bytes.unwrap().len() as u64, 116 + 8 * count);
        seen += 1;
    }
    assert!(seen > 1);
}

#[test]
fn readers_read_while_the_writer_appends() {
    let home = tempfile::tempdir().unwrap();
    let options = Options {
        background: true,
        ..small()
    };
    let path = home.path().join("shop");
    let mut log = FileLog::create(Arc::new(RealDisk), &path, &header(), options).unwrap();
    let reader = log.reader();
    std::thread::scope(|scope| {
        for seed in 0..2 {
            let reader = reader.clone();
            scope.spawn(move || {
                let mut numbers = journal_support::Numbers(seed);
                while reader.tail_hint() < 600 {
                    let tail = reader.tail_hint();
                    let sequence = 1 + numbers.next() % (tail + 1);
                    match reader.entry(sequence).unwrap() {
                        Some(found) => assert_eq!(found.bytes, entry(sequence)),
                        None => assert!(sequence > tail),
                    }
                    let frames = verify(&reader).unwrap();
                    assert!(frames.last_sequence >= tail);
                }
            });
        }
        while log.tail_hint() < 600 {
            let count = 1 + log.tail_hint() % 7;
            append(&mut log, count).unwrap();
        }
    });
    assert!(check_all(&reader).unwrap() >= 600);
}
