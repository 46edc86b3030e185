//! Who calls: found out once per call, before its message is read.

use std::sync::Arc;

use tonic::service::Interceptor;
use tonic::{Request, Status};

use super::desk::Caller;

/// Notes the caller on every call.
#[derive(Clone, Copy, Debug)]
pub struct Identify;

impl Interceptor for Identify {
    /// Without principals everybody on loopback is the operator, as an embedding process is.
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let key_space: Arc<str> = Arc::from("");
        request.extensions_mut().insert(Caller { key_space });
        Ok(request)
    }
}
