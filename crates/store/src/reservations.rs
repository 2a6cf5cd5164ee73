//! Credits that a running session has set aside.
//!
//! A session reserves a slice before it uses it and settles the slice when it is over:
//! what was used is committed, the rest refunded. Always, for every reservation:
//! reserved = committed + refunded + still open.

use sqlx::{Row as _, SqliteConnection};

use crate::{
    Noun, Store, StoreError,
    apps::find_live,
    ledger::{EntryKind, Posting, account, append},
    limits::check_amount,
};

/// A reservation that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserved {
    /// Credits that are left to reserve.
    pub balance: i64,
}

/// Why no credits were set aside. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ReserveError {
    /// The app has had credits, and too few are left.
    #[error("credits exhausted")]
    Insufficient {
        /// What is left, and could be reserved.
        balance: i64,
    },
    /// The app has never been granted any credits.
    #[error("the app has never been granted credits")]
    NeverFunded,
    /// The store refused or could not answer.
    #[error("the reservation failed")]
    Store(#[source] StoreError),
}

impl<E: Into<StoreError>> From<E> for ReserveError {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

/// A reservation that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Credits that were used.
    pub committed: i64,
    /// Credits that went back to the balance.
    pub refunded: i64,
}

/// What [`Store::recover`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// Reservations that a crash had left open.
    pub reservations: u64,
    /// Credits that went back to their apps.
    pub refunded: i64,
}

impl Store {
    /// Sets credits aside for a slice of a session.
    ///
    /// `seq` numbers the slices of one session. The same reservation again, while it is open, changes nothing,
    /// so a caller that missed the answer may repeat the call.
    /// With `enforce` false it never refuses for lack of credits, and the balance may go below zero.
    pub async fn reserve(
        &self,
        session: &str,
        app_id: &str,
        seq: u32,
        amount: i64,
        enforce: bool,
    ) -> Result<Reserved, ReserveError> {
        check_amount(amount)?;
        let mut tx = self.write().await?;
        find_live(&mut *tx, app_id).await?;
        let account = account(&mut tx, app_id).await?;
        match Reservation::find(&mut tx, session, seq).await? {
            Some(known)
                if known.settled() || known.app_id != app_id || known.reserved != amount =>
            {
                return Err(StoreError::Conflict(format!(
                    "reservation {seq} of session {session} was already made"
                ))
                .into());
            }
            Some(_) => {
                return Ok(Reserved {
                    balance: account.balance,
                });
            }
            None => {}
        }
        if enforce && account.balance < amount {
            return Err(match account.lifetime_earned {
                0 => ReserveError::NeverFunded,
                _ => ReserveError::Insufficient {
                    balance: account.balance,
                },
            });
        }
        let posting = Posting::new(
            app_id,
            EntryKind::Reserve,
            amount,
            Some((session, seq)),
            "session",
        );
        let account = append(&mut tx, &posting).await?;
        sqlx::query("INSERT INTO open_reservations (session, reservation_seq, app_id, amount) VALUES (?, ?, ?, ?)")
            .bind(session)
            .bind(seq)
            .bind(app_id)
            .bind(amount)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Reserved {
            balance: account.balance,
        })
    }

    /// Ends a reservation: `committed` credits were used, the rest goes back.
    ///
    /// The same settlement again changes nothing; a different one is a [`StoreError::Conflict`].
    pub async fn settle(
        &self,
        session: &str,
        seq: u32,
        committed: i64,
    ) -> Result<Settled, StoreError> {
        let mut tx = self.write().await?;
        let known = Reservation::find(&mut tx, session, seq)
            .await?
            .ok_or(StoreError::not_found(Noun::Reservation))?;
        if known.settled() {
            return match known.committed == committed {
                true => Ok(Settled {
                    committed,
                    refunded: known.refunded,
                }),
                false => Err(StoreError::Conflict(format!(
                    "reservation {seq} of session {session} was settled with {} credits, not {committed}",
                    known.committed
                ))),
            };
        }
        if !(0..=known.reserved).contains(&committed) {
            return Err(StoreError::Invalid(format!(
                "reservation {seq} of session {session} holds {} credits; {committed} cannot be committed",
                known.reserved
            )));
        }
        let settled = Settled {
            committed,
            refunded: known.reserved - committed,
        };
        close(&mut tx, &known.app_id, (session, seq), settled, "settled").await?;
        tx.commit().await?;
        Ok(settled)
    }

    /// Refunds every open reservation in full. For the start of the server, when no session runs:
    /// what is open then was left by a crash. Running it again finds nothing.
    pub async fn recover(&self) -> Result<Recovered, StoreError> {
        let mut tx = self.write().await?;
        let rows = sqlx::query("SELECT * FROM open_reservations")
            .fetch_all(&mut *tx)
            .await?;
        let mut recovered = Recovered {
            reservations: 0,
            refunded: 0,
        };
        for row in &rows {
            let amount: i64 = row.try_get("amount")?;
            let settled = Settled {
                committed: 0,
                refunded: amount,
            };
            let reservation = (row.try_get("session")?, row.try_get("reservation_seq")?);
            close(
                &mut tx,
                row.try_get("app_id")?,
                reservation,
                settled,
                "crash",
            )
            .await?;
            recovered.reservations += 1;
            recovered.refunded = recovered.refunded.saturating_add(amount);
        }
        tx.commit().await?;
        Ok(recovered)
    }
}

/// The sums of one reservation's ledger rows.
struct Reservation {
    app_id: String,
    reserved: i64,
    committed: i64,
    refunded: i64,
}

impl Reservation {
    async fn find(
        db: &mut SqliteConnection,
        session: &str,
        seq: u32,
    ) -> Result<Option<Self>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT max(app_id) AS app_id,
                    sum(iif(kind = 'reserve', amount, 0)) AS reserved,
                    sum(iif(kind = 'commit', amount, 0)) AS committed,
                    sum(iif(kind = 'refund', amount, 0)) AS refunded
             FROM ledger WHERE session = ? AND reservation_seq = ? GROUP BY session, reservation_seq",
        )
        .bind(session)
        .bind(seq)
        .fetch_optional(db)
        .await?;
        row.map(|row| {
            Ok(Self {
                app_id: row.try_get("app_id")?,
                reserved: row.try_get("reserved")?,
                committed: row.try_get("committed")?,
                refunded: row.try_get("refunded")?,
            })
        })
        .transpose()
    }

    /// Every reservation holds at least one credit, and settling moves all of it.
    fn settled(&self) -> bool {
        assert!(
            self.committed + self.refunded == 0 || self.committed + self.refunded == self.reserved,
            "a reservation is settled whole or not at all"
        );
        self.committed + self.refunded > 0
    }
}

async fn close(
    db: &mut SqliteConnection,
    app_id: &str,
    reservation: (&str, u32),
    settled: Settled,
    reason: &str,
) -> Result<(), StoreError> {
    for (kind, amount) in [
        (EntryKind::Commit, settled.committed),
        (EntryKind::Refund, settled.refunded),
    ] {
        if amount > 0 {
            append(
                db,
                &Posting::new(app_id, kind, amount, Some(reservation), reason),
            )
            .await?;
        }
    }
    sqlx::query("DELETE FROM open_reservations WHERE session = ? AND reservation_seq = ?")
        .bind(reservation.0)
        .bind(reservation.1)
        .execute(db)
        .await?;
    Ok(())
}
