//! Certificates: read from PEM files, and read again when the files change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// Where the server's certificate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and its chain, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// Authorities of client certificates, PEM. With it, every client needs a certificate of one of them.
    pub client_authorities: Option<PathBuf>,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct TlsError {
    pub path: PathBuf,
    pub reason: String,
}

/// The certificate in use.
pub struct Certificates {
    files: TlsFiles,
    current: Mutex<Current>,
}

struct Current {
    config: Arc<ServerConfig>,
    /// When each of the files was changed last.
    changed: Vec<Option<SystemTime>>,
}

impl Certificates {
    pub fn read(files: TlsFiles) -> Result<Certificates, TlsError> {
        let changed = files.changed();
        let config = files.config()?;
        Ok(Certificates {
            files,
            current: Mutex::new(Current { config, changed }),
        })
    }

    /// For the next handshake; connections that are open keep the certificate they began with.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.lock().config))
    }

    /// Reads the files again if one of them has changed; with an error the certificate in use stays.
    pub fn reload_if_changed(&self) -> Result<bool, TlsError> {
        let changed = self.files.changed();
        if self.current.lock().changed == changed {
            return Ok(false);
        }
        let config = self.files.config();
        let mut current = self.current.lock();
        // A broken file is reported once, not at every look.
        current.changed = changed;
        current.config = config?;
        Ok(true)
    }
}

impl TlsFiles {
    fn changed(&self) -> Vec<Option<SystemTime>> {
        let files = [
            Some(&self.certificate),
            Some(&self.key),
            self.client_authorities.as_ref(),
        ];
        let changed = |path: &PathBuf| fs::metadata(path).and_then(|found| found.modified()).ok();
        files.into_iter().flatten().map(changed).collect()
    }

    fn config(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let chain = certificates_in(&self.certificate)?;
        let key =
            PrivateKeyDer::from_pem_file(&self.key).map_err(|error| wrong(&self.key, error))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(&self.certificate, error))?;
        let builder = match &self.client_authorities {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for authority in certificates_in(path)? {
                    roots.add(authority).map_err(|error| wrong(path, error))?;
                }
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                        .build()
                        .map_err(|error| wrong(path, error))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let mut config = builder
            .with_single_cert(chain, key)
            .map_err(|error| wrong(&self.certificate, error))?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Arc::new(config))
    }
}

fn certificates_in(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_file_iter(path).map_err(|error| wrong(path, error))?;
    let found: Vec<_> = found
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(path, error))?;
    if found.is_empty() {
        return Err(wrong(path, "holds no certificate; write it as PEM"));
    }
    Ok(found)
}

fn wrong(path: &Path, reason: impl ToString) -> TlsError {
    TlsError {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
