//! Decides requests: the only place of rules. Reads the state, changes nothing.

use super::entry::{Entry, RecordedAt};
use super::rejection::Rejection;
use super::request::Request;
use super::state::State;

/// Where and when an entry would stand.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub sequence: u64,
    pub recorded_at: RecordedAt,
}

/// Earlier entries a request rests on, fetched before it is decided.
#[derive(Clone, Debug, Default)]
pub struct Originals<'e> {
    /// The entry that the request names.
    pub original: Option<Entry<'e>>,
    /// Its latest capture, void or reversal.
    pub latest: Option<Entry<'e>>,
    /// The wallet's entries after the original, newest first; needed when `needs_history` says so.
    pub history: Vec<Entry<'e>>,
}

/// Whether the wallet's entries since the original must be read: points of it may have vanished meanwhile.
pub fn needs_history(
    _state: &State,
    _request: &Request<'_>,
    _original: &Entry<'_>,
    _now: RecordedAt,
) -> bool {
    false
}

/// Checks what can be checked without any state: lengths, ranges, forms. Comes before the key is looked up.
pub fn check_shape(_request: &Request<'_>) -> Result<(), Rejection> {
    Ok(())
}

/// Whether a resent request is the one an entry has recorded: all but `occurred_at` counts.
pub fn same_content(request: &Request<'_>, entry: &Entry<'_>) -> bool {
    entry.request.caller == request.caller
        && entry.request.key == request.key
        && entry.request.command == request.command
}

/// Decides one request whose shape is right and whose key is new: an entry (applied or refused by state), or a
/// rejection that nobody remembers.
pub fn decide<'a>(
    _state: &State,
    _request: Request<'a>,
    _moment: Moment,
    _originals: &Originals<'_>,
) -> Result<Entry<'a>, Rejection> {
    Err(Rejection::plain(super::rejection::Code::ShuttingDown))
}
