//! A message that was acknowledged is there after a restart, once, under a version that never comes again.

#![expect(clippy::unwrap_used, reason = "a call that fails fails the test")]

use std::{path::Path, time::Duration};

use visavis_store::{
    Mailbox, NewApp, Noun, SignalWrite, SignalWritten, Store, StoreError, limits::DEDUPE_WINDOW_MS,
};

const NOW_MS: u64 = 1_700_000_000_000;

fn put(account: &str, content: &str) -> SignalWrite {
    SignalWrite::PutMessage {
        account: account.into(),
        msgid: format!("id-of-{content}"),
        sender: "bob".into(),
        flag: "v1:E:3600".into(),
        kind: "instant".into(),
        time_s: NOW_MS / 1000,
        content: content.into(),
        expires_at_ms: NOW_MS + 3_600_000,
        dedupe: None,
        queue_max: 1000,
    }
}

fn event(id: impl Into<String>) -> SignalWrite {
    SignalWrite::Event {
        id: id.into(),
        kind: "message.offline".into(),
        body: "{}".into(),
        created_ms: NOW_MS,
    }
}

fn clear(account: &str, upto_version: u64) -> SignalWrite {
    SignalWrite::ClearMessages {
        account: account.into(),
        upto_version,
    }
}

async fn open(path: &Path) -> Store {
    let store = Store::open(path).await.unwrap();
    store
        .ensure_app("app", &NewApp::named("app"))
        .await
        .unwrap();
    store
}

async fn one(store: &Store, write: SignalWrite, now_ms: u64) -> SignalWritten {
    let written = store.signal_commit("app", vec![vec![write]], now_ms).await;
    written.unwrap()[0][0]
}

async fn mailbox(store: &Store, app_id: &str, account: &str) -> Mailbox {
    let accounts = [account.to_owned()];
    let found = store.signal_mailboxes(app_id, &accounts, NOW_MS).await;
    found.unwrap().remove(0)
}

fn contents(mailbox: &Mailbox) -> Vec<&str> {
    let messages = mailbox.messages.iter();
    messages.map(|message| message.content.as_str()).collect()
}

#[tokio::test]
async fn versions_never_go_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visavis.db");
    let mut version = 0;
    for _ in 0..4 {
        let store = open(&path).await;
        for _ in 0..3 {
            version += 1;
            assert_eq!(
                one(&store, put("alice", "hello"), NOW_MS).await,
                SignalWritten::Put { version }
            );
        }
        // Beyond the last version: it must not swallow what comes later.
        one(&store, clear("alice", version + 100), NOW_MS).await;
        one(&store, clear("alice", 1), NOW_MS).await;
        store.signal_sweep(NOW_MS * 2).await.unwrap();
        let found = mailbox(&store, "app", "alice").await;
        assert_eq!((found.last_version, found.cleared), (version, version));
        assert!(found.messages.is_empty());
        // Without close, as a crash would leave it.
        drop(store);
    }
}

#[tokio::test]
async fn the_same_message_sent_again_is_stored_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visavis.db");
    let from = |sender: &str, id: &str| match put("alice", "hello") {
        SignalWrite::PutMessage { .. } => {
            let mut write = put("alice", "hello");
            if let SignalWrite::PutMessage { dedupe, .. } = &mut write {
                *dedupe = Some((sender.into(), id.into()));
            }
            write
        }
        other => other,
    };
    let store = open(&path).await;
    let twice = vec![
        vec![from("bob", "1"), from("bob", "1")],
        vec![from("bob", "1")],
    ];
    assert_eq!(
        store.signal_commit("app", twice, NOW_MS).await.unwrap(),
        [
            vec![SignalWritten::Put { version: 1 }, SignalWritten::Duplicate],
            vec![SignalWritten::Duplicate]
        ]
    );
    one(&store, clear("alice", 1), NOW_MS).await;
    drop(store);

    let store = open(&path).await;
    let almost = NOW_MS + DEDUPE_WINDOW_MS - 1;
    store.signal_sweep(almost).await.unwrap();
    assert_eq!(
        one(&store, from("bob", "1"), almost).await,
        SignalWritten::Duplicate
    );
    for (version, other) in [(2, from("eve", "1")), (3, from("bob", "2"))] {
        assert_eq!(
            one(&store, other, almost).await,
            SignalWritten::Put { version }
        );
    }
    let swept = store.signal_sweep(almost + 1).await.unwrap();
    assert_eq!((swept.sent, swept.messages), (1, 0));
    assert_eq!(
        one(&store, from("bob", "1"), almost + 1).await,
        SignalWritten::Put { version: 4 }
    );
}

#[tokio::test]
async fn a_full_mailbox_refuses_the_unit_and_leaves_the_others() {
    let store = Store::in_memory().await.unwrap();
    store
        .ensure_app("app", &NewApp::named("app"))
        .await
        .unwrap();
    let limited = |account: &str, content: &str| {
        let mut write = put(account, content);
        if let SignalWrite::PutMessage { queue_max, .. } = &mut write {
            *queue_max = 2;
        }
        write
    };
    let units = vec![
        vec![limited("alice", "1"), event("kept")],
        vec![
            put("bob", "gone"),
            event("gone"),
            limited("alice", "2"),
            limited("alice", "gone"),
        ],
        vec![limited("alice", "3")],
        vec![limited("alice", "gone")],
        vec![put("bob", "kept")],
        vec![clear("alice", 1), limited("alice", "4")],
    ];
    assert_eq!(
        store.signal_commit("app", units, NOW_MS).await.unwrap(),
        [
            vec![SignalWritten::Put { version: 1 }, SignalWritten::Done],
            vec![SignalWritten::QueueFull; 4],
            vec![SignalWritten::Put { version: 2 }],
            vec![SignalWritten::QueueFull],
            vec![SignalWritten::Put { version: 1 }],
            vec![SignalWritten::Done, SignalWritten::Put { version: 3 }],
        ]
    );
    assert_eq!(contents(&mailbox(&store, "app", "alice").await), ["3", "4"]);
    assert_eq!(contents(&mailbox(&store, "app", "bob").await), ["kept"]);
    let due = store.webhook_due(NOW_MS, 10).await.unwrap();
    assert_eq!(
        due.iter().map(|event| &event.id).collect::<Vec<_>>(),
        ["kept"]
    );
    // What has expired takes no room.
    let later = NOW_MS + 3_600_000;
    assert_eq!(
        one(&store, limited("alice", "5"), later).await,
        SignalWritten::Put { version: 4 }
    );
}

#[tokio::test]
async fn two_apps_with_equal_names_never_see_each_other() {
    let store = Store::in_memory().await.unwrap();
    for app_id in ["one", "two"] {
        store
            .create_app_with_id(app_id, &NewApp::named("x"))
            .await
            .unwrap();
        let mut write = put("alice", app_id);
        if let SignalWrite::PutMessage { dedupe, .. } = &mut write {
            *dedupe = Some(("bob".into(), "1".into()));
        }
        let units = vec![vec![
            write,
            SignalWrite::SetUserAttribute {
                account: "alice".into(),
                name: "mood".into(),
                value: app_id.into(),
            },
            SignalWrite::SetChannelAttribute {
                channel: "room".into(),
                name: "topic".into(),
                value: app_id.into(),
            },
            SignalWrite::SaveInvitation {
                channel: "room".into(),
                caller: "alice".into(),
                callee: "bob".into(),
                state: app_id.into(),
            },
        ]];
        let written = store.signal_commit(app_id, units, NOW_MS).await.unwrap();
        assert_eq!(written[0][0], SignalWritten::Put { version: 1 });
    }
    let forget = vec![vec![
        clear("alice", 1),
        SignalWrite::DestroyChannel {
            channel: "room".into(),
        },
    ]];
    store.signal_commit("two", forget, NOW_MS).await.unwrap();

    assert_eq!(contents(&mailbox(&store, "one", "alice").await), ["one"]);
    let mood = store.signal_user_attribute("one", "alice", "mood").await;
    assert_eq!(mood.unwrap().as_deref(), Some("one"));
    let channels = store.signal_channels("one").await.unwrap();
    assert_eq!(channels[0].attributes, [("topic".into(), "one".into())]);
    assert_eq!(store.signal_channels("two").await.unwrap(), []);
    assert_eq!(
        store.signal_invitations("one").await.unwrap()[0].state,
        "one"
    );

    store.delete_app("one").await.unwrap();
    let error = store
        .signal_commit("one", vec![vec![event("e")]], NOW_MS)
        .await;
    assert!(matches!(
        error,
        Err(StoreError::NotFound { noun: Noun::App })
    ));
    assert_eq!(store.signal_sweep(NOW_MS).await.unwrap().of_deleted_apps, 6);
    store.ensure_app("one", &NewApp::named("x")).await.unwrap();
    let back = mailbox(&store, "one", "alice").await;
    assert_eq!((back.last_version, back.messages.len()), (0, 0));
    assert_eq!(
        store.signal_invitations("two").await.unwrap()[0].state,
        "two"
    );
}

#[tokio::test]
async fn a_commit_that_was_cut_off_happened_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visavis.db");
    let mut store = open(&path).await;
    let mut acknowledged = 0;
    for round in 0..60_u64 {
        let account = |n: u64| format!("account-{n}");
        let units = (0..20).map(|n| {
            vec![
                put(&account(n), &format!("round {round}")),
                event(format!("{round}-{n}")),
            ]
        });
        let commit = store.signal_commit("app", units.collect(), NOW_MS);
        let done = tokio::time::timeout(Duration::from_micros(round * 100), commit).await;
        acknowledged += u64::from(done.is_ok_and(|written| written.is_ok()));
        if round % 10 == 9 {
            drop(store);
            store = open(&path).await;
        }
        // Waits for whatever the one that gave up had still under way.
        store
            .signal_commit("app", Vec::new(), NOW_MS)
            .await
            .unwrap();
        let accounts: Vec<_> = (0..20).map(account).collect();
        let found = store
            .signal_mailboxes("app", &accounts, NOW_MS)
            .await
            .unwrap();
        let commits = found[0].last_version;
        assert!(
            (acknowledged..=round + 1).contains(&commits),
            "{commits} of {round}"
        );
        for mailbox in &found {
            assert_eq!(mailbox.last_version, commits);
            let versions = mailbox.messages.iter().map(|message| message.version);
            assert!(versions.eq(1..=commits));
        }
        assert_eq!(
            store.webhook_backlog("app").await.unwrap().waiting,
            commits * 20
        );
    }
    assert!(acknowledged > 0, "some must get through");
}
