use std::collections::VecDeque;
use std::time::Duration;

use crate::{Output, Time};

/// Meters a session by connected second, in blocks of credits set aside ahead of time.
///
/// For each block, what was reserved is what is committed plus what is refunded: the ledger gives back the rest of a
/// block when it is settled, and every block is settled exactly once.
#[derive(Debug)]
pub(crate) struct Meter {
    block_credits: u32,
    /// Blocks not settled yet, oldest first.
    blocks: VecDeque<Block>,
    /// Credits of the blocks settled so far, all of them used.
    settled: u64,
    next_block: u32,
    stage: Stage,
    started: Option<Time>,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    number: u32,
    credits: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// There is enough for now.
    Covered,
    /// More was asked for.
    Asked,
    /// There is no more to be had.
    LastBlock,
    /// All blocks are settled.
    Closed,
}

impl Meter {
    pub(crate) fn new(reserved: u32, block_credits: u32) -> Self {
        let blocks = VecDeque::from([Block {
            number: 0,
            credits: reserved,
        }]);
        Self {
            // A block of nothing would be asked for over and over.
            block_credits: block_credits.max(1),
            blocks,
            settled: 0,
            next_block: 1,
            stage: Stage::Covered,
            started: None,
        }
    }

    pub(crate) fn start(&mut self, now: Time) {
        self.started = Some(now);
    }

    /// When [`Meter::advance`] has something to do.
    pub(crate) fn deadline(&self) -> Option<Time> {
        let end = self.started? + Duration::from_secs(self.total());
        match self.stage {
            Stage::Covered => Some(end.saturating_sub(self.lead())),
            Stage::LastBlock => Some(end),
            Stage::Asked | Stage::Closed => None,
        }
    }

    /// Settles what is used up and asks for more; false when the credits have run out.
    pub(crate) fn advance(&mut self, now: Time, out: &mut Vec<Output>) -> bool {
        let Some(started) = self.started else {
            return true;
        };
        let used = now.saturating_sub(started).as_secs();
        while self.blocks.len() > 1 && used >= self.settled + u64::from(self.blocks[0].credits) {
            self.settle_oldest(u64::MAX, out);
        }
        let end = started + Duration::from_secs(self.total());
        match self.stage {
            Stage::Covered if now + self.lead() >= end => {
                out.push(Output::Reserve {
                    block: self.next_block,
                    credits: self.block_credits,
                });
                self.next_block += 1;
                self.stage = Stage::Asked;
                true
            }
            Stage::LastBlock => now < end,
            Stage::Covered | Stage::Asked | Stage::Closed => true,
        }
    }

    /// Takes the ledger's answer; a block that comes too late is given back whole.
    pub(crate) fn reserved(&mut self, number: u32, credits: u32, out: &mut Vec<Output>) {
        if credits > 0 && self.stage == Stage::Closed {
            out.push(Output::Settle {
                block: number,
                committed: 0,
            });
        } else if self.stage == Stage::Asked {
            if credits > 0 {
                self.blocks.push_back(Block { number, credits });
            }
            self.stage = if credits < self.block_credits {
                Stage::LastBlock
            } else {
                Stage::Covered
            };
        }
    }

    /// Settles every block and returns the connected seconds, rounded up.
    pub(crate) fn close(&mut self, now: Time, out: &mut Vec<Output>) -> u64 {
        let connected = self
            .started
            .map_or(Duration::ZERO, |started| now.saturating_sub(started));
        let seconds = connected.as_secs() + u64::from(connected.subsec_nanos() > 0);
        let mut left = seconds.saturating_sub(self.settled);
        while !self.blocks.is_empty() {
            left -= self.settle_oldest(left, out);
        }
        self.stage = Stage::Closed;
        seconds
    }

    fn settle_oldest(&mut self, used: u64, out: &mut Vec<Output>) -> u64 {
        let Some(block) = self.blocks.pop_front() else {
            return 0;
        };
        let committed = u32::try_from(used).unwrap_or(u32::MAX).min(block.credits);
        self.settled += u64::from(committed);
        if block.credits > 0 {
            out.push(Output::Settle {
                block: block.number,
                committed,
            });
        }
        committed.into()
    }

    fn total(&self) -> u64 {
        self.settled
            + self
                .blocks
                .iter()
                .map(|block| u64::from(block.credits))
                .sum::<u64>()
    }

    /// How long before the end of the last block the next one is asked for.
    fn lead(&self) -> Duration {
        Duration::from_secs(u64::from(self.block_credits) / 2)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A ledger as plain sums.
    #[derive(Default)]
    struct Sums {
        balance: u64,
        reserved: u64,
        committed: u64,
        refunded: u64,
        open: std::collections::HashMap<u32, u32>,
    }

    impl Sums {
        fn reserve(&mut self, block: u32, credits: u32) -> u32 {
            let credits = credits.min(u32::try_from(self.balance).unwrap_or(u32::MAX));
            self.balance -= u64::from(credits);
            self.reserved += u64::from(credits);
            if credits > 0 {
                self.open.insert(block, credits);
            }
            credits
        }

        fn settle(&mut self, block: u32, committed: u32) {
            let credits = self.open.remove(&block).expect("a block is settled once");
            assert!(committed <= credits);
            self.committed += u64::from(committed);
            self.refunded += u64::from(credits - committed);
            self.balance += u64::from(credits - committed);
        }
    }

    proptest! {
        #[test]
        fn reserved_is_committed_plus_refunded(
            balance in 1u64..400, block in 1u32..90, steps in proptest::collection::vec(0u64..20_000, 0..60),
            late in any::<bool>(),
        ) {
            let mut sums = Sums { balance, ..Sums::default() };
            let first = sums.reserve(0, block);
            let mut meter = Meter::new(first, block);
            meter.start(Time::ZERO);
            let (mut now, mut out, mut asked) = (Time::ZERO, vec![], None);
            let mut alive = true;
            for step in steps {
                now += Duration::from_millis(step);
                if let Some((number, credits)) = asked.take() {
                    let credits = sums.reserve(number, credits);
                    meter.reserved(number, credits, &mut out);
                }
                alive = meter.advance(now, &mut out);
                for output in out.drain(..) {
                    match output {
                        Output::Reserve { block, credits } => asked = Some((block, credits)),
                        Output::Settle { block, committed } => sums.settle(block, committed),
                        other => panic!("{other:?}"),
                    }
                }
                if !alive { break }
            }
            let in_flight = asked.filter(|_| late).map(|(number, credits)| (number, sums.reserve(number, credits)));
            let seconds = meter.close(now, &mut out);
            if let Some((number, credits)) = in_flight {
                meter.reserved(number, credits, &mut out);
            }
            for output in out.drain(..) {
                let Output::Settle { block, committed } = output else { panic!("{output:?}") };
                sums.settle(block, committed);
            }
            prop_assert!(sums.open.is_empty());
            prop_assert_eq!(sums.reserved, sums.committed + sums.refunded);
            prop_assert_eq!(sums.balance + sums.committed, balance);
            prop_assert!(sums.committed <= seconds);
            if alive && asked.is_none() {
                prop_assert_eq!(sums.committed, seconds);
            }
        }
    }
}
