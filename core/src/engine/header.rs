//! Owns what the engine fixes at a ledger's birth: the secret of its hash tables, its alias key, its clock.

use super::alias::AliasKey;
use super::clock::ClockKind;
use super::failure::OpenError;
use crate::journal::{FORMAT, LedgerHeader};

/// First byte of the payload.
const PAYLOAD_FORMAT: u8 = 1;

/// What makes a ledger this one and no other.
pub(super) struct Birth {
    pub header: LedgerHeader,
    pub alias_key: AliasKey,
}

impl Birth {
    /// A new ledger; `seed` is 32 random bytes.
    pub fn new(clock: ClockKind, seed: &[u8; 32]) -> Birth {
        let derive = |what: &str| blake3::derive_key(what, seed);
        let half = |bytes: [u8; 32]| {
            let mut half = [0; 16];
            half.copy_from_slice(&bytes[..16]);
            half
        };
        let alias_key = AliasKey::new(derive("loyalty-ledger 2026 alias key"));
        let mut payload = vec![PAYLOAD_FORMAT];
        payload.extend_from_slice(&half(derive("loyalty-ledger 2026 secret of hash tables")));
        Birth {
            header: LedgerHeader {
                format: FORMAT,
                id: half(derive("loyalty-ledger 2026 id")),
                shard: 0,
                clock_kind: clock as u8,
                alias_key_fingerprint: alias_key.fingerprint(),
                payload,
            },
            alias_key,
        }
    }
}

/// The secret that keys the hash tables.
pub(super) fn secret_of(header: &LedgerHeader) -> Result<[u8; 16], OpenError> {
    match header.payload.split_first() {
        Some((&PAYLOAD_FORMAT, secret)) => secret.try_into().map_err(|_| OpenError::Header),
        _ => Err(OpenError::Header),
    }
}

/// The clock a ledger was made with.
pub(super) fn clock_of(header: &LedgerHeader) -> Result<ClockKind, OpenError> {
    ClockKind::from_number(header.clock_kind).ok_or(OpenError::Header)
}
