//! Webhooks: tells the servers of apps what happens in signaling, signed as <https://www.standardwebhooks.com> says.
//!
//! A delivery lies in the store until it is made or given up, so a restart loses none. It may arrive twice, and in
//! another order than it happened: receivers go by its id and its timestamp.

mod attempt;
mod courier;
mod queues;
mod schedule;
mod signature;
mod sweeper;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Map;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use visavis_client::Poster;
use visavis_store::{Delivery, Store, Webhook};

use crate::metrics::Metrics;
use crate::shared::{random_id, unix_now_ms};
use courier::Courier;
use schedule::Schedule;

pub(crate) use signature::new_secret;

/// The type of the event that an operator sends to try a webhook.
const TEST_EVENT: &str = "signaling.test";

/// The way to the deliveries. Clones lead to the same ones.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    bell: Arc<Notify>,
    poster: Arc<Poster>,
    timeout: Duration,
}

/// Deliveries and housekeeping at work.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    courier: JoinHandle<()>,
    sweeper: JoinHandle<()>,
}

/// What became of an event that was sent to try a webhook.
#[derive(Debug)]
pub(crate) struct Tried {
    /// The id of the event.
    pub(crate) id: String,
    /// The HTTP status of the receiver, or why there is none.
    pub(crate) answer: Result<u16, String>,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Starts to deliver what lies in the store, and to delete what is out of date there.
pub(crate) fn start(store: Store, metrics: Arc<Metrics>) -> (Handle, Running) {
    start_with(store, metrics, Schedule::default())
}

fn start_with(store: Store, metrics: Arc<Metrics>, schedule: Schedule) -> (Handle, Running) {
    let handle = Handle {
        bell: Arc::default(),
        poster: Arc::default(),
        timeout: schedule.timeout,
    };
    let (stop, stopped) = oneshot::channel();
    let courier = Courier::new(store.clone(), metrics, handle.clone(), schedule);
    let running = Running {
        stop,
        courier: tokio::spawn(courier.run(stopped)),
        sweeper: tokio::spawn(sweeper::run(store)),
    };
    (handle, running)
}

impl Handle {
    /// There is something new to deliver. Without this it is found a second later.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Sends one event right away, once, past the store.
    pub(crate) async fn try_out(&self, app_id: &str, webhook: &Webhook) -> Tried {
        let delivery = Delivery {
            seq: 0,
            app_id: app_id.to_owned(),
            id: format!("msg_{}", random_id()),
            kind: TEST_EVENT.to_owned(),
            body: serde_json::Value::from(Map::new()).to_string(),
            attempts: 0,
            created_ms: unix_now_ms(),
        };
        let began = Instant::now();
        let answer = attempt::post(&self.poster, webhook, &delivery, self.timeout).await;
        Tried {
            id: delivery.id,
            answer: answer.map(|posted| posted.status),
            took: began.elapsed(),
        }
    }
}

impl Running {
    /// Stops; what is on its way is cut off and goes out again after the next start.
    pub(crate) async fn stopped(self) {
        self.sweeper.abort();
        let _ = self.stop.send(());
        let _ = self.courier.await;
        let _ = self.sweeper.await;
    }
}
