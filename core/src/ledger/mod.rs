//! Pure state machine: decides, audits and applies entries. No clock, no I/O, no chance.
