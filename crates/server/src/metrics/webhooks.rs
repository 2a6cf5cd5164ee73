use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The counters of webhooks.
#[derive(Debug, Default)]
pub(crate) struct Webhooks {
    deliveries: Family<Ended, Counter>,
    waiting: Gauge,
}

/// How an attempt to deliver ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    /// The receiver took it.
    Delivered,
    /// It is tried again later.
    Failed,
    /// It failed for the last time.
    GivenUp,
    /// The receiver answered 410.
    Gone,
    /// The app does not ask for it any more.
    Unwanted,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    outcome: Outcome,
}

impl Webhooks {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "webhook_attempts",
            "Attempts to deliver an event to an app's webhook, by outcome",
            self.deliveries.clone(),
        );
        registry.register(
            "webhooks_waiting",
            "Events that wait for delivery or for another attempt",
            self.waiting.clone(),
        );
    }

    pub(crate) fn ended(&self, outcome: Outcome) {
        self.deliveries.get_or_create(&Ended { outcome }).inc();
    }

    pub(crate) fn waiting(&self, count: u64) {
        self.waiting.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    #[cfg(test)]
    pub(crate) fn count(&self, outcome: Outcome) -> u64 {
        self.deliveries.get_or_create(&Ended { outcome }).get()
    }
}

impl EncodeLabelValue for Outcome {
    fn encode(
        &self,
        encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>,
    ) -> Result<(), std::fmt::Error> {
        let name = match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
            Self::Gone => "gone",
            Self::Unwanted => "unwanted",
        };
        EncodeLabelValue::encode(&name, encoder)
    }
}
