//! Connections as they come in: counted, limited, and behind TLS if there is a certificate.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::Connected;
use webpki::EndEntityCert;

use super::counts::Counts;
use super::places::Place;
use super::tls::Certificates;

/// What every HTTP/2 client says first.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Connections that are ready and not yet taken by the server.
const READY: usize = 64;

/// What is known of the other end.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    /// The DNS names in the client's certificate, which one of the client authorities has signed.
    pub names: Arc<[String]>,
}

/// One connection, plain or behind TLS.
pub struct Connection {
    stream: Box<dyn Stream>,
    peer: Peer,
    /// How much of the preface, which was read from the stream, has been passed on.
    passed_on: usize,
    /// Its place among the connections that there may be.
    _place: Place,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Accepts connections until the receiving end is dropped; those that find no place are closed at once, and those that
/// do not speak HTTP/2 within `greeting`: an idle one takes no place from others.
pub fn accept(
    listener: TcpListener,
    certificates: Option<Arc<Certificates>>,
    greeting: Duration,
    counts: Counts,
) -> ReceiverStream<io::Result<Connection>> {
    let (ready, incoming) = mpsc::channel(READY);
    tokio::spawn(async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = ready.closed() => return,
            };
            let (stream, address) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // One connection's failure, or no more descriptors: the next may be better.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                }
            };
            let Some(place) = counts.connections.take() else {
                tracing::warn!(%address, "refused: as many connections are open as may be");
                continue;
            };
            let (ready, certificates) = (ready.clone(), certificates.clone());
            let failed = counts.failed_connections.clone();
            tokio::spawn(async move {
                let connection = timeout(greeting, connect(stream, certificates, place)).await;
                match connection.unwrap_or_else(|_| Err(silent())) {
                    // The server has gone, and this connection with it.
                    Ok(connection) => drop(ready.send(Ok(connection)).await),
                    Err(error) => {
                        failed.inc();
                        tracing::info!(%address, %error, "no connection was made");
                    }
                }
            });
        }
    });
    ReceiverStream::new(incoming)
}

async fn connect(
    stream: TcpStream,
    certificates: Option<Arc<Certificates>>,
    place: Place,
) -> io::Result<Connection> {
    stream.set_nodelay(true)?;
    let (mut stream, peer): (Box<dyn Stream>, Peer) = match certificates {
        None => (Box::new(stream), Peer::default()),
        Some(certificates) => {
            let stream = certificates.acceptor().accept(stream).await?;
            let (_, session) = stream.get_ref();
            let certificate = session.peer_certificates().and_then(<[_]>::first);
            let names = certificate.map_or_else(Arc::default, names_in);
            (Box::new(stream), Peer { names })
        }
    };
    let mut said = [0; PREFACE.len()];
    stream.read_exact(&mut said).await?;
    if said != *PREFACE {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it does not speak HTTP/2",
        ));
    }
    Ok(Connection {
        stream,
        peer,
        passed_on: 0,
        _place: place,
    })
}

fn silent() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "it did not speak HTTP/2 in time")
}

fn names_in(certificate: &CertificateDer<'_>) -> Arc<[String]> {
    match EndEntityCert::try_from(certificate) {
        Ok(parsed) => parsed.valid_dns_names().map(str::to_owned).collect(),
        // It was checked at the handshake; one without names names nobody.
        Err(_) => Arc::default(),
    }
}

impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let preface = &PREFACE[self.passed_on..];
        if !preface.is_empty() {
            let passed_on = preface.len().min(buffer.remaining());
            buffer.put_slice(&preface[..passed_on]);
            self.passed_on += passed_on;
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
