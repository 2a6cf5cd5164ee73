use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use visavis_codes::signaling::Code;

/// The counters of the signaling service.
#[derive(Debug, Default)]
pub(crate) struct Signaling {
    pub(crate) connections: Gauge,
    pub(crate) logins_open: Gauge,
    pub(crate) logins: Counter,
    pub(crate) memberships: Gauge,
    pub(crate) peer_messages: Counter,
    pub(crate) channel_messages: Counter,
    pub(crate) deliveries: Counter,
    logouts: Family<Ended, Counter>,
    invitations: Family<Ended, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    code: &'static str,
}

impl Signaling {
    pub(super) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("signaling");
        registry.register(
            "connections_open",
            "Signaling connections that are open",
            self.connections.clone(),
        );
        registry.register(
            "logins_open",
            "Accounts that are logged in",
            self.logins_open.clone(),
        );
        registry.register("logins", "Logins that succeeded", self.logins.clone());
        registry.register(
            "logouts",
            "Logins that ended, by code",
            self.logouts.clone(),
        );
        registry.register(
            "memberships_open",
            "Accounts in channels, counted once per channel",
            self.memberships.clone(),
        );
        registry.register(
            "peer_messages",
            "Messages to accounts that were acknowledged",
            self.peer_messages.clone(),
        );
        registry.register(
            "channel_messages",
            "Messages into channels",
            self.channel_messages.clone(),
        );
        registry.register("deliveries", "Frames to clients", self.deliveries.clone());
        registry.register(
            "invitations_ended",
            "Invitations that ended, by code",
            self.invitations.clone(),
        );
    }

    pub(crate) fn ended(&self, code: Code) {
        self.logouts
            .get_or_create(&Ended { code: code.name() })
            .inc();
    }

    /// `None`: it ended as its two sides wanted.
    pub(crate) fn invitation_ended(&self, code: Option<Code>) {
        let code = code.map_or(Code::Success.name(), Code::name);
        self.invitations.get_or_create(&Ended { code }).inc();
    }
}
