//! What will happen, in order.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::Duration;

/// Things that happen at a time; those of one time in the order in which they were put in.
pub(crate) struct Queue<T> {
    heap: BinaryHeap<Entry<T>>,
    order: u64,
}

struct Entry<T> {
    at: Duration,
    order: u64,
    what: T,
}

impl<T> Queue<T> {
    pub(crate) const fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            order: 0,
        }
    }

    pub(crate) fn put(&mut self, at: Duration, what: T) {
        self.order += 1;
        let order = self.order;
        self.heap.push(Entry { at, order, what });
    }

    pub(crate) fn next_at(&self) -> Option<Duration> {
        self.heap.peek().map(|entry| entry.at)
    }

    pub(crate) fn take(&mut self) -> Option<(Duration, T)> {
        self.heap.pop().map(|entry| (entry.at, entry.what))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}
