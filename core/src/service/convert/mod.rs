//! Between the wire and the engine: requests come in, answers go out, and nothing else happens to them.
//!
//! What comes in borrows from its message. Only what a message alone can get wrong is checked here (a field that is
//! missing, an enum's unknown number, a day that no calendar has); rules stay where they are, in `ledger::decide`.

pub mod answers;
mod fields;
pub mod requests;
#[cfg(test)]
mod tests;

pub use fields::{
    Edge, FieldError, business_date, micros, optional_instant, optional_member, page_size,
    reference, required_member, wallet,
};
