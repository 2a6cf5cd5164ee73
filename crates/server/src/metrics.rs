//! What `/metrics` shows, in the OpenMetrics text format.

mod signaling;
mod webhooks;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use visavis_codes::{Failure, Phase};

use signaling::Signaling;
use webhooks::Webhooks;

pub(crate) use webhooks::Outcome as WebhookOutcome;

/// The counters of one server.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) sessions_open: Gauge,
    pub(crate) sessions: Counter,
    pub(crate) tokens: Counter,
    pub(crate) requests: Family<Ending, Counter>,
    pub(crate) frames: Counter,
    pub(crate) audio_bytes: Counter,
    pub(crate) credits: Counter,
    /// From the arrival of a piece of audio to its frames, in seconds.
    pub(crate) chunk_to_frame: Histogram,
    pub(crate) signaling: Signaling,
    pub(crate) webhooks: Webhooks,
    errors: Family<Error, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Ending {
    pub(crate) end: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Error {
    code: &'static str,
    phase: &'static str,
    service: &'static str,
    fault: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("visavis");
        let build = Family::<Build, Gauge<i64>>::default();
        build
            .get_or_create(&Build {
                version: env!("CARGO_PKG_VERSION"),
            })
            .set(1);
        registry.register("build_info", "The version that runs", build);
        let metrics = Self {
            sessions_open: Gauge::default(),
            sessions: Counter::default(),
            tokens: Counter::default(),
            requests: Family::default(),
            frames: Counter::default(),
            audio_bytes: Counter::default(),
            credits: Counter::default(),
            chunk_to_frame: Histogram::new(exponential_buckets(0.000_25, 2.0, 14)),
            signaling: Signaling::default(),
            webhooks: Webhooks::default(),
            errors: Family::default(),
            registry,
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "sessions_open",
            "Avatar sessions that are open",
            self.sessions_open.clone(),
        );
        registry.register(
            "sessions",
            "Avatar sessions that were confirmed",
            self.sessions.clone(),
        );
        registry.register(
            "session_tokens",
            "Session tokens that were issued",
            self.tokens.clone(),
        );
        registry.register(
            "requests",
            "Requests that ended, by how",
            self.requests.clone(),
        );
        registry.register(
            "frames",
            "Animation frames that were sent",
            self.frames.clone(),
        );
        registry.register_with_unit(
            "audio",
            "Audio that came in",
            Unit::Bytes,
            self.audio_bytes.clone(),
        );
        registry.register(
            "credits_committed",
            "Credits that were charged",
            self.credits.clone(),
        );
        registry.register_with_unit(
            "chunk_to_frame",
            "From a piece of audio to its frames",
            Unit::Seconds,
            self.chunk_to_frame.clone(),
        );
        self.signaling.register(registry);
        self.webhooks.register(registry);
        registry.register("errors", "Failures, by code and phase", self.errors.clone());
        self
    }

    pub(crate) fn failed(&self, failure: &Failure, phase: Phase) {
        let label = Error {
            code: failure.code().name(),
            phase: phase.name(),
            service: "avatar",
            fault: if failure.is_on_purpose() {
                "true"
            } else {
                "false"
            },
        };
        self.errors.get_or_create(&label).inc();
    }

    /// Counts a failure of the signaling service.
    pub(crate) fn signaling_failed(&self, failure: &visavis_codes::signaling::Failure) {
        let label = Error {
            code: failure.code().name(),
            phase: "call",
            service: "signaling",
            fault: if failure.is_on_purpose() {
                "true"
            } else {
                "false"
            },
        };
        self.errors.get_or_create(&label).inc();
    }

    /// The whole page.
    pub(crate) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut page = String::new();
        prometheus_client::encoding::text::encode(&mut page, &self.registry).map(|()| page)
    }
}
