//! Who may do what, and what is left of it after a deletion or a restart.

#![expect(clippy::unwrap_used, reason = "a call that fails fails the test")]

use visavis_store::{
    AvatarScope, Character, NewApp, NewAvatar, Noun, PageRequest, Store, StoreError,
    limits::KEYS_PER_APP_MAX,
};

fn avatar(app_id: Option<&str>, name: &str) -> NewAvatar {
    NewAvatar {
        app_id: app_id.map(str::to_owned),
        name: name.to_owned(),
        description: String::new(),
        cover_url: String::new(),
        remark: String::new(),
        character: Character::Otto,
    }
}

fn is_not_found<T: std::fmt::Debug>(result: Result<T, StoreError>, expected: Noun) {
    match result.unwrap_err() {
        StoreError::NotFound { noun } => assert_eq!(noun, expected),
        error => panic!("{error:?}"),
    }
}

fn is_invalid<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    let error = result.unwrap_err();
    assert!(matches!(error, StoreError::Invalid(_)), "{error:?}");
}

fn is_conflict<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    let error = result.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
}

#[tokio::test]
async fn a_key_speaks_for_its_app_until_it_is_deleted() {
    let store = Store::in_memory().await.unwrap();
    let app = store.create_app(&NewApp::named("one")).await.unwrap();
    let other = store.create_app(&NewApp::named("two")).await.unwrap();
    let (first, record) = store.create_key(&app.app_id, "test").await.unwrap();
    let (second, _) = store.create_key(&app.app_id, "test").await.unwrap();

    assert_eq!(
        store.app_by_key(first.expose()).await.unwrap(),
        Some(app.clone())
    );
    assert_eq!(store.app_by_key(&record.prefix).await.unwrap(), None);
    assert_eq!(store.app_by_key("").await.unwrap(), None);
    assert_eq!(store.app_by_key(&"x".repeat(100_000)).await.unwrap(), None);
    assert_eq!(format!("{first:?}"), "ApiKey(redacted)");

    is_not_found(
        store.delete_key(&other.app_id, first.expose()).await,
        Noun::ApiKey,
    );
    store.delete_key(&app.app_id, &record.prefix).await.unwrap();
    assert_eq!(store.app_by_key(first.expose()).await.unwrap(), None);
    is_not_found(
        store.delete_key(&app.app_id, &record.prefix).await,
        Noun::ApiKey,
    );

    store.delete_app(&app.app_id).await.unwrap();
    let app_of_second = store.app_by_key(second.expose()).await.unwrap();
    assert!(app_of_second.is_some_and(|app| app.deleted));
    is_not_found(store.delete_app(&app.app_id).await, Noun::App);
    is_not_found(store.create_key(&app.app_id, "test").await, Noun::App);
    is_not_found(store.grant(&app.app_id, 1, "").await, Noun::App);
    is_conflict(
        store
            .create_app_with_id(&app.app_id, &NewApp::named("again"))
            .await,
    );
}

#[tokio::test]
async fn the_database_holds_no_key_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visavis.db");
    let store = Store::open(&path).await.unwrap();
    let app = store.create_app(&NewApp::named("one")).await.unwrap();
    let (key, record) = store.create_key(&app.app_id, "test").await.unwrap();
    store
        .add_key_with_value(&app.app_id, "a-chosen-key", "test")
        .await
        .unwrap();
    let secret = key.expose().strip_prefix(&record.prefix).unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for needle in [secret, "a-chosen-key"] {
            assert!(
                !bytes
                    .windows(needle.len())
                    .any(|window| window == needle.as_bytes())
            );
        }
    }
    store.close().await;
}

#[tokio::test]
async fn development_values_may_be_set_at_every_start() {
    let store = Store::in_memory().await.unwrap();
    let new = NewApp {
        test: true,
        ..NewApp::named("Development")
    };
    for _ in 0..2 {
        assert!(store.ensure_app("dev-app", &new).await.unwrap().test);
        store
            .add_key_with_value("dev-app", "dev-key", "visavis dev")
            .await
            .unwrap();
    }
    assert_eq!(
        store
            .keys("dev-app", &PageRequest::default())
            .await
            .unwrap()
            .total,
        1
    );
    store
        .create_app_with_id("other", &NewApp::named("other"))
        .await
        .unwrap();
    is_conflict(store.add_key_with_value("other", "dev-key", "test").await);

    store.delete_app("dev-app").await.unwrap();
    let revived = store.ensure_app("dev-app", &new).await.unwrap();
    assert!(!revived.deleted);
    assert_eq!(store.app_by_key("dev-key").await.unwrap(), None);
}

#[tokio::test]
async fn built_in_avatars_are_everyones_and_stay() {
    let store = Store::in_memory().await.unwrap();
    store
        .create_app_with_id("mine", &NewApp::named("mine"))
        .await
        .unwrap();
    store
        .create_app_with_id("theirs", &NewApp::named("theirs"))
        .await
        .unwrap();
    let own = store
        .create_avatar(&avatar(Some("mine"), "Own"))
        .await
        .unwrap();
    let public = store
        .create_avatar(&avatar(None, "Everyone's"))
        .await
        .unwrap();

    for id in ["vera", "otto", &public.id] {
        assert!(
            store.avatar_for_app("theirs", id).await.unwrap().is_some(),
            "{id}"
        );
    }
    assert_eq!(
        store.avatar_for_app("mine", &own.id).await.unwrap(),
        Some(own.clone())
    );
    assert_eq!(store.avatar_for_app("theirs", &own.id).await.unwrap(), None);
    assert_eq!(store.avatar_for_app("mine", "nobody").await.unwrap(), None);

    let total = async |scope| {
        store
            .avatars(scope, &PageRequest::default())
            .await
            .unwrap()
            .total
    };
    assert_eq!(total(AvatarScope::All).await, 4);
    assert_eq!(total(AvatarScope::Public).await, 3);
    assert_eq!(total(AvatarScope::OwnedBy("mine")).await, 1);
    assert_eq!(total(AvatarScope::OwnedBy("theirs")).await, 0);

    is_conflict(store.delete_avatar("vera").await);
    is_not_found(store.delete_avatar("nobody").await, Noun::Avatar);
    is_not_found(
        store.create_avatar(&avatar(Some("nobody"), "Lost")).await,
        Noun::App,
    );
    store.delete_avatar(&public.id).await.unwrap();
    store.delete_app("mine").await.unwrap();
    is_not_found(store.avatar(&own.id).await, Noun::Avatar);
    assert_eq!(
        store.avatar("otto").await.unwrap().character,
        Character::Otto
    );
}

#[tokio::test]
async fn pages_meet_end_to_end() {
    let store = Store::in_memory().await.unwrap();
    for n in 0..7 {
        store
            .create_app_with_id(&format!("app-{n}"), &NewApp::named("x"))
            .await
            .unwrap();
    }
    let mut page = PageRequest {
        size: Some(3),
        token: None,
    };
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let answer = store.apps(&page).await.unwrap();
        assert_eq!(answer.total, 7);
        sizes.push(answer.items.len());
        seen.extend(answer.items.into_iter().map(|app| app.app_id));
        page.token = answer.next_token;
        if page.token.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(seen, (0..7).map(|n| format!("app-{n}")).collect::<Vec<_>>());
    is_invalid(
        store
            .transactions(
                "app-0",
                &PageRequest {
                    size: None,
                    token: Some("apps.1".into()),
                },
            )
            .await,
    );

    for amount in 1..=4 {
        store.grant("app-0", amount, "").await.unwrap();
    }
    let first = store
        .transactions(
            "app-0",
            &PageRequest {
                size: Some(2),
                token: None,
            },
        )
        .await
        .unwrap();
    let second = PageRequest {
        size: Some(2),
        token: first.next_token,
    };
    let second = store.transactions("app-0", &second).await.unwrap();
    let amounts =
        |page: &[visavis_store::LedgerEntry]| page.iter().map(|row| row.amount).collect::<Vec<_>>();
    assert_eq!(
        (amounts(&first.items), amounts(&second.items)),
        (vec![4, 3], vec![2, 1])
    );
    assert_eq!(second.next_token, None);
}

#[tokio::test]
async fn what_is_too_long_or_too_much_is_refused() {
    let store = Store::in_memory().await.unwrap();
    for name in ["", "  ", "a\u{7}b", &"x".repeat(101)] {
        is_invalid(store.create_app(&NewApp::named(name)).await);
    }
    store
        .create_app(&NewApp::named("ü".repeat(100)))
        .await
        .unwrap();
    for id in ["", "fault:creditsExhausted", "a b", "a/b", &"x".repeat(65)] {
        is_invalid(store.create_app_with_id(id, &NewApp::named("x")).await);
    }
    store
        .create_app_with_id("app", &NewApp::named("x"))
        .await
        .unwrap();
    is_invalid(
        store
            .create_avatar(&NewAvatar {
                description: "x".repeat(1001),
                ..avatar(None, "x")
            })
            .await,
    );
    for url in [
        "javascript:alert(1)",
        "https://a b",
        &format!("https://{}", "x".repeat(2048)),
    ] {
        is_invalid(
            store
                .create_avatar(&NewAvatar {
                    cover_url: url.into(),
                    ..avatar(None, "x")
                })
                .await,
        );
    }
    for amount in [0, -1, i64::MIN, i64::MAX] {
        is_invalid(store.grant("app", amount, "").await);
    }
    is_invalid(store.add_key_with_value("app", "with space", "test").await);
    for _ in 0..KEYS_PER_APP_MAX {
        store.create_key("app", "test").await.unwrap();
    }
    is_conflict(store.create_key("app", "test").await);
}
