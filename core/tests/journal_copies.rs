//! Backups beside a writer, and ledgers restored from them, whole and up to an entry.

mod journal_support;

use std::path::Path;
use std::sync::Arc;

use journal_support::{append, check_all, create, directory, header, open, small};
use loyalty_ledger::journal::{
    Disk, FileLog, Follower, JournalError, Log, MemoryDisk, MemoryLog, Reader, RealDisk, backup,
    restore, segment_name, verify,
};

fn fill(log: &mut dyn Log) {
    for count in [1, 5, 1, 30, 2, 2, 60, 1, 1, 9] {
        append(log, count).unwrap();
    }
}

fn elsewhere() -> &'static Path {
    Path::new("copies/shop")
}

fn reader_of(disk: &MemoryDisk, path: &Path) -> Reader {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    Follower::open(disk, path).unwrap().reader()
}

#[test]
fn a_backup_is_the_same_ledger() {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    fill(&mut log);
    let copied = backup(&log.reader(), &disk, elsewhere(), None).unwrap();
    assert_eq!(copied, verify(&log.reader()).unwrap());
    append(&mut log, 4).unwrap();
    let reader = reader_of(&disk, elsewhere());
    assert_eq!(check_all(&reader).unwrap(), 112);
    assert_eq!(reader.header(), &header());
    assert_eq!(reader.tail_hash(), copied.tail_hash);
    let mut copy = FileLog::open(Arc::new(disk.clone()), elsewhere(), small()).unwrap();
    assert_eq!(copy.opening().torn, None);
    append(&mut copy, 70).unwrap();
    assert_eq!(check_all(&copy.reader()).unwrap(), 182);
}

#[test]
fn a_backup_holds_every_prefix_asked_for() {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    fill(&mut log);
    log.close().unwrap();
    for upto in 0..=112 {
        let copies = MemoryDisk::new();
        let source: Arc<dyn Disk> = Arc::new(disk.clone());
        let target: Arc<dyn Disk> = Arc::new(copies.clone());
        let copied = restore(source, directory(), target, elsewhere(), Some(upto)).unwrap();
        assert_eq!(copied.last_sequence, upto);
        let opened = FileLog::open(Arc::new(copies.clone()), elsewhere(), small());
        let mut restored = opened.unwrap();
        assert_eq!(check_all(&restored.reader()).unwrap(), upto);
        append(&mut restored, 20).unwrap();
        assert_eq!(check_all(&restored.reader()).unwrap(), upto + 20);
        drop(restored);
        let again = FileLog::open(Arc::new(copies), elsewhere(), small()).unwrap();
        assert_eq!(check_all(&again.reader()).unwrap(), upto + 20);
    }
}

#[test]
fn an_empty_ledger_is_copied_too() {
    let disk = MemoryDisk::new();
    let log = create(&disk);
    let copied = backup(&log.reader(), &disk, elsewhere(), None).unwrap();
    assert_eq!((copied.last_sequence, copied.frames), (0, 0));
    let mut copy = FileLog::open(Arc::new(disk), elsewhere(), small()).unwrap();
    append(&mut copy, 50).unwrap();
    assert_eq!(check_all(&copy.reader()).unwrap(), 50);
}

#[test]
fn a_log_in_memory_is_saved_by_a_backup() {
    let mut log = MemoryLog::new(&header());
    fill(&mut log);
    let disk = MemoryDisk::new();
    backup(&log.reader(), &disk, directory(), None).unwrap();
    let files = open(&disk).unwrap();
    assert_eq!(check_all(&files.reader()).unwrap(), 112);
    assert_eq!(files.reader().tail_hash(), log.reader().tail_hash());
}

#[test]
fn a_copy_needs_an_empty_place_and_a_sequence_that_is_there() {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    fill(&mut log);
    let reader = log.reader();
    let beyond = backup(&reader, &disk, elsewhere(), Some(113)).unwrap_err();
    assert!(matches!(
        beyond,
        JournalError::BeyondTail {
            asked: 113,
            tail: 112
        }
    ));
    let onto_itself = backup(&reader, &disk, directory(), None).unwrap_err();
    assert!(matches!(onto_itself, JournalError::AlreadyExists { .. }));
    disk.put(&elsewhere().join("notes.txt"), b"text".to_vec());
    let in_use = backup(&reader, &disk, elsewhere(), None).unwrap_err();
    assert!(matches!(in_use, JournalError::NotEmpty { .. }));
}

#[test]
fn a_damaged_source_is_not_restored() {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    fill(&mut log);
    drop(log);
    for (number, offset) in [(1, 100), (2, 90), (3, 200)] {
        let image = disk.copy();
        let path = directory().join(segment_name(number));
        let mut bytes = image.get(&path).unwrap();
        bytes[offset] ^= 4;
        image.put(&path, bytes);
        let image: Arc<dyn Disk> = Arc::new(image);
        let copies = MemoryDisk::new();
        let target: Arc<dyn Disk> = Arc::new(copies.clone());
        let error = restore(image, directory(), target, elsewhere(), None).unwrap_err();
        assert!(matches!(error, JournalError::Corrupt { segment, .. } if segment == number));
        assert!(!FileLog::exists(&copies, elsewhere()).unwrap());
    }
}

#[test]
fn a_backup_is_taken_while_the_writer_appends() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("shop");
    let mut log = FileLog::create(Arc::new(RealDisk), &path, &header(), small()).unwrap();
    append(&mut log, 1).unwrap();
    let reader = log.reader();
    std::thread::scope(|scope| {
        let home = home.path();
        let copies = scope.spawn(move || {
            for number in 0..5 {
                let target = home.join(format!("copy-{number}"));
                let tail = reader.tail_hint();
                let copied = backup(&reader, &RealDisk, &target, None).unwrap();
                assert!(copied.last_sequence >= tail);
                let copy = FileLog::open(Arc::new(RealDisk), &target, small()).unwrap();
                let found = check_all(&copy.reader()).unwrap();
                assert_eq!(found, copied.last_sequence);
            }
        });
        while !copies.is_finished() {
            let count = 1 + log.tail_hint() % 9;
            append(&mut log, count).unwrap();
        }
        copies.join().unwrap();
    });
}
