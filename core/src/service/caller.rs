//! Who calls: found out before a call's message is read, and again while a stream goes on.

use std::sync::Arc;

use tonic::metadata::MetadataMap;
use tonic::service::Interceptor;
use tonic::{Request, Status};

use super::guard::Guard;
use super::incoming::Peer;
use super::principals::{Operation, Principal};
use crate::ledger::rejection::Rejection;

/// What a call shows of its caller, kept for as long as a stream lasts. No log is shown a token.
pub struct Credentials {
    guard: Arc<Guard>,
    metadata: MetadataMap,
    names: Arc<[String]>,
}

impl Credentials {
    pub fn of<T>(guard: &Arc<Guard>, request: &Request<T>) -> Credentials {
        Credentials {
            guard: Arc::clone(guard),
            metadata: request.metadata().clone(),
            names: names_of(request),
        }
    }

    /// Whose they are by now, if whoever that is may do this.
    pub fn look(&self, operation: Operation) -> Result<Arc<Principal>, Rejection> {
        let principal = self.guard.identify(&self.metadata, &self.names)?;
        principal.may(operation)?;
        Ok(principal)
    }
}

/// Notes the principal on every call.
#[derive(Clone, Debug)]
pub struct Identify(pub Arc<Guard>);

impl Interceptor for Identify {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let principal = self.0.identify(request.metadata(), &names_of(&request))?;
        request.extensions_mut().insert(principal);
        Ok(request)
    }
}

/// The names in the certificate of the other end.
fn names_of<T>(request: &Request<T>) -> Arc<[String]> {
    match request.extensions().get::<Peer>() {
        Some(peer) => Arc::clone(&peer.names),
        None => Arc::default(),
    }
}
