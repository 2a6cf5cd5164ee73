//! Lists come in pages that stay stable while rows are added.

use crate::{
    StoreError,
    limits::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX},
};

/// Which page of a list the caller wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows wanted; `None` or 0 means the default, and more than the maximum means the maximum.
    pub size: Option<u32>,
    /// The `next_token` of the page before; `None` or empty means the first page.
    pub token: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// Rows in the whole list, not only in this page.
    pub total: u64,
    /// Where the next page begins; `None` on the last one.
    pub next_token: Option<String>,
}

impl PageRequest {
    pub(crate) fn rows(&self) -> u32 {
        match self.size {
            None | Some(0) => PAGE_ROWS_DEFAULT,
            Some(size) => size.min(PAGE_ROWS_MAX),
        }
    }

    /// The `seq` after which this page begins. Tokens carry the list they belong to,
    /// so that one of another list is refused and not misread.
    pub(crate) fn after(&self, list: &str) -> Result<Option<i64>, StoreError> {
        let Some(token) = self.token.as_deref().filter(|token| !token.is_empty()) else {
            return Ok(None);
        };
        token
            .strip_prefix(list)
            .and_then(|rest| rest.strip_prefix('.'))
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| i64::from_str_radix(digits, 16).ok())
            .map(Some)
            .ok_or_else(|| {
                StoreError::Invalid(
                    "the page token is not one of this list: send the nextPageToken of the page before, or none"
                        .to_owned(),
                )
            })
    }
}

impl<T> Page<T> {
    /// `rows` holds one row more than a page when there is a next page.
    pub(crate) fn cut(
        list: &str,
        request: &PageRequest,
        mut rows: Vec<(i64, T)>,
        total: i64,
    ) -> Self {
        let wanted = request.rows() as usize;
        let next_token =
            (rows.len() > wanted && wanted > 0).then(|| format!("{list}.{:x}", rows[wanted - 1].0));
        rows.truncate(wanted);
        Self {
            items: rows.into_iter().map(|(_, item)| item).collect(),
            total: u64::try_from(total).unwrap_or(0),
            next_token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(token: &str) -> Result<Option<i64>, StoreError> {
        PageRequest {
            size: None,
            token: Some(token.to_owned()),
        }
        .after("apps")
    }

    #[test]
    fn only_tokens_of_the_same_list_are_taken() {
        assert_eq!(after("").unwrap(), None);
        assert_eq!(after("apps.1f").unwrap(), Some(31));
        for garbage in [
            "apps",
            "apps.",
            "apps.-1",
            "apps.+1",
            "apps.xyz",
            "ledger.1",
            "apps.ffffffffffffffffff",
        ] {
            assert!(
                matches!(after(garbage), Err(StoreError::Invalid(_))),
                "{garbage}"
            );
        }
    }
}
