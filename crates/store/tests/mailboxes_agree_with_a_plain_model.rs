//! Any sequence of messages, clearing, removal, expiry, sweeps and restarts gives what a plain model gives.

#![expect(clippy::unwrap_used, reason = "a call that fails fails the test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use proptest::prelude::*;
use visavis_store::{
    NewApp, SignalWrite, SignalWritten, Store,
    limits::{DEDUPE_WINDOW_MS, USER_ATTRIBUTES_MAX},
};

const APPS: [&str; 2] = ["app-a", "app-b"];
const ACCOUNTS: [&str; 3] = ["alice", "bob", "system"];
const QUEUE_MAX: u32 = 4;

#[derive(Debug, Clone)]
enum Write {
    Put {
        account: usize,
        ttl_ms: u64,
        message_id: Option<u8>,
    },
    Clear {
        account: usize,
        upto_version: u64,
    },
    Remove {
        account: usize,
        version: u64,
    },
    Event,
    TooLong,
}

#[derive(Debug, Clone)]
enum Op {
    Commit { app: usize, units: Vec<Vec<Write>> },
    Wait { ms: u64 },
    Sweep,
    Reopen,
}

fn write() -> impl Strategy<Value = Write> {
    let ttl_ms = prop_oneof![Just(0), Just(1000), Just(10_000), Just(10_000_000)];
    prop_oneof![
        10 => (0..ACCOUNTS.len(), ttl_ms, prop::option::of(0..4_u8)).prop_map(
            |(account, ttl_ms, message_id)| Write::Put { account, ttl_ms, message_id }
        ),
        3 => (0..ACCOUNTS.len(), 0..15_u64)
            .prop_map(|(account, upto_version)| Write::Clear { account, upto_version }),
        2 => (0..ACCOUNTS.len(), 0..15_u64)
            .prop_map(|(account, version)| Write::Remove { account, version }),
        2 => Just(Write::Event),
        1 => Just(Write::TooLong),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let units = prop::collection::vec(prop::collection::vec(write(), 0..4), 0..6);
    prop_oneof![
        8 => (0..APPS.len(), units).prop_map(|(app, units)| Op::Commit { app, units }),
        3 => prop_oneof![Just(500), Just(5000), Just(DEDUPE_WINDOW_MS)].prop_map(|ms| Op::Wait { ms }),
        1 => Just(Op::Sweep),
        1 => Just(Op::Reopen),
    ]
}

#[derive(Debug, Clone, Default)]
struct Mailbox {
    last_version: u64,
    cleared: u64,
    /// Version to content and expiry.
    messages: BTreeMap<u64, (String, u64)>,
}

impl Mailbox {
    fn waiting(&self, now_ms: u64) -> impl Iterator<Item = (u64, &String)> {
        self.messages
            .iter()
            .filter(move |(_, (_, expires_at_ms))| *expires_at_ms > now_ms)
            .map(|(version, (content, _))| (*version, content))
    }
}

#[derive(Debug, Clone, Default)]
struct Model {
    mailboxes: [[Mailbox; 3]; 2],
    sent: [BTreeMap<u8, u64>; 2],
    events: [u64; 2],
    now_ms: u64,
    /// Gives every message a content of its own.
    serial: u64,
}

impl Model {
    fn unit(&mut self, app: usize, unit: &[Write]) -> (Vec<SignalWrite>, Vec<SignalWritten>) {
        let before = self.clone();
        let (mut writes, mut answers, mut refused) = (Vec::new(), Vec::new(), None);
        for write in unit {
            let (write, answer) = self.write(app, write);
            writes.push(write);
            match answer {
                SignalWritten::QueueFull | SignalWritten::OverLimit => {
                    refused = refused.or(Some(answer));
                }
                answer => answers.push(answer),
            }
        }
        if let Some(answer) = refused {
            let serial = self.serial;
            *self = before;
            self.serial = serial;
            answers = vec![answer; writes.len()];
        }
        (writes, answers)
    }

    fn write(&mut self, app: usize, write: &Write) -> (SignalWrite, SignalWritten) {
        self.serial += 1;
        let content = format!("message {} \0 ünï", self.serial);
        match *write {
            Write::Put {
                account,
                ttl_ms,
                message_id,
            } => {
                let expires_at_ms = self.now_ms + ttl_ms;
                let write = SignalWrite::PutMessage {
                    account: ACCOUNTS[account].into(),
                    msgid: format!("m{}", self.serial),
                    sender: "carol".into(),
                    flag: "v1:E:3600".into(),
                    kind: "instant".into(),
                    time_s: self.now_ms / 1000,
                    content: content.clone(),
                    expires_at_ms,
                    dedupe: message_id.map(|id| ("carol".to_owned(), format!("id\0{id}"))),
                    queue_max: QUEUE_MAX,
                };
                (
                    write,
                    self.put(app, account, message_id, content, expires_at_ms),
                )
            }
            Write::Clear {
                account,
                upto_version,
            } => {
                let mailbox = &mut self.mailboxes[app][account];
                mailbox.cleared = mailbox.cleared.max(upto_version.min(mailbox.last_version));
                mailbox.messages = mailbox.messages.split_off(&(mailbox.cleared + 1));
                let account = ACCOUNTS[account].into();
                let write = SignalWrite::ClearMessages {
                    account,
                    upto_version,
                };
                (write, SignalWritten::Done)
            }
            Write::Remove { account, version } => {
                self.mailboxes[app][account].messages.remove(&version);
                let account = ACCOUNTS[account].into();
                (
                    SignalWrite::RemoveMessage { account, version },
                    SignalWritten::Done,
                )
            }
            Write::Event => {
                self.events[app] += 1;
                (event(self.serial, self.now_ms), SignalWritten::Done)
            }
            Write::TooLong => {
                let channel = "x".repeat(1025);
                (
                    SignalWrite::DestroyChannel { channel },
                    SignalWritten::OverLimit,
                )
            }
        }
    }

    fn put(
        &mut self,
        app: usize,
        account: usize,
        message_id: Option<u8>,
        content: String,
        expires_at_ms: u64,
    ) -> SignalWritten {
        if let Some(id) = message_id {
            let sent = self.sent[app].get(&id);
            if sent.is_some_and(|sent| sent + DEDUPE_WINDOW_MS > self.now_ms) {
                return SignalWritten::Duplicate;
            }
        }
        let mailbox = &mut self.mailboxes[app][account];
        if mailbox.waiting(self.now_ms).count() >= QUEUE_MAX as usize {
            return SignalWritten::QueueFull;
        }
        mailbox.last_version += 1;
        let version = mailbox.last_version;
        mailbox.messages.insert(version, (content, expires_at_ms));
        if let Some(id) = message_id {
            self.sent[app].insert(id, self.now_ms);
        }
        SignalWritten::Put { version }
    }
}

fn event(serial: u64, created_ms: u64) -> SignalWrite {
    SignalWrite::Event {
        id: format!("e{serial}"),
        kind: "message.offline".into(),
        body: "{}".into(),
        created_ms,
    }
}

async fn check(store: &Store, model: &Model) {
    let accounts = ACCOUNTS.map(str::to_owned);
    for (app, app_id) in APPS.into_iter().enumerate() {
        let stored = store
            .signal_mailboxes(app_id, &accounts, model.now_ms)
            .await
            .unwrap();
        assert_eq!(stored.len(), ACCOUNTS.len());
        for (stored, expected) in stored.iter().zip(&model.mailboxes[app]) {
            assert_eq!(
                (stored.last_version, stored.cleared),
                (expected.last_version, expected.cleared)
            );
            let waiting = stored
                .messages
                .iter()
                .map(|message| (message.version, &message.content));
            assert!(waiting.eq(expected.waiting(model.now_ms)), "{stored:?}");
        }
        let backlog = store.webhook_backlog(app_id).await.unwrap();
        assert_eq!((backlog.waiting, backlog.dropped), (model.events[app], 0));
    }
    let due = store.webhook_due(model.now_ms, 10_000).await.unwrap();
    assert_eq!(due.len() as u64, model.events.iter().sum::<u64>());
    let ids: BTreeSet<_> = due.iter().map(|delivery| &delivery.id).collect();
    assert_eq!(ids.len(), due.len());
}

async fn run(path: &Path, ops: &[Op]) {
    let mut store = Store::open(path).await.unwrap();
    for app_id in APPS {
        store
            .create_app_with_id(app_id, &NewApp::named(app_id))
            .await
            .unwrap();
    }
    let mut model = Model {
        now_ms: 1_000_000,
        ..Model::default()
    };
    for op in ops {
        match op {
            Op::Commit { app, units } => {
                let planned = units.iter().map(|unit| model.unit(*app, unit));
                let (writes, expected): (Vec<_>, Vec<_>) = planned.unzip();
                let written = store.signal_commit(APPS[*app], writes, model.now_ms).await;
                assert_eq!(written.unwrap(), expected, "{op:?}");
            }
            Op::Wait { ms } => model.now_ms += ms,
            Op::Sweep => drop(store.signal_sweep(model.now_ms).await.unwrap()),
            Op::Reopen => {
                store.close().await;
                drop(store);
                store = Store::open(path).await.unwrap();
            }
        }
        check(&store, &model).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_sequence(ops in prop::collection::vec(op(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        runtime.block_on(run(&folder.path().join("visavis.db"), &ops));
    }
}

#[tokio::test]
async fn attributes_of_a_user_are_counted_across_units_and_commits() {
    let store = Store::in_memory().await.unwrap();
    store
        .create_app_with_id("app", &NewApp::named("app"))
        .await
        .unwrap();
    let set = |name: usize| SignalWrite::SetUserAttribute {
        account: "alice".into(),
        name: format!("name-{name}"),
        value: "value".into(),
    };
    let half = USER_ATTRIBUTES_MAX / 2;
    let first = (0..half).map(|name| vec![set(name)]).collect();
    store.signal_commit("app", first, 0).await.unwrap();
    let refused = vec![
        set(half),
        SignalWrite::DestroyChannel {
            channel: "x".repeat(1025),
        },
    ];
    let mut second = vec![refused];
    second.extend((0..=USER_ATTRIBUTES_MAX).map(|name| vec![set(name)]));
    let written = store.signal_commit("app", second, 0).await.unwrap();
    assert_eq!(written[0], [SignalWritten::OverLimit; 2]);
    let (last, rest) = written[1..].split_last().unwrap();
    assert_eq!(last, &[SignalWritten::OverLimit]);
    assert!(rest.iter().all(|unit| unit == &[SignalWritten::Done]));
    let stored = store.signal_user_attributes("app", "alice").await.unwrap();
    assert_eq!(stored.len(), USER_ATTRIBUTES_MAX);
}
