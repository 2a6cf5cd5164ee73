use std::time::Duration;

use tokio::time::timeout;
use visavis_client::Advice;
use visavis_client::signaling::{
    Client, Code, Event, Events, InvitationEnd, InvitationState, LoginOptions, Session, Side,
    Status,
};

use crate::loopback::Server;
use crate::store::APP;

const PATIENCE: Duration = Duration::from_secs(20);

fn client(server: &Server) -> Client {
    let client = Client::builder().server(&server.url()).app_id(APP);
    client.build().unwrap()
}

async fn login(server: &Server, account: &str) -> (Session, Events) {
    let client = client(server);
    client.login(account, "_no_need_token").await.unwrap()
}

/// The next event that `pick` wants.
async fn find<T>(events: &mut Events, pick: impl Fn(Event) -> Option<T>) -> T {
    let found = async {
        loop {
            let event = events.next().await.expect("the session lives");
            if let Some(found) = pick(event) {
                return found;
            }
        }
    };
    timeout(PATIENCE, found).await.expect("the event comes")
}

fn instant(event: Event) -> Option<String> {
    match event {
        Event::MessageInstantReceive { msg, .. } => Some(msg),
        _ => None,
    }
}

#[tokio::test]
async fn two_chat_in_private_and_in_a_channel() {
    let server = Server::start().await;
    let (alice, mut of_alice) = login(&server, "alice").await;
    let (bob, mut of_bob) = login(&server, "bob").await;
    assert_eq!(alice.status(), Status::LoggedIn);

    alice.message_instant_send("bob", "hello").await.unwrap();
    assert_eq!(find(&mut of_bob, instant).await, "hello");

    assert_eq!(alice.channel_join("lobby").await.unwrap().len(), 1);
    assert_eq!(bob.channel_join("lobby").await.unwrap().len(), 2);
    bob.message_channel_send("lobby", "to all").await.unwrap();
    let msg = find(&mut of_alice, |event| match event {
        Event::MessageChannelReceive { account, msg, .. } => Some((account, msg)),
        _ => None,
    });
    assert_eq!(msg.await, ("bob".to_owned(), "to all".to_owned()));
    assert_eq!(alice.channel_query_user_num("lobby").await, Ok(2));

    alice.set_attr("name", "Alice").await.unwrap();
    assert_eq!(bob.get_user_attr("alice", "name").await.unwrap(), "Alice");
    assert_eq!(alice.get_attr_all().await.unwrap(), r#"{"name":"Alice"}"#);
    assert_eq!(bob.query_user_status("alice").await, Ok(true));
    let num = alice.invoke(
        "io.agora.signal.channel_query_num",
        r#"{"name":"lobby"}"#,
        "1",
    );
    assert!(num.await.unwrap().contains(r#""num":2"#));

    alice.logout().await.unwrap();
    assert_eq!(alice.status(), Status::LoggedOut);
    assert_eq!(bob.query_user_status("alice").await, Ok(false));
    let error = alice.message_instant_send("bob", "?").await.unwrap_err();
    assert_eq!(
        (error.code(), error.call()),
        (Code::NotLogin, "send_instant_msg")
    );
    assert_eq!(error.advice(), Advice::FixConfiguration);
}

#[tokio::test]
async fn an_invitation_has_a_state_on_both_sides() {
    let server = Server::start().await;
    let (alice, _events) = login(&server, "alice").await;
    let (bob, mut of_bob) = login(&server, "bob").await;
    let mut outgoing = alice.channel_invite_user("call", "bob").await.unwrap();
    let received = find(&mut of_bob, |event| match event {
        Event::InviteReceived {
            channel, account, ..
        } => bob.invitation(&channel, &account),
        _ => None,
    });
    let mut incoming = received.await;
    assert_eq!(
        (incoming.side(), incoming.account()),
        (Side::Callee, "alice")
    );
    assert_eq!(incoming.state(), InvitationState::Ringing);
    incoming.accept("").await.unwrap();
    timeout(PATIENCE, outgoing.accepted())
        .await
        .unwrap()
        .unwrap();
    outgoing.dtmf("12#").await.unwrap();
    let digits = find(&mut of_bob, |event| match event {
        Event::InviteMsg { msg_data, .. } => Some(msg_data),
        _ => None,
    });
    assert_eq!(digits.await, "12#");
    incoming.end().await.unwrap();
    assert_eq!(incoming.ended().await, InvitationEnd::ByMyself);
    let ended = timeout(PATIENCE, outgoing.ended()).await.unwrap();
    assert_eq!(ended, InvitationEnd::ByPeer);
    assert!(alice.invitation("call", "bob").is_none());

    let again = alice.channel_invite_user2("call", "carol", r#"{"_require_peer_online":1}"#);
    assert_eq!(again.await.unwrap_err().code(), Code::InvitePeerOffline);
}

#[tokio::test]
async fn a_killed_server_is_come_back_to() {
    let server = Server::start().await;
    let (alice, mut events) = login(&server, "alice").await;
    let (bob, mut of_bob) = login(&server, "bob").await;
    alice.channel_join("lobby").await.unwrap();
    server.kill();
    let rejoined = find(&mut events, |event| match event {
        Event::Rejoined { channel } => Some(channel),
        _ => None,
    });
    assert_eq!(rejoined.await, "lobby");
    alice
        .message_instant_send("bob", "still here")
        .await
        .unwrap();
    assert_eq!(find(&mut of_bob, instant).await, "still here");
    drop(bob);
}

#[tokio::test]
async fn the_server_is_found_by_discovery() {
    let server = Server::start().await;
    let (dead, url) = ("http://127.0.0.1:1", server.url());
    let client = Client::builder().discover([dead, &url]).app_id(APP);
    let client = client.build().unwrap();
    let (session, _events) = client.login("alice", "_no_need_token").await.unwrap();
    assert!(session.is_online());

    let client = Client::builder()
        .discover([dead])
        .app_id(APP)
        .build()
        .unwrap();
    let login = LoginOptions::new("alice", "_no_need_token").retry_count(0);
    let error = client.login_with(login).await.unwrap_err();
    assert_eq!((error.code(), error.call()), (Code::LoginNet, "login"));
    assert!(error.to_string().contains("could not reach"), "{error}");
}

#[tokio::test]
async fn a_dropped_session_leaves_nothing_behind() {
    let server = Server::start().await;
    let (session, mut events) = login(&server, "alice").await;
    assert_eq!(server.connections(), 1);
    let clone = session.clone();
    drop(session);
    clone.ping().await.unwrap();
    drop(clone);
    let ended = async {
        while events.next().await.is_some() {}
        while server.connections() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, ended)
        .await
        .expect("the task and the connection end");
}

#[tokio::test]
async fn an_app_that_reads_no_events_can_send_for_ever() {
    let server = Server::start().await;
    let client = Client::builder().server(&server.url()).app_id(APP);
    let client = client.events_max(2).build().unwrap();
    let (alice, mut events) = client.login("alice", "_no_need_token").await.unwrap();
    for n in 0..50 {
        alice
            .message_instant_send("bob", &n.to_string())
            .await
            .unwrap();
    }
    assert!(matches!(
        events.next().await,
        Some(Event::LoginSuccess { .. })
    ));
}
