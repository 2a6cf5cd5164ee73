//! What the log and the metrics hear of the hub. No message body and no token is ever in a report.

use visavis_signal::Report;

use crate::metrics::Metrics;

pub(super) fn tell(report: &Report, metrics: &Metrics) {
    let signaling = &metrics.signaling;
    match report {
        Report::LoggedIn { conn, app, account } => {
            signaling.logins_open.inc();
            signaling.logins.inc();
            tracing::debug!(connection = conn.0, app, account, "logged in");
        }
        Report::LoggedOut {
            conn,
            app,
            account,
            code,
        } => {
            signaling.logins_open.dec();
            signaling.ended(*code);
            let code = code.name();
            tracing::debug!(connection = conn.0, app, account, code, "logged out");
        }
        Report::Joined => {
            signaling.memberships.inc();
        }
        Report::Left { .. } => {
            signaling.memberships.dec();
        }
        Report::PeerMessage => {
            signaling.peer_messages.inc();
        }
        Report::ChannelMessage { .. } => {
            signaling.channel_messages.inc();
        }
        Report::Invitation { .. } => {}
        Report::InvitationEnded { code } => signaling.invitation_ended(*code),
        Report::Failed {
            conn,
            app,
            account,
            call,
            failure,
        } => {
            metrics.signaling_failed(failure);
            tracing::warn!(
                fault = failure.is_on_purpose(),
                code = failure.code().name(),
                number = failure.code().number(),
                connection = conn.0,
                app,
                account,
                call,
                "{}",
                failure.reason()
            );
        }
    }
}
