//! Who calls: found out once per call, before its message is read.

use std::sync::Arc;

use tonic::service::Interceptor;
use tonic::{Request, Status};

use super::guard::Guard;
use super::incoming::Peer;

/// Notes the principal on every call.
#[derive(Clone, Debug)]
pub struct Identify(pub Arc<Guard>);

impl Interceptor for Identify {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let names = match request.extensions().get::<Peer>() {
            Some(peer) => Arc::clone(&peer.names),
            None => Arc::default(),
        };
        let principal = self.0.identify(request.metadata(), &names)?;
        request.extensions_mut().insert(principal);
        Ok(request)
    }
}
