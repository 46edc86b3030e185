//! Reads: answers questions from views of the state and the journal; never writes.
