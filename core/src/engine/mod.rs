//! The only clock and the only writer: ties the journal to the state machine.
//!
//! ```text
//!  Ledger ─▶ Core ─┬─ submit, submit_rows ─▶ Decider: key? originals, decide, audit, encode, apply ─▶ open group
//!                  │                                       │ state's lock, in slices                  │
//!                  ├─ reads: copy under the state's lock ──┘            Commit: one role writes and syncs a group
//!                  │         wait until durable ◀───────────────────────────────┘ durable ─▶ answers leave
//!                  └─ view ─▶ snapshots, verify, exports: never under the lock
//! ```
//!
//! | file | owns |
//! | --- | --- |
//! | `ledger`, `core`, `failure` | the handle, what its clones share, what can go wrong |
//! | `open`, `recover`, `replay`, `header` | from disk to a ledger that serves |
//! | `writer`, `rows`, `whole` | deciding: one call, many rows, all of them or none |
//! | `ahead`, `member` | the doors that never wait: for the server |
//! | `originals`, `clock` | what requests rest on, and their instants |
//! | `group`, `syncer`, `syncs` | from decided to durable, and what that took |
//! | `fall_back` | back to what is durable, after a disk that was full |
//! | `reads`, `till_reads`, `partners`, `history` | reading |
//! | `verify`, `follow` | checking, and reading beside a writer in another process |
//! | `quote` | answers to what is not written |
//! | `keeper`, `backup` | snapshots and copies |
//! | `snapshot`, `assembling`, `lookup`, `sealed` | derived files: objects, keys, and how both are written whole |
//! | `alias`, `codec` | hashes of aliases, bytes of entries |

mod ahead;
mod alias;
mod assembling;
mod backup;
mod clock;
pub mod codec;
mod core;
mod failure;
mod fall_back;
mod follow;
mod group;
mod header;
mod history;
mod keeper;
mod known;
mod ledger;
pub mod lookup;
mod member;
mod open;
mod originals;
mod partners;
mod quote;
mod reads;
mod recover;
mod referrals;
mod replay;
mod rows;
mod sealed;
pub mod snapshot;
mod syncer;
mod syncs;
#[cfg(test)]
mod tests;
mod till_reads;
mod verify;
mod whole;
mod writer;

pub use ahead::Told;
pub use alias::{ALIAS_KEY_FILE, OneTimeName};
pub use backup::{restore, restore_on};
pub use clock::{Clock, ClockError, ClockKind, ManualClock, ScriptedTime};
pub use failure::{Failure, OpenError};
pub use ledger::{Info, Ledger};
pub use member::MemberView;
pub use open::Options;
pub(crate) use open::fill_random;
pub use partners::PartnerPage;
pub use referrals::{Directions, Seen};
pub use rows::{RowAnswer, Rows};
pub use sealed::{SealedError, remove_unfinished};
pub use syncs::{Syncs, Tallied};
pub use whole::WholeAnswer;
