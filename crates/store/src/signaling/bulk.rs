//! Statements over many rows at once.
//!
//! A statement costs a trip to SQLite's thread, some ten times what a row costs. A few fixed sizes
//! keep every one of these statements in the connection's cache of prepared ones.

use sqlx::{
    AssertSqlSafe, Sqlite, SqliteConnection,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};

const SIZES: [usize; 4] = [64, 16, 4, 1];

/// Stands in a statement for its rows of placeholders.
const ROWS: &str = "{rows}";

/// A statement with bound values.
pub(super) type Bound = Query<'static, Sqlite, SqliteArguments>;

/// A statement with `{rows}` where `VALUES` wants its rows, each of `columns` values.
#[derive(Clone, Copy)]
pub(super) struct Bulk {
    pub(super) sql: &'static str,
    pub(super) columns: usize,
}

impl Bulk {
    /// Runs the statement over all rows; `bind` gives the values of one.
    pub(super) async fn execute<T>(
        self,
        db: &mut SqliteConnection,
        rows: &[T],
        bind: impl Fn(Bound, &T) -> Bound,
    ) -> Result<(), sqlx::Error> {
        for chunk in chunks(rows) {
            self.bound(chunk, &bind).execute(&mut *db).await?;
        }
        Ok(())
    }

    /// Runs the statement over all rows and gives what it answers, chunk after chunk.
    pub(super) async fn fetch<T>(
        self,
        db: &mut SqliteConnection,
        rows: &[T],
        bind: impl Fn(Bound, &T) -> Bound,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let mut found = Vec::new();
        for chunk in chunks(rows) {
            found.extend(self.bound(chunk, &bind).fetch_all(&mut *db).await?);
        }
        Ok(found)
    }

    fn bound<T>(self, rows: &[T], bind: &impl Fn(Bound, &T) -> Bound) -> Bound {
        // Only placeholders are put in: the text stays ours.
        let query = sqlx::query(AssertSqlSafe(self.text(rows.len())));
        rows.iter().fold(query, bind)
    }

    fn text(self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(", "));
        self.sql.replace(ROWS, &vec![row; rows].join(", "))
    }
}

#[cfg(test)]
impl Bulk {
    /// Asks SQLite how it would go about the statement.
    pub(super) async fn assert_never_scans(self) {
        use sqlx::Row as _;
        let store = crate::Store::in_memory().await.unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {}", self.text(SIZES[0]));
        let query = sqlx::query(AssertSqlSafe(sql));
        for row in query.fetch_all(store.read()).await.unwrap() {
            let step: String = row.try_get("detail").unwrap();
            let tables = ["signal_", "found", "gone", "mailbox", "message"];
            let scans = tables
                .iter()
                .any(|table| step.starts_with(&format!("SCAN {table}")));
            assert!(!scans, "{step}: {}", self.sql);
        }
    }
}

fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows.len())?;
        let (chunk, rest) = rows.split_at(size);
        rows = rest;
        Some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_few_sizes_and_none_is_lost() {
        for count in 0..300 {
            let rows: Vec<_> = (0..count).collect();
            let cut: Vec<_> = chunks(&rows).collect();
            assert_eq!(cut.concat(), rows);
            assert!(cut.iter().all(|chunk| SIZES.contains(&chunk.len())));
        }
    }

    #[test]
    fn only_placeholders_are_put_in() {
        let bulk = Bulk {
            sql: "INSERT INTO t (a, b) VALUES {rows} RETURNING a",
            columns: 2,
        };
        assert_eq!(
            bulk.text(2),
            "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) RETURNING a"
        );
    }
}
