use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use visavis_wire::proto;

use super::builder::check_avatar;
use super::client::Client;
use super::connect;
use super::core::{Input, Ready, Settings};
use super::driver::{Call, Over};
use super::egress::Egress;
use super::event::Event;
use crate::Error;

/// Samples that go to the driver in one piece: 2 s at 16 kHz.
const PIECE_SAMPLES: usize = super::core::AUDIO_BYTES_MAX / 2;

/// Prepares a session; [`open`](Self::open) opens it, [`run_with_retry`](Self::run_with_retry) runs a whole utterance.
///
/// The defaults: the client's avatar, PCM at 16 kHz, motion over the WebSocket, authentication in headers.
#[derive(Debug, Clone)]
pub struct SessionBuilder {
    pub(super) client: Client,
    pub(super) avatar_id: String,
    pub(super) settings: Settings,
    pub(super) query_auth: bool,
    pub(super) events_max: usize,
    pub(super) connect_timeout: Duration,
}

impl SessionBuilder {
    pub(super) fn new(client: Client) -> Self {
        Self {
            avatar_id: client.inner().avatar_id.clone(),
            client,
            settings: Settings::pcm(16_000),
            query_auth: false,
            events_max: 64,
            connect_timeout: Duration::from_secs(10),
        }
    }

    /// Another avatar than the client's.
    #[must_use]
    pub fn avatar_id(mut self, avatar_id: &str) -> Self {
        self.avatar_id = avatar_id.into();
        self
    }

    /// Speech as signed 16-bit mono samples at this rate in Hz: 8000, 16000, 22050, 24000, 32000, 44100 or 48000.
    #[must_use]
    pub fn pcm(mut self, sample_rate: u32) -> Self {
        let configure = &mut self.settings.configure;
        configure.sample_rate = sample_rate.try_into().unwrap_or(i32::MAX);
        configure.bitrate = 0;
        configure.audio_format = proto::AudioFormat::PcmS16le.into();
        self
    }

    /// Speech as one mono Ogg Opus stream per utterance, already encoded.
    ///
    /// `sample_rate` is the encoder's, in Hz; `bitrate` is in bits a second, 0 for automatic.
    #[must_use]
    pub fn ogg_opus(mut self, sample_rate: u32, bitrate: u32) -> Self {
        let configure = &mut self.settings.configure;
        configure.sample_rate = sample_rate.try_into().unwrap_or(i32::MAX);
        configure.bitrate = bitrate.try_into().unwrap_or(i32::MAX);
        configure.audio_format = proto::AudioFormat::OggOpus.into();
        self
    }

    /// Publishes voice and face into a room or channel instead of sending motion back.
    #[must_use]
    pub fn egress(mut self, egress: &Egress) -> Self {
        egress.configure(&mut self.settings.configure);
        self
    }

    /// Adds a parameter that the server passes on to its engine.
    #[must_use]
    pub fn extra_param(mut self, name: &str, value: &str) -> Self {
        let params = &mut self.settings.configure.extra_params;
        params.insert(name.into(), value.into());
        self
    }

    /// Authenticates in the query instead of headers, for proxies that drop headers.
    ///
    /// Access logs record queries: prefer headers.
    #[must_use]
    pub const fn query_auth(mut self) -> Self {
        self.query_auth = true;
        self
    }

    /// How many events may wait for the app before the session stops reading; 1 or more. The usual is 64.
    #[must_use]
    pub fn events_max(mut self, events: usize) -> Self {
        self.events_max = events.max(1);
        self
    }

    /// How long connecting and upgrading may take. The usual is 10 s.
    #[must_use]
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long the server may take to confirm the session. The usual is 10 s.
    #[must_use]
    pub const fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.settings.handshake_timeout = timeout;
        self
    }

    /// Opens the session: token call, upgrade, handshake.
    ///
    /// A cached token that turns out to have expired is replaced, once. Nothing else is retried but the token call.
    /// Dropping the future leaves nothing behind.
    ///
    /// # Errors
    /// In the phases `session_token`, `websocket_connect` and `websocket_handshake`.
    pub async fn open(&self) -> Result<(Session, Events), Error> {
        check_avatar(&self.avatar_id)?;
        let token = self.client.session_token().await?;
        match connect::open(self, &token).await {
            Err(error) if error.advice() == crate::Advice::RefreshToken => {
                self.client.forget(&token).await;
                if !token.cached {
                    return Err(error);
                }
                let token = self.client.session_token().await?;
                connect::open(self, &token).await
            }
            opened => opened,
        }
    }
}

/// An open session. It belongs to this handle: dropping it ends the session at once.
///
/// All calls take `&self`, so an `Arc<Session>` can be shared between the task that speaks and the one that listens.
/// A call waits while the connection cannot take more; the server's answers come as [`Events`].
#[derive(Debug)]
pub struct Session {
    ready: Ready,
    calls: mpsc::Sender<Call>,
    closes: mpsc::Sender<oneshot::Sender<()>>,
    over: Over,
    _task: AbortOnDrop,
}

impl Session {
    pub(super) fn new(
        ready: Ready,
        calls: mpsc::Sender<Call>,
        closes: mpsc::Sender<oneshot::Sender<()>>,
        over: Over,
        task: tokio::task::JoinHandle<()>,
    ) -> Self {
        Self {
            ready,
            calls,
            closes,
            over,
            _task: AbortOnDrop(task),
        }
    }

    /// The connection, as the server's log names it.
    #[must_use]
    pub fn connection_id(&self) -> &str {
        &self.ready.connection_id
    }

    /// What the server can do beyond the basics, such as `playback_control`.
    #[must_use]
    pub fn capabilities(&self) -> &[String] {
        &self.ready.capabilities
    }

    /// Sends samples of any number; the first begin an utterance. They may go faster than real time.
    ///
    /// Returns the utterance's id, or an empty text when there is none yet and no samples were given.
    ///
    /// # Errors
    /// When the session is over: the error that ended it.
    pub async fn send_audio(&self, samples: &[i16]) -> Result<String, Error> {
        let mut req_id = None;
        for piece in samples.chunks(PIECE_SAMPLES) {
            let bytes = piece
                .iter()
                .flat_map(|sample| sample.to_le_bytes())
                .collect();
            req_id = self.call(Input::Audio(bytes)).await?;
        }
        Ok(req_id.unwrap_or_default())
    }

    /// Sends audio as bytes, cut anywhere: PCM in little endian, or Ogg Opus.
    ///
    /// Returns the utterance's id, as [`send_audio`](Self::send_audio) does.
    ///
    /// # Errors
    /// When the session is over: the error that ended it.
    pub async fn send_bytes(&self, audio: impl Into<Bytes>) -> Result<String, Error> {
        let mut audio = audio.into();
        let mut req_id = None;
        while !audio.is_empty() {
            let piece = audio.split_to(audio.len().min(PIECE_SAMPLES * 2));
            req_id = self.call(Input::Audio(piece)).await?;
        }
        Ok(req_id.unwrap_or_default())
    }

    /// Ends the utterance; the next audio begins another. Returns its id, or `None` when there was none.
    ///
    /// Half a sample at its end is dropped.
    ///
    /// # Errors
    /// When the session is over: the error that ended it.
    pub async fn end(&self) -> Result<Option<String>, Error> {
        self.call(Input::End).await
    }

    /// Stops the last utterance at once, even if its end was sent. Returns its id.
    ///
    /// Motion that was under way may still arrive under that id: pass it over.
    ///
    /// # Errors
    /// When no audio was sent on this session yet, or it is over.
    pub async fn interrupt(&self) -> Result<String, Error> {
        self.call(Input::Interrupt)
            .await
            .map(Option::unwrap_or_default)
    }

    /// Holds the playback of the last utterance. Audio may go on being sent.
    ///
    /// # Errors
    /// When the server lacks the capability `playback_control`, no audio was sent yet, or the session is over.
    pub async fn pause(&self) -> Result<(), Error> {
        self.call(Input::Pause).await.map(drop)
    }

    /// Goes on with the playback of the last utterance.
    ///
    /// # Errors
    /// As for [`pause`](Self::pause).
    pub async fn resume(&self) -> Result<(), Error> {
        self.call(Input::Resume).await.map(drop)
    }

    /// Ends the session properly: sends a close frame and waits, at most 5 s, for the server's.
    ///
    /// It does not wait for motion that is under way: read events up to the one with `end` first.
    ///
    /// # Errors
    /// When the session had failed before: the error that ended it.
    pub async fn close(&self) -> Result<(), Error> {
        let (reply, closed) = oneshot::channel();
        if self.closes.send(reply).await.is_ok() {
            // An error means that the session ended by itself meanwhile.
            let _ = closed.await;
        }
        self.over.get().cloned().map_or(Ok(()), Err)
    }

    async fn call(&self, input: Input) -> Result<Option<String>, Error> {
        let (reply, answer) = oneshot::channel();
        let over = || self.over.get().cloned().unwrap_or_else(super::core::over);
        if self.calls.send(Call { input, reply }).await.is_err() {
            return Err(over());
        }
        answer.await.unwrap_or_else(|_| Err(over()))
    }
}

/// What a session reports, in order.
///
/// The queue is bounded: an app that stops reading stops the session's reading too, and in the end the server gives up
/// on it. An app that wants no events drops this.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Event>);

impl Events {
    pub(super) const fn new(events: mpsc::Receiver<Event>) -> Self {
        Self(events)
    }

    /// The next event; `None` after [`Event::Closed`], or once the session's handle is dropped. Cancel safe.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }

    /// The next event, if it is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        self.0.try_recv().ok()
    }
}

impl futures_util::Stream for Events {
    type Item = Event;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Event>> {
        self.0.poll_recv(cx)
    }
}

/// No task outlives its session.
#[derive(Debug)]
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
