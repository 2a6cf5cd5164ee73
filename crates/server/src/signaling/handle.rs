use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};
use visavis_codes::signaling::{Cause, Failure, Family};
use visavis_signal::{Answer, AppSettings, Command, ConnId, Input, Loss};
use visavis_wire::signaling::ClientFrame;

use super::outbox::Outbox;

/// The way to the hub. Clones lead to the same one.
#[derive(Clone)]
pub(crate) struct Handle {
    to_hub: mpsc::UnboundedSender<ToHub>,
    ids: Arc<Mutex<Ids>>,
}

/// What reaches the hub. Nothing here grows without bound: a connection sends again when the hub has handled
/// what it sent before, an operator waits for an answer, and the store is asked by the hub itself.
pub(super) enum ToHub {
    Opened(ConnId, Arc<Outbox>),
    Frames(ConnId, Vec<ClientFrame>),
    Broken(ConnId, Loss),
    /// The task of the connection ended; its id is free again once this is handled.
    Gone(ConnId),
    FromStore(Input),
    Operator {
        app: String,
        command: Command,
        answer: oneshot::Sender<Result<Answer, Failure>>,
    },
    Settings(String, Option<Box<AppSettings>>),
    Shutdown,
}

/// Small numbers for connections, used again when they are free.
#[derive(Debug, Default)]
struct Ids {
    free: Vec<u64>,
    next: u64,
}

impl Handle {
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<ToHub>) {
        let (to_hub, from_all) = mpsc::unbounded_channel();
        let handle = Self {
            to_hub,
            ids: Arc::default(),
        };
        (handle, from_all)
    }

    /// Asks the hub for an operator; the app must exist.
    pub(crate) async fn operate(&self, app: &str, command: Command) -> Result<Answer, Failure> {
        let (answer, answered) = oneshot::channel();
        self.send(ToHub::Operator {
            app: app.to_owned(),
            command,
            answer,
        });
        let gone = || Failure::new(Cause::ServerError, Family::General);
        answered.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Tells the hub that an operator changed an app; `None` when it is deleted.
    pub(crate) fn app_changed(&self, app: &str, settings: Option<AppSettings>) {
        self.send(ToHub::Settings(app.to_owned(), settings.map(Box::new)));
    }

    /// Closes every connection.
    pub(crate) fn shut_down(&self) {
        self.send(ToHub::Shutdown);
    }

    pub(super) fn open(&self, outbox: Arc<Outbox>) -> ConnId {
        let conn = ConnId(
            self.ids
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        self.send(ToHub::Opened(conn, outbox));
        conn
    }

    pub(super) fn free(&self, conn: ConnId) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.free.push(conn.0);
    }

    pub(super) fn send(&self, message: ToHub) {
        // The hub ends after every connection; then there is nobody left to tell.
        let _ = self.to_hub.send(message);
    }
}

impl Ids {
    fn take(&mut self) -> u64 {
        self.free.pop().unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        })
    }
}
