//! Any sequence of grants, reservations, settlements and recoveries gives what a plain model gives.

#![expect(clippy::unwrap_used, reason = "a call that fails fails the test")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use visavis_store::{EntryKind, NewApp, PageRequest, ReserveError, Store, StoreError};

const APPS: [&str; 2] = ["app-a", "app-b"];
const SESSIONS: [&str; 3] = ["session-1", "session-2", "session-3"];

#[derive(Debug, Clone)]
enum Op {
    Grant {
        app: usize,
        amount: i64,
    },
    Reserve {
        app: usize,
        session: usize,
        seq: u32,
        amount: i64,
        enforce: bool,
    },
    Settle {
        session: usize,
        seq: u32,
        committed: i64,
    },
    Recover,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => (0..APPS.len(), -1..200_i64).prop_map(|(app, amount)| Op::Grant { app, amount }),
        5 => (0..APPS.len(), 0..SESSIONS.len(), 0..3_u32, -1..60_i64, any::<bool>()).prop_map(
            |(app, session, seq, amount, enforce)| Op::Reserve { app, session, seq, amount, enforce }
        ),
        5 => (0..SESSIONS.len(), 0..3_u32, -1..60_i64)
            .prop_map(|(session, seq, committed)| Op::Settle { session, seq, committed }),
        1 => Just(Op::Recover),
    ]
}

#[derive(Debug, Default)]
struct Account {
    granted: i64,
    reserved: i64,
    committed: i64,
    refunded: i64,
}

#[derive(Debug)]
struct Reservation {
    app: usize,
    amount: i64,
    committed: Option<i64>,
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Done,
    Invalid,
    Conflict,
    NotFound,
    Insufficient(i64),
    NeverFunded,
}

#[derive(Debug, Default)]
struct Model {
    accounts: [Account; 2],
    reservations: BTreeMap<(usize, u32), Reservation>,
}

impl Model {
    fn balance(&self, app: usize) -> i64 {
        let account = &self.accounts[app];
        account.granted - account.reserved + account.refunded
    }

    fn open(&self, app: usize) -> i64 {
        self.reservations
            .values()
            .filter(|reservation| reservation.app == app && reservation.committed.is_none())
            .map(|reservation| reservation.amount)
            .sum()
    }

    fn apply(&mut self, op: &Op) -> Outcome {
        match *op {
            Op::Grant { amount, .. } | Op::Reserve { amount, .. } if amount < 1 => Outcome::Invalid,
            Op::Grant { app, amount } => {
                self.accounts[app].granted += amount;
                Outcome::Done
            }
            Op::Reserve {
                app,
                session,
                seq,
                amount,
                enforce,
            } => {
                if let Some(known) = self.reservations.get(&(session, seq)) {
                    let same =
                        known.app == app && known.amount == amount && known.committed.is_none();
                    return if same {
                        Outcome::Done
                    } else {
                        Outcome::Conflict
                    };
                }
                if enforce && self.balance(app) < amount {
                    return match self.accounts[app].granted {
                        0 => Outcome::NeverFunded,
                        _ => Outcome::Insufficient(self.balance(app)),
                    };
                }
                self.accounts[app].reserved += amount;
                let reservation = Reservation {
                    app,
                    amount,
                    committed: None,
                };
                self.reservations.insert((session, seq), reservation);
                Outcome::Done
            }
            Op::Settle {
                session,
                seq,
                committed,
            } => {
                let Some(known) = self.reservations.get_mut(&(session, seq)) else {
                    return Outcome::NotFound;
                };
                match known.committed {
                    Some(before) if before == committed => return Outcome::Done,
                    Some(_) => return Outcome::Conflict,
                    None if !(0..=known.amount).contains(&committed) => return Outcome::Invalid,
                    None => {}
                }
                known.committed = Some(committed);
                self.accounts[known.app].committed += committed;
                self.accounts[known.app].refunded += known.amount - committed;
                Outcome::Done
            }
            Op::Recover => {
                for known in self
                    .reservations
                    .values_mut()
                    .filter(|known| known.committed.is_none())
                {
                    known.committed = Some(0);
                    self.accounts[known.app].refunded += known.amount;
                }
                Outcome::Done
            }
        }
    }
}

async fn apply(store: &Store, op: &Op) -> Outcome {
    let result = match *op {
        Op::Grant { app, amount } => store.grant(APPS[app], amount, "").await.map(drop),
        Op::Reserve {
            app,
            session,
            seq,
            amount,
            enforce,
        } => {
            match store
                .reserve(SESSIONS[session], APPS[app], seq, amount, enforce)
                .await
            {
                Ok(_) => Ok(()),
                Err(ReserveError::Insufficient { balance }) => {
                    return Outcome::Insufficient(balance);
                }
                Err(ReserveError::NeverFunded) => return Outcome::NeverFunded,
                Err(ReserveError::Store(error)) => Err(error),
            }
        }
        Op::Settle {
            session,
            seq,
            committed,
        } => store
            .settle(SESSIONS[session], seq, committed)
            .await
            .map(drop),
        Op::Recover => store.recover().await.map(drop),
    };
    match result {
        Ok(()) => Outcome::Done,
        Err(StoreError::Invalid(_)) => Outcome::Invalid,
        Err(StoreError::Conflict(_)) => Outcome::Conflict,
        Err(StoreError::NotFound { .. }) => Outcome::NotFound,
        Err(error) => panic!("{error:?}"),
    }
}

/// The account as the ledger itself tells it, beside the store's running summary.
async fn check(store: &Store, model: &Model) {
    for (app, app_id) in APPS.into_iter().enumerate() {
        let mut sums = Account::default();
        let page = PageRequest {
            size: Some(200),
            token: None,
        };
        let rows = store.transactions(app_id, &page).await.unwrap();
        assert!(rows.next_token.is_none(), "the test reads all rows at once");
        let mut running = 0;
        for row in rows.items.iter().rev() {
            match row.kind {
                EntryKind::Grant => sums.granted += row.amount,
                EntryKind::Reserve => sums.reserved += row.amount,
                EntryKind::Commit => sums.committed += row.amount,
                EntryKind::Refund => sums.refunded += row.amount,
            }
            running = sums.granted - sums.reserved + sums.refunded;
            assert_eq!(row.balance_after, running, "{row:?}");
        }
        let balance = store.balance(app_id).await.unwrap();
        assert_eq!(balance.balance, running);
        assert_eq!(balance.balance, model.balance(app));
        assert_eq!(balance.lifetime_earned, sums.granted);
        assert_eq!(balance.lifetime_consumed, sums.committed);
        assert_eq!(sums.granted, model.accounts[app].granted);
        assert_eq!(sums.committed, model.accounts[app].committed);
        assert_eq!(
            sums.reserved,
            sums.committed + sums.refunded + model.open(app)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_sequence(ops in prop::collection::vec(op(), 1..50)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::in_memory().await.unwrap();
            for app_id in APPS {
                store.create_app_with_id(app_id, &NewApp::named(app_id)).await.unwrap();
            }
            let mut model = Model::default();
            for op in &ops {
                assert_eq!(apply(&store, op).await, model.apply(op), "{op:?}");
                check(&store, &model).await;
            }
        });
    }
}
