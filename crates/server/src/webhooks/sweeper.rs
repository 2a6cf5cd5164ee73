use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use visavis_store::Store;

use crate::shared::{log_store, unix_now_ms};

const EVERY: Duration = Duration::from_secs(60);

/// Deletes what nobody can ask for any more, for as long as the server runs.
pub(super) async fn run(store: Store) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match store.signal_sweep(unix_now_ms()).await {
            Ok(swept) => tracing::debug!(
                messages = swept.messages,
                sent = swept.sent,
                of_deleted_apps = swept.of_deleted_apps,
                "swept what is out of date"
            ),
            Err(error) => log_store(&error),
        }
    }
}
