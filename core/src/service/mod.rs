//! The door for tills and partners: the messages of the wire, and what they mean to the engine.

pub mod wire;
