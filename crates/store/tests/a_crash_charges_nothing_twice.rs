//! What a call acknowledged is there after a crash; what a session left open is refunded, once.

#![expect(clippy::unwrap_used, reason = "a call that fails fails the test")]

use std::path::Path;

use visavis_store::{EntryKind, NewApp, PageRequest, Recovered, Store, StoreError};

async fn funded(path: &Path) -> Store {
    let store = Store::open(path).await.unwrap();
    store
        .create_app_with_id("app", &NewApp::named("app"))
        .await
        .unwrap();
    store.grant("app", 100, "welcome").await.unwrap();
    store
}

#[tokio::test]
async fn open_reservations_come_back_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visavis.db");

    let store = funded(&path).await;
    store.reserve("settled", "app", 0, 30, true).await.unwrap();
    store.settle("settled", 0, 10).await.unwrap();
    store.reserve("open", "app", 0, 30, true).await.unwrap();
    store.reserve("open", "app", 1, 5, true).await.unwrap();
    assert_eq!(store.balance("app").await.unwrap().balance, 55);
    drop(store);

    let store = Store::open(&path).await.unwrap();
    let found = Recovered {
        reservations: 2,
        refunded: 35,
    };
    let nothing = Recovered {
        reservations: 0,
        refunded: 0,
    };
    assert_eq!(store.recover().await.unwrap(), found);
    assert_eq!(store.recover().await.unwrap(), nothing);
    drop(store);

    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.recover().await.unwrap(), nothing);
    let balance = store.balance("app").await.unwrap();
    assert_eq!(
        (
            balance.balance,
            balance.lifetime_earned,
            balance.lifetime_consumed
        ),
        (90, 100, 10)
    );
    let rows = store
        .transactions("app", &PageRequest::default())
        .await
        .unwrap();
    let refunds = |reason: &str| -> i64 {
        let of_reason = |row: &&visavis_store::LedgerEntry| {
            row.kind == EntryKind::Refund && row.reason == reason
        };
        rows.items
            .iter()
            .filter(of_reason)
            .map(|row| row.amount)
            .sum()
    };
    assert_eq!((refunds("crash"), refunds("settled")), (35, 20));

    // The session that lived through the crash in some other process cannot charge any more.
    assert!(matches!(
        store.settle("open", 0, 30).await,
        Err(StoreError::Conflict(_))
    ));
    assert_eq!(store.settle("open", 0, 0).await.unwrap().refunded, 30);
    assert_eq!(store.balance("app").await.unwrap().balance, 90);
}

#[tokio::test]
async fn a_second_process_is_refused_while_the_first_lives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visavis.db");
    let first = funded(&path).await;
    let Err(StoreError::Conflict(text)) = Store::open(&path).await else {
        panic!("the second one must be refused");
    };
    assert!(text.contains("in use by another visavis process"), "{text}");
    drop(first);
    assert_eq!(
        Store::open(&path)
            .await
            .unwrap()
            .balance("app")
            .await
            .unwrap()
            .balance,
        100
    );
}

#[tokio::test]
async fn a_caller_that_gave_up_leaves_no_half_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let store = funded(&folder.path().join("visavis.db")).await;
    for seq in 0..50 {
        // Polled a few times and dropped, wherever it had got to.
        let reserve = store.reserve("hasty", "app", seq, 1, true);
        let _ = tokio::time::timeout(
            std::time::Duration::from_micros(u64::from(seq) * 20),
            reserve,
        )
        .await;
    }
    let rows = store
        .transactions(
            "app",
            &PageRequest {
                size: Some(200),
                token: None,
            },
        )
        .await
        .unwrap();
    let reserved = i64::try_from(
        rows.items
            .iter()
            .filter(|row| row.kind == EntryKind::Reserve)
            .count(),
    )
    .unwrap();
    assert_eq!(store.balance("app").await.unwrap().balance, 100 - reserved);
    let recovered = store.recover().await.unwrap();
    assert_eq!(recovered.refunded, reserved);
    assert_eq!(store.balance("app").await.unwrap().balance, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_sessions_share_one_account() {
    let folder = tempfile::tempdir().unwrap();
    let store = funded(&folder.path().join("visavis.db")).await;
    let sessions: Vec<_> = (0..200)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let session = format!("session-{n}");
                let reserved = store.reserve(&session, "app", 0, 1, true).await.is_ok();
                if reserved {
                    store.settle(&session, 0, 1).await.unwrap();
                }
                reserved
            })
        })
        .collect();
    let mut served = 0;
    for session in sessions {
        served += i64::from(session.await.unwrap());
    }
    assert_eq!(served, 100, "every credit is used once");
    let balance = store.balance("app").await.unwrap();
    assert_eq!((balance.balance, balance.lifetime_consumed), (0, 100));
}
