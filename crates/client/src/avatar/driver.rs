//! Carries out what the core says, on a tokio-tungstenite socket.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{Sink as _, StreamExt as _};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, coding::CloseCode};
use tokio_tungstenite::tungstenite::{self, Message};

use super::core::{Core, Input, Output, Ready, Time};
use super::event::Event;
use crate::Error;
use crate::net::WebSocket;

/// The error that ended a session, once it has.
pub(super) type Over = Arc<OnceLock<Error>>;

/// One call of the app, for the core to answer.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) input: Input,
    pub(super) reply: oneshot::Sender<Answer>,
}

type Answer = Result<Option<String>, Error>;

/// The ends of the queues that the app does not hold.
pub(super) struct Queues {
    pub(super) calls: mpsc::Receiver<Call>,
    /// Apart from the calls, which wait while the server takes nothing. Answered when the session is over.
    pub(super) closes: mpsc::Receiver<oneshot::Sender<()>>,
    pub(super) events: mpsc::Sender<Event>,
}

/// The time since 1970, counted on by the monotonic clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    unix: Time,
    since: Instant,
}

impl Clock {
    pub(super) const fn new(unix: Time, since: Instant) -> Self {
        Self { unix, since }
    }

    pub(super) fn now(&self) -> Time {
        self.unix + self.since.elapsed()
    }

    fn instant(&self, time: Time) -> Instant {
        self.since + time.saturating_sub(self.unix)
    }
}

/// The socket, a core and the queues.
pub(super) struct Driver {
    sink: SplitSink<WebSocket, Message>,
    stream: SplitStream<WebSocket>,
    core: Core,
    clock: Clock,
    queues: Queues,
    over: Over,
    /// Messages that the socket has not taken yet.
    outgoing: VecDeque<Message>,
    /// Events that the app has not made room for yet.
    waiting: VecDeque<Event>,
    closers: Vec<oneshot::Sender<()>>,
    ready: Option<Ready>,
    writing: Writing,
    reading: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// All is written.
    Idle,
    /// The socket holds what it could not write yet.
    Unflushed,
    /// Nothing can be written any more.
    Failed,
}

enum Step {
    Wrote(Result<(), tungstenite::Error>),
    Read(Option<Result<Message, tungstenite::Error>>),
    Called(Call),
    Closing(oneshot::Sender<()>),
    Delivered,
    Due,
}

impl Driver {
    pub(super) fn new(socket: WebSocket, core: Core, clock: Clock, queues: Queues) -> Self {
        let (sink, stream) = socket.split();
        Self {
            sink,
            stream,
            core,
            clock,
            queues,
            over: Over::default(),
            outgoing: VecDeque::new(),
            waiting: VecDeque::new(),
            closers: vec![],
            ready: None,
            writing: Writing::Idle,
            reading: true,
        }
    }

    /// Where the error that ends the session will be.
    pub(super) fn over(&self) -> Over {
        Arc::clone(&self.over)
    }

    /// Runs until the server has confirmed the session.
    pub(super) async fn handshake(&mut self, outputs: Vec<Output>) -> Result<Ready, Error> {
        self.carry_out(outputs, None);
        loop {
            if let Some(ready) = self.ready.take() {
                return Ok(ready);
            }
            if self.core.deadline().is_none() {
                self.try_flush().await;
                return Err(self.over.get().cloned().unwrap_or_else(super::core::over));
            }
            self.step().await;
        }
    }

    /// Runs until the session is over and the app has had its events.
    pub(super) async fn run(mut self) {
        while self.core.deadline().is_some() {
            self.step().await;
        }
        for closer in self.closers.drain(..) {
            let _ = closer.send(());
        }
        self.queues.calls.close();
        while let Ok(call) = self.queues.calls.try_recv() {
            self.call(call);
        }
        self.try_flush().await;
        drop((self.sink, self.stream));
        for event in self.waiting {
            if self.queues.events.send(event).await.is_err() {
                return;
            }
        }
    }

    async fn step(&mut self) {
        match self.next().await {
            Step::Wrote(Ok(())) => {}
            Step::Wrote(Err(error)) => {
                self.writing = Writing::Failed;
                self.outgoing.clear();
                self.input(Input::SendFailed(error.into()));
            }
            Step::Read(read) => self.read(read),
            Step::Called(call) => self.call(call),
            Step::Closing(closer) => {
                self.closers.push(closer);
                self.input(Input::Close);
            }
            Step::Delivered => {}
            Step::Due => {
                if !self.waiting.is_empty() {
                    self.input(Input::Unread);
                }
                self.input(Input::Tick);
            }
        }
    }

    /// Waits for whatever is first. Every arm may be dropped half-way without loss.
    async fn next(&mut self) -> Step {
        let due = self.core.deadline().map(|time| self.clock.instant(time));
        let read = self.reading && (self.waiting.is_empty() || self.core.is_ending());
        let write = self.writing != Writing::Failed
            && (!self.outgoing.is_empty() || self.writing == Writing::Unflushed);
        tokio::select! {
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Step::Due,
            wrote = write_some(&mut self.sink, &mut self.outgoing, &mut self.writing), if write => Step::Wrote(wrote),
            () = deliver(&self.queues.events, &mut self.waiting), if !self.waiting.is_empty() => Step::Delivered,
            read = self.stream.next(), if read => Step::Read(read),
            Some(call) = self.queues.calls.recv(), if !write => Step::Called(call),
            Some(closer) = self.queues.closes.recv() => Step::Closing(closer),
        }
    }

    fn read(&mut self, read: Option<Result<Message, tungstenite::Error>>) {
        use tungstenite::Error::{Capacity, Protocol, Utf8};
        use tungstenite::error::ProtocolError::{
            HandshakeIncomplete, ReceivedAfterClosing, ResetWithoutClosingHandshake,
            SendAfterClosing,
        };
        let input = match read {
            Some(Ok(Message::Binary(frame))) => Input::Binary(frame),
            Some(Ok(Message::Text(_))) => Input::Text,
            Some(Ok(Message::Close(frame))) => {
                let (code, reason) = frame.map_or((1005, String::new()), |frame| {
                    (frame.code.into(), frame.reason.as_str().to_owned())
                });
                Input::PeerClosed { code, reason }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                // tungstenite has queued the pong; it goes out with the next flush.
                if self.writing == Writing::Idle {
                    self.writing = Writing::Unflushed;
                }
                Input::Pong
            }
            Some(Err(error)) => {
                self.reading = false;
                match error {
                    Protocol(
                        ResetWithoutClosingHandshake
                        | SendAfterClosing
                        | ReceivedAfterClosing
                        | HandshakeIncomplete,
                    ) => Input::Dropped(error.into()),
                    Protocol(_) | Utf8(_) | Capacity(_) => Input::Malformed(error.into()),
                    error => Input::Dropped(error.into()),
                }
            }
            None => {
                self.reading = false;
                Input::Dropped(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into())
            }
        };
        self.input(input);
    }

    fn call(&mut self, call: Call) {
        let mut outputs = vec![];
        self.core.handle(self.clock.now(), call.input, &mut outputs);
        self.carry_out(outputs, Some(call.reply));
    }

    fn input(&mut self, input: Input) {
        let mut outputs = vec![];
        self.core.handle(self.clock.now(), input, &mut outputs);
        self.carry_out(outputs, None);
    }

    fn carry_out(&mut self, outputs: Vec<Output>, mut reply: Option<oneshot::Sender<Answer>>) {
        for output in outputs {
            match output {
                Output::Send(frame) => self.outgoing.push_back(Message::Binary(frame)),
                Output::Ping => self.outgoing.push_back(Message::Ping(Bytes::new())),
                Output::Close(code) => self.outgoing.push_back(Message::Close(Some(CloseFrame {
                    code: CloseCode::from(code),
                    reason: "".into(),
                }))),
                Output::Drop => self.reading = false,
                Output::Ready(ready) => self.ready = Some(ready),
                Output::Accepted(req_id) => answer(&mut reply, Ok(req_id)),
                Output::Refused(error) => answer(&mut reply, Err(error)),
                Output::Event(event) => {
                    if let Event::Error(error) = &event {
                        let _ = self.over.set(error.clone());
                    }
                    self.waiting.push_back(event);
                }
            }
        }
    }

    /// Gives a close frame its chance to leave; the session is over either way.
    async fn try_flush(&mut self) {
        let write = write_some(&mut self.sink, &mut self.outgoing, &mut self.writing);
        let _ = tokio::time::timeout(Duration::from_millis(100), write).await;
    }
}

fn answer(reply: &mut Option<oneshot::Sender<Answer>>, answer: Answer) {
    if let Some(reply) = reply.take() {
        let _ = reply.send(answer);
    }
}

/// Hands messages to the socket and flushes it.
async fn write_some(
    sink: &mut SplitSink<WebSocket, Message>,
    outgoing: &mut VecDeque<Message>,
    writing: &mut Writing,
) -> Result<(), tungstenite::Error> {
    while !outgoing.is_empty() {
        poll_fn(|cx| Pin::new(&mut *sink).poll_ready(cx)).await?;
        if let Some(message) = outgoing.pop_front() {
            *writing = Writing::Unflushed;
            Pin::new(&mut *sink).start_send(message)?;
        }
    }
    poll_fn(|cx| Pin::new(&mut *sink).poll_flush(cx)).await?;
    *writing = Writing::Idle;
    Ok(())
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
