use std::time::Duration;

use visavis_codes::{Cause, Failure};
use visavis_wire::proto::{self, server_playback_state::State as Played};
use visavis_wire::{AudioFormat, ClientFrame, ReqId, server_message};

use crate::limits::FRAMES_PER_MESSAGE_MAX;
use crate::playback::Playback;
use crate::requests::{Request, Requests};
use crate::{Animation, Configuration, Output, Report, RequestEnd, RequestKey, Session, Time};

/// How long one frame stands, at 25 a second.
const FRAME: Duration = Duration::from_millis(40);

/// A confirmed session.
#[derive(Debug)]
pub(crate) struct Streaming {
    configuration: Configuration,
    pub(crate) requests: Requests,
    /// The request that the listener hears last, and where it stands.
    heard: Option<(ReqId, Playback)>,
}

impl Streaming {
    pub(crate) fn new(configuration: Configuration) -> Self {
        Self {
            configuration,
            requests: Requests::default(),
            heard: None,
        }
    }

    pub(crate) fn frame(
        &mut self,
        now: Time,
        frame: ClientFrame,
        session: &mut Session,
        out: &mut Vec<Output>,
    ) -> Result<(), Failure> {
        match frame {
            ClientFrame::Audio(message) => self.audio(now, message, session, out),
            ClientFrame::Interrupt(message) => {
                let id = req_id(&message.req_id)?;
                // The listener may still hear a request whose last frame is out.
                if let Some((_, playback)) = self.heard.as_mut().filter(|(heard, _)| *heard == id) {
                    playback.stop(now);
                    session.pause_until(now, None);
                }
                match self.requests.remove_named(&id) {
                    Some(request) => {
                        stop(&request, RequestEnd::Interrupted, out);
                        Ok(())
                    }
                    None => session.nothing(now),
                }
            }
            ClientFrame::Pause(message) => {
                self.hold(now, &message.req_id, Playback::pause, session, out)
            }
            ClientFrame::Resume(message) => {
                self.hold(now, &message.req_id, Playback::resume, session, out)
            }
            ClientFrame::Configure(_) => Err(unexpected("the session is configured already")),
            ClientFrame::FromServer(_) => Err(unexpected("only servers send it")),
            ClientFrame::Unknown(_) => session.nothing(now),
        }
    }

    fn audio(
        &mut self,
        now: Time,
        message: proto::ClientAudioInput,
        session: &mut Session,
        out: &mut Vec<Output>,
    ) -> Result<(), Failure> {
        let id = req_id(&message.req_id)?;
        if self.requests.is_ended(&id) {
            return session.nothing(now);
        }
        let key = match self.requests.open() {
            Some(request) if request.id == id => request.key,
            _ => self.begin(now, id, session, out),
        };
        if message.audio.is_empty() && !message.end {
            return session.nothing(now);
        }
        session.idle_from(now);
        if !message.audio.is_empty() {
            self.requests.add_audio(message.audio.len());
            out.push(Output::Animate {
                key,
                audio: message.audio,
            });
        }
        if message.end {
            let bytes = self
                .requests
                .open()
                .map_or(0, |request| request.audio_bytes);
            if self.configuration.format == AudioFormat::PcmS16Le && bytes % 2 == 1 {
                let what = format!("audio: {bytes} bytes are no whole number of 16-bit samples");
                return Err(Failure::about(Cause::FieldRefused, &what));
            }
            self.requests.finish();
            out.push(Output::Finish { key });
        }
        Ok(())
    }

    /// Begins a request, in the place of one that still takes audio.
    fn begin(
        &mut self,
        now: Time,
        id: ReqId,
        session: &mut Session,
        out: &mut Vec<Output>,
    ) -> RequestKey {
        if let Some(old) = self.requests.take_open() {
            stop(&old, RequestEnd::Preempted, out);
        }
        session.pause_until(now, None);
        self.heard = Some((id.clone(), Playback::default()));
        out.push(Output::Report(Report::RequestStarted(id.clone())));
        let key = self.requests.begin(id);
        let Configuration {
            format,
            sample_rate,
            motion,
        } = self.configuration;
        out.push(Output::Start {
            key,
            format,
            sample_rate,
            motion,
        });
        key
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one input's members, and where its outputs go"
    )]
    pub(crate) fn animated(
        &mut self,
        now: Time,
        key: RequestKey,
        audio_bytes: usize,
        animation: Option<Animation>,
        done: bool,
        session: &mut Session,
        out: &mut Vec<Output>,
    ) {
        let frames = animation.as_ref().map_or(0, |animation| animation.frames);
        let Some(request) = self.requests.worked_off(key, audio_bytes, frames) else {
            return;
        };
        if let Some((_, playback)) = self.heard.as_mut().filter(|(id, _)| *id == request.id) {
            if frames > 0 {
                playback.add(now, FRAME * frames);
            }
            if done {
                playback.complete();
            }
        }
        for (animation, end) in messages(animation, done) {
            let (flame, open) = animation.map(|part| (part.flame, part.open)).unzip();
            out.push(Output::Send(server_message(
                proto::ServerResponseAnimation {
                    connection_id: session.settings.connection_id.to_string(),
                    req_id: request.id.to_string(),
                    end,
                    animation: flame,
                    avatar_id: session.settings.avatar_id.to_string(),
                    trace_context: None,
                    open_animation: open,
                },
            )));
            session.idle_from(now);
        }
        if done && let Some(request) = self.requests.remove(key) {
            out.push(Output::Report(request.report(RequestEnd::Completed)));
        }
    }

    pub(crate) fn pause_timed_out(&mut self, now: Time, session: &Session, out: &mut Vec<Output>) {
        let Some((id, playback)) = &mut self.heard else {
            return;
        };
        let (id, position) = (id.clone(), playback.position(now));
        playback.stop(now);
        out.push(played(
            session,
            &id,
            Played::Interrupted,
            position,
            RequestEnd::PauseTimeout.name(),
        ));
        if let Some(request) = self.requests.remove_named(&id) {
            stop(&request, RequestEnd::PauseTimeout, out);
        }
    }

    /// Forgets every request, since the session is over.
    pub(crate) fn abandon(&mut self, out: &mut Vec<Output>) {
        out.extend(
            self.requests
                .take_all()
                .map(|request| Output::Cancel { key: request.key }),
        );
    }

    /// Pauses or resumes what is heard now, if the client named it, and always answers with where it stands.
    fn hold(
        &mut self,
        now: Time,
        asked: &str,
        act: fn(&mut Playback, Time),
        session: &mut Session,
        out: &mut Vec<Output>,
    ) -> Result<(), Failure> {
        let asked = req_id(asked)?;
        session.nothing(now)?;
        let (state, position) = match &mut self.heard {
            None => (Played::Ended, Duration::ZERO),
            Some((id, playback)) => {
                if *id == asked {
                    act(playback, now);
                    session.pause_until(now, playback.held_since());
                }
                (playback.state(now), playback.position(now))
            }
        };
        out.push(played(session, &asked, state, position, ""));
        Ok(())
    }
}

fn stop(request: &Request, end: RequestEnd, out: &mut Vec<Output>) {
    out.push(Output::Cancel { key: request.key });
    out.push(Output::Report(request.report(end)));
}

/// Cuts frames into messages that every SDK takes, and says which is the last of its request.
fn messages(
    mut rest: Option<Animation>,
    done: bool,
) -> impl Iterator<Item = (Option<Animation>, bool)> {
    let mut over = rest.is_none() && !done;
    std::iter::from_fn(move || {
        if over {
            return None;
        }
        let part = rest.take().map(|mut part| {
            rest = part.split_off(FRAMES_PER_MESSAGE_MAX);
            part
        });
        over = rest.is_none();
        Some((part, done && over))
    })
}

fn req_id(text: &str) -> Result<ReqId, Failure> {
    ReqId::new(text)
        .map_err(|invalid| Failure::about(Cause::FieldRefused, &format!("req_id {invalid}")))
}

fn unexpected(what: &str) -> Failure {
    Failure::about(Cause::MessageUnexpected, what)
}

fn played(
    session: &Session,
    id: &ReqId,
    state: Played,
    position: Duration,
    reason: &str,
) -> Output {
    Output::Send(server_message(proto::ServerPlaybackState {
        connection_id: session.settings.connection_id.to_string(),
        req_id: id.to_string(),
        state: state.into(),
        played_ms: i64::try_from(position.as_millis()).unwrap_or(i64::MAX),
        reason: reason.into(),
    }))
}
