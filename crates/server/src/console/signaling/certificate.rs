//! `/v1/signaling/apps/{app_id}/certificate`: what an app's tokens are made with.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use visavis_store::Secret;

use super::announce;
use super::unstored::Unstored;
use crate::console::ConsoleState;
use crate::console::error::ApiError;
use crate::console::extract::Segments;
use crate::console::openapi::Problems;

/// What an app's tokens are made with. It is a secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct Certificate {
    certificate: String,
}

/// Read the certificate of an app.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/certificate", operation_id = "getSignalingCertificate",
    tag = "Signaling", params(("app_id" = String, Path,)),
    responses((status = 200, body = Certificate, description = "The certificate, in clear."), Problems))]
pub(crate) async fn find(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Unstored<Certificate>, ApiError> {
    let settings = state.store.signaling_settings(&app_id).await?;
    Ok(answer(&settings.certificate))
}

/// Give an app a new certificate. Tokens made with the old one are refused from here on; logins go on.
#[utoipa::path(post, path = "/v1/signaling/apps/{app_id}/certificate/rotate", operation_id = "rotateSignalingCertificate",
    tag = "Signaling", params(("app_id" = String, Path,)),
    responses((status = 200, body = Certificate, description = "The new certificate, in clear."), Problems))]
pub(crate) async fn rotate(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Unstored<Certificate>, ApiError> {
    let _changing = state.settings.lock().await;
    let certificate = state.store.rotate_certificate(&app_id).await?;
    announce(&state, &app_id).await?;
    Ok(answer(&certificate))
}

fn answer(certificate: &Secret) -> Unstored<Certificate> {
    Unstored(Certificate {
        certificate: certificate.expose().to_owned(),
    })
}
