//! Bytes, fsync, chain: the append-only journal. Knows nothing of points.
//!
//! ```text
//!   writer ──▶ Batch ──▶ Log::append ──▶ FileLog / MemoryLog          Reader ◀── any thread
//!              frame      one pwrite,        │                          │ entry, read, frames
//!              encoding   one fdatasync      ▼                          ▼
//!                                         Catalog: segments, durable tail, slots of the active segment
//!                                            │
//!   ledger.header ── chain start             │      sealed           sealed            active       prepared
//!   LOCK ── held by the writer               ▼   ┌───────────┐    ┌───────────┐    ┌───────────┐  ┌──────────┐
//!                             segment-N.journal  │frame frame│ ─▶ │frame frame│ ─▶ │frame 0000 │  │0000000000│
//!                             segment-N.index    └───────────┘    └───────────┘    └───────────┘  └──────────┘
//!                                                  sidecar          sidecar          in memory
//! ```
//!
//! | file | owns |
//! | --- | --- |
//! | `disk`, `real_disk`, `memory_disk`, `faulty` | what is durable, behind a trait |
//! | `header`, `frame`, `sidecar` | the three formats, each drawn there |
//! | `batch`, `log`, `file_log`, `memory_log`, `prepare` | appending |
//! | `catalog`, `reader` | reading beside the writer |
//! | `scan`, `survey`, `recovery`, `follower` | opening: torn, corrupt, clean; for writing and read-only |
//! | `backup` | copies, and restoring from them |

mod backup;
mod batch;
mod catalog;
mod disk;
mod error;
#[doc(hidden)]
pub mod faulty;
mod file_log;
mod follower;
mod frame;
mod header;
mod log;
mod memory_disk;
mod memory_log;
mod prepare;
mod reader;
mod real_disk;
mod recovery;
mod scan;
mod segment;
mod sidecar;
mod survey;

pub use backup::{Copied, backup, restore, verify};
pub use batch::Batch;
pub use disk::{
    Access, Disk, DiskFile, DiskLock, Kind, TEMPORARY_SUFFIX, read_whole, remove_if_there,
    write_whole,
};
pub use error::{AppendError, JournalError};
pub use file_log::{FileLog, LOCK_FILE};
pub use follower::Follower;
pub use frame::{FORMAT, Hash, MAX_FRAME_BYTES, SECTOR};
pub use header::{HEADER_FILE, LedgerHeader, MAX_PAYLOAD};
pub use log::Log;
pub use memory_disk::MemoryDisk;
pub use memory_log::MemoryLog;
pub use reader::{Entries, Entry, EntryRef, Frame, Frames, Reader};
pub use real_disk::RealDisk;
pub use recovery::Opening;
pub use segment::{Options, SegmentInfo, segment_name, sidecar_name};
pub use survey::Torn;
