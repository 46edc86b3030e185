//! Opening what was cut, flipped, swapped, lost or made elsewhere.

mod journal_support;

use std::path::PathBuf;
use std::sync::Arc;

use journal_support::{
    append, check_all, create, directory, entry, header, header_of, open, small,
};
use loyalty_ledger::journal::{
    Disk, FORMAT, FileLog, Follower, HEADER_FILE, JournalError, LedgerHeader, Log, MemoryDisk,
    Reader, RealDisk, Torn, segment_name, sidecar_name,
};

fn segment(number: u32) -> PathBuf {
    directory().join(segment_name(number))
}

fn sidecar(number: u32) -> PathBuf {
    directory().join(sidecar_name(number))
}

/// A journal with several sealed segments. Answers the disk and its tail.
fn journal(close: bool) -> (MemoryDisk, u64) {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    for count in [1, 5, 12, 30, 2, 20, 1] {
        append(&mut log, count).unwrap();
    }
    if close {
        log.close().unwrap();
    }
    (disk, 71)
}

/// A journal of few bytes in three segments. Answers the disk and its tail.
fn tiny(close: bool) -> (MemoryDisk, u64) {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    for count in [1, 1, 2, 1, 9, 1] {
        append(&mut log, count).unwrap();
    }
    if close {
        log.close().unwrap();
    }
    (disk, 15)
}

fn active(disk: &MemoryDisk) -> (u32, u64) {
    let follower = Follower::open(Arc::new(disk.copy()), directory()).unwrap();
    let segments = follower.reader().segments();
    let last = segments.last().unwrap();
    (last.number, last.bytes)
}

/// A journal of one segment with three frames; answers where each frame ends.
fn short() -> (MemoryDisk, Vec<u64>) {
    let disk = MemoryDisk::new();
    let options = loyalty_ledger::journal::Options {
        smallest_segment: 4096,
        ..small()
    };
    let mut log = FileLog::create(Arc::new(disk.clone()), directory(), &header(), options).unwrap();
    let mut ends = vec![0];
    for count in [2, 1, 9] {
        append(&mut log, count).unwrap();
        ends.push(log.reader().segments()[0].bytes);
    }
    (disk.copy(), ends)
}

fn sequences(ends: &[u64], end: u64) -> u64 {
    match ends.iter().filter(|frame| **frame <= end).count() {
        1 => 0,
        2 => 2,
        3 => 3,
        _ => 12,
    }
}

#[test]
fn a_file_cut_at_any_byte_keeps_its_whole_frames() {
    let (disk, ends) = short();
    let whole = disk.get(&segment(1)).unwrap();
    let last = ends[3];
    for cut in 0..=last + 100 {
        let image = disk.copy();
        image.put(&segment(1), whole[..cut as usize].to_vec());
        let kept = sequences(&ends, cut);
        let follower = Follower::open(Arc::new(image.clone()), directory()).unwrap();
        assert_eq!(check_all(&follower.reader()).unwrap(), kept);
        let log = open(&image).unwrap();
        assert_eq!(check_all(&log.reader()).unwrap(), kept, "cut at {cut}");
        let start = ends.iter().rev().find(|end| **end <= cut).unwrap();
        if !cut.is_power_of_two() {
            let torn = log.opening().torn.unwrap();
            assert_eq!((torn.segment, torn.offset), (1, *start));
        }
    }
}

#[test]
fn a_frame_that_was_not_written_to_its_end_is_torn_and_what_follows_is_appended_well() {
    let (disk, ends) = short();
    let whole = disk.get(&segment(1)).unwrap();
    let (start, end) = (ends[2] as usize, ends[3] as usize);
    let sectors = (end - start) / 512;
    assert!(sectors >= 2);
    for lost in 1..1 << sectors {
        let mut bytes = whole.clone();
        for sector in (0..sectors).filter(|sector| lost >> sector & 1 == 1) {
            bytes[start + sector * 512..][..512].fill(0);
        }
        let image = disk.copy();
        image.put(&segment(1), bytes);
        let mut log = open(&image).unwrap();
        let all = lost == (1 << sectors) - 1;
        assert_eq!(log.opening().torn.is_none(), all);
        assert_eq!(log.tail_hint(), 3);
        append(&mut log, 4).unwrap();
        assert_eq!(check_all(&log.reader()).unwrap(), 7);
        drop(log);
        assert_eq!(check_all(&open(&image).unwrap().reader()).unwrap(), 7);
    }
}

/// Opens and reads everything; the tail, or the first error.
fn read_through(disk: &MemoryDisk) -> Result<(u64, Option<Torn>), JournalError> {
    let log = open(disk)?;
    Ok((check_all(&log.reader())?, log.opening().torn))
}

#[test]
fn every_flipped_bit_is_found() {
    for close in [false, true] {
        let (disk, tail) = tiny(close);
        let (active, end) = active(&disk);
        assert_eq!(active, 3);
        let first = if close { 1 } else { active };
        for number in first..=active {
            let good = disk.get(&segment(number)).unwrap();
            let looked_at = good.len().min(end as usize + 600);
            for bit in 0..looked_at * 8 {
                let mut bytes = good.clone();
                bytes[bit / 8] ^= 1 << (bit % 8);
                let image = disk.copy();
                image.put(&segment(number), bytes);
                let at = (bit / 8) as u64;
                match read_through(&image) {
                    Err(JournalError::Corrupt { segment, .. }) => assert_eq!(segment, number),
                    Err(other) => panic!("bit {bit} of segment {number}: {other}"),
                    // Behind the last frame a flipped bit looks like a sector of a frame cut short.
                    Ok((found, torn)) if number == active && at >= end => {
                        assert_eq!((found, torn.is_some()), (tail, true));
                    }
                    // The room left over in a sealed segment holds nothing and is not looked at.
                    Ok((found, torn)) => {
                        let info = Follower::open(Arc::new(image.clone()), directory()).unwrap();
                        let sealed = info.reader().segments()[number as usize - 1];
                        assert!(
                            number < active && at >= sealed.bytes,
                            "bit {bit} of {number}"
                        );
                        assert_eq!((found, torn), (tail, None));
                    }
                }
            }
        }
    }
}

#[test]
fn flipped_bits_of_the_header_are_found() {
    let (disk, _) = journal(true);
    let path = directory().join(HEADER_FILE);
    let good = disk.get(&path).unwrap();
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let image = disk.copy();
        image.put(&path, bytes);
        assert!(matches!(
            open(&image).unwrap_err(),
            JournalError::DamagedHeader { .. }
        ));
    }
    for length in 0..good.len() {
        let image = disk.copy();
        image.put(&path, good[..length].to_vec());
        assert!(open(&image).is_err());
    }
}

#[test]
fn every_flipped_bit_of_a_sidecar_is_harmless() {
    let (disk, tail) = journal(true);
    let good = disk.get(&sidecar(2)).unwrap();
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let image = disk.copy();
        image.put(&sidecar(2), bytes);
        assert_eq!(read_through(&image).unwrap(), (tail, None), "bit {bit}");
        assert_eq!(image.get(&sidecar(2)).unwrap(), good, "bit {bit}");
    }
}

#[test]
fn a_sidecar_that_is_missing_or_garbage_is_rebuilt() {
    let (disk, tail) = journal(true);
    let good = disk.get(&sidecar(1)).unwrap();
    let another = disk.get(&sidecar(2)).unwrap();
    for garbage in [
        Vec::new(),
        vec![0; 300],
        good[..good.len() - 1].to_vec(),
        another,
    ] {
        disk.put(&sidecar(1), garbage);
        let log = open(&disk).unwrap();
        assert_eq!(log.opening().rebuilt_sidecars, [1]);
        assert_eq!(check_all(&log.reader()).unwrap(), tail);
        assert_eq!(disk.get(&sidecar(1)).unwrap(), good);
    }
    disk.remove(&sidecar(1)).unwrap();
    let follower = Follower::open(Arc::new(disk.clone()), directory()).unwrap();
    assert_eq!(check_all(&follower.reader()).unwrap(), tail);
    assert_eq!(disk.get(&sidecar(1)), None);
    let log = open(&disk).unwrap();
    assert_eq!(log.opening().rebuilt_sidecars, [1]);
    // Lost while in use.
    disk.remove(&sidecar(2)).unwrap();
    assert_eq!(check_all(&log.reader()).unwrap(), tail);
}

#[test]
fn a_zeroed_or_damaged_frame_before_later_ones_is_corruption() {
    let (disk, ends) = short();
    let good = disk.get(&segment(1)).unwrap();
    for frame in 0..2 {
        for (from, to) in [(0, 512), (511, 512), (0, ends[1])] {
            let mut bytes = good.clone();
            let start = ends[frame];
            bytes[(start + from) as usize..(start + to) as usize].fill(0);
            let image = disk.copy();
            image.put(&segment(1), bytes);
            match open(&image).unwrap_err() {
                JournalError::Corrupt {
                    segment, offset, ..
                } => {
                    assert_eq!((segment, offset), (1, start));
                }
                other => panic!("{other}"),
            }
        }
    }
}

#[test]
fn a_torn_frame_before_a_later_segment_is_corruption() {
    let (disk, _) = journal(true);
    let info = Follower::open(Arc::new(disk.clone()), directory()).unwrap();
    let end = info.reader().segments()[1].bytes as usize;
    let mut bytes = disk.get(&segment(2)).unwrap();
    bytes[end - 512..].fill(0);
    disk.put(&segment(2), bytes);
    disk.remove(&sidecar(2)).unwrap();
    assert!(matches!(
        open(&disk).unwrap_err(),
        JournalError::Corrupt { segment: 2, .. }
    ));
}

#[test]
fn a_missing_segment_is_named() {
    let (disk, _) = journal(true);
    let (active, _) = active(&disk);
    for number in 1..=active {
        let image = disk.copy();
        image.remove(&segment(number)).unwrap();
        match open(&image).unwrap_err() {
            JournalError::MissingSegment { segment } => assert_eq!(segment, number),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn swapped_segments_are_found() {
    let (disk, _) = journal(true);
    let (active, _) = active(&disk);
    for first in 1..active {
        for second in first + 1..=active + 1 {
            let image = disk.copy();
            image.put(&segment(first), disk.get(&segment(second)).unwrap());
            image.put(&segment(second), disk.get(&segment(first)).unwrap());
            assert!(matches!(
                open(&image).unwrap_err(),
                JournalError::Corrupt { .. }
            ));
        }
    }
}

#[test]
fn a_segment_of_another_ledger_is_named() {
    let (disk, _) = journal(true);
    let other = MemoryDisk::new();
    let made = FileLog::create(Arc::new(other.clone()), directory(), &header_of(8), small());
    let mut log = made.unwrap();
    for count in [1, 5, 12, 30, 2, 20, 1] {
        append(&mut log, count).unwrap();
    }
    let (active, _) = active(&disk);
    for number in 1..=active {
        let image = disk.copy();
        image.put(&segment(number), other.get(&segment(number)).unwrap());
        match open(&image).unwrap_err() {
            JournalError::OtherLedger { segment } => assert_eq!(segment, number),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_newer_format_is_refused_with_the_number_needed() {
    let (disk, ends) = short();
    let mut bytes = disk.get(&segment(1)).unwrap();
    let start = ends[2] as usize;
    bytes[start + 4] = 9;
    let crc = crc32c::crc32c(&bytes[start..start + 72]);
    bytes[start + 72..start + 76].copy_from_slice(&crc.to_le_bytes());
    let image = disk.copy();
    image.put(&segment(1), bytes);
    let error = open(&image).unwrap_err();
    assert!(matches!(error, JournalError::NewerFormat { found: 9, .. }));
    assert!(
        error
            .to_string()
            .contains("use a release that knows format 9")
    );

    let path = directory().join(HEADER_FILE);
    let mut bytes = disk.get(&path).unwrap();
    bytes[8] = 6;
    let content = bytes.len() - 32;
    let hash = *blake3::hash(&bytes[..content]).as_bytes();
    bytes[content..].copy_from_slice(&hash);
    disk.put(&path, bytes);
    assert!(matches!(
        open(&disk).unwrap_err(),
        JournalError::NewerFormat { found: 6, .. }
    ));
}

#[test]
fn a_clean_close_is_served_without_copying() {
    let (disk, tail) = journal(true);
    for _ in 0..3 {
        let (_, before) = active(&disk);
        let mut log = open(&disk).unwrap();
        assert!(!log.opening().copied);
        assert_eq!(check_all(&log.reader()).unwrap(), tail);
        log.close().unwrap();
        drop(log);
        assert_eq!(active(&disk).1, before, "closing again adds nothing");
    }
    let mut log = open(&disk).unwrap();
    append(&mut log, 3).unwrap();
    drop(log);
    let log = open(&disk).unwrap();
    assert!(log.opening().copied);
    assert_eq!(check_all(&log.reader()).unwrap(), tail + 3);
}

#[test]
fn a_ledger_is_held_by_one_writer() {
    let home = tempfile::tempdir().unwrap();
    let memory = MemoryDisk::new();
    let disks: [(Arc<dyn Disk>, PathBuf); 2] = [
        (Arc::new(memory), directory().to_owned()),
        (Arc::new(RealDisk), home.path().join("shop")),
    ];
    for (disk, path) in disks {
        let log = FileLog::create(Arc::clone(&disk), &path, &header(), small()).unwrap();
        let held = FileLog::open(Arc::clone(&disk), &path, small()).unwrap_err();
        assert!(matches!(held, JournalError::Locked { .. }));
        assert!(Follower::open(Arc::clone(&disk), &path).is_ok());
        drop(log);
        assert!(FileLog::open(disk, &path, small()).is_ok());
    }
}

#[test]
fn places_that_hold_no_ledger_are_told_apart() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, "text").unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let open = |path: &std::path::Path| FileLog::open(Arc::clone(&disk), path, small());
    let create =
        |path: &std::path::Path| FileLog::create(Arc::clone(&disk), path, &header(), small());
    let at_file = open(&file).unwrap_err();
    assert!(matches!(at_file, JournalError::NotADirectory { .. }));
    let at_file = create(&file).unwrap_err();
    assert!(matches!(at_file, JournalError::NotADirectory { .. }));
    let below_file = create(&file.join("shop")).unwrap_err();
    assert!(matches!(below_file, JournalError::NotADirectory { .. }));
    let nothing = open(&home.path().join("nothing")).unwrap_err();
    assert!(matches!(nothing, JournalError::NotALedger { .. }));
    let no_ledger = open(home.path()).unwrap_err();
    assert!(matches!(no_ledger, JournalError::NotALedger { .. }));
    assert!(!home.path().join("LOCK").exists());
    let in_use = create(home.path()).unwrap_err();
    assert!(matches!(in_use, JournalError::NotEmpty { .. }));
    let path = home.path().join("shop");
    drop(create(&path).unwrap());
    let twice = create(&path).unwrap_err();
    assert!(matches!(twice, JournalError::AlreadyExists { .. }));
    assert!(FileLog::exists(disk.as_ref(), &path).unwrap());
    assert!(!FileLog::exists(disk.as_ref(), home.path()).unwrap());
    assert!(!FileLog::exists(disk.as_ref(), &file).unwrap());
}

#[test]
fn errors_of_the_disk_are_told_by_what_to_do() {
    let path = PathBuf::from("shop");
    let of = |kind: std::io::ErrorKind| JournalError::of_disk("write", &path, kind.into());
    use std::io::ErrorKind;
    for kind in [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem] {
        assert!(matches!(of(kind), JournalError::ReadOnly { .. }));
    }
    for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded] {
        assert!(matches!(of(kind), JournalError::NoSpace { .. }));
    }
    assert!(matches!(of(ErrorKind::Other), JournalError::Disk { .. }));
}

#[test]
fn a_reader_beside_the_writer_sees_whole_frames_only_and_refreshes() {
    let disk = MemoryDisk::new();
    let mut log = create(&disk);
    let mut follower = Follower::open(Arc::new(disk.clone()), directory()).unwrap();
    let reader = follower.reader();
    let mut tail = 0;
    for count in [1, 4, 20, 1, 33, 2, 2, 40, 1] {
        append(&mut log, count).unwrap();
        assert_eq!(check_all(&reader).unwrap(), tail);
        tail += count;
        assert_eq!(follower.refresh().unwrap(), tail);
        assert_eq!(check_all(&reader).unwrap(), tail);
    }
    // Many segments at once, a clean close, and a new writer that copies the active segment.
    for _ in 0..40 {
        append(&mut log, 7).unwrap();
    }
    log.close().unwrap();
    drop(log);
    let mut log = open(&disk).unwrap();
    append(&mut log, 1).unwrap();
    drop(log);
    let mut log = open(&disk).unwrap();
    append(&mut log, 1).unwrap();
    assert_eq!(follower.refresh().unwrap(), tail + 282);
    assert_eq!(check_all(&reader).unwrap(), tail + 282);
}

#[test]
fn an_incomplete_last_frame_is_not_yet_for_a_reader() {
    let (disk, ends) = short();
    let whole = disk.get(&segment(1)).unwrap();
    let mut part = whole.clone();
    part[ends[3] as usize - 512..].fill(0);
    disk.put(&segment(1), part);
    let mut follower = Follower::open(Arc::new(disk.clone()), directory()).unwrap();
    assert_eq!(check_all(&follower.reader()).unwrap(), 3);
    assert_eq!(follower.refresh().unwrap(), 3);
    disk.put(&segment(1), whole);
    assert_eq!(follower.refresh().unwrap(), 12);
    assert_eq!(check_all(&follower.reader()).unwrap(), 12);
}

fn follow(disk: &MemoryDisk) -> Result<Reader, JournalError> {
    Ok(Follower::open(Arc::new(disk.clone()), directory())?.reader())
}

#[test]
fn an_entry_is_checked_when_it_is_read_alone() {
    let (disk, tail) = journal(true);
    let reader = follow(&disk).unwrap();
    let mut bytes = disk.get(&segment(1)).unwrap();
    let text = b"entry 1 ";
    let at = bytes.windows(text.len()).position(|window| window == text);
    bytes[at.unwrap()] ^= 1;
    disk.put(&segment(1), bytes);
    let reader_of_damaged = follow(&disk).unwrap();
    for reader in [reader_of_damaged, reader] {
        if let Ok(Some(found)) = reader.entry(1) {
            // A reader that opened the file before keeps reading that file.
            assert_eq!(found.bytes, entry(1));
        }
        assert_eq!(reader.entry(tail).unwrap().unwrap().bytes, entry(tail));
    }
    assert!(matches!(
        follow(&disk).unwrap().entry(1),
        Err(JournalError::Corrupt {
            segment: 1,
            offset: 0,
            ..
        })
    ));
}

#[test]
fn the_header_keeps_what_the_engine_put_there() {
    let made = LedgerHeader {
        payload: vec![7; 4096],
        ..header()
    };
    let bytes = made.encode();
    let read = LedgerHeader::decode(&bytes, directory()).unwrap();
    assert_eq!(read, made);
    assert_eq!(read.chain_start(), made.chain_start());
    assert_ne!(header_of(1).chain_start(), header_of(2).chain_start());
}

#[test]
fn a_ledger_keeps_the_format_that_it_was_made_in() {
    for format in 1..=FORMAT {
        let made = LedgerHeader { format, ..header() };
        let bytes = made.encode();
        assert_eq!(bytes[8..10], format.to_le_bytes());
        let read = LedgerHeader::decode(&bytes, directory()).unwrap();
        assert_eq!((&read, read.encode()), (&made, bytes));
    }
}
