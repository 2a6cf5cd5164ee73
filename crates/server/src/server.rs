//! The listener: accepts connections, serves HTTP on them, and winds down when told.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::Service as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use visavis_avatar::Gate;
use visavis_store::Store;
use visavis_wire::Secret;
use visavis_wire::token::Signer;

use crate::config::{Credits, Sessions};
use crate::engine::Workbench;
use crate::http;
use crate::metrics::Metrics;
use crate::shared::Shared;
use crate::{signaling, webhooks};

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// What a connection reads ahead at most, in bytes; a request head must fit in.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// How long open connections have to end when the server goes down.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// Held by a connection, and by the session that grows out of it.
pub(crate) type Slot = Arc<OwnedSemaphorePermit>;

/// Marks an answer that must not be given: the connection is cut instead.
#[derive(Debug, Clone)]
pub(crate) struct Abort;

/// A server that is listening.
pub(crate) struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
    draining: watch::Sender<bool>,
    connections_max: usize,
    signaling: signaling::Running,
    webhooks: webhooks::Running,
}

/// What a server is made of.
pub(crate) struct Parts {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) store: Store,
    pub(crate) admin_token: Secret,
    pub(crate) token_secret: Secret,
    pub(crate) sessions: Sessions,
    pub(crate) credits: Credits,
    pub(crate) fault_keys: bool,
    pub(crate) signaling: signaling::Options,
}

impl Server {
    pub(crate) async fn bind(parts: Parts) -> io::Result<Self> {
        let listener = TcpListener::bind(parts.listen).await?;
        let public_url = parts
            .public_url
            .as_deref()
            .map(|url| url.trim_end_matches('/'));
        let base = match public_url {
            Some(url) => url.to_owned(),
            None => format!("http://{}", listener.local_addr()?),
        };
        let metrics = Arc::new(Metrics::new());
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(io::Error::other)?;
        let (to_webhooks, webhooks) = webhooks::start(parts.store.clone(), Arc::clone(&metrics));
        let (hub, signaling) = signaling::start(
            &parts.signaling,
            parts.store.clone(),
            Arc::clone(&metrics),
            to_webhooks.clone(),
            seed,
        );
        let (sender, draining) = watch::channel(false);
        let connections_max = parts.sessions.connections_max;
        let shared = Arc::new(Shared {
            store: parts.store,
            signer: Signer::new(&parts.token_secret),
            admin_token: parts.admin_token,
            sessions: parts.sessions,
            credits: parts.credits,
            metrics,
            workbench: Workbench::default(),
            public_url: public_url.map(Into::into),
            signaling: hub,
            webhooks: to_webhooks,
            docs: format!("{base}/errors").into(),
            draining,
            gate: Mutex::new(Gate::default()),
            live: Arc::default(),
            fault_keys: parts.fault_keys,
        });
        Ok(Self {
            listener,
            shared,
            draining: sender,
            connections_max,
            signaling,
            webhooks,
        })
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is done, then lets open sessions end.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let slots = Arc::new(Semaphore::new(self.connections_max));
        let router = TowerToHyperService::new(http::router(&self.shared));
        tokio::pin!(stop);
        loop {
            let accepted = async {
                let slot = Arc::clone(&slots).acquire_owned().await;
                (slot, self.listener.accept().await)
            };
            tokio::select! {
                () = &mut stop => break,
                (slot, connection) = accepted => match (slot, connection) {
                    (Ok(slot), Ok((stream, _))) => {
                        tokio::spawn(serve(stream, router.clone(), Arc::new(slot), self.draining.subscribe()));
                    }
                    (_, Err(error)) => {
                        // Most often: too many open files. Connections that end make room.
                        tracing::error!(%error, "a connection could not be accepted");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    (Err(_), Ok(_)) => break,
                }
            }
        }
        drop(self.listener);
        self.draining.send_replace(true);
        self.shared.signaling.shut_down();
        let all = u32::try_from(self.connections_max).unwrap_or(u32::MAX);
        if tokio::time::timeout(DRAIN_MAX, slots.acquire_many(all))
            .await
            .is_err()
        {
            tracing::warn!("some connections did not end in time and are cut");
        }
        if tokio::time::timeout(DRAIN_MAX, self.signaling.ended())
            .await
            .is_err()
        {
            tracing::warn!("signaling did not end in time and is cut");
        }
        self.webhooks.stopped().await;
        self.shared.store.close().await;
    }
}

async fn serve(
    stream: TcpStream,
    router: TowerToHyperService<axum::Router>,
    slot: Slot,
    mut draining: watch::Receiver<bool>,
) {
    // Frames are small and late ones are useless.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Arc::clone(&slot));
        let answer = router.call(request);
        async {
            match answer.await {
                Ok(answer) if answer.extensions().get::<Abort>().is_some() => {
                    Err(io::Error::other("a connection was cut on purpose"))
                }
                Ok(answer) => Ok(answer),
                Err(never) => match never {},
            }
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = drained(&mut draining) => {
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn drained(draining: &mut watch::Receiver<bool>) {
    // An error means that the server is gone, which is as good.
    let _ = draining.wait_for(|draining| *draining).await;
}
