//! Who may do what: principals from a file, their credentials, rights and limits. What is not allowed is refused.
//!
//! ```text
//!  principals.toml ─ file ─▶ Roster ─ by token, by certificate ─▶ Principal ─ may, check ─▶ the ledger
//!                     └ watched: read again when it has changed
//! ```
//!
//! | file | owns |
//! | --- | --- |
//! | `principal`, `role` | one caller; what kinds there are and into which parts their rights are cut |
//! | `operations` | the table: role × operation |
//! | `file`, `roster`, `watched` | the file, who is in it, its changes |
//! | `token` | bearer tokens and their hashes |
//! | `check`, `owned` | whether a request may be made; what is a principal's own |
//! | `points`, `daily` | points that a request names, and their sums per local day |
//! | `misses` | how often members may be looked for in vain |

mod check;
mod daily;
mod file;
mod misses;
mod operations;
mod owned;
mod points;
mod principal;
mod role;
mod roster;
#[cfg(test)]
mod tests;
mod token;
mod watched;

pub use check::{Allowed, check, check_original};
pub use daily::{DailyPoints, Reserved};
pub use file::FileFault;
pub use misses::Misses;
pub use operations::{Operation, Reach};
pub use principal::{Limits, Principal};
pub use role::{Role, Scope, Scopes};
pub use roster::Roster;
pub use token::{NewToken, NoToken, new_token};
pub use watched::{FileError, Reload, WatchedFile};
