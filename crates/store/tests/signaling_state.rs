//! Settings, attributes, channels, invitations and webhook deliveries of the signaling service.

#![expect(clippy::unwrap_used, reason = "a call that fails fails the test")]

use visavis_store::{
    NewApp, Noun, Secret, SignalChannel, SignalInvitation, SignalWrite, SignalingSettings, Store,
    StoreError, TokenExpiry, Webhook,
    limits::{BLOCKED_ACCOUNTS_MAX, SIGNAL_COMMIT_WRITES_MAX, WEBHOOK_WAITING_MAX},
};

async fn store() -> Store {
    let store = Store::in_memory().await.unwrap();
    store
        .create_app_with_id("app", &NewApp::named("app"))
        .await
        .unwrap();
    store
}

async fn commit(store: &Store, writes: impl IntoIterator<Item = SignalWrite>) {
    let unit = writes.into_iter().collect();
    store.signal_commit("app", vec![unit], 0).await.unwrap();
}

fn is_not_found<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    let error = result.unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound { noun: Noun::App }),
        "{error:?}"
    );
}

#[tokio::test]
async fn every_app_has_a_certificate_of_its_own() {
    let store = store().await;
    let other = store.create_app(&NewApp::named("other")).await.unwrap();
    let first = store.signaling_settings("app").await.unwrap();
    let second = store.signaling_settings(&other.app_id).await.unwrap();
    for settings in [&first, &second] {
        let certificate = settings.certificate.expose();
        assert_eq!(certificate.len(), 32);
        assert!(certificate.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!(!settings.no_token_allowed && !settings.disabled);
        assert_eq!(settings.token_expiry, TokenExpiry::Keep);
    }
    assert_ne!(first.certificate, second.certificate);

    let rotated = store.rotate_certificate("app").await.unwrap();
    assert_ne!(rotated, first.certificate);
    let now = store.signaling_settings("app").await.unwrap();
    assert_eq!(now.certificate, rotated);

    store.delete_app("app").await.unwrap();
    is_not_found(store.signaling_settings("app").await);
    is_not_found(store.set_signaling_settings("app", &now).await);
    is_not_found(store.rotate_certificate("app").await);
    is_not_found(store.signaling_settings("unknown").await);
    store
        .ensure_app("app", &NewApp::named("app"))
        .await
        .unwrap();
    let revived = store.signaling_settings("app").await.unwrap();
    assert_ne!(revived.certificate, rotated);
}

#[tokio::test]
async fn settings_come_back_as_they_were_set_and_show_no_secret() {
    let store = store().await;
    let settings = SignalingSettings {
        certificate: Secret::new("dev-certificate"),
        no_token_allowed: true,
        token_expiry: TokenExpiry::Kick,
        disabled: true,
        blocked: vec!["eve".into(), "mallory".into()],
        webhook: Some(Webhook {
            url: "https://example.org/hook".into(),
            secret: Secret::new("whsec_hidden"),
            events: vec!["login".into(), "logout".into()],
        }),
    };
    store
        .set_signaling_settings("app", &settings)
        .await
        .unwrap();
    assert_eq!(store.signaling_settings("app").await.unwrap(), settings);
    let shown = format!("{settings:?}");
    assert!(
        !shown.contains("dev-certificate") && !shown.contains("hidden"),
        "{shown}"
    );

    let plain = SignalingSettings {
        blocked: Vec::new(),
        webhook: None,
        ..settings.clone()
    };
    store.set_signaling_settings("app", &plain).await.unwrap();
    assert_eq!(store.signaling_settings("app").await.unwrap(), plain);

    let webhook = |change: fn(&mut Webhook)| {
        let mut settings = settings.clone();
        settings.webhook.iter_mut().for_each(change);
        settings
    };
    for wrong in [
        SignalingSettings {
            certificate: Secret::new(""),
            ..plain.clone()
        },
        SignalingSettings {
            certificate: Secret::new("with space"),
            ..plain.clone()
        },
        SignalingSettings {
            blocked: vec![String::new()],
            ..plain.clone()
        },
        SignalingSettings {
            blocked: (0..=BLOCKED_ACCOUNTS_MAX).map(|n| n.to_string()).collect(),
            ..plain.clone()
        },
        webhook(|webhook| webhook.url = String::new()),
        webhook(|webhook| webhook.url = "file:///etc/passwd".into()),
        webhook(|webhook| webhook.secret = Secret::new("")),
        webhook(|webhook| webhook.events = vec!["two words".into()]),
        webhook(|webhook| webhook.events = vec!["x".into(); 33]),
    ] {
        let error = store
            .set_signaling_settings("app", &wrong)
            .await
            .unwrap_err();
        assert!(
            matches!(error, StoreError::Invalid(_)),
            "{wrong:?}: {error:?}"
        );
    }
    assert_eq!(store.signaling_settings("app").await.unwrap(), plain);
}

#[tokio::test]
async fn attributes_last_and_channels_remember_since_when_they_are_empty() {
    let store = store().await;
    let user = |name: &str, value: &str| SignalWrite::SetUserAttribute {
        account: "alice".into(),
        name: name.into(),
        value: value.into(),
    };
    commit(&store, [user("b", "1"), user("a", ""), user("b", "2")]).await;
    let both = [("a".into(), String::new()), ("b".into(), "2".into())];
    assert_eq!(
        store.signal_user_attributes("app", "alice").await.unwrap(),
        both
    );
    let one = async |name| {
        store
            .signal_user_attribute("app", "alice", name)
            .await
            .unwrap()
    };
    assert_eq!(
        (one("a").await, one("c").await),
        (Some(String::new()), None)
    );

    let set = |channel: &str, name: &str| SignalWrite::SetChannelAttribute {
        channel: channel.into(),
        name: name.into(),
        value: format!("{name} of {channel}"),
    };
    let empty = |channel: &str, since_ms| SignalWrite::ChannelEmpty {
        channel: channel.into(),
        since_ms,
    };
    let found = |channel: &str, empty_since_ms, names: &[&str]| SignalChannel {
        channel: channel.into(),
        empty_since_ms,
        attributes: names
            .iter()
            .map(|name| ((*name).into(), format!("{name} of {channel}")))
            .collect(),
    };
    let all = ["a", "b"];
    let writes = ["cleared", "deleted", "destroyed", "empty", "full"]
        .into_iter()
        .flat_map(|channel| all.map(|name| set(channel, name)));
    commit(&store, writes).await;
    commit(
        &store,
        [
            empty("bare", Some(7)),
            empty("cleared", Some(5)),
            empty("destroyed", Some(5)),
            empty("empty", Some(5)),
            empty("empty", Some(6)),
            empty("full", Some(5)),
            empty("full", None),
            empty("never", None),
            SignalWrite::ClearChannelAttributes {
                channel: "cleared".into(),
            },
            SignalWrite::DeleteChannelAttribute {
                channel: "deleted".into(),
                name: "a".into(),
            },
            SignalWrite::DestroyChannel {
                channel: "destroyed".into(),
            },
        ],
    )
    .await;
    assert_eq!(
        store.signal_channels("app").await.unwrap(),
        [
            found("bare", Some(7), &[]),
            found("cleared", Some(5), &[]),
            found("deleted", None, &["b"]),
            found("empty", Some(6), &all),
            found("full", None, &all),
        ]
    );
}

#[tokio::test]
async fn an_invitation_is_known_by_channel_caller_and_callee() {
    let store = store().await;
    let save = |callee: &str, state: &str| SignalWrite::SaveInvitation {
        channel: "room".into(),
        caller: "alice".into(),
        callee: callee.into(),
        state: state.into(),
    };
    let forget = |channel: &str, callee: &str| SignalWrite::ForgetInvitation {
        channel: channel.into(),
        caller: "alice".into(),
        callee: callee.into(),
    };
    commit(&store, [save("bob", "ringing"), save("carol", "ringing")]).await;
    commit(
        &store,
        [
            save("bob", "accepted"),
            forget("room", "carol"),
            forget("other", "bob"),
        ],
    )
    .await;
    let left = SignalInvitation {
        channel: "room".into(),
        caller: "alice".into(),
        callee: "bob".into(),
        state: "accepted".into(),
    };
    assert_eq!(store.signal_invitations("app").await.unwrap(), [left]);
}

fn event(n: u64) -> SignalWrite {
    SignalWrite::Event {
        id: n.to_string(),
        kind: "login".into(),
        body: "{}".into(),
        created_ms: n,
    }
}

async fn due(store: &Store, now_ms: u64) -> Vec<(i64, String, u32)> {
    let due = store.webhook_due(now_ms, 100).await.unwrap();
    due.into_iter()
        .map(|delivery| (delivery.seq, delivery.id, delivery.attempts))
        .collect()
}

#[tokio::test]
async fn deliveries_come_in_order_and_failed_ones_later() {
    let store = store().await;
    commit(&store, (1..=4).map(event)).await;
    assert_eq!(due(&store, 0).await, []);
    let all = due(&store, 4).await;
    let ids: Vec<_> = all.iter().map(|(_, id, _)| id.as_str()).collect();
    assert_eq!(ids, ["1", "2", "3", "4"]);
    assert_eq!(store.webhook_due(4, 2).await.unwrap().len(), 2);

    let seq = |n: usize| all[n - 1].0;
    store.webhook_retry(seq(1), 100, 1).await.unwrap();
    store.webhook_done(&[seq(2), seq(2), seq(4)]).await.unwrap();
    store.webhook_done(&[seq(2)]).await.unwrap();
    store.webhook_retry(seq(2), 0, 9).await.unwrap();
    assert_eq!(due(&store, 99).await, [(seq(3), "3".into(), 0)]);
    assert_eq!(
        due(&store, 100).await,
        [(seq(3), "3".into(), 0), (seq(1), "1".into(), 1)]
    );
    assert_eq!(store.webhook_backlog("app").await.unwrap().waiting, 2);

    // The number of a delivery that is over is not given again.
    store.webhook_done(&[seq(1), seq(3)]).await.unwrap();
    commit(&store, [event(5)]).await;
    assert!(due(&store, 5).await[0].0 > seq(4));
    assert_eq!(store.webhook_backlog("unknown").await.unwrap().waiting, 0);
}

#[tokio::test]
async fn beyond_the_cap_the_oldest_deliveries_are_dropped_and_counted() {
    let store = store().await;
    let max = u64::from(WEBHOOK_WAITING_MAX);
    commit(&store, (1..=max).map(event)).await;
    store
        .create_app_with_id("quiet", &NewApp::named("x"))
        .await
        .unwrap();
    store
        .signal_commit("quiet", vec![vec![event(1)]], 0)
        .await
        .unwrap();
    commit(&store, (max + 1..=max + 3).map(event)).await;
    let backlog = store.webhook_backlog("app").await.unwrap();
    assert_eq!((backlog.waiting, backlog.dropped), (max, 3));
    let first = store.webhook_due(max + 3, 2).await.unwrap();
    let first: Vec<_> = first
        .iter()
        .map(|event| (event.app_id.as_str(), event.id.as_str()))
        .collect();
    assert_eq!(first, [("quiet", "1"), ("app", "4")]);
    let backlog = store.webhook_backlog("quiet").await.unwrap();
    assert_eq!((backlog.waiting, backlog.dropped), (1, 0));
}

#[tokio::test]
async fn an_app_with_many_due_deliveries_does_not_hide_another() {
    let store = store().await;
    commit(&store, (1..=50).map(event)).await;
    store
        .create_app_with_id("quiet", &NewApp::named("x"))
        .await
        .unwrap();
    store
        .signal_commit("quiet", vec![vec![event(60)]], 0)
        .await
        .unwrap();
    let due = async |now_ms| {
        let due = store.webhook_due_per_app(now_ms, 2).await.unwrap();
        due.into_iter()
            .map(|delivery| (delivery.app_id, delivery.id))
            .collect::<Vec<_>>()
    };
    let one = |app: &str, id: &str| (app.to_owned(), id.to_owned());
    assert_eq!(due(59).await, [one("app", "1"), one("app", "2")]);
    assert_eq!(
        due(60).await,
        [one("app", "1"), one("app", "2"), one("quiet", "60")]
    );
    assert_eq!(store.webhooks_waiting().await.unwrap(), 51);
    let first = store.webhook_due(60, 1).await.unwrap()[0].seq;
    store.webhook_retry(first, 100, 1).await.unwrap();
    assert_eq!(due(60).await[0], one("app", "2"));
    store.webhook_done(&[first]).await.unwrap();
    assert_eq!(store.webhooks_waiting().await.unwrap(), 50);
}

#[tokio::test]
async fn a_commit_without_end_is_refused() {
    let store = store().await;
    let writes = (0..=SIGNAL_COMMIT_WRITES_MAX as u64).map(event).collect();
    let error = store
        .signal_commit("app", vec![writes], 0)
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Invalid(_)), "{error:?}");
    assert_eq!(store.webhook_backlog("app").await.unwrap().waiting, 0);
    assert_eq!(
        store.signal_commit("app", Vec::new(), 0).await.unwrap(),
        Vec::<Vec<_>>::new()
    );
}
