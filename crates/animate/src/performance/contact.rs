//! Lips that meet, or touch the teeth: decided once, held, and let go once.

use super::Thresholds;

/// Most instants that are looked at together: the present and all that the longest lookahead tells of.
pub(super) const VIEW: usize = 7;

/// How much speaks for a contact at one instant.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence {
    /// Weight of the phones that make it.
    pub(super) weight: f32,
    /// The same as a share of what is needed to begin: 1 begins.
    pub(super) share: f32,
}

/// One contact with its hysteresis.
#[derive(Clone)]
pub(super) struct Contact {
    closed: bool,
    /// Steps that it has lasted.
    held: f32,
}

impl Contact {
    pub(super) const OPEN: Self = Self {
        closed: false,
        held: 0.0,
    };

    /// Decides the present, the first of `view`; what follows is what the lookahead tells already.
    pub(super) fn decide(&mut self, view: &[Evidence], lines: &Thresholds) -> bool {
        self.closed = if self.closed {
            self.held < lines.least || stays(view, lines)
        } else {
            begins(view, lines)
        };
        self.held = if self.closed { self.held + 1.0 } else { 0.0 };
        self.closed
    }

    pub(super) fn release(&mut self) {
        *self = Self::OPEN;
    }
}

/// Whether a run begins with the first of `view`: it must hold as long as can be seen, and be convincing in it.
pub(super) fn begins(view: &[Evidence], lines: &Thresholds) -> bool {
    let Some(now) = view.first() else {
        return false;
    };
    if now.share < lines.begin {
        return false;
    }
    let run = view
        .iter()
        .take_while(|at| at.weight >= lines.leave)
        .count();
    let enough = (lines.least as usize).min(view.len());
    if run < enough {
        return false;
    }
    let peak = view[..run]
        .iter()
        .fold(0.0f32, |peak, at| peak.max(at.share));
    let mean = view[..enough].iter().map(|at| at.share).sum::<f32>() / enough as f32;
    peak >= 1.0 && mean >= lines.mean
}

/// Whether a run goes on: it has weight, or will soon be as convincing again.
fn stays(view: &[Evidence], lines: &Thresholds) -> bool {
    let soon = view.iter().take(1 + lines.join as usize);
    view.first().is_some_and(|now| now.weight >= lines.leave)
        || soon.into_iter().any(|at| at.share >= 1.0)
}
