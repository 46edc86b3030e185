//! Owns what becomes of an alias at the edge: normalised, then hashed with a key that lies outside the journal.

use std::io;
use std::path::{Path, PathBuf};

use super::failure::OpenError;
use crate::journal::{Disk, read_whole, remove_if_there};
use crate::ledger::bounds::ID_BYTES;
use crate::ledger::codes::ONE_TIME;
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::Alias;

/// Name of the file with the key, beside the ledger's header. Back it up apart: without it no alias finds its member.
pub const ALIAS_KEY_FILE: &str = "alias.key";

/// The digits and letters of codes: none is taken for another.
const CODE_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH: usize = 10;

/// A one-time code, in clear and as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeName {
    pub code: String,
    pub alias: Alias<'static>,
}

/// 32 random bytes that turn clear values into hashes.
#[derive(Clone)]
pub(super) struct AliasKey([u8; 32]);

impl std::fmt::Debug for AliasKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AliasKey(secret)")
    }
}

impl AliasKey {
    pub fn new(key: [u8; 32]) -> AliasKey {
        AliasKey(key)
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Tells the key without revealing it.
    pub fn fingerprint(&self) -> [u8; 16] {
        let derived =
            blake3::derive_key("loyalty-ledger 2026 fingerprint of an alias key", &self.0);
        first_half(&derived)
    }

    /// Normalises a clear value and hashes it.
    pub fn alias(&self, kind: &str, clear_value: &str) -> Result<Alias<'static>, Rejection> {
        if kind.is_empty() || kind.len() > ID_BYTES || kind.contains(char::is_whitespace) {
            let message = format!(
                "{kind:?} is no kind of alias; use card, phone, external_id, partner:<id> or one_time"
            );
            return Err(Rejection::new(Code::InvalidId, message));
        }
        let value = normalise(kind, clear_value)?;
        let mut message = Vec::with_capacity(kind.len() + 1 + value.len());
        message.extend_from_slice(kind.as_bytes());
        message.push(0);
        message.extend_from_slice(value.as_bytes());
        let hash = blake3::keyed_hash(&self.0, &message);
        let last_digits = if kind == "card" { last_four(&value) } else { 0 };
        Ok(Alias {
            kind: kind.to_owned().into(),
            hash: first_half(hash.as_bytes()),
            last_digits,
        })
    }

    /// The one-time code of a caller's key: the same whenever it is asked for, and nobody else can tell it.
    pub fn one_time_code(&self, caller: &str, key: &str) -> OneTimeName {
        let mut message = Vec::with_capacity(13 + caller.len() + 1 + key.len());
        message.extend_from_slice(b"issue a code\0");
        message.extend_from_slice(caller.as_bytes());
        message.push(0);
        message.extend_from_slice(key.as_bytes());
        let hash = blake3::keyed_hash(&self.0, &message);
        let bits = u64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"));
        let letter = |place: usize| CODE_LETTERS[(bits >> (5 * place) & 31) as usize] as char;
        let code: String = (0..CODE_LENGTH).map(letter).collect();
        let alias = self
            .alias(ONE_TIME, &code)
            .expect("a code is in the form of its kind");
        OneTimeName { code, alias }
    }

    /// Writes the key of a ledger about to be made, under a name that such a ledger's directory may hold.
    pub fn write(&self, disk: &dyn Disk, directory: &Path) -> io::Result<()> {
        let path = self.unfinished(directory);
        remove_if_there(disk, &path)?;
        let file = disk.create(&path)?;
        file.write_at(&self.0, 0)?;
        file.sync_data()?;
        disk.sync_directory(directory)
    }

    /// Reads the key of a ledger whose header states its fingerprint.
    pub fn read(
        disk: &dyn Disk,
        directory: &Path,
        fingerprint: [u8; 16],
    ) -> Result<AliasKey, OpenError> {
        let path = directory.join(ALIAS_KEY_FILE);
        let unfinished = directory.join(unfinished_name(fingerprint));
        let bytes = read_whole(disk, &path).or_else(|_| read_whole(disk, &unfinished));
        let bytes = bytes.map_err(|error| {
            let place = path.display();
            OpenError::AliasKey(format!(
                "the alias key {place} cannot be read ({error}); put its backup there"
            ))
        })?;
        let key = <[u8; 32]>::try_from(bytes).map(AliasKey);
        key.ok()
            .filter(|key| key.fingerprint() == fingerprint)
            .ok_or_else(|| {
                let place = path.display();
                OpenError::AliasKey(format!(
                    "the alias key {place} is not this ledger's; put this ledger's own there"
                ))
            })
    }

    /// Gives the key's file its name, if the making of the ledger was cut short before.
    pub fn settle(&self, disk: &dyn Disk, directory: &Path) -> io::Result<()> {
        match disk.rename(&self.unfinished(directory), &directory.join(ALIAS_KEY_FILE)) {
            Ok(()) => disk.sync_directory(directory),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes back what `write` wrote for a ledger that was not made after all.
    pub fn withdraw(&self, disk: &dyn Disk, directory: &Path) -> io::Result<()> {
        remove_if_there(disk, &self.unfinished(directory))
    }

    fn unfinished(&self, directory: &Path) -> PathBuf {
        directory.join(unfinished_name(self.fingerprint()))
    }
}

/// What the key's file is called until the ledger's header is durable; two makers at once do not meet.
fn unfinished_name(fingerprint: [u8; 16]) -> String {
    format!("alias-{:032x}.key.new", u128::from_be_bytes(fingerprint))
}

/// As people write codes: in small letters, in groups, with letters that look like digits.
fn code(clear_value: &str) -> String {
    let kept = clear_value
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'));
    let read = kept.map(|letter| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    read.collect()
}

/// Cards: digits. Phones: E.164. Codes: capital letters and digits. Others: without space around them.
fn normalise(kind: &str, clear_value: &str) -> Result<String, Rejection> {
    let value = match kind {
        "card" => digits(clear_value, "- ."),
        "phone" => phone(clear_value),
        ONE_TIME => Some(code(clear_value)),
        _ => Some(clear_value.trim().to_owned()),
    };
    value
        .filter(|value| (1..=ID_BYTES).contains(&value.len()))
        .ok_or_else(|| {
            let message = match kind {
                "card" => {
                    "a card has 1 to 64 digits, with spaces, dots or dashes between them at most"
                }
                "phone" => "a phone number starts with + and the country's code: +49 30 123456",
                _ => "an alias has 1 to 64 bytes",
            };
            Rejection::new(Code::InvalidId, message)
        })
}

fn phone(clear_value: &str) -> Option<String> {
    let international = clear_value.trim().strip_prefix('+')?;
    let digits = digits(international, "- ./()")?;
    let fits = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
    fits.then(|| format!("+{digits}"))
}

fn digits(text: &str, between: &str) -> Option<String> {
    let rest: String = text
        .trim()
        .chars()
        .filter(|char| !between.contains(*char))
        .collect();
    let plain = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    plain.then_some(rest)
}

fn last_four(digits: &str) -> u16 {
    let start = digits.len().saturating_sub(4);
    digits
        .bytes()
        .skip(start)
        .fold(0, |number, digit| number * 10 + u16::from(digit - b'0'))
}

fn first_half(bytes: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&bytes[..16]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> AliasKey {
        AliasKey::new([7; 32])
    }

    #[test]
    fn different_spellings_of_one_value_are_one_alias() {
        for (kind, one, other) in [
            ("card", "2760 0012-3456", "276000123456"),
            ("phone", "+49 (30) 123-456", " +4930123456 "),
            ("external_id", " a-1 ", "a-1"),
        ] {
            assert_eq!(
                key().alias(kind, one).unwrap(),
                key().alias(kind, other).unwrap()
            );
        }
        assert_eq!(
            key().alias("card", "276000123456").unwrap().last_digits,
            3456
        );
        assert_eq!(key().alias("phone", "+4930123456").unwrap().last_digits, 0);
    }

    #[test]
    fn kind_value_and_key_all_count() {
        let alias = key().alias("external_id", "1").unwrap();
        assert_ne!(alias.hash, key().alias("partner:x", "1").unwrap().hash);
        assert_ne!(alias.hash, key().alias("external_id", "2").unwrap().hash);
        assert_ne!(
            alias.hash,
            AliasKey::new([8; 32])
                .alias("external_id", "1")
                .unwrap()
                .hash
        );
    }

    #[test]
    fn values_of_no_use_are_rejected() {
        let long = "x".repeat(65);
        for (kind, value) in [
            ("card", "12a4"),
            ("card", ""),
            ("phone", "030 123456"),
            ("phone", "+49"),
            ("external_id", " "),
            ("external_id", &long),
            ("", "1"),
            ("two words", "1"),
        ] {
            assert_eq!(
                key().alias(kind, value).unwrap_err().code,
                Code::InvalidId,
                "{kind} {value}"
            );
        }
    }
}
