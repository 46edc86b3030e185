//! How figures are taken: middles and high ends of samples, processor time, memory, and what the disk alone takes.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Instant;

use rustix::fs::fdatasync;
use rustix::time::{ClockId, clock_gettime};

const BLOCK: usize = 4096;
const BLOCKS: usize = 2048;
/// Syncs of one sample.
const SYNCS: usize = 100;

/// The sample that `part` of all are not above.
pub fn quantile(mut samples: Vec<f64>, part: f64) -> f64 {
    let place = ((samples.len() as f64 * part) as usize).min(samples.len() - 1);
    *samples.select_nth_unstable_by(place, f64::total_cmp).1
}

pub fn median(samples: Vec<f64>) -> f64 {
    quantile(samples, 0.5)
}

/// Of this process, on all processors.
pub fn processor_micros() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// Memory that is this process's alone, in MiB; 0 where the system does not tell.
pub fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// A file with all its blocks, beside the ledger.
pub struct Disk(File);

impl Disk {
    pub fn beside(directory: &Path) -> Disk {
        let file = File::create(directory.join("bare")).expect("there is room");
        file.write_all_at(&vec![0; BLOCK * BLOCKS], 0)
            .expect("there is room");
        file.sync_all().expect("the disk works");
        Disk(file)
    }

    /// The middle time of writing a block and waiting until it is on disk, in microseconds.
    pub fn sync_micros(&self) -> f64 {
        let sync = |number: usize| {
            let begun = Instant::now();
            let offset = (number * BLOCK) as u64;
            self.0
                .write_all_at(&[1; BLOCK], offset)
                .expect("it was made before");
            fdatasync(&self.0).expect("the disk works");
            begun.elapsed().as_nanos() as f64 / 1e3
        };
        median((0..SYNCS).map(sync).collect())
    }
}
