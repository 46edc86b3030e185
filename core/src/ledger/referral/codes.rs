//! Codes that customers hand on: their letters, their check letter, and what counts as one.
//!
//! A derived code has eight letters and a check letter. A code of somebody's own choice is kept as it is, but in
//! capitals and without spaces and hyphens.

/// Without 0 and O, without 1, I and L; a prime number of letters, so that the check letter finds every slip.
pub const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Letters of a derived code before its check letter.
pub const LETTERS: usize = 8;
/// Most letters and digits of a code.
pub const LONGEST: usize = 32;

/// The check letter of the letters before it; `None` if one of them is not of the alphabet.
///
/// Another letter in one place, or two neighbours exchanged, always give another check letter.
pub fn check_letter(letters: &str) -> Option<char> {
    let mut sum = 0_usize;
    for (place, letter) in letters.bytes().enumerate() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        sum = (sum + (place + 1) % ALPHABET.len() * value) % ALPHABET.len();
    }
    Some(char::from(ALPHABET[sum]))
}

/// The code that follows from the key of the request that asks for one; `attempt` counts from 0.
pub fn derived(program: &str, key: &str, attempt: u32) -> String {
    spelled(&format!("code\n{program}\n{key}\n{attempt}"))
}

/// Letters and check letter of a text's hash.
fn spelled(text: &str) -> String {
    let hash = blake3::hash(text.as_bytes());
    let mut number = first_number(&hash);
    let mut code = String::with_capacity(LETTERS + 1);
    for _ in 0..LETTERS {
        let place = number % ALPHABET.len() as u64;
        code.push(char::from(ALPHABET[place as usize]));
        number /= ALPHABET.len() as u64;
    }
    let check = check_letter(&code);
    code.extend(check);
    code
}

/// What a voucher is for.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub program: &'a str,
    pub friend: &'a str,
    /// Key of the event that qualified.
    pub event: &'a str,
    pub role: &'a str,
}

/// The first code of a voucher that nobody has and that is not all digits.
pub fn of_voucher(place: Place<'_>, exists: impl Fn(&str) -> bool) -> String {
    let Place {
        program,
        friend,
        event,
        role,
    } = place;
    let text = format!("voucher\n{program}\n{friend}\n{event}\n{role}");
    first_free(|attempt| spelled(&format!("{text}\n{attempt}")), exists)
}

/// The first derived code that nobody has and that is not all digits.
pub fn issued(program: &str, key: &str, exists: impl Fn(&str) -> bool) -> String {
    first_free(|attempt| derived(program, key, attempt), exists)
}

fn first_free(spell: impl Fn(u32) -> String, exists: impl Fn(&str) -> bool) -> String {
    let mut attempt = 0;
    loop {
        let code = spell(attempt);
        if !is_number(&code) && !exists(&code) {
            return code;
        }
        attempt += 1;
    }
}

/// The code that somebody typed, as it is kept; `None` if it can't be a code.
///
/// Case, spaces and hyphens do not matter. Nine characters, not all of them digits, are a code with a check letter,
/// which must be right; all else is somebody's own choice.
pub fn read(typed: &str) -> Option<String> {
    let kept = typed.chars().filter(|letter| !matches!(letter, ' ' | '-'));
    let code: String = kept.map(|letter| letter.to_ascii_uppercase()).collect();
    let is_plain = code.bytes().all(|letter| letter.is_ascii_alphanumeric());
    if !is_plain || !(1..=LONGEST).contains(&code.len()) {
        return None;
    }
    let has_check_letter = code.len() == LETTERS + 1 && !is_number(&code);
    if has_check_letter {
        let (letters, check) = code.split_at(LETTERS);
        if check_letter(letters) != check.chars().next() {
            return None;
        }
    }
    Some(code)
}

/// The first eight bytes of a hash, big-endian.
pub(super) fn first_number(hash: &blake3::Hash) -> u64 {
    let bytes = hash.as_bytes().first_chunk();
    u64::from_be_bytes(*bytes.expect("a hash has 32 bytes"))
}

fn is_number(code: &str) -> bool {
    code.bytes().all(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_no_look_alikes() {
        assert!(ALPHABET.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(!ALPHABET.iter().any(|letter| b"0O1IL".contains(letter)));
    }

    #[test]
    fn derived_codes_are_those_that_are_written_down() {
        assert_eq!(derived("friends", "code/A", 0), "37C8QM8D7");
        assert_eq!(derived("friends", "code/A", 1), "R6WDRU346");
        assert_eq!(check_letter("23456789"), Some('F'));
        assert_eq!(check_letter("2345678O"), None);
    }

    #[test]
    fn a_code_that_exists_is_passed_over() {
        let exists = |code: &str| code == "37C8QM8D7";
        assert_eq!(issued("friends", "code/A", exists), "R6WDRU346");
        assert_eq!(issued("friends", "code/A", |_| false), "37C8QM8D7");
    }

    #[test]
    fn every_slip_of_one_letter_and_every_exchange_of_neighbours_is_found() {
        for number in 0..20 {
            let code = derived("friends", &format!("key-{number}"), 0);
            assert_eq!(read(&code).as_ref(), Some(&code));
            for place in 0..code.len() {
                for letter in ALPHABET {
                    let mut slipped = code.clone().into_bytes();
                    slipped[place] = *letter;
                    let slipped = String::from_utf8(slipped).unwrap();
                    let is_read = read(&slipped).is_some();
                    assert!(
                        is_read == (slipped == code) || is_number(&slipped),
                        "{slipped}"
                    );
                }
            }
            for place in 1..code.len() {
                let mut exchanged = code.clone().into_bytes();
                exchanged.swap(place - 1, place);
                let exchanged = String::from_utf8(exchanged).unwrap();
                let is_found = read(&exchanged).is_none() || exchanged == code;
                assert!(is_found || is_number(&exchanged), "{exchanged}");
            }
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        let longest = "A".repeat(32);
        let cases = [
            ("37c8-qm8d-7", Some("37C8QM8D7")),
            (" 37C8 QM8D 7 ", Some("37C8QM8D7")),
            ("37C8QM8D8", None),
            ("37C8QMBD7", None),
            ("ann-2026", Some("ANN2026")),
            (" 902 ", Some("902")),
            ("142560347", Some("142560347")),
            ("o1il", Some("O1IL")),
            (&longest, Some(&longest)),
            ("ABCDEFGHI", None),
            ("", None),
            (" - ", None),
            ("ä", None),
            ("straße", None),
            ("A_B", None),
            ("A\tB", None),
            ("٣", None),
        ];
        for (typed, code) in cases {
            assert_eq!(read(typed).as_deref(), code, "{typed:?}");
        }
        assert_eq!(read(&"A".repeat(33)), None);
    }
}
