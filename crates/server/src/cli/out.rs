//! Standard output and error: tables, JSON, colours on a terminal and nowhere else.

use std::io::{self, IsTerminal as _, Write as _};

use serde_json::Value;

use super::Failure;

/// Colours, where there is a terminal that shows them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    pub(super) fn stdout() -> Self {
        Self(io::stdout().is_terminal() && wanted())
    }

    pub(super) fn stderr() -> Self {
        Self(io::stderr().is_terminal() && wanted())
    }

    #[cfg(test)]
    pub(super) const fn plain() -> Self {
        Self(false)
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    pub(super) fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    fn wrap(self, style: &str, text: &str) -> String {
        if self.0 {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// <https://no-color.org>
fn wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes to standard output.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(())
}

/// Writes a value as indented JSON.
pub(super) fn print_json(value: &Value) -> Result<(), Failure> {
    print(&format!("{value:#}\n"))
}

/// Text from elsewhere, without what a terminal would take for a command.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Rows under headings, in columns as wide as their widest cell.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>], paint: Paint) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([headings[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..headings.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (cell, width) in cells.zip(&widths) {
            line += &format!("{cell:<width$}  ");
        }
        line.trim_end().to_owned()
    };
    let mut text = paint.bold(&line(&mut headings.iter().copied())) + "\n";
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
        text.push('\n');
    }
    text
}

/// A member of a JSON object as a cell of a table; `-` when it is absent or empty.
pub(super) fn cell(row: &Value, member: &str) -> String {
    match &row[member] {
        Value::Null => "-".into(),
        Value::String(text) if text.is_empty() => "-".into(),
        Value::String(text) => printable(text),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Array(items) => items.len().to_string(),
        other => printable(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = vec![
            vec!["a".into(), "long cell".into()],
            vec!["bb".into(), "-".into()],
        ];
        assert_eq!(
            table(&["ID", "NAME"], &rows, Paint::plain()),
            "ID  NAME\na   long cell\nbb  -\n"
        );
    }

    #[test]
    fn cells_hold_nothing_that_a_terminal_obeys() {
        let row =
            serde_json::json!({ "name": "a\u{1b}[2Jb", "keys": [1, 2], "on": true, "none": "" });
        assert_eq!(cell(&row, "name"), "a [2Jb");
        assert_eq!(
            (cell(&row, "keys").as_str(), cell(&row, "on").as_str()),
            ("2", "yes")
        );
        assert_eq!(
            (cell(&row, "none").as_str(), cell(&row, "gone").as_str()),
            ("-", "-")
        );
    }
}
