//! The only clock and the only writer: ties the journal to the state machine.

pub mod codec;
