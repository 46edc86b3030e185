//! JournalService: the journal as it grows, where it stands, and whether it is right.

use std::pin::Pin;

use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::caller::Credentials;
use super::convert::answers;
use super::desk::Desk;
use super::principals::Operation;
use super::{watch, wire};

#[tonic::async_trait]
impl wire::journal_service_server::JournalService for Desk {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<wire::WatchResponse, Status>> + Send>>;

    async fn watch(
        &self,
        request: Request<wire::WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        // A stream stays open for days: it has no place among the calls in flight.
        self.admit(Operation::Watch, &request)?;
        let credentials = Credentials::of(&self.guard, &request);
        let entries = watch::follow(
            self.ledger.clone(),
            credentials,
            request.into_inner(),
            self.tail.clone(),
            self.patience,
            self.counts.watchers.clone(),
            self.stopped.clone(),
        )?;
        Ok(Response::new(Box::pin(entries)))
    }

    async fn get_checkpoint(
        &self,
        request: Request<wire::GetCheckpointRequest>,
    ) -> Result<Response<wire::GetCheckpointResponse>, Status> {
        let call = self.admit(Operation::GetCheckpoint, &request)?;
        let include_digest = request.into_inner().include_digest;
        self.blocking(call, move |ledger, _| {
            let digest = include_digest.then(|| ledger.digest()).transpose()?;
            let money = ledger.view()?.program().earning.money.bytes();
            Ok(answers::checkpoint(&ledger.info()?, money, digest))
        })
        .await
    }

    async fn verify(
        &self,
        request: Request<wire::VerifyRequest>,
    ) -> Result<Response<wire::VerifyResponse>, Status> {
        let call = self.admit(Operation::Verify, &request)?;
        self.blocking(call, |ledger, _| Ok(answers::report(&ledger.verify()?)))
            .await
    }
}
