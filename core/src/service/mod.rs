//! The door for tills and partners: the messages of the wire, and what they mean to the engine.
//!
//! | file | owns |
//! | --- | --- |
//! | `wire` | the messages and services of `proto/loyalty/ledger/v1`, generated |
//! | `convert` | messages to requests, answers to messages |
//! | `status` | the one table from answer codes to gRPC statuses |

pub mod convert;
pub mod status;
pub mod wire;
