use std::collections::VecDeque;

use visavis_wire::ReqId;

use crate::limits::{
    ENDED_REQUESTS_MAX, PENDING_AUDIO_BYTES_MAX, PENDING_MESSAGES_MAX, PENDING_REQUESTS_MAX,
};
use crate::{RequestEnd, RequestKey};

/// One utterance on its way through the engine.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) key: RequestKey,
    pub(crate) id: ReqId,
    /// Audio that came in, in all.
    pub(crate) audio_bytes: u64,
    pending: Pending,
    pub(crate) frames: u64,
}

/// Audio that the engine has not worked off.
#[derive(Debug, Default)]
struct Pending {
    bytes: usize,
    /// What is left of each message, oldest first.
    messages: VecDeque<usize>,
}

/// The requests of a session: at most one takes audio, earlier ones may still be at their last frames.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    started: u64,
    open: Option<Request>,
    finishing: VecDeque<Request>,
    ended: VecDeque<ReqId>,
}

impl Requests {
    pub(crate) fn open(&self) -> Option<&Request> {
        self.open.as_ref()
    }

    pub(crate) fn is_ended(&self, id: &ReqId) -> bool {
        self.ended.contains(id) || self.finishing.iter().any(|request| request.id == *id)
    }

    pub(crate) fn begin(&mut self, id: ReqId) -> RequestKey {
        debug_assert!(self.open.is_none());
        self.started += 1;
        let key = RequestKey(self.started);
        self.open = Some(Request {
            key,
            id,
            audio_bytes: 0,
            pending: Pending::default(),
            frames: 0,
        });
        key
    }

    pub(crate) fn add_audio(&mut self, bytes: usize) {
        if let Some(request) = &mut self.open {
            request.audio_bytes += bytes as u64;
            request.pending.add(bytes);
        }
    }

    /// No more audio comes for the open request.
    pub(crate) fn finish(&mut self) {
        self.finishing.extend(self.open.take());
    }

    /// The engine worked off some audio and made some frames; `None` when the request is forgotten.
    pub(crate) fn worked_off(
        &mut self,
        key: RequestKey,
        audio_bytes: usize,
        frames: u32,
    ) -> Option<&Request> {
        let request = self
            .finishing
            .iter_mut()
            .chain(&mut self.open)
            .find(|request| request.key == key)?;
        request.pending.take(audio_bytes);
        request.frames += u64::from(frames);
        Some(request)
    }

    /// Takes out a request that is over, by its key.
    pub(crate) fn remove(&mut self, key: RequestKey) -> Option<Request> {
        let at = self.finishing.iter().position(|request| request.key == key);
        let removed = match at {
            Some(at) => self.finishing.remove(at),
            None => self.open.take_if(|request| request.key == key),
        };
        self.remember(removed)
    }

    /// Takes out a request that is to be stopped, by its id.
    pub(crate) fn remove_named(&mut self, id: &ReqId) -> Option<Request> {
        let at = self.finishing.iter().position(|request| request.id == *id);
        let removed = match at {
            Some(at) => self.finishing.remove(at),
            None => self.open.take_if(|request| request.id == *id),
        };
        self.remember(removed)
    }

    pub(crate) fn take_open(&mut self) -> Option<Request> {
        let removed = self.open.take();
        self.remember(removed)
    }

    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = Request> + '_ {
        self.finishing.drain(..).chain(self.open.take())
    }

    /// False when the engine should catch up before more audio is read.
    pub(crate) fn has_room(&self) -> bool {
        let (mut bytes, mut messages) = (0, 0);
        for Request { pending, .. } in self.finishing.iter().chain(&self.open) {
            bytes += pending.bytes;
            messages += pending.messages.len();
        }
        bytes < PENDING_AUDIO_BYTES_MAX
            && messages < PENDING_MESSAGES_MAX
            && self.finishing.len() < PENDING_REQUESTS_MAX
    }

    fn remember(&mut self, removed: Option<Request>) -> Option<Request> {
        if let Some(request) = &removed {
            if self.ended.len() == ENDED_REQUESTS_MAX {
                self.ended.pop_front();
            }
            self.ended.push_back(request.id.clone());
        }
        removed
    }
}

impl Pending {
    fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.messages.push_back(bytes);
    }

    fn take(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        let mut left = bytes;
        while left > 0
            && let Some(message) = self.messages.front_mut()
        {
            if *message > left {
                *message -= left;
                return;
            }
            left -= *message;
            self.messages.pop_front();
        }
    }
}

impl Request {
    pub(crate) fn report(&self, end: RequestEnd) -> crate::Report {
        crate::Report::RequestEnded {
            req_id: self.id.clone(),
            frames: self.frames,
            end,
        }
    }
}
