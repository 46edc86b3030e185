//! What watches over the server: alive, ready, and figures, over plain HTTP.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::engine::Ledger;

#[derive(Clone)]
struct Watched {
    ledger: Ledger,
    stopped: watch::Receiver<bool>,
}

/// Answers until the server is stopped.
pub async fn serve(listener: TcpListener, ledger: Ledger, stopped: watch::Receiver<bool>) {
    let mut until = stopped.clone();
    let router = Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .with_state(Watched { ledger, stopped });
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
