use std::io::{self, Write as _};
use std::process::ExitCode;

use visavis_client::Error;
use visavis_codes::signaling;

use super::out::{Paint, printable};

/// Why a command ends early.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server, or reaching it.
    Service(Error),
    /// Anything else, as a sentence.
    Text(String),
    /// What was asked for does not exist; the text says what does.
    Unknown(String),
    /// Nobody reads the output any more.
    BrokenPipe,
    /// The user wanted it to end.
    Interrupted,
}

impl Failure {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A failed read or write of what the user named.
    pub(super) fn io(what: &str, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::BrokenPipe
        } else {
            Self::Text(format!("{}: {error}", printable(what)))
        }
    }

    /// Says on standard error what happened and what to do; the exit code is for scripts.
    pub(super) fn report(&self) -> ExitCode {
        let paint = Paint::stderr();
        let text = match self {
            Self::BrokenPipe => return ExitCode::SUCCESS,
            Self::Interrupted => return ExitCode::from(130),
            Self::Service(error) => service(error, &paint),
            Self::Text(text) | Self::Unknown(text) => format!("{} {text}\n", paint.red("error:")),
        };
        let _ = io::stderr().write_all(text.as_bytes());
        match self {
            Self::Unknown(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::io("output", &error)
    }
}

fn service(error: &Error, paint: &Paint) -> String {
    let mut text = format!(
        "{} {}: {}\n",
        paint.red("error:"),
        paint.bold(error.code().name()),
        printable(error.message())
    );
    let mut row = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            text += &format!("  {label:<14}{}\n", printable(&value));
        }
    };
    let mut cause = std::error::Error::source(error);
    let mut said = String::new();
    while let Some(source) = cause {
        // Some libraries repeat the cause in their own sentence.
        if !said.ends_with(&source.to_string()) {
            said = source.to_string();
            row("because", Some(said.clone()));
        }
        cause = source.source();
    }
    row(
        "phase",
        Some(error.phase().name().to_owned()).filter(|name| name != "unknown"),
    );
    row(
        "HTTP status",
        error.http_status().map(|status| status.to_string()),
    );
    row("server code", error.server_code().map(str::to_owned));
    row(
        "close code",
        error.close_code().map(|code| code.to_string()),
    );
    row("close reason", error.close_reason().map(str::to_owned));
    row("connection", error.connection_id().map(str::to_owned));
    row("req_id", error.req_id().map(str::to_owned));
    row("request", error.request_id().map(str::to_owned));
    row(
        "retry after",
        error
            .retry_after()
            .map(|wait| format!("{} s", wait.as_secs_f64())),
    );
    row("advice", Some(error.advice().to_string()));
    if let Some(code) = error.code().known() {
        row("what to do", Some(code.caller_does().to_owned()));
        row("more", Some(format!("visavis explain {code}")));
    } else if let Some(code) = signaling::Code::from_name(error.code().name()) {
        row("what to do", Some(code.caller_does().to_owned()));
        row("more", Some(format!("visavis explain {}", code.name())));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_the_service_says_what_to_do_and_how_to_learn_more() {
        let error = visavis_client::console::Console::new("nowhere", "t").unwrap_err();
        let text = service(&error, &Paint::plain());
        assert!(
            text.starts_with("error: invalidRequest: the server (VISAVIS_SERVER)"),
            "{text}"
        );
        assert!(
            text.contains("\n  advice        fix_configuration\n"),
            "{text}"
        );
        assert!(
            text.contains("\n  more          visavis explain invalidRequest\n"),
            "{text}"
        );
        assert!(!text.contains("phase"));
    }
}
