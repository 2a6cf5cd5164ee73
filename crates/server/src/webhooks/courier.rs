use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};
use visavis_client::Posted;
use visavis_store::{Delivery, Noun, Store, StoreError};

use super::queues::{BATCH, Queues};
use super::schedule::Schedule;
use super::{Handle, attempt};
use crate::metrics::{Metrics, WebhookOutcome};
use crate::shared::{log_store, unix_now_ms};

/// Takes deliveries from the store to their receivers.
pub(super) struct Courier {
    store: Store,
    metrics: Arc<Metrics>,
    handle: Handle,
    schedule: Schedule,
    queues: Queues,
    under_way: JoinSet<(Delivery, Ending)>,
}

/// How an attempt ended.
enum Ending {
    Answered(Posted),
    Failed(String),
    /// The app has no webhook any more, or does not ask for this.
    Unwanted,
    /// The store did not answer.
    Unknown,
}

impl Courier {
    pub(super) fn new(
        store: Store,
        metrics: Arc<Metrics>,
        handle: Handle,
        schedule: Schedule,
    ) -> Self {
        Self {
            store,
            metrics,
            handle,
            schedule,
            queues: Queues::default(),
            under_way: JoinSet::new(),
        }
    }

    pub(super) async fn run(mut self, mut stop: oneshot::Receiver<()>) {
        let mut polls = interval(self.schedule.poll);
        polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let bell = Arc::clone(&self.handle.bell);
        loop {
            tokio::select! {
                _ = &mut stop => return,
                Some(ended) = self.under_way.join_next() => {
                    self.settle(ended).await;
                    if self.queues.is_hungry() {
                        self.fill().await;
                    }
                }
                () = bell.notified() => self.fill().await,
                _ = polls.tick() => self.fill().await,
            }
            while let Some(delivery) = self.queues.next(Instant::now()) {
                self.send_off(delivery);
            }
        }
    }

    async fn fill(&mut self) {
        match self.store.webhook_due_per_app(unix_now_ms(), BATCH).await {
            Ok(due) => self.queues.fill(due),
            Err(error) => log_store(&error),
        }
        match self.store.webhooks_waiting().await {
            Ok(waiting) => self.metrics.webhooks.waiting(waiting),
            Err(error) => log_store(&error),
        }
    }

    fn send_off(&mut self, delivery: Delivery) {
        let (store, handle) = (self.store.clone(), self.handle.clone());
        self.under_way.spawn(async move {
            let ending = make(&store, &handle, &delivery).await;
            (delivery, ending)
        });
    }

    /// Writes down what became of everything that has ended by now.
    async fn settle(&mut self, first: Result<(Delivery, Ending), tokio::task::JoinError>) {
        let mut ended = vec![first];
        ended.extend(std::iter::from_fn(|| self.under_way.try_join_next()));
        let mut over = Vec::new();
        for ended in ended {
            // An attempt does not panic; if one did, its delivery waits for the next start.
            let Ok((delivery, ending)) = ended else {
                continue;
            };
            if self.end(&delivery, ending).await {
                over.push(delivery.seq);
            }
        }
        if over.is_empty() {
            return;
        }
        if let Err(error) = self.store.webhook_done(&over).await {
            log_store(&error);
        }
    }

    /// Says whether the delivery is over.
    async fn end(&mut self, delivery: &Delivery, ending: Ending) -> bool {
        let (why, retry_after) = match ending {
            Ending::Answered(posted) if (200..300).contains(&posted.status) => {
                self.queues.succeeded(delivery);
                return self.over(WebhookOutcome::Delivered);
            }
            Ending::Unwanted => {
                self.queues.succeeded(delivery);
                return self.over(WebhookOutcome::Unwanted);
            }
            Ending::Unknown => {
                let pause = self.schedule.pause_max;
                self.queues.failed(delivery, Instant::now(), |_| pause);
                return false;
            }
            Ending::Answered(Posted { status: 410, .. }) => {
                self.queues.succeeded(delivery);
                say(delivery, "the receiver wants no more events (410)");
                return self.over(WebhookOutcome::Gone);
            }
            Ending::Answered(posted) => {
                (format!("HTTP status {}", posted.status), posted.retry_after)
            }
            Ending::Failed(why) => (why, None),
        };
        let schedule = self.schedule;
        let now = Instant::now();
        self.queues.failed(delivery, now, |failures| {
            schedule.pause(failures, retry_after)
        });
        let failed = delivery.attempts.saturating_add(1);
        let random = getrandom::u32().unwrap_or(0);
        let Some(delay) = schedule.delay(failed, random, retry_after) else {
            say(delivery, &format!("given up: {why}"));
            return self.over(WebhookOutcome::GivenUp);
        };
        say(delivery, &why);
        self.metrics.webhooks.ended(WebhookOutcome::Failed);
        let next_ms = unix_now_ms().saturating_add(delay.as_millis() as u64);
        let retried = self.store.webhook_retry(delivery.seq, next_ms, failed);
        if let Err(error) = retried.await {
            log_store(&error);
        }
        false
    }

    fn over(&self, outcome: WebhookOutcome) -> bool {
        self.metrics.webhooks.ended(outcome);
        true
    }
}

async fn make(store: &Store, handle: &Handle, delivery: &Delivery) -> Ending {
    // Read each time: it may have been changed since the event happened.
    let webhook = match store.signaling_settings(&delivery.app_id).await {
        Ok(settings) => settings.webhook,
        Err(StoreError::NotFound { noun: Noun::App }) => None,
        Err(error) => {
            log_store(&error);
            return Ending::Unknown;
        }
    };
    let wanted = webhook.filter(|webhook| webhook.events.contains(&delivery.kind));
    let Some(webhook) = wanted else {
        return Ending::Unwanted;
    };
    match attempt::post(&handle.poster, &webhook, delivery, handle.timeout).await {
        Ok(posted) => Ending::Answered(posted),
        Err(why) => Ending::Failed(why),
    }
}

fn say(delivery: &Delivery, why: &str) {
    tracing::warn!(
        app = delivery.app_id,
        id = delivery.id,
        kind = delivery.kind,
        attempts = delivery.attempts + 1,
        "a webhook was not delivered: {why}"
    );
}
