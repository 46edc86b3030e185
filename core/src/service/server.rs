//! The server as a whole: assembled here in the order that a call passes, started, and stopped within its limit.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant as Timer};

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tonic::server::NamedService;
use tonic::service::InterceptorLayer;
use tonic::transport::Server as Transport;

use super::caller::Identify;
use super::config::{Config, LimitError};
use super::counts::Counts;
use super::desk::Desk;
use super::figures::Figures;
use super::guard::Guard;
use super::incoming;
use super::observe::Observe;
use super::principals::{FileError, WatchedFile};
use super::probes::{self, Watched};
use super::tls::{Certificates, TlsError};
use super::wire::{
    DESCRIPTORS, journal_service_server::JournalServiceServer,
    ledger_service_server::LedgerServiceServer, partner_service_server::PartnerServiceServer,
    program_service_server::ProgramServiceServer, referral_service_server::ReferralServiceServer,
    test_clock_service_server::TestClockServiceServer,
};
use crate::engine::{ClockKind, Failure, Ledger};

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
    Principals(#[from] FileError),
    #[error("{0}")]
    Limits(#[from] LimitError),
    #[error("{0}")]
    Ledger(#[from] Failure),
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
        let roster = config
            .principals
            .as_deref()
            .map(WatchedFile::open)
            .transpose()?;
        let counts = Counts::new(&config.limits);
        let guard = Arc::new(Guard::new(ledger.clone(), roster, &counts)?);
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("ledger-serve")
            .enable_all()
            .build()
            .map_err(ServeError::Threads)?;
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = channel();
        let (listener, address) = runtime.block_on(listen(config.listen))?;
        let figures = Arc::new(Figures::new(ledger.clone(), &counts));
        let watched = Watched {
            ledger: ledger.clone(),
            figures: Arc::clone(&figures),
            stopped: stopped.clone(),
        };
        let probes = config
            .probes
            .map(|address| probe(&runtime, address, watched));
        let probes = probes.transpose()?;
        let certificates = certificates.map(Arc::new);
        runtime.spawn(look_after(
            certificates.clone(),
            Arc::clone(&guard),
            stopped.clone(),
        ));
        if config.test_clock.is_none() && !config.sweep_every.is_zero() {
            let work = sweep(
                ledger.clone(),
                config.sweep_every,
                counts.clone(),
                stopped.clone(),
            );
            runtime.spawn(work);
        }
        let (tell_tail, tail) = watch::channel((ledger.durable(), None));
        runtime.spawn(super::watch::tell_tail(ledger.clone(), tell_tail));
        let desk = Desk::new(
            ledger,
            guard,
            config.test_clock.clone(),
            &config.limits,
            counts,
            tail,
            stopped.clone(),
        );
        desk.work(&runtime);
        runtime.spawn(async move {
            serve(config, desk, listener, certificates, figures, stopped).await;
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
    config.limits.check()?;
    let info = ledger.info()?;
    if info.read_only {
        return Err(ServeError::Refused(
            "a ledger that is open read-only is not served; open it for writing",
        ));
    }
    let is_manual = info.clock == ClockKind::Manual;
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
    if config.principals.is_none() && !config.listen.ip().is_loopback() {
        return Err(ServeError::Refused(
            "without a principals file only loopback is served; write one, or listen on 127.0.0.1",
        ));
    }
    Ok(())
}

/// Answers probes at an address; where that is.
fn probe(
    runtime: &Runtime,
    address: SocketAddr,
    watched: Watched,
) -> Result<SocketAddr, ServeError> {
    let (listener, bound) = runtime.block_on(listen(address))?;
    runtime.spawn(probes::serve(listener, watched));
    Ok(bound)
}

/// A listener, and where it is.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// A call passes: connection limit and TLS, HTTP/2 limits, the call's time limit, the counting, who calls, its service.
async fn serve(
    config: Config,
    desk: Desk,
    listener: TcpListener,
    certificates: Option<Arc<Certificates>>,
    figures: Arc<Figures>,
    mut stopped: watch::Receiver<bool>,
) {
    let limits = config.limits;
    let (health, health_service) = tonic_health::server::health_reporter();
    let connections =
        incoming::accept(listener, certificates, limits.greeting, desk.counts.clone());
    health.set_serving::<LedgerServiceServer<Desk>>().await;
    let router = Transport::builder()
        .max_concurrent_streams(limits.streams)
        .http2_max_header_list_size(limits.header_bytes)
        .http2_max_pending_accept_reset_streams(Some(limits.pending_resets))
        .http2_keepalive_interval(Some(limits.keepalive))
        .http2_keepalive_timeout(Some(limits.keepalive_timeout))
        .timeout(limits.call)
        .layer(Observe::new(figures))
        .layer(InterceptorLayer::new(Identify(Arc::clone(&desk.guard))))
        .add_service(health_service)
        .add_service(
            reflection(config.test_clock.is_some())
                .build_v1()
                .expect("the descriptors were made by the build"),
        )
        .add_service(
            reflection(config.test_clock.is_some())
                .build_v1alpha()
                .expect("the descriptors were made by the build"),
        )
        .add_service(
            LedgerServiceServer::new(desk.clone()).max_decoding_message_size(limits.message_bytes),
        )
        .add_service(
            ProgramServiceServer::new(desk.clone()).max_decoding_message_size(limits.message_bytes),
        )
        .add_service(
            PartnerServiceServer::new(desk.clone()).max_decoding_message_size(limits.message_bytes),
        )
        .add_service(
            ReferralServiceServer::new(desk.clone())
                .max_decoding_message_size(limits.message_bytes),
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

/// Tells of what is served, and of nothing else.
fn reflection(has_test_clock: bool) -> tonic_reflection::server::Builder<'static> {
    let served = [
        LedgerServiceServer::<Desk>::NAME,
        PartnerServiceServer::<Desk>::NAME,
        ProgramServiceServer::<Desk>::NAME,
        ReferralServiceServer::<Desk>::NAME,
        JournalServiceServer::<Desk>::NAME,
        "grpc.health.v1.Health",
    ];
    let clock = has_test_clock.then_some(TestClockServiceServer::<Desk>::NAME);
    let builder = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET);
    let names = served.into_iter().chain(clock);
    names.fold(
        builder,
        tonic_reflection::server::Builder::with_service_name,
    )
}

/// Writes down what time has done, so that those who watch see it.
async fn sweep(
    ledger: Ledger,
    every: Duration,
    counts: Counts,
    mut stopped: watch::Receiver<bool>,
) {
    let mut ticks = tokio::time::interval(every);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let sweeping = ledger.clone();
        counts.sweeps.inc();
        match tokio::task::spawn_blocking(move || sweeping.sweep()).await {
            Ok(Ok(settled)) => {
                counts.swept.inc_by(settled);
                tracing::debug!(settled, "swept");
                continue;
            }
            Ok(Err(failure)) => tracing::warn!(%failure, "the sweep stopped"),
            Err(error) => tracing::error!(%error, "the sweep ended in a defect of this program"),
        }
        counts.failed_sweeps.inc();
    }
}

/// Reads certificates and principals again when their files change.
async fn look_after(
    certificates: Option<Arc<Certificates>>,
    guard: Arc<Guard>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let (certificates, guard) = (certificates.clone(), Arc::clone(&guard));
        let looked = tokio::task::spawn_blocking(move || {
            guard.reload();
            guard.follow_program();
            match certificates.map(|certificates| certificates.reload_if_changed()) {
                None | Some(Ok(false)) => {}
                Some(Ok(true)) => tracing::info!("the new certificate is in use"),
                Some(Err(error)) => tracing::error!(%error, "the certificate in use stays"),
            }
        });
        if let Err(error) = looked.await {
            tracing::error!(%error, "looking for changed files ended in a defect of this program");
        }
    }
}
