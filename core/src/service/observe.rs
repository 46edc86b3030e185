//! Every call, seen from outside: counted, timed, and logged if it was not answered well.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant as Timer;

use axum::http::{HeaderValue, Request, Response};
use tonic::Code;
use tower::{Layer, Service};

use super::figures::{Figures, Method};

/// Names a call in the log; a client that sends one finds its own there.
const REQUEST_ID: &str = "x-request-id";

/// Observes the calls of what it is laid around.
#[derive(Clone, Debug)]
pub struct Observe {
    figures: Arc<Figures>,
    calls: Arc<AtomicU64>,
}

impl Observe {
    pub fn new(figures: Arc<Figures>) -> Observe {
        let calls = Arc::default();
        Observe { figures, calls }
    }
}

impl<S> Layer<S> for Observe {
    type Service = Observed<S>;

    fn layer(&self, inner: S) -> Observed<S> {
        let observe = self.clone();
        Observed { inner, observe }
    }
}

#[derive(Clone, Debug)]
pub struct Observed<S> {
    inner: S,
    observe: Observe,
}

impl<S, A, B> Service<Request<A>> for Observed<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    B: Send + 'static,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let begun = Timer::now();
        let figures = Arc::clone(&self.observe.figures);
        let of_method = figures.started(request.uri().path());
        let number = self.observe.calls.fetch_add(1, Ordering::Relaxed);
        let id = request.headers().get(REQUEST_ID).cloned();
        let answered = self.inner.call(request);
        Box::pin(async move {
            let mut answered = answered.await;
            if let Ok(response) = &mut answered {
                let code = code_of(response);
                figures.handled(&of_method, code, begun.elapsed());
                let id = id.unwrap_or_else(|| HeaderValue::from(number));
                log(&of_method.method, code, &id, begun);
                response.headers_mut().insert(REQUEST_ID, id);
            }
            answered
        })
    }
}

/// An error of a handler stands in the headers; what else ends a call comes after them.
fn code_of<B>(response: &Response<B>) -> Code {
    let status = response.headers().get("grpc-status");
    status.map_or(Code::Ok, |status| Code::from_bytes(status.as_bytes()))
}

fn log(method: &Method, code: Code, id: &HeaderValue, begun: Timer) {
    let Method {
        grpc_service,
        grpc_method,
    } = method;
    let micros = begun.elapsed().as_micros() as u64;
    match code {
        Code::Ok => tracing::debug!(grpc_service, grpc_method, ?id, micros, "answered"),
        Code::Internal | Code::Unknown | Code::DataLoss | Code::Unavailable => {
            tracing::error!(grpc_service, grpc_method, ?code, ?id, micros, "failed");
        }
        _ => tracing::info!(grpc_service, grpc_method, ?code, ?id, micros, "refused"),
    }
}
