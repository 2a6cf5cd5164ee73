use visavis_signal::{AppSettings, TokenExpiry};
use visavis_store::{Store, StoreError};
use visavis_wire::Secret;

/// What the hub must know of an app.
pub(crate) async fn app_settings(store: &Store, app_id: &str) -> Result<AppSettings, StoreError> {
    let settings = store.signaling_settings(app_id).await?;
    let app = store.app(app_id).await?;
    Ok(AppSettings {
        certificate: Secret::from(settings.certificate.expose()),
        no_token_allowed: settings.no_token_allowed,
        token_expiry: match settings.token_expiry {
            visavis_store::TokenExpiry::Keep => TokenExpiry::Keep,
            visavis_store::TokenExpiry::Kick => TokenExpiry::Kick,
        },
        disabled: settings.disabled,
        blocked: settings.blocked.into_iter().collect(),
        test: app.test,
        webhook_events: settings
            .webhook
            .map(|webhook| webhook.events.into_iter().collect())
            .unwrap_or_default(),
    })
}
