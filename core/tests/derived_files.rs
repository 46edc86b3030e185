//! Snapshots and lookup files: what is written is read, what is damaged is told, what fails leaves nothing behind.

mod common;
mod objects;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use common::Book;
use loyalty_ledger::engine::lookup::{self, Lookup, LookupError, Segment};
use loyalty_ledger::engine::snapshot::{self, SnapshotError};
use loyalty_ledger::engine::{SealedError, remove_unfinished};
use loyalty_ledger::journal::faulty::FaultyDisk;
use loyalty_ledger::journal::{Disk, MemoryDisk, RealDisk};
use loyalty_ledger::ledger::digest::digest;
use loyalty_ledger::ledger::state::{Objects, State};
use loyalty_ledger::ledger::tables::Hashing;
use objects::{SECRET, full, image, member_mut};
use proptest::collection::vec;
use proptest::prelude::*;

const LEDGER: [u8; 16] = [9; 16];
static FULL: LazyLock<Book> = LazyLock::new(full);

fn directory() -> &'static Path {
    Path::new("ledger")
}

fn disk() -> MemoryDisk {
    let disk = MemoryDisk::new();
    disk.create_directory(directory()).unwrap();
    disk
}

fn full_objects() -> &'static Objects {
    &FULL.state.objects
}

/// A small view: the bytes of its snapshot are few.
fn small_objects() -> Objects {
    let mut book = Book::with_program("[currencies.points]\n");
    book.accrue("a", 100, Some("2027-01-01T00:00:00Z"));
    book.authorize("b", 30, 20);
    book.state.objects
}

fn same(one: &Objects, other: &Objects) -> bool {
    image(one) == image(other) && one.schedule == other.schedule
}

fn segment() -> Segment {
    Segment {
        ledger: LEDGER,
        number: 12,
        first_sequence: 1,
        last_sequence: FULL.entries.len() as u64,
    }
}

fn lookup_of(book: &Book) -> Lookup {
    let mut lookup = Lookup::default();
    for entry in &book.entries {
        lookup.add(&Hashing::new(SECRET), entry);
    }
    lookup
}

/// Bytes with a seal that fits them.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let seal = blake3::hash(&bytes);
    bytes.extend_from_slice(seal.as_bytes());
    bytes
}

fn load_bytes(bytes: Vec<u8>, sequence: u64) -> Result<Objects, SnapshotError> {
    let disk = disk();
    disk.put(&snapshot::path(directory(), sequence), bytes);
    snapshot::load(&disk, directory(), LEDGER, sequence)
}

fn lookup_bytes(bytes: Vec<u8>) -> Result<Lookup, LookupError> {
    let disk = disk();
    disk.put(&lookup::path(directory(), segment().number), bytes);
    lookup::load(&disk, directory(), &segment())
}

fn snapshot_bytes(objects: &Objects) -> Vec<u8> {
    let disk = disk();
    snapshot::write(&disk, directory(), LEDGER, objects.clone()).unwrap();
    disk.get(&snapshot::path(directory(), objects.sequence))
        .expect("it was written")
}

#[test]
fn snapshots_come_back_and_the_newest_wins() {
    let disk = disk();
    let mut book = full();
    snapshot::write(&disk, directory(), LEDGER, book.state.objects.clone()).unwrap();
    let first = book.state.objects.clone();
    book.purchase("later", 500);
    snapshot::write(&disk, directory(), LEDGER, book.state.objects.clone()).unwrap();
    let sequences = [first.sequence, first.sequence + 1];
    assert_eq!(snapshot::list(&disk, directory()).unwrap(), sequences);
    let newest = snapshot::load_newest(&disk, directory(), LEDGER, u64::MAX).unwrap();
    assert!(newest.skipped.is_empty());
    assert!(same(&newest.objects.unwrap(), &book.state.objects));
    let older = snapshot::load_newest(&disk, directory(), LEDGER, first.sequence).unwrap();
    assert!(same(&older.objects.unwrap(), &first));
    snapshot::remove_older(&disk, directory(), 1).unwrap();
    assert_eq!(snapshot::list(&disk, directory()).unwrap(), sequences[1..]);
    let none = snapshot::load_newest(&disk, directory(), LEDGER, first.sequence).unwrap();
    assert!(none.objects.is_none());
}

#[test]
fn a_damaged_snapshot_is_skipped_and_told() {
    let disk = disk();
    let mut book = Book::with_program("[currencies.points]\n");
    snapshot::write(&disk, directory(), LEDGER, book.state.objects.clone()).unwrap();
    let good = book.state.objects.clone();
    book.accrue("a", 100, None);
    snapshot::write(&disk, directory(), LEDGER, book.state.objects.clone()).unwrap();
    let path = snapshot::path(directory(), good.sequence + 1);
    let mut bytes = disk.get(&path).unwrap();
    let last = bytes.len() - 40;
    bytes[last] ^= 1;
    disk.put(&path, bytes);
    let newest = snapshot::load_newest(&disk, directory(), LEDGER, u64::MAX).unwrap();
    assert!(same(&newest.objects.unwrap(), &good));
    assert_eq!(newest.skipped.len(), 1);
    assert_eq!(newest.skipped[0].0, path);
}

#[test]
fn every_cut_and_every_flipped_bit_of_a_snapshot_is_told() {
    let objects = small_objects();
    let bytes = snapshot_bytes(&objects);
    assert!(same(
        &load_bytes(bytes.clone(), objects.sequence).unwrap(),
        &objects
    ));
    for length in 0..bytes.len() {
        assert!(load_bytes(bytes[..length].to_vec(), objects.sequence).is_err());
    }
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(load_bytes(flipped, objects.sequence).is_err(), "bit {bit}");
    }
    assert!(load_bytes([bytes, vec![0]].concat(), objects.sequence).is_err());
}

#[test]
fn foreign_newer_and_renamed_snapshots_are_told() {
    let objects = small_objects();
    let bytes = snapshot_bytes(&objects);
    let content = &bytes[..bytes.len() - 32];
    let changed = |at: usize| {
        let mut other = content.to_vec();
        other[at] += 1;
        load_bytes(sealed(other), objects.sequence)
    };
    assert!(matches!(changed(0), Err(SnapshotError::NotASnapshot)));
    assert!(matches!(changed(8), Err(SnapshotError::Newer(6))));
    let mut older = content.to_vec();
    older[8] -= 1;
    let older = load_bytes(sealed(older), objects.sequence);
    assert!(matches!(older, Err(SnapshotError::Older(4))));
    assert!(matches!(changed(16), Err(SnapshotError::OtherLedger)));
    assert!(matches!(changed(32), Err(SnapshotError::Contradiction)));
    assert!(matches!(changed(40), Err(SnapshotError::Contradiction)));
    let renamed = load_bytes(bytes, objects.sequence + 1);
    assert!(matches!(renamed, Err(SnapshotError::Contradiction)));
}

#[test]
fn names_of_other_files_are_no_snapshots() {
    let disk = disk();
    for name in [
        "1.snapshot",
        "0000000000000000000x.snapshot",
        "00000000000000000001.keys",
    ] {
        disk.put(&directory().join(name), Vec::new());
    }
    assert_eq!(snapshot::list(&disk, directory()).unwrap(), []);
}

#[test]
fn a_snapshot_on_a_real_disk_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let written =
        snapshot::write(&RealDisk, folder.path(), LEDGER, full_objects().clone()).unwrap();
    let path = snapshot::path(folder.path(), full_objects().sequence);
    assert_eq!(std::fs::metadata(path).unwrap().len(), written);
    let newest = snapshot::load_newest(&RealDisk, folder.path(), LEDGER, u64::MAX).unwrap();
    assert!(same(&newest.objects.unwrap(), full_objects()));
}

#[test]
fn lookups_come_back_and_pour_into_the_state() {
    let disk = disk();
    lookup::write(&disk, directory(), &segment(), lookup_of(&FULL)).unwrap();
    let read = lookup::load(&disk, directory(), &segment()).unwrap();
    assert_eq!(read.keys(), FULL.state.keys.len());
    let mut state = State::around(full_objects().clone(), SECRET);
    read.pour(&mut state);
    assert_eq!(digest(&state), digest(&FULL.state));
}

#[test]
fn every_cut_and_every_flipped_bit_of_a_lookup_is_told() {
    let disk = disk();
    let mut book = Book::with_program("[currencies.points]\n");
    book.accrue("a", 100, None);
    let hold = book.authorize("b", 30, 20);
    book.capture("c", hold.sequence, 10);
    let about = Segment {
        last_sequence: book.entries.len() as u64,
        ..segment()
    };
    lookup::write(&disk, directory(), &about, lookup_of(&book)).unwrap();
    let path = lookup::path(directory(), about.number);
    let bytes = disk.get(&path).unwrap();
    assert!(lookup::load(&disk, directory(), &about).is_ok());
    for length in 0..bytes.len() {
        disk.put(&path, bytes[..length].to_vec());
        assert!(lookup::load(&disk, directory(), &about).is_err());
    }
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        disk.put(&path, flipped);
        assert!(
            lookup::load(&disk, directory(), &about).is_err(),
            "bit {bit}"
        );
    }
}

#[test]
fn a_lookup_of_another_segment_is_told() {
    let disk = disk();
    lookup::write(&disk, directory(), &segment(), lookup_of(&FULL)).unwrap();
    let others = [
        Segment {
            ledger: [8; 16],
            ..segment()
        },
        Segment {
            first_sequence: 2,
            ..segment()
        },
        Segment {
            last_sequence: 2_000,
            ..segment()
        },
    ];
    for other in others {
        let read = lookup::load(&disk, directory(), &other);
        assert!(matches!(read, Err(LookupError::OtherSegment)));
    }
    let missing = Segment {
        number: 13,
        ..segment()
    };
    let read = lookup::load(&disk, directory(), &missing);
    assert!(matches!(
        read,
        Err(LookupError::Sealed(SealedError::Disk(_)))
    ));
}

#[test]
fn a_lookup_that_states_more_than_it_has_is_told() {
    let disk = disk();
    lookup::write(&disk, directory(), &segment(), lookup_of(&FULL)).unwrap();
    let path = lookup::path(directory(), segment().number);
    let mut bytes = disk.get(&path).unwrap();
    bytes.truncate(bytes.len() - 32);
    bytes[56..64].copy_from_slice(&u64::MAX.to_le_bytes());
    let read = lookup_bytes(sealed(bytes));
    assert!(matches!(
        read,
        Err(LookupError::Sealed(SealedError::Damaged(_)))
    ));
}

fn faulty_disk() -> FaultyDisk {
    let disk = FaultyDisk::new();
    disk.create_directory(directory()).unwrap();
    disk.sync_directory(directory()).unwrap();
    disk
}

/// Writes both kinds of file.
fn write_both(disk: &dyn Disk, objects: &Objects) -> std::io::Result<()> {
    snapshot::write(disk, directory(), LEDGER, objects.clone())?;
    lookup::write(disk, directory(), &segment(), lookup_of(&FULL))?;
    Ok(())
}

/// Whatever stands under a finished name is whole.
fn check_whole(disk: &MemoryDisk, objects: &Objects) {
    let newest = snapshot::load_newest(disk, directory(), LEDGER, u64::MAX).unwrap();
    assert!(newest.skipped.is_empty(), "{:?}", newest.skipped);
    assert!(newest.objects.is_none_or(|read| same(&read, objects)));
    match lookup::load(disk, directory(), &segment()) {
        Ok(read) => assert_eq!(read.keys(), FULL.state.keys.len()),
        Err(LookupError::Sealed(SealedError::Disk(error))) => {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_power_failure_leaves_whole_files_or_none() {
    let (disk, objects) = (faulty_disk(), small_objects());
    let before = disk.operations();
    write_both(&disk, &objects).unwrap();
    for operations in before..=disk.operations() {
        for keep in [0_u32, 1, 2, 3] {
            let mut turn = 0;
            let left = disk.image(operations, |_| {
                turn += 1;
                keep == 1 || keep > 1 && turn % keep == 0
            });
            check_whole(&left, &objects);
            remove_unfinished(&left, directory(), &[snapshot::SUFFIX, lookup::SUFFIX]).unwrap();
            let names = left.list(directory()).unwrap();
            assert!(
                names.iter().all(|name| !name.ends_with(".new")),
                "{names:?}"
            );
            write_both(&left, &objects).unwrap();
        }
    }
}

#[test]
fn failing_writes_and_syncs_are_told_and_leave_nothing_half_done() {
    let objects = small_objects();
    let done = faulty_disk();
    write_both(&done, &objects).unwrap();
    let faults = (1..=done.writes()).map(|n| (n, true));
    for (n, write) in faults.chain((2..=done.syncs()).map(|n| (n, false))) {
        let disk = faulty_disk();
        if write {
            disk.fail_write(n);
        } else {
            disk.fail_sync(n);
        }
        assert!(write_both(&disk, &objects).is_err());
        check_whole(&disk.seen(), &objects);
        let names = disk.list(directory()).unwrap();
        assert!(
            names.iter().all(|name| !name.ends_with(".new")),
            "{names:?}"
        );
    }
}

#[test]
fn a_full_disk_is_told_and_its_room_given_back() {
    let disk = faulty_disk();
    disk.limit_space(Some(200));
    let error = write_both(&disk, &small_objects()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    assert_eq!(disk.used(), 0);
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
    #![proptest_config(cases(128))]

    #[test]
    fn arbitrary_snapshots_never_panic(bytes in vec(any::<u8>(), 0..300), fits in any::<bool>()) {
        let bytes = if fits { sealed(bytes) } else { bytes };
        prop_assert!(load_bytes(bytes, 5).is_err());
    }

    /// Damage under a seal that fits: what the checksum cannot find.
    #[test]
    fn snapshots_of_damaged_content_never_panic(
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let objects = small_objects();
        let mut bytes = snapshot_bytes(&objects);
        bytes.truncate(bytes.len() - 32);
        for (place, byte) in damage {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(read) = load_bytes(sealed(bytes.clone()), objects.sequence) {
            prop_assert_eq!(snapshot_bytes(&read), sealed(bytes));
        }
    }

    #[test]
    fn arbitrary_lookups_never_panic(
        records in vec(any::<u8>(), 0..300),
        slots in 0_u64..20,
        follow_ups in 0_u64..20,
    ) {
        let mut bytes = b"LOYLKEYS".to_vec();
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(LEDGER);
        for number in [12, 1, segment().last_sequence, slots, follow_ups] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(records);
        if let Ok(read) = lookup_bytes(sealed(bytes)) {
            prop_assert_eq!(read.keys() as u64, slots);
        }
    }
}

#[test]
fn a_snapshot_of_a_view_ignores_later_changes() {
    let disk = disk();
    let mut state = FULL.state.clone();
    let view = state.objects.clone();
    member_mut(&mut state, "m").wallet_mut(0).last += 1;
    snapshot::write(&disk, directory(), LEDGER, view.clone()).unwrap();
    let read = snapshot::load(&disk, directory(), LEDGER, view.sequence).unwrap();
    assert!(same(&read, &view));
    assert!(!Arc::ptr_eq(&state.objects.chunks[0], &view.chunks[0]));
}
