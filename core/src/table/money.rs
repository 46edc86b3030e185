//! Currencies of money as columns name them, and how many decimals their minor units have.

use crate::ledger::program::Money;

pub const NO_CURRENCY: &str = "is no ISO 4217 code; use three capital letters such as EUR";

/// Three capital letters.
pub fn currency_bytes(code: &str) -> Option<[u8; 3]> {
    Money::new(code).map(Money::bytes)
}

/// Decimal places of a currency's minor unit, as ISO 4217 lists them; 2 for codes it does not list.
pub const fn minor_digits(currency: [u8; 3]) -> u32 {
    match &currency {
        b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" => {
            0
        }
        b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
        b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
        b"CLF" | b"UYW" => 4,
        _ => 2,
    }
}
