use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use visavis_signal::Answer;

use super::unexpected;
use crate::console::error::ApiError;

/// Names in a page when the caller does not say.
const LIMIT_DEFAULT: u32 = 100;
/// Names in one page.
const LIMIT_MAX: u32 = 1000;

/// Which page of a list of names.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NamesParams {
    /// `next` of the page before; absent or empty for the first page.
    #[serde(default)]
    after: String,
    /// Names wanted: 100 when absent or 0, never more than 1000.
    #[serde(default)]
    limit: u32,
}

/// How many there are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Count {
    count: usize,
}

impl NamesParams {
    pub(super) fn split(self) -> (String, usize) {
        let limit = match self.limit {
            0 => LIMIT_DEFAULT,
            limit => limit.min(LIMIT_MAX),
        };
        (self.after, limit as usize)
    }
}

impl TryFrom<Answer> for Count {
    type Error = ApiError;

    fn try_from(answer: Answer) -> Result<Self, ApiError> {
        match answer {
            Answer::Count(count) => Ok(Self { count }),
            _ => Err(unexpected()),
        }
    }
}

/// Names, and what to send as `after` for the next ones.
pub(super) fn page(answer: Answer) -> Result<(Vec<String>, Option<String>), ApiError> {
    match answer {
        Answer::Names { names, more } => {
            let next = names.last().filter(|_| more).cloned();
            Ok((names, next))
        }
        _ => Err(unexpected()),
    }
}
