//! Translation between Python and the engine.
