use std::collections::HashMap;

use visavis_codes::{Cause, Failure};
use visavis_wire::AppId;

/// Counts the open sessions of each app.
#[derive(Debug, Default)]
pub struct Gate {
    open: HashMap<AppId, u32>,
}

impl Gate {
    /// Lets one more session of the app in, if it has fewer than `sessions_max`.
    ///
    /// # Errors
    /// [`Cause::TooManySessions`], and nothing is counted.
    pub fn enter(&mut self, app_id: &AppId, sessions_max: u32) -> Result<(), Failure> {
        let open = self.open.entry(app_id.clone()).or_default();
        if *open >= sessions_max {
            let reason = format!("{open} of {sessions_max} sessions are open");
            if *open == 0 {
                self.open.remove(app_id);
            }
            return Err(Failure::about(Cause::TooManySessions, &reason));
        }
        *open += 1;
        Ok(())
    }

    /// Counts one session of the app out; every [`Gate::enter`] that succeeded is matched by one of these.
    pub fn leave(&mut self, app_id: &AppId) {
        if let Some(open) = self.open.get_mut(app_id) {
            *open -= 1;
            if *open == 0 {
                self.open.remove(app_id);
            }
        }
    }

    /// How many sessions the app has open.
    #[must_use]
    pub fn open(&self, app_id: &AppId) -> u32 {
        self.open.get(app_id).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_app_has_its_own_count_and_leaves_nothing_behind() {
        let (a, b) = (AppId::new("a").unwrap(), AppId::new("b").unwrap());
        let mut gate = Gate::default();
        assert!(gate.enter(&a, 1).is_ok());
        let refused = gate.enter(&a, 1).unwrap_err();
        assert_eq!(
            refused.detail(),
            "concurrency limit reached: 1 of 1 sessions are open"
        );
        assert!(gate.enter(&b, 1).is_ok());
        assert!(gate.enter(&AppId::new("none").unwrap(), 0).is_err());
        gate.leave(&a);
        gate.leave(&b);
        assert!(gate.open.is_empty());
        assert_eq!(gate.open(&a), 0);
    }
}
