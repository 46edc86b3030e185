//! ProgramService: the rules, version by version.

use tonic::{Request, Response, Status};

use super::convert::answers::{self, answer};
use super::convert::{FieldError, page_size};
use super::desk::Desk;
use super::principals::Operation;
use super::wire;
use crate::engine::{Failure, Ledger};
use crate::ledger::entry::Entry;
use crate::ledger::program::Program;
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::Command;

#[tonic::async_trait]
impl wire::program_service_server::ProgramService for Desk {
    async fn publish_program(
        &self,
        request: Request<wire::PublishProgramRequest>,
    ) -> Result<Response<wire::PublishProgramResponse>, Status> {
        let call = self.admit(Operation::PublishProgram, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, _| publish(ledger, &asked))
            .await
    }

    async fn get_program(
        &self,
        request: Request<wire::GetProgramRequest>,
    ) -> Result<Response<wire::GetProgramResponse>, Status> {
        let call = self.admit(Operation::GetProgram, &request)?;
        let asked = request.into_inner().version;
        self.blocking(call, move |ledger, _| {
            let view = ledger.view()?;
            let version = asked.unwrap_or_else(|| view.program_version());
            let program = view.programs.get(version as usize).ok_or_else(|| {
                let newest = view.program_version();
                let message = format!("there is no version {version}; the newest is {newest}");
                Failure::from(Rejection::new(Code::TransactionNotFound, message))
            })?;
            let published = published(ledger, version)?;
            let program = answers::program(version, program, published.as_ref());
            Ok(wire::GetProgramResponse {
                program: Some(program),
            })
        })
        .await
    }

    async fn list_versions(
        &self,
        request: Request<wire::ListVersionsRequest>,
    ) -> Result<Response<wire::ListVersionsResponse>, Status> {
        let call = self.admit(Operation::ListVersions, &request)?;
        let asked = request.into_inner();
        self.blocking(call, move |ledger, _| list(ledger, &asked))
            .await
    }
}

fn publish(
    ledger: &Ledger,
    asked: &wire::PublishProgramRequest,
) -> Result<wire::PublishProgramResponse, Status> {
    let view = ledger.view()?;
    if asked.validate_only {
        let checked = match view.program_version() {
            0 if view.accounts.is_empty() => Program::parse(&asked.toml),
            _ => Program::parse_successor(&asked.toml, view.program()),
        };
        checked.map_err(|error| {
            Failure::from(Rejection::new(Code::ProgramInvalid, error.to_string()))
        })?;
        return Ok(wire::PublishProgramResponse {
            version: view.program_version() + 1,
            answer: None,
        });
    }
    let told = ledger.publish(&asked.toml)?;
    Ok(wire::PublishProgramResponse {
        version: ledger.info()?.program_version,
        answer: Some(answer(&told)),
    })
}

fn list(
    ledger: &Ledger,
    asked: &wire::ListVersionsRequest,
) -> Result<wire::ListVersionsResponse, Status> {
    let newest = ledger.info()?.program_version;
    let from = match asked.page_token.as_str() {
        "" => newest,
        token => token
            .parse()
            .ok()
            .filter(|from| *from <= newest)
            .ok_or_else(|| {
                FieldError::new("page_token", "is none; pass what an earlier page gave")
            })?,
    };
    let size = u32::try_from(page_size(asked.page_size)).expect("a page is small");
    let mut versions = Vec::new();
    for version in (1..=from).rev().take(size as usize) {
        let entry = published(ledger, version)?.expect("a version was published by an entry");
        versions.push(wire::ProgramVersion {
            version,
            sequence: entry.sequence,
            recorded_time: Some(answers::recorded(entry.recorded_at)),
        });
    }
    let next = from.saturating_sub(size);
    Ok(wire::ListVersionsResponse {
        versions,
        next_page_token: if next > 0 {
            next.to_string()
        } else {
            String::new()
        },
    })
}

/// The entry that published a version. Every entry names the version in force, so it is found by halves.
fn published(ledger: &Ledger, version: u32) -> Result<Option<Entry<'static>>, Failure> {
    if version == 0 {
        return Ok(None);
    }
    let last = ledger.info()?.entries;
    let (mut before, mut after) = (0, last + 1);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if ledger.entry(middle)?.program < version {
            before = middle;
        } else {
            after = middle;
        }
    }
    for sequence in [before, after] {
        if (1..=last).contains(&sequence) {
            let entry = ledger.entry(sequence)?;
            if matches!(entry.request.command, Command::Publish(_)) {
                return Ok(Some(entry));
            }
        }
    }
    Ok(None)
}
