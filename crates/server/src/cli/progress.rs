use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Refreshes a second.
const HZ: u8 = 10;

/// A bar over seconds of media, on standard error and only on a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    total: Duration,
}

impl Progress {
    pub(super) fn new(total: Duration) -> Self {
        let bar = ProgressBar::with_draw_target(
            Some(millis(total)),
            ProgressDrawTarget::stderr_with_hz(HZ),
        );
        let style = ProgressStyle::with_template("{prefix} {wide_bar:.cyan/dim} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, total }
    }

    /// Moves to this media time; `rest` is what else there is to say.
    pub(super) fn show(&self, at: Duration, rest: &str) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_position(millis(at.min(self.total)));
        let (at, total) = (at.as_secs_f64(), self.total.as_secs_f64());
        self.bar.set_prefix(format!("{at:6.1} s of {total:.1} s"));
        self.bar.set_message(rest.to_owned());
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn millis(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}
