//! Carries out what the core says, on tokio.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::client::Inner;
use super::connect::connect;
use super::core::{Core, Input, InvitationChange, InvitationId, Output, Reply, Request, Ticket};
use super::link::Link;
use super::shared::Shared;
use super::{Error, Event, InvitationState};

/// Frames that may wait for the socket before no more calls are taken.
const OUTGOING_MAX: usize = 256;

/// Ended invitations whose last state can still be had by the call that made them.
const ENDED_MAX: usize = 64;

/// One call of the app, for the core to answer.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) request: Request,
    pub(super) reply: oneshot::Sender<Result<Answer, Error>>,
}

/// What a call is answered with.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) reply: Reply,
    /// Of the invitation that the call made.
    pub(super) invitation: Option<watch::Receiver<InvitationState>>,
}

/// A session's task.
pub(super) struct Driver {
    client: Arc<Inner>,
    core: Core,
    clock: Clock,
    link: Link,
    calls: mpsc::Receiver<Call>,
    events: mpsc::Sender<Event>,
    /// Events that the app has not made room for yet.
    waiting: VecDeque<Event>,
    replies: HashMap<Ticket, oneshot::Sender<Result<Answer, Error>>>,
    tickets: u64,
    invitations: HashMap<InvitationId, watch::Sender<InvitationState>>,
    ended: VecDeque<(InvitationId, watch::Receiver<InvitationState>)>,
    shared: Arc<Shared>,
}

enum Step {
    Due,
    /// On the connection; nothing that the core must know where there is no input.
    Happened(Option<Input>),
    Delivered,
    Called(Option<Call>),
}

impl Driver {
    pub(super) fn new(
        client: Arc<Inner>,
        calls: mpsc::Receiver<Call>,
        events: mpsc::Sender<Event>,
        shared: Arc<Shared>,
    ) -> Self {
        let mut settings = client.settings.clone();
        let clock = Clock::new();
        let without = clock.unix.as_nanos() as u64;
        settings.seed = getrandom::u64().unwrap_or(without);
        Self {
            client,
            core: Core::new(settings),
            clock,
            link: Link::None,
            calls,
            events,
            waiting: VecDeque::new(),
            replies: HashMap::new(),
            tickets: 0,
            invitations: HashMap::new(),
            ended: VecDeque::new(),
            shared,
        }
    }

    /// Runs until nobody can call any more.
    pub(super) async fn run(mut self) {
        loop {
            match self.next().await {
                Step::Due => {
                    if !self.waiting.is_empty() {
                        self.input(Input::Unread).await;
                    }
                    self.input(Input::Tick).await;
                }
                Step::Happened(Some(input)) => self.input(input).await,
                Step::Happened(None) | Step::Delivered => {}
                Step::Called(Some(call)) => {
                    self.tickets += 1;
                    let ticket = Ticket(self.tickets);
                    self.replies.insert(ticket, call.reply);
                    self.input(Input::Call(ticket, call.request)).await;
                }
                Step::Called(None) => return,
            }
        }
    }

    /// Waits for whatever is first. Every arm may be dropped half-way without loss.
    async fn next(&mut self) -> Step {
        let due = self.core.deadline().map(|time| self.clock.instant(time));
        let idle = self.waiting.is_empty();
        let call = self.link.outgoing() < OUTGOING_MAX;
        tokio::select! {
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Step::Due,
            happened = self.link.next(idle) => Step::Happened(happened),
            () = deliver(&self.events, &mut self.waiting), if !idle => Step::Delivered,
            called = self.calls.recv(), if call => Step::Called(called),
        }
    }

    async fn input(&mut self, input: Input) {
        let mut outputs = vec![];
        self.core.handle(self.clock.now(), input, &mut outputs);
        self.shared.set_status(self.core.status());
        for output in outputs {
            self.carry_out(output).await;
        }
    }

    async fn carry_out(&mut self, output: Output) {
        match output {
            Output::Connect => self.link = Link::connecting(connect(Arc::clone(&self.client))),
            Output::Send(frame) => self.link.send(frame),
            Output::Disconnect(status) => {
                std::mem::replace(&mut self.link, Link::None)
                    .close(status)
                    .await;
            }
            Output::Reply(ticket, result) => self.reply(ticket, result),
            Output::Invitation(change) => self.invitation(change),
            Output::Event(event) => self.event(event),
        }
    }

    /// Hands an event to the app, or keeps it until there is room; what the app can do without is left out then.
    fn event(&mut self, event: Event) {
        use mpsc::error::TrySendError::{Closed, Full};
        let rest = match self.waiting.is_empty() {
            true => match self.events.try_send(event) {
                Ok(()) | Err(Closed(_)) => return,
                Err(Full(event)) => event,
            },
            false => event,
        };
        if !rest.is_dispensable() {
            self.waiting.push_back(rest);
        }
    }

    fn reply(&mut self, ticket: Ticket, result: Result<Reply, Error>) {
        let Some(waiting) = self.replies.remove(&ticket) else {
            return;
        };
        let result = result.map(|reply| {
            let invitation = match &reply {
                Reply::Invited(id) => self.watch(*id),
                _ => None,
            };
            Answer { reply, invitation }
        });
        // An app that no longer waits does not care.
        let _ = waiting.send(result);
    }

    fn watch(&self, id: InvitationId) -> Option<watch::Receiver<InvitationState>> {
        let ended = || self.ended.iter().find(|(ended, _)| *ended == id);
        match self.invitations.get(&id) {
            Some(open) => Some(open.subscribe()),
            None => ended().map(|(_, state)| state.clone()),
        }
    }

    fn invitation(&mut self, change: InvitationChange) {
        let key = (change.side, change.channel, change.account);
        let sender = self.invitations.entry(change.id).or_insert_with(|| {
            let (sender, receiver) = watch::channel(change.state);
            self.shared.opened(key.clone(), receiver);
            sender
        });
        sender.send_replace(change.state);
        if change.state.is_over() {
            let receiver = sender.subscribe();
            self.invitations.remove(&change.id);
            self.shared.ended(&key);
            self.ended.truncate(ENDED_MAX - 1);
            self.ended.push_front((change.id, receiver));
        }
    }
}

/// Hands one event to the app; an app that dropped its receiver wants none.
async fn deliver(events: &mpsc::Sender<Event>, waiting: &mut VecDeque<Event>) {
    match events.reserve().await {
        Ok(permit) => {
            if let Some(event) = waiting.pop_front() {
                permit.send(event);
            }
        }
        Err(_) => waiting.clear(),
    }
}

/// The time since 1970, counted on by the monotonic clock.
#[derive(Debug, Clone, Copy)]
struct Clock {
    unix: Duration,
    since: Instant,
}

impl Clock {
    fn new() -> Self {
        Self {
            unix: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default(),
            since: Instant::now(),
        }
    }

    fn now(&self) -> Duration {
        self.unix + self.since.elapsed()
    }

    fn instant(&self, time: Duration) -> Instant {
        self.since + time.saturating_sub(self.unix)
    }
}
