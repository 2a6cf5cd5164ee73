//! A login that is there: frames, pings, polls, and calls in their turn.

use std::collections::BTreeSet;
use std::time::Duration;

use visavis_codes::signaling::{Cause, Code, Family};
use visavis_wire::signaling::client_encode::{self, Members};
use visavis_wire::signaling::limits::FRAME_BYTES_MAX;
use visavis_wire::signaling::{Packed, ServerFrame, VoipKind};

use super::calls::{Calls, Pending, What};
use super::dial::State;
use super::mailbox::{Ack, Mailbox, PAGE_MAX};
use super::{Core, Output, Ticket, Time, tell};
use crate::signaling::{Error, Event, LoginOptions};

/// After so many pings without any sign of the server, the connection is lost.
const PINGS_MAX: u32 = 3;

/// A side that was away for so long is taken for lost by the server, and its invitations end.
const AWAY_MAX: Duration = Duration::from_secs(30);

/// One login on one connection.
#[derive(Debug)]
pub(super) struct Online {
    pub(super) login: LoginOptions,
    line: String,
    pub(super) multi: bool,
    pub(super) phase: Phase,
    /// Channels that are joined again.
    pub(super) rejoining: BTreeSet<String>,
    pub(super) mailbox: Mailbox,
    pub(super) pings: Pings,
    /// When the next of the calls that waited for the connection may go; `None` when all have gone.
    backlog: Option<Time>,
}

/// What may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// So many channels are joined again; calls wait until the server has answered.
    Restoring(usize),
    /// Everything.
    Ready,
    /// Nothing more: this call logs out.
    Leaving(Ticket),
}

/// How the server wants it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Granted {
    /// Several channels at a time.
    pub(super) multi_channel: bool,
    /// Messages are acknowledged by their ids.
    pub(super) ack_by_id: bool,
}

/// Signs of life.
#[derive(Debug)]
pub(super) struct Pings {
    at: Time,
    number: u64,
    unanswered: u32,
}

impl Pings {
    pub(super) const fn heard(&mut self) {
        self.unanswered = 0;
    }
}

impl Online {
    pub(super) fn new(now: Time, login: LoginOptions, line: String, granted: Granted) -> Self {
        Self {
            login,
            line,
            multi: granted.multi_channel,
            phase: Phase::Ready,
            rejoining: BTreeSet::new(),
            mailbox: Mailbox::new(now, granted.ack_by_id),
            pings: Pings {
                at: now,
                number: 0,
                unanswered: 0,
            },
            backlog: None,
        }
    }

    pub(super) fn deadline(&self, calls: &Calls) -> Option<Time> {
        let backlog = match self.phase {
            Phase::Ready if calls.is_waiting() => self.backlog,
            Phase::Ready | Phase::Restoring(_) | Phase::Leaving(_) => None,
        };
        [
            Some(self.pings.at),
            self.mailbox.deadline(),
            calls.deadline(),
            backlog,
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

impl Core {
    pub(super) fn text(&mut self, now: Time, text: &str, out: &mut Vec<Output>) {
        if let State::Online(online) = &mut self.state {
            online.pings.heard();
        }
        self.frame(now, ServerFrame::parse(text), out);
    }

    fn frame(&mut self, now: Time, frame: ServerFrame, out: &mut Vec<Output>) {
        match frame {
            ServerFrame::LoginRet(body) => self.login_ret(now, body, out),
            ServerFrame::Answer { id, body } => self.answered(now, id, body, out),
            ServerFrame::Message { version, packed } => {
                let State::Online(online) = &mut self.state else {
                    return;
                };
                let ack_after = self.settings.ack_after;
                if online.mailbox.pushed(now, version, ack_after) {
                    self.message(&packed, out);
                }
            }
            ServerFrame::Announce(version) => {
                if let State::Online(online) = &mut self.state {
                    online.mailbox.announced(now, version);
                }
            }
            ServerFrame::MessageById(packed) => {
                if let State::Online(online) = &mut self.state
                    && let Some(id) = Packed::parse(&packed).and_then(|packed| packed.msgid)
                {
                    online.mailbox.came(now, id, self.settings.ack_after);
                }
                self.message(&packed, out);
            }
            ServerFrame::Channel { msgid, packed } => self.channel_event(msgid, &packed, out),
            ServerFrame::Close(refusal) => self.closed(now, &refusal, out),
            ServerFrame::Kick(mut refusal) => {
                refusal.number.get_or_insert(Code::LogoutKicked.number());
                self.closed(now, &refusal, out);
            }
            ServerFrame::Event { name, members } => self.own_event(&name, &members, out),
            ServerFrame::Batch(frames) => {
                for frame in frames {
                    self.frame(now, frame, out);
                }
            }
            ServerFrame::Pong | ServerFrame::Unknown => {}
        }
    }

    /// After a reconnect: channels first, then what had waited.
    pub(super) fn restore(
        &mut self,
        now: Time,
        away: Duration,
        wanted: BTreeSet<String>,
        out: &mut Vec<Output>,
    ) {
        if away >= AWAY_MAX {
            self.give_up_invitations(out);
        }
        let State::Online(online) = &mut self.state else {
            return;
        };
        online.backlog = self.calls.is_waiting().then_some(now);
        if !wanted.is_empty() {
            online.phase = Phase::Restoring(wanted.len());
            online.rejoining.clone_from(&wanted);
        }
        for channel in wanted {
            let members = Members::new().text("name", &channel);
            self.transmit(
                now,
                own(What::Rejoin { channel }, "channel_join", members),
                out,
            );
        }
    }

    /// A channel was joined again, or will not be.
    pub(super) fn rejoined(&mut self, channel: &str) {
        if let State::Online(online) = &mut self.state {
            online.rejoining.remove(channel);
            if let Phase::Restoring(left) = online.phase {
                online.phase = match left {
                    0 | 1 => Phase::Ready,
                    _ => Phase::Restoring(left - 1),
                };
            }
        }
    }

    pub(super) fn tick(&mut self, now: Time, out: &mut Vec<Output>) {
        self.dial_due(now, out);
        while let State::Online(_) = self.state
            && let Some(call) = self.calls.run_out(now)
        {
            // A server that lets a channel wait for so long is not there; on the next connection it is asked again.
            if let What::Rejoin { .. } = call.what {
                out.push(Output::Disconnect(1000));
                return self.dropped(now, out);
            }
            let error = call.what.unanswered("timeout", true);
            self.settle(now, call, Err(error), out);
        }
        let State::Online(online) = &mut self.state else {
            return;
        };
        if online.pings.at <= now {
            if online.pings.unanswered >= PINGS_MAX {
                out.push(Output::Disconnect(1000));
                return self.dropped(now, out);
            }
            self.ping(now, out);
        }
    }

    pub(super) fn ping(&mut self, now: Time, out: &mut Vec<Output>) {
        if let State::Online(online) = &mut self.state {
            online.pings.at = now + self.settings.ping_every;
            online.pings.number += 1;
            online.pings.unanswered += 1;
            out.push(Output::Send(client_encode::ping(online.pings.number)));
        }
    }

    /// Sends what is due and what may go.
    pub(super) fn pump(&mut self, now: Time, out: &mut Vec<Output>) {
        let State::Online(online) = &mut self.state else {
            return;
        };
        // The first ping follows the login.
        if online.pings.number == 0 {
            self.ping(now, out);
        }
        let State::Online(online) = &mut self.state else {
            return;
        };
        if let Some(ack) = online.mailbox.poll(now) {
            let (func, members) = match ack {
                Ack::UpTo(version) => (
                    "user_getmsg",
                    Members::new().raw("ver_clear", &version.to_string()),
                ),
                Ack::Ids(ids) => (
                    "user_getmsg2",
                    Members::new().raw("clear_msgs", &serde_json::json!(ids).to_string()),
                ),
            };
            let members = members.raw("max", &PAGE_MAX.to_string());
            self.transmit(now, own(What::Poll, func, members), out);
        }
        while self.calls.is_waiting() && self.may_send(now) {
            let Some(call) = self.calls.take() else {
                break;
            };
            self.transmit(now, call, out);
        }
        if let State::Online(online) = &mut self.state
            && !self.calls.is_waiting()
        {
            online.backlog = None;
        }
    }

    /// Sends everything that waits, without regard to its turn.
    pub(super) fn flush(&mut self, now: Time, out: &mut Vec<Output>) {
        while let Some(call) = self.calls.take() {
            self.transmit(now, call, out);
        }
    }

    pub(super) fn say_goodbye(&mut self, now: Time, ticket: Ticket, out: &mut Vec<Output>) {
        if let State::Online(online) = &mut self.state {
            online.phase = Phase::Leaving(ticket);
        }
        self.transmit(now, own(What::Logout, "user_logout", Members::new()), out);
    }

    fn may_send(&mut self, now: Time) -> bool {
        let State::Online(online) = &mut self.state else {
            return false;
        };
        match (online.phase, &mut online.backlog) {
            (Phase::Restoring(_) | Phase::Leaving(_), _) => false,
            (Phase::Ready, None) => true,
            (Phase::Ready, Some(at)) if *at <= now => {
                *at += Duration::from_secs(1) / self.settings.backlog_per_s.max(1);
                true
            }
            (Phase::Ready, Some(_)) => false,
        }
    }

    fn transmit(&mut self, now: Time, call: Pending, out: &mut Vec<Output>) {
        let State::Online(online) = &self.state else {
            return self.calls.wait(call);
        };
        let id = self.calls.next_id();
        let frame = client_encode::call(&call.func, id, &online.line, &call.members);
        if frame.len() > FRAME_BYTES_MAX {
            let (name, family) = (call.what.call(), call.what.family());
            let error = Error::of(name, Cause::MessageTooLarge, family);
            return self.settle(now, call, Err(error), out);
        }
        if call.again
            && let Some(message_id) = call.what.message_id()
        {
            let message_id = message_id.clone();
            tell(out, Event::Resent { message_id });
        }
        out.push(Output::Send(frame));
        self.calls.fly(id, now + self.settings.call_timeout, call);
    }
}

/// A call that the session makes by itself.
pub(super) fn own(what: What, func: &'static str, members: Members) -> Pending {
    Pending {
        ticket: None,
        what,
        func: func.into(),
        members,
        again: false,
    }
}

/// A `voip_…` call that the session makes by itself.
pub(super) fn own_voip(kind: VoipKind, channel: &str, account: &str) -> Pending {
    let members = Members::new()
        .text("channelName", channel)
        .text("peer", account)
        .text("extra", "");
    let what = What::Answer {
        kind,
        channel: channel.to_owned(),
        account: account.to_owned(),
    };
    own(what, kind.name(), members)
}

/// A call needs a login, and there is none.
pub(super) fn not_logged_in(call: &'static str) -> Error {
    Error::of(call, Cause::NotLoggedIn, Family::General)
}
