//! What a session wants done, one short line each.

use std::fmt::Write as _;
use std::time::Duration;

use prost::Message as _;
use visavis_avatar::{Output, Report};
use visavis_wire::limits::{CLOSE_REASON_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX};
use visavis_wire::proto::{self, message::Data, server_playback_state::State};

/// When the last line was written.
#[derive(Default)]
pub(crate) struct Clock(Option<Duration>);

/// Writes one output, after a line for the time if that has changed.
pub(crate) fn line(log: &mut String, clock: &mut Clock, now: Duration, output: &Output) {
    if clock.0.replace(now) != Some(now) {
        let _ = writeln!(log, "{}s", now.as_secs_f64());
    }
    let text = match output {
        Output::Start {
            key,
            format,
            sample_rate,
            motion,
        } => {
            let mut text = format!("engine starts {} {format:?} {sample_rate}", key.0);
            if motion.lookahead_ms != 40 || !motion.secondary {
                let _ = write!(text, " {motion:?}");
            }
            text
        }
        Output::Animate { key, audio } => format!("engine takes {} {} bytes", key.0, audio.len()),
        Output::Finish { key } => format!("engine finishes {}", key.0),
        Output::Cancel { key } => format!("engine forgets {}", key.0),
        Output::Reserve { block, credits } => format!("reserve block {block}: {credits}"),
        Output::Settle { block, committed } => format!("settle block {block}: {committed}"),
        Output::Send(bytes) if bytes.starts_with(b"\xff") => "send garbage".into(),
        Output::Send(bytes) => {
            assert!(bytes.len() <= SERVER_MESSAGE_BYTES_MAX);
            sent(&proto::Message::decode(bytes.clone()).expect("a message"))
        }
        Output::Close { code, reason } => {
            assert!(reason.len() <= CLOSE_REASON_BYTES_MAX);
            format!("close {code} \"{reason}\"")
        }
        Output::Drop => "drop".into(),
        Output::Report(report) => format!("log: {}", reported(report)),
        Output::Stall => "stall".into(),
    };
    let _ = writeln!(log, "  {text}");
}

/// The error of a session's log, and the code of the close frame that follows it at once.
pub(crate) fn failure(log: &str) -> (String, String) {
    let mut lines = log
        .lines()
        .skip_while(|line| !line.starts_with("  send error"));
    let said: String = lines.by_ref().take(2).fold(String::new(), |said, line| {
        said + line.trim_start_matches(' ') + "\n"
    });
    let close = lines.next().expect("a close frame after the error").trim();
    let code = close.split(' ').nth(1).expect("close CODE");
    assert!(
        close.starts_with("close ") && log.matches("  send error").count() == 1,
        "{log}"
    );
    (said, code.into())
}

fn sent(message: &proto::Message) -> String {
    let kind = message.r#type;
    match message.data.as_ref().expect("a payload") {
        Data::ServerConfirmSession(confirm) => {
            assert_eq!(kind, 2);
            format!(
                "send confirm {} {:?}",
                confirm.connection_id, confirm.capabilities
            )
        }
        Data::ServerError(error) => {
            assert_eq!(
                (kind, error.connection_id.as_str(), &error.message),
                (4, "c-1", &error.detail)
            );
            let request = match error.req_id.as_str() {
                "" => String::new(),
                id => format!(" request {id}"),
            };
            format!(
                "send error {} \"{}\"{request}\n    {} {} \"{}\" retryable {} after {} ms, {}",
                error.code,
                error.message,
                error.code_name,
                error.phase,
                error.title,
                error.retryable,
                error.retry_after_ms,
                error.doc_url
            )
        }
        Data::ServerResponseAnimation(animation) => {
            assert_eq!(
                (
                    kind,
                    animation.connection_id.as_str(),
                    animation.avatar_id.as_str()
                ),
                (5, "c-1", "vera")
            );
            let flame = animation
                .animation
                .as_ref()
                .map_or(0, |flame| flame.keyframes.len());
            let open = animation
                .open_animation
                .as_ref()
                .map_or(0, |open| open.frames.len());
            assert_eq!(flame, open);
            let end = if animation.end { " end" } else { "" };
            format!("send animation {} {flame} frames{end}", animation.req_id)
        }
        Data::ServerPlaybackState(state) => {
            assert_eq!((kind, state.connection_id.as_str()), (10, "c-1"));
            let name = State::try_from(state.state)
                .expect("a known state")
                .as_str_name();
            let line = format!(
                "send playback {} {name} {} ms {}",
                state.req_id, state.played_ms, state.reason
            );
            line.trim_end().into()
        }
        other => panic!("no server sends {other:?}"),
    }
}

fn reported(report: &Report) -> String {
    match report {
        Report::Confirmed(configuration) => {
            format!(
                "confirmed {:?} {}",
                configuration.format, configuration.sample_rate
            )
        }
        Report::RequestStarted(req_id) => format!("request {req_id} started"),
        Report::RequestEnded {
            req_id,
            frames,
            end,
        } => format!(
            "request {req_id} ended after {frames} frames: {}",
            end.name()
        ),
        Report::Failed {
            failure,
            phase,
            req_id,
        } => {
            let request = req_id
                .as_ref()
                .map_or(String::new(), |id| format!(" request {id}"));
            let purpose = if failure.is_on_purpose() {
                " on purpose"
            } else {
                ""
            };
            format!("failed {:?} {phase}{request}{purpose}", failure.cause())
        }
        Report::Ended { connected_s } => format!("ended after {connected_s} s"),
    }
}
