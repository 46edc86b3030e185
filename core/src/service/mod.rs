//! The door for tills and partners: a gRPC server in front of a ledger.
//!
//! ```text
//!  connection ─▶ incoming (limit, tls) ─▶ caller ─▶ *_service ─▶ convert ─▶ engine ─▶ convert, status ─▶ answer
//! ```
//!
//! | file | owns |
//! | --- | --- |
//! | `server`, `config` | the assembly in the order that a call passes; what can be set |
//! | `incoming`, `tls`, `places` | connections, the certificate they meet, and how many of anything there may be |
//! | `syncs`, `postbox` | one sync for the calls that came in together; answers on their way from the disk to them |
//! | `caller`, `guard`, `desk` | who calls, and whether it may; what all handlers share |
//! | `ledger_service`, `partner_service`, `program_service` | one handler per RPC |
//! | `journal_service`, `test_clock_service` | the same |
//! | `batches`, `allowed` | many writes in one call, of which each caller may make some |
//! | `watch` | streams of entries |
//! | `masked` | what tills and partners are shown of members and entries |
//! | `observe`, `counts`, `figures`, `probes` | every call counted, timed and logged; alive, ready, figures over HTTP |
//! | `wire` | the messages and services of `proto/loyalty/ledger/v1`, generated |
//! | `principals` | who may do what: the file, the table, the limits |
//! | `convert` | messages to requests, answers to messages |
//! | `status` | the one table from answer codes to gRPC statuses |

mod allowed;
mod batches;
mod caller;
mod config;
pub mod convert;
mod counts;
mod desk;
mod figures;
mod guard;
mod incoming;
mod journal_service;
mod ledger_service;
mod masked;
mod observe;
mod partner_service;
mod places;
mod postbox;
pub mod principals;
mod probes;
mod program_service;
mod referral_service;
mod server;
pub mod status;
mod syncs;
mod test_clock_service;
mod tls;
mod watch;
pub mod wire;

pub use config::{Config, LimitError, Limits};
pub use server::{ServeError, Server};
pub use tls::{TlsError, TlsFiles};
