use serde_json::Value;
use visavis_client::console::Console;

use super::Failure;
use super::out::{Paint, cell, print, print_json, table};

/// How to reach the console API; the same for every command that administers.
#[derive(Debug, clap::Args)]
pub(super) struct Admin {
    /// The server's root
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "VISAVIS_SERVER",
        default_value = "http://127.0.0.1:7400"
    )]
    server: String,
    /// The server's admin token
    #[arg(
        long,
        global = true,
        value_name = "TOKEN",
        env = "VISAVIS_ADMIN_TOKEN",
        default_value = "dev-admin",
        hide_env_values = true
    )]
    admin_token: String,
    /// Print the server's answer as JSON
    #[arg(long, global = true)]
    json: bool,
}

impl Admin {
    pub(super) fn console(&self) -> Result<Console, Failure> {
        Ok(Console::new(&self.server, self.admin_token.as_str())?)
    }

    /// Whether the answer is printed as JSON.
    pub(super) const fn is_json(&self) -> bool {
        self.json
    }

    /// Prints one object: members one under the other, or JSON.
    pub(super) fn show(&self, value: &Value, members: &[(&str, &str)]) -> Result<(), Failure> {
        if self.json {
            return print_json(value);
        }
        let paint = Paint::stdout();
        let wide = members
            .iter()
            .map(|(label, _)| label.len())
            .max()
            .unwrap_or(0);
        let mut text = String::new();
        for (label, member) in members {
            text += &format!(
                "{}  {}\n",
                paint.dim(&format!("{label:<wide$}")),
                cell(value, member)
            );
        }
        print(&text)
    }

    /// Prints a list: a table, or JSON.
    pub(super) fn list(
        &self,
        rows: Vec<Value>,
        columns: &[(&str, &str)],
        none: &str,
    ) -> Result<(), Failure> {
        if self.json {
            return print_json(&Value::Array(rows));
        }
        if rows.is_empty() {
            return print(&format!("{none}\n"));
        }
        let headings: Vec<_> = columns.iter().map(|(heading, _)| *heading).collect();
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                columns
                    .iter()
                    .map(|(_, member)| cell(row, member))
                    .collect()
            })
            .collect();
        print(&table(&headings, &cells, Paint::stdout()))
    }

    /// Says what was done, or prints the answer as JSON.
    pub(super) fn done(&self, value: &Value, sentence: &str) -> Result<(), Failure> {
        if self.json {
            return print_json(value);
        }
        print(&format!("{sentence}\n"))
    }
}
