//! Counts messages: each must reach each receiver once, and in order.

use std::time::{Duration, Instant};

use memchr::memmem;

/// Begins the text of a message; nothing else that a server sends holds it.
const MARK: &[u8] = b"@@";
const DIGITS: usize = 16;
/// Bytes of text that the application sends, whatever the protocol puts around them.
const TEXT_BYTES: usize = 64;

/// The text of the message with this number.
pub(crate) fn text(number: u64) -> String {
    format!(
        "@@{number:0DIGITS$}{:x<1$}",
        "",
        TEXT_BYTES - DIGITS - MARK.len()
    )
}

/// What is known of the messages of one channel.
pub(crate) struct Tally {
    finder: memmem::Finder<'static>,
    receivers: u32,
    messages: Vec<Message>,
    sent: u64,
    /// Messages that have reached everyone.
    completed: u64,
    deliveries: u64,
    disorder: u64,
    latencies: Option<Vec<Duration>>,
}

#[derive(Clone, Copy)]
struct Message {
    sent: Instant,
    arrived: u32,
}

impl Tally {
    /// For at most `window` messages on their way at once.
    pub(crate) fn new(window: usize) -> Self {
        let none = Message {
            sent: Instant::now(),
            arrived: 0,
        };
        Self {
            finder: memmem::Finder::new(MARK),
            receivers: 0,
            messages: vec![none; window],
            sent: 0,
            completed: 0,
            deliveries: 0,
            disorder: 0,
            latencies: None,
        }
    }

    /// How many are to receive each message from now on.
    pub(crate) fn expect_receivers(&mut self, receivers: usize) {
        self.receivers = receivers as u32;
    }

    /// How many more messages may be sent now.
    pub(crate) fn room(&self) -> usize {
        self.messages.len() - (self.sent - self.completed) as usize
    }

    /// The number of the message that is sent now.
    pub(crate) fn send(&mut self, now: Instant) -> u64 {
        let number = self.sent;
        self.sent += 1;
        *self.message(number) = Message {
            sent: now,
            arrived: 0,
        };
        number
    }

    /// Counts what `payload` delivers to a receiver that expects the message `expected`; gives what lies behind the
    /// last message, which may be the beginning of another.
    pub(crate) fn receive<'a>(
        &mut self,
        payload: &'a [u8],
        expected: &mut u64,
        now: Instant,
    ) -> &'a [u8] {
        let mut rest = payload;
        while let Some(at) = self.finder.find(rest) {
            let Some(digits) = rest.get(at + MARK.len()..at + MARK.len() + DIGITS) else {
                return &rest[at..];
            };
            let number = digits.iter().fold(0, |sum, digit| {
                sum * 10 + u64::from(digit.wrapping_sub(b'0'))
            });
            self.deliver(number, expected, now);
            rest = &rest[at + MARK.len() + DIGITS..];
        }
        if rest.ends_with(&MARK[..1]) {
            return &rest[rest.len() - 1..];
        }
        &[]
    }

    fn deliver(&mut self, number: u64, expected: &mut u64, now: Instant) {
        self.deliveries += 1;
        if number != *expected || number >= self.sent {
            self.disorder += 1;
        }
        *expected = number + 1;
        let receivers = self.receivers;
        let message = self.message(number);
        message.arrived += 1;
        let latency = now.saturating_duration_since(message.sent);
        if message.arrived == receivers {
            self.completed += 1;
        }
        if let Some(latencies) = &mut self.latencies {
            latencies.push(latency);
        }
    }

    fn message(&mut self, number: u64) -> &mut Message {
        let at = number as usize % self.messages.len();
        &mut self.messages[at]
    }

    pub(crate) fn deliveries(&self) -> u64 {
        self.deliveries
    }

    /// Keeps the latency of every delivery from now on.
    pub(crate) fn time_deliveries(&mut self) {
        self.latencies = Some(Vec::new());
    }

    pub(crate) fn take_latencies(&mut self) -> Vec<Duration> {
        self.latencies.take().unwrap_or_default()
    }

    /// Whether every message has reached every receiver exactly once and in order.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        let due = self.sent * u64::from(self.receivers);
        if self.deliveries == due && self.disorder == 0 {
            Ok(())
        } else {
            Err(format!(
                "{} of {due} deliveries arrived, {} of them not in order",
                self.deliveries, self.disorder
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_receiver_must_get_every_message_once_and_in_order() {
        let now = Instant::now();
        let mut tally = Tally::new(4);
        tally.expect_receivers(2);
        let (first, second) = (text(tally.send(now)), text(tally.send(now)));
        assert_eq!(first.len(), TEXT_BYTES);
        assert_eq!(tally.room(), 2);
        let (mut alice, mut bob) = (0, 0);
        tally.receive(format!("{first}{second}").as_bytes(), &mut alice, now);
        tally.receive(first.as_bytes(), &mut bob, now);
        assert_eq!((tally.room(), tally.deliveries()), (3, 3));
        assert!(tally.verdict().is_err());
        tally.receive(second.as_bytes(), &mut bob, now);
        assert_eq!(tally.verdict(), Ok(()));
        tally.receive(second.as_bytes(), &mut bob, now);
        assert!(tally.verdict().is_err());
    }

    #[test]
    fn a_message_that_is_cut_is_counted_with_its_other_half() {
        let now = Instant::now();
        let mut tally = Tally::new(1);
        tally.expect_receivers(1);
        let text = text(tally.send(now));
        for at in 1..MARK.len() + DIGITS {
            let (mut tally, mut expected) = (Tally::new(1), 0);
            tally.expect_receivers(1);
            tally.send(now);
            let (head, tail) = text.as_bytes().split_at(at);
            let kept = tally.receive(head, &mut expected, now).to_vec();
            tally.receive(&[&kept, tail].concat(), &mut expected, now);
            assert_eq!(tally.verdict(), Ok(()), "cut at {at}");
        }
    }
}
