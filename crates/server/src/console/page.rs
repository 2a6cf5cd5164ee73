//! Lists and times as the console API shows them.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use visavis_store::{Page, PageRequest};

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
    /// Rows wanted: 50 when absent or 0, never more than 200.
    #[serde(rename = "pagination.pageSize")]
    page_size: Option<u32>,
    /// `nextPageToken` of the page before; absent or empty for the first page.
    #[serde(rename = "pagination.pageToken")]
    page_token: Option<String>,
}

/// Which page of an app's list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AppPageParams {
    /// The app.
    #[serde(rename = "appId")]
    pub(crate) app_id: String,
    /// Rows wanted: 50 when absent or 0, never more than 200.
    #[serde(rename = "pagination.pageSize")]
    page_size: Option<u32>,
    /// `nextPageToken` of the page before; absent or empty for the first page.
    #[serde(rename = "pagination.pageToken")]
    page_token: Option<String>,
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pagination {
    /// Send it as `pagination.pageToken` for the next page; empty on the last one.
    next_page_token: String,
    /// Rows in the whole list.
    total_count: u64,
}

impl From<PageParams> for PageRequest {
    fn from(params: PageParams) -> Self {
        Self {
            size: params.page_size,
            token: params.page_token,
        }
    }
}

impl AppPageParams {
    pub(crate) fn split(self) -> (String, PageRequest) {
        let page = PageRequest {
            size: self.page_size,
            token: self.page_token,
        };
        (self.app_id, page)
    }
}

impl<T> From<&Page<T>> for Pagination {
    fn from(page: &Page<T>) -> Self {
        Self {
            next_page_token: page.next_token.clone().unwrap_or_default(),
            total_count: page.total,
        }
    }
}

/// RFC 3339 in UTC with milliseconds.
pub(crate) fn timestamp(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}
