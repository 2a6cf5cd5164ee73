use std::io;
use std::sync::{Arc, OnceLock};

use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::Endpoint;

/// Opens connections, with TLS where the endpoint asks for it.
#[derive(Default)]
pub(crate) struct Dialer {
    roots: Vec<CertificateDer<'static>>,
    /// Built at the first use of TLS: reading the system's roots takes milliseconds and megabytes.
    tls: OnceLock<Arc<ClientConfig>>,
}

/// A byte stream, encrypted or not.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dialer")
    }
}

impl Dialer {
    /// A dialer that trusts the system's roots and these.
    pub(crate) fn new(roots: Vec<CertificateDer<'static>>) -> Self {
        Self {
            roots,
            tls: OnceLock::new(),
        }
    }

    pub(crate) async fn dial(&self, endpoint: &Endpoint) -> io::Result<TokioIo<Box<dyn Io>>> {
        let socket = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await?;
        // Audio goes out in small messages, each as soon as it is there.
        socket.set_nodelay(true)?;
        if !endpoint.tls {
            return Ok(TokioIo::new(Box::new(socket)));
        }
        let name = ServerName::try_from(endpoint.host.clone())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let stream = TlsConnector::from(self.tls()?)
            .connect(name, socket)
            .await?;
        Ok(TokioIo::new(Box::new(stream)))
    }

    fn tls(&self) -> io::Result<Arc<ClientConfig>> {
        if let Some(config) = self.tls.get() {
            return Ok(Arc::clone(config));
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for root in &self.roots {
            roots.add(root.clone()).map_err(io::Error::other)?;
        }
        if roots.is_empty() {
            return Err(io::Error::other(
                "this machine has no root certificates: install ca-certificates",
            ));
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::clone(self.tls.get_or_init(|| Arc::new(config))))
    }
}
