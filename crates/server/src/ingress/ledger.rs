//! The session's credits, between its core and the store.

use visavis_codes::{Cause, Failure};
use visavis_store::{Noun, ReserveError, StoreError};
use visavis_wire::{AppId, ConnectionId};

use crate::shared::{Shared, log_store};
use crate::tokens::NEVER_FUNDED;

/// Sets up to `credits` aside as a block; an app with fewer gives what it has.
pub(super) async fn reserve(
    shared: &Shared,
    connection_id: &ConnectionId,
    app_id: &AppId,
    block: u32,
    credits: u32,
) -> Result<u32, Failure> {
    let mut wished = i64::from(credits);
    loop {
        let enforced = shared.credits.enforced;
        match shared
            .store
            .reserve(
                connection_id.as_str(),
                app_id.as_str(),
                block,
                wished,
                enforced,
            )
            .await
        {
            Ok(_) => return Ok(u32::try_from(wished).unwrap_or(credits)),
            Err(ReserveError::NeverFunded) => {
                return Err(Failure::about(Cause::NoPlan, NEVER_FUNDED));
            }
            // Another session may take some in between: each round asks for less, so this ends.
            Err(ReserveError::Insufficient { balance }) if balance > 0 && balance < wished => {
                wished = balance
            }
            Err(ReserveError::Insufficient { .. }) => return Err(Cause::NoCredits.into()),
            Err(ReserveError::Store(StoreError::NotFound { noun: Noun::App })) => {
                return Err(Cause::AppUnknown.into());
            }
            Err(ReserveError::Store(error)) => {
                log_store(&error);
                return Err(Failure::new(Cause::StoreUnavailable).with_retry_after_ms(1000));
            }
        }
    }
}

/// Charges a block and gives back its rest. A failure leaves the block open: the next start gives it back whole.
pub(super) async fn settle(
    shared: &Shared,
    connection_id: &ConnectionId,
    block: u32,
    committed: u32,
) {
    match shared
        .store
        .settle(connection_id.as_str(), block, committed.into())
        .await
    {
        Ok(_) => {
            shared.metrics.credits.inc_by(committed.into());
        }
        Err(error) => log_store(&error),
    }
}
