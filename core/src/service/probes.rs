//! What watches over the server: alive, ready, and figures, over plain HTTP.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::figures::Figures;
use crate::engine::Ledger;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the probes look at.
#[derive(Clone, Debug)]
pub struct Watched {
    pub ledger: Ledger,
    pub figures: Arc<Figures>,
    pub stopped: watch::Receiver<bool>,
}

/// Answers until the server is stopped.
pub async fn serve(listener: TcpListener, watched: Watched) {
    let mut until = watched.stopped.clone();
    let router = Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(watched);
    let stop = async move {
        // Nobody is left to stop it: then it stops as well.
        drop(until.wait_for(|stopped| *stopped).await);
    };
    if let Err(error) = axum::serve(listener, router)
        .with_graceful_shutdown(stop)
        .await
    {
        tracing::error!(%error, "the probes ended");
    }
}

/// Whether calls are taken and writes go on.
async fn ready(State(watched): State<Watched>) -> (StatusCode, String) {
    if *watched.stopped.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n".to_owned());
    }
    match watched.ledger.check_writable() {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(failure) => (StatusCode::SERVICE_UNAVAILABLE, format!("{failure}\n")),
    }
}

async fn metrics(State(watched): State<Watched>) -> ([(HeaderName, &'static str); 1], String) {
    ([(CONTENT_TYPE, OPEN_METRICS)], watched.figures.told())
}
