use std::collections::{BTreeMap, HashSet, VecDeque};
use std::ops::Bound;
use std::time::Duration;

use tokio::time::Instant;
use visavis_store::Delivery;

/// Deliveries that are made at the same time.
pub(super) const UNDER_WAY_MAX: usize = 8;
/// Of these, how many may go to one app: a fast receiver gets enough, and a slow one leaves room.
const APP_UNDER_WAY_MAX: usize = 4;
/// Of these, how many may go to all apps together whose receivers fail.
const FAILING_UNDER_WAY_MAX: usize = 4;
/// Deliveries of one app that are taken from the store at once.
pub(super) const BATCH: u32 = 32;

/// Deliveries that are due, in turn between the apps.
#[derive(Debug, Default)]
pub(super) struct Queues {
    apps: BTreeMap<String, App>,
    /// Waiting or under way.
    known: HashSet<i64>,
    under_way: usize,
    failing_under_way: usize,
    /// Whose turn it was last.
    last: String,
}

#[derive(Debug, Default)]
struct App {
    waiting: VecDeque<Delivery>,
    under_way: usize,
    /// The store had a whole batch, and may have more.
    more: bool,
    /// Failures in a row.
    failures: u32,
    /// Not before.
    resume: Option<Instant>,
}

impl Queues {
    /// Takes in what the store says is due.
    pub(super) fn fill(&mut self, due: Vec<Delivery>) {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for delivery in due {
            *counts.entry(delivery.app_id.clone()).or_default() += 1;
            if self.known.insert(delivery.seq) {
                let app = self.apps.entry(delivery.app_id.clone()).or_default();
                app.waiting.push_back(delivery);
            }
        }
        for (name, app) in &mut self.apps {
            app.more = counts.get(name).is_some_and(|count| *count >= BATCH);
        }
    }

    /// Whether the store may have more of an app whose queue ran empty.
    pub(super) fn is_hungry(&self) -> bool {
        self.apps
            .values()
            .any(|app| app.more && app.waiting.is_empty())
    }

    /// The next delivery to make, if one may be made now.
    pub(super) fn next(&mut self, now: Instant) -> Option<Delivery> {
        if self.under_way >= UNDER_WAY_MAX {
            return None;
        }
        let failing_full = self.failing_under_way >= FAILING_UNDER_WAY_MAX;
        let last = self.last.as_str();
        let after = (Bound::Excluded(last), Bound::Unbounded);
        let before = (Bound::Unbounded, Bound::Included(last));
        let turn = self
            .apps
            .range::<str, _>(after)
            .chain(self.apps.range::<str, _>(before))
            .find(|(_, app)| app.may_send(now, failing_full))
            .map(|(name, _)| name.clone())?;
        let app = self.apps.get_mut(&turn)?;
        let delivery = app.waiting.pop_front()?;
        app.under_way += 1;
        self.under_way += 1;
        if app.failures > 0 {
            self.failing_under_way += 1;
        }
        self.last = turn;
        Some(delivery)
    }

    /// A delivery is settled in the store, and its receiver works.
    pub(super) fn succeeded(&mut self, delivery: &Delivery) {
        self.ended(delivery, 0, None);
    }

    /// A delivery failed. `pause` says how long to leave a receiver alone that failed so many times in a row.
    pub(super) fn failed(
        &mut self,
        delivery: &Delivery,
        now: Instant,
        pause: impl FnOnce(u32) -> Duration,
    ) {
        let failures = self
            .apps
            .get(&delivery.app_id)
            .map_or(1, |app| app.failures.saturating_add(1));
        self.ended(delivery, failures, Some(now + pause(failures)));
    }

    fn ended(&mut self, delivery: &Delivery, failures: u32, resume: Option<Instant>) {
        self.known.remove(&delivery.seq);
        let Some(app) = self.apps.get_mut(&delivery.app_id) else {
            return;
        };
        app.under_way -= 1;
        app.failures = failures;
        app.resume = resume;
        if app.is_idle() {
            self.apps.remove(&delivery.app_id);
        }
        self.under_way -= 1;
        // Counted anew, since an app begins and ceases to fail while several are under way.
        let failing = self.apps.values().filter(|app| app.failures > 0);
        self.failing_under_way = failing.map(|app| app.under_way).sum();
    }
}

impl App {
    fn may_send(&self, now: Instant, failing_full: bool) -> bool {
        let room = match self.failures {
            0 => self.under_way < APP_UNDER_WAY_MAX,
            // One at a time finds out whether the receiver is back.
            _ => self.under_way == 0 && !failing_full,
        };
        !self.waiting.is_empty() && room && self.resume.is_none_or(|resume| resume <= now)
    }

    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.under_way == 0 && self.failures == 0 && !self.more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(1);

    fn delivery(app: &str, seq: i64) -> Delivery {
        Delivery {
            seq,
            app_id: app.into(),
            id: seq.to_string(),
            kind: "signaling.login".into(),
            body: "{}".into(),
            attempts: 0,
            created_ms: 0,
        }
    }

    fn taken(queues: &mut Queues, now: Instant) -> Vec<Delivery> {
        std::iter::from_fn(|| queues.next(now)).collect()
    }

    fn seqs(deliveries: &[Delivery]) -> Vec<i64> {
        deliveries.iter().map(|delivery| delivery.seq).collect()
    }

    #[tokio::test]
    async fn apps_take_turns_and_no_delivery_is_made_twice_at_once() {
        let mut queues = Queues::default();
        let now = Instant::now();
        let due: Vec<_> = (1..=6)
            .map(|seq| delivery("a", seq))
            .chain((11..=12).map(|seq| delivery("b", seq)))
            .collect();
        queues.fill(due.clone());
        queues.fill(due);
        let first = taken(&mut queues, now);
        assert_eq!(seqs(&first), [1, 11, 2, 12, 3, 4], "four at most of one");
        first.iter().for_each(|done| queues.succeeded(done));
        assert_eq!(seqs(&taken(&mut queues, now)), [5, 6]);
        assert!(!queues.is_hungry());
    }

    #[tokio::test]
    async fn a_receiver_that_fails_is_left_alone_and_then_probed() {
        let mut queues = Queues::default();
        let now = Instant::now();
        queues.fill((1..=8).map(|seq| delivery("a", seq)).collect());
        for failed in taken(&mut queues, now) {
            queues.failed(&failed, now, |_| PAUSE);
        }
        assert!(taken(&mut queues, now).is_empty());
        let probe = taken(&mut queues, now + PAUSE);
        assert_eq!(seqs(&probe), [5]);
        queues.succeeded(&probe[0]);
        assert_eq!(seqs(&taken(&mut queues, now + PAUSE)), [6, 7, 8]);
    }

    #[tokio::test]
    async fn dead_receivers_leave_room_for_others() {
        let mut queues = Queues::default();
        let now = Instant::now();
        let names: Vec<String> = (0..20).map(|n| format!("dead{n}")).collect();
        let all = |offset: i64| {
            let each = names.iter().zip(offset..);
            each.map(|(name, seq)| delivery(name, seq)).collect()
        };
        queues.fill(all(0));
        for _ in 0..3 {
            for failed in taken(&mut queues, now) {
                queues.failed(&failed, now, |_| PAUSE);
            }
        }
        queues.fill(all(100));
        queues.fill(vec![delivery("live", 1000)]);
        let sent = taken(&mut queues, now + PAUSE);
        assert_eq!(sent.len(), FAILING_UNDER_WAY_MAX + 1);
        assert!(sent.iter().any(|delivery| delivery.app_id == "live"));
    }

    #[tokio::test]
    async fn a_full_batch_asks_for_more_once_it_is_under_way() {
        let mut queues = Queues::default();
        let now = Instant::now();
        let batch = i64::from(BATCH);
        queues.fill((1..=batch).map(|seq| delivery("a", seq)).collect());
        assert!(!queues.is_hungry());
        while let [first, ..] = taken(&mut queues, now).as_slice() {
            queues.succeeded(first);
            for seq in first.seq + 1..(first.seq + 4).min(batch + 1) {
                queues.succeeded(&delivery("a", seq));
            }
        }
        assert!(queues.is_hungry());
        queues.fill(Vec::new());
        assert!(!queues.is_hungry());
    }
}
