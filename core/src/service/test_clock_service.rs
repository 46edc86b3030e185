//! TestClockService: moves a manual clock, so that scenarios run over the wire.

use tonic::{Request, Response, Status};

use super::convert::{FieldError, answers, optional_instant};
use super::desk::Desk;
use super::wire;
use crate::engine::ManualClock;
use crate::ledger::rejection::Code;

impl Desk {
    fn manual(&self) -> Result<&ManualClock, Status> {
        let clock = self.clock.as_ref();
        clock.ok_or_else(|| Status::failed_precondition("the ledger runs on the system's clock"))
    }
}

#[tonic::async_trait]
impl wire::test_clock_service_server::TestClockService for Desk {
    async fn advance(
        &self,
        request: Request<wire::AdvanceRequest>,
    ) -> Result<Response<wire::AdvanceResponse>, Status> {
        let clock = self.manual()?;
        let to = optional_instant("to_time", request.get_ref().to_time.as_ref())?;
        let to = to.ok_or_else(|| FieldError::new("to_time", "is required"))?;
        clock.advance_to(to).map_err(|error| FieldError {
            code: Code::TimeOutOfRange,
            ..FieldError::new("to_time", error.to_string())
        })?;
        let now_time = answers::time(clock.now());
        Ok(Response::new(wire::AdvanceResponse { now_time }))
    }

    async fn now(
        &self,
        _request: Request<wire::NowRequest>,
    ) -> Result<Response<wire::NowResponse>, Status> {
        let now_time = answers::time(self.manual()?.now());
        Ok(Response::new(wire::NowResponse { now_time }))
    }
}
