//! The server as a whole: assembled here in the order that a call passes, started, and stopped within its limit.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant as Timer};

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tonic::service::InterceptorLayer;
use tonic::transport::Server as Transport;

use super::caller::Identify;
use super::config::Config;
use super::desk::Desk;
use super::incoming;
use super::probes;
use super::tls::{Certificates, TlsError};
use super::wire::{
    DESCRIPTORS, journal_service_server::JournalServiceServer,
    ledger_service_server::LedgerServiceServer, program_service_server::ProgramServiceServer,
    test_clock_service_server::TestClockServiceServer,
};
use crate::engine::{ClockKind, Ledger};

/// Threads that serve; what waits for the disk waits on others.
const WORKERS: usize = 2;
/// How often files that may change are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("{0}")]
    Tls(#[from] TlsError),
    #[error("{0}")]
    Refused(&'static str),
    #[error("no thread could be started: {0}")]
    Threads(io::Error),
}

/// A server that runs until it is stopped.
#[derive(Debug)]
pub struct Server {
    runtime: Option<Runtime>,
    stop: watch::Sender<bool>,
    ended: Receiver<()>,
    address: SocketAddr,
    probes: Option<SocketAddr>,
}

impl Server {
    /// Serves a ledger; whoever opened it closes it, after the server has stopped.
    pub fn start(ledger: Ledger, config: Config) -> Result<Server, ServeError> {
        check(&ledger, &config)?;
        let certificates = config.tls.clone().map(Certificates::read).transpose()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("ledger-serve")
            .enable_all()
            .build()
            .map_err(ServeError::Threads)?;
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = channel();
        let listener = runtime.block_on(listen(config.listen))?;
        let address = listener.local_addr().map_err(|source| ServeError::Listen {
            address: config.listen,
            source,
        })?;
        let probes = match config.probes {
            None => None,
            Some(address) => {
                let listener = runtime.block_on(listen(address))?;
                let bound = listener
                    .local_addr()
                    .map_err(|source| ServeError::Listen { address, source })?;
                runtime.spawn(probes::serve(listener, ledger.clone(), stopped.clone()));
                Some(bound)
            }
        };
        let certificates = certificates.map(Arc::new);
        if let Some(certificates) = &certificates {
            runtime.spawn(look_after(Arc::clone(certificates), stopped.clone()));
        }
        if config.test_clock.is_none() && !config.sweep_every.is_zero() {
            runtime.spawn(sweep(ledger.clone(), config.sweep_every, stopped.clone()));
        }
        runtime.spawn(async move {
            serve(ledger, config, listener, certificates, stopped).await;
            // The end is waited for by whoever stops the server, if anybody does.
            let _unheard = end.send(());
        });
        Ok(Server {
            runtime: Some(runtime),
            stop,
            ended,
            address,
            probes,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the probes are.
    pub fn probes(&self) -> Option<SocketAddr> {
        self.probes
    }

    /// Takes no more calls, lets those in flight end for as long as `grace`, and ends; tells whether all of them did.
    pub fn stop(mut self, grace: Duration) -> bool {
        let until = Timer::now() + grace;
        self.stop.send_replace(true);
        let ended = match self.ended.recv_timeout(grace) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => true,
            Err(RecvTimeoutError::Timeout) => false,
        };
        if let Some(runtime) = self.runtime.take() {
            // An idle connection or an open stream cannot keep it.
            runtime.shutdown_timeout(until.saturating_duration_since(Timer::now()));
        }
        ended
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What must not be served as it is set up.
fn check(ledger: &Ledger, config: &Config) -> Result<(), ServeError> {
    let is_manual = ledger
        .info()
        .is_ok_and(|info| info.clock == ClockKind::Manual);
    if is_manual && config.test_clock.is_none() {
        return Err(ServeError::Refused(
            "the ledger was made with a manual clock; serve it with --test-clock, or move it to the system's first",
        ));
    }
    if config.test_clock.is_some() && !config.listen.ip().is_loopback() {
        return Err(ServeError::Refused(
            "a test clock is served on loopback alone",
        ));
    }
    if !config.listen.ip().is_loopback() {
        return Err(ServeError::Refused(
            "without a principals file only loopback is served; write one, or listen on 127.0.0.1",
        ));
    }
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| ServeError::Listen { address, source })
}

/// A call passes: connection limit and TLS, HTTP/2 limits, the call's time limit, who calls, its service.
async fn serve(
    ledger: Ledger,
    config: Config,
    listener: TcpListener,
    certificates: Option<Arc<Certificates>>,
    mut stopped: watch::Receiver<bool>,
) {
    let limits = config.limits;
    let (health, health_service) = tonic_health::server::health_reporter();
    let desk = Desk::new(ledger, config.test_clock.clone(), limits.calls);
    let connections = incoming::accept(listener, certificates, limits.connections);
    let reflection = tonic_reflection::server::Builder::configure;
    health.set_serving::<LedgerServiceServer<Desk>>().await;
    let router = Transport::builder()
        .max_concurrent_streams(limits.streams)
        .http2_max_header_list_size(limits.header_bytes)
        .http2_max_pending_accept_reset_streams(Some(limits.pending_resets))
        .http2_keepalive_interval(Some(limits.keepalive))
        .http2_keepalive_timeout(Some(limits.keepalive_timeout))
        .layer(InterceptorLayer::new(Identify))
        .add_service(health_service)
        .add_service(
            reflection()
                .register_encoded_file_descriptor_set(DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
                .build_v1()
                .expect("the descriptors were made by the build"),
        )
        .add_service(
            reflection()
                .register_encoded_file_descriptor_set(DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
                .build_v1alpha()
                .expect("the descriptors were made by the build"),
        )
        .add_service(
            LedgerServiceServer::new(desk.clone()).max_decoding_message_size(limits.message_bytes),
        )
        .add_service(
            ProgramServiceServer::new(desk.clone()).max_decoding_message_size(limits.message_bytes),
        )
        .add_service(JournalServiceServer::new(desk.clone()))
        .add_optional_service(
            config
                .test_clock
                .is_some()
                .then(|| TestClockServiceServer::new(desk.clone())),
        );
    let stop = async move {
        // Nobody is left to stop it: then it stops as well.
        drop(stopped.wait_for(|stopped| *stopped).await);
        health.set_not_serving::<LedgerServiceServer<Desk>>().await;
    };
    if let Err(error) = router.serve_with_incoming_shutdown(connections, stop).await {
        tracing::error!(%error, "the server ended");
    }
}

/// Writes down what time has done, so that those who watch see it.
async fn sweep(ledger: Ledger, every: Duration, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(every);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let sweeping = ledger.clone();
        match tokio::task::spawn_blocking(move || sweeping.sweep()).await {
            Ok(Ok(settled)) => tracing::debug!(settled, "swept"),
            Ok(Err(failure)) => tracing::warn!(%failure, "the sweep stopped"),
            Err(error) => tracing::error!(%error, "the sweep ended in a defect of this program"),
        }
    }
}

/// Reads certificates again when their files change.
async fn look_after(certificates: Arc<Certificates>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        match certificates.reload_if_changed() {
            Ok(true) => tracing::info!("the new certificate is in use"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the certificate in use stays"),
        }
    }
}
