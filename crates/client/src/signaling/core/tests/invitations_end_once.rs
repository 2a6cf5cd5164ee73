use super::*;
use crate::signaling::{InvitationEnd, InvitationState};

impl Stage {
    fn invite(&mut self) -> Ticket {
        self.call(Request::Invite {
            channel: "call".into(),
            account: "bob".into(),
            extra: String::new(),
        })
    }

    /// Bob's side says something, under a new message id.
    fn voip(&mut self, version: u64, kind: &str, extra: &str) {
        let content = json!({"channel": "call", "peer": "bob", "extra": extra, "peeruid": 0});
        self.message(
            version,
            &format!("msg-v3 v-{version} bob alice v1:E:30 {kind} 1800000000 {content}"),
        );
    }

    fn states(&self) -> Vec<InvitationState> {
        let states = self.out.iter().filter_map(|output| match output {
            Output::Invitation(change) => Some(change.state),
            _ => None,
        });
        states.collect()
    }
}

#[test]
fn whatever_comes_after_the_end() {
    let mut stage = Stage::online();
    stage.invite();
    let id = stage.calls()[0].1;
    stage.answer(id, &json!({}));
    stage.voip(1, "voip_invite_ack", "");
    stage.voip(2, "voip_invite_accept", "{}");
    stage.voip(3, "voip_invite_bye", "");
    for (n, kind) in ["bye", "failed", "refuse", "ack"].into_iter().enumerate() {
        stage.voip(4 + n as u64, &format!("voip_invite_{kind}"), "");
    }
    assert_eq!(
        stage.names(),
        [
            "InviteReceivedByPeer",
            "InviteAcceptedByPeer",
            "InviteEndByPeer"
        ]
    );
    assert_eq!(
        stage.states(),
        [
            InvitationState::Calling,
            InvitationState::Waiting,
            InvitationState::Ringing,
            InvitationState::Accepted,
            InvitationState::Ended(InvitationEnd::ByPeer)
        ]
    );
}

#[test]
fn one_that_the_connection_took_along_fails_and_is_taken_back() {
    let mut stage = Stage::online();
    let ticket = stage.invite();
    stage.input(Input::Lost(None));
    assert_eq!(stage.failed(ticket), Some(702));
    stage.pass(Duration::from_millis(200));
    stage.welcome();
    stage.pass(Duration::from_millis(100));
    let calls = stage.calls();
    assert!(
        calls.iter().any(|(func, ..)| func == "voip_invite_bye"),
        "{calls:?}"
    );
}

#[test]
fn one_that_rings_again_is_acknowledged_and_not_told_again() {
    let mut stage = Stage::online();
    stage.voip(1, "voip_invite", "{\"a\":1}");
    stage.voip(2, "voip_invite", "{\"a\":1}");
    assert_eq!(stage.names(), ["InviteReceived"]);
    let acks = stage.calls();
    assert!(acks.iter().all(|(func, ..)| func == "voip_invite_ack"));
    assert_eq!(acks.len(), 2);
}

#[test]
fn an_answer_that_came_too_late_is_the_end() {
    let mut stage = Stage::online();
    stage.voip(1, "voip_invite", "");
    stage.calls();
    let ticket = stage.call(Request::InviteAccept {
        channel: "call".into(),
        account: "bob".into(),
        extra: String::new(),
    });
    let id = stage.calls()[0].1;
    stage.refuse(id, 700, "no such invitation");
    assert_eq!(stage.failed(ticket), Some(700));
    assert_eq!(stage.names(), ["InviteReceived", "InviteFailed"]);
    stage.voip(2, "voip_invite_bye", "");
    assert_eq!(stage.events(), []);
}

#[test]
fn a_logout_ends_them_all() {
    let mut stage = Stage::online();
    stage.invite();
    stage.answer_all(&json!({}));
    stage.call(Request::Logout);
    stage.answer_all(&json!({}));
    assert_eq!(stage.names(), ["InviteEndByMyself", "Logout"]);
}
