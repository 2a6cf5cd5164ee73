//! What the answers to calls mean to the app.

use serde_json::{Map, Value};
use visavis_codes::signaling::Code;
use visavis_wire::signaling::{Body, VoipKind};

use super::calls::{Pending, What};
use super::dial::State;
use super::requests::left_by_user;
use super::users::users;
use super::{Core, Output, Reply, Ticket, Time, tell};
use crate::signaling::{AttributeChange, Error, Event};

type Members = Map<String, Value>;

/// Codes from here on are general: they are told as [`Event::Error`].
const GENERAL: u16 = 1000;

impl Core {
    pub(super) fn answered(&mut self, now: Time, id: u64, body: Body, out: &mut Vec<Output>) {
        let Some(call) = self.calls.land(id) else {
            return;
        };
        let name = call.what.call();
        let result = match body {
            Body::Done(members) => Ok(members),
            Body::Refused(refusal) => Err(Error::refused(name, call.what.family(), &refusal)),
            Body::Garbled => Err(Error::new(
                name,
                Code::GeneralUnknown,
                "answer not understood",
                false,
            )),
        };
        self.settle(now, call, result, out);
    }

    /// Ends a call.
    pub(super) fn settle(
        &mut self,
        now: Time,
        call: Pending,
        result: Result<Members, Error>,
        out: &mut Vec<Output>,
    ) {
        let Pending { ticket, what, .. } = call;
        let result = result.and_then(|members| what.check(members));
        let general = match &result {
            Err(error) if error.number() >= GENERAL => Some(error.clone()),
            Err(_) | Ok(_) => None,
        };
        if let (Some(error), false) = (general, matches!(what, What::Poll | What::Logout)) {
            tell(out, Event::Error { error });
        }
        match (what, result) {
            (What::Poll, result) => self.polled(now, result, out),
            (What::Logout, _) => self.finish_logout(out),
            (What::Join { channel }, Ok(members)) => {
                let joined = Event::ChannelJoined {
                    channel: channel.clone(),
                };
                self.joined(&channel, joined, &members, out);
                reply(ticket, Ok(Reply::Joined(users(&members))), out);
            }
            (What::Join { channel }, Err(error)) => {
                join_failed(channel, &error, out);
                reply(ticket, Err(error), out);
            }
            (What::Rejoin { channel }, result) => {
                self.rejoined(&channel);
                match result {
                    Ok(members) => {
                        let joined = Event::Rejoined {
                            channel: channel.clone(),
                        };
                        self.joined(&channel, joined, &members, out);
                    }
                    // The connection is gone again, and the channel is still wanted.
                    Err(error)
                        if matches!(error.code(), Code::JoinChannelOther)
                            && !matches!(self.state, State::Online(_)) => {}
                    Err(error) => join_failed(channel, &error, out),
                }
            }
            (What::Leave { channel }, result) => {
                // A join may have been answered since.
                if result.is_ok() && self.channels.remove(&channel).is_some() {
                    tell(out, left_by_user(channel));
                }
                plain(ticket, result, out);
            }
            (What::Count { channel }, result) => {
                let result = result.map(|members| number(&members, "num"));
                let told = result.clone();
                if told
                    .as_ref()
                    .err()
                    .is_none_or(|error| error.number() < GENERAL)
                {
                    tell(
                        out,
                        Event::ChannelQueryUserNumResult {
                            channel,
                            result: told,
                        },
                    );
                }
                reply(ticket, result.map(Reply::Count), out);
            }
            (What::IsIn { channel, account }, result) => {
                let is_in = result.map(|members| number(&members, "isin") != 0);
                if let Ok(is_in) = is_in {
                    tell(
                        out,
                        Event::ChannelQueryUserIsIn {
                            channel,
                            account,
                            is_in,
                        },
                    );
                }
                reply(ticket, is_in.map(Reply::Flag), out);
            }
            (What::SendPeer { message_id } | What::SendChannel { message_id }, result) => {
                let id = message_id.clone();
                match &result {
                    Ok(_) => tell(out, Event::MessageSendSuccess { message_id }),
                    Err(error) => {
                        let error = error.clone();
                        tell(out, Event::MessageSendError { message_id, error });
                    }
                }
                reply(ticket, result.map(|_| Reply::Sent(id)), out);
            }
            (
                What::Invite {
                    id,
                    channel,
                    account,
                },
                result,
            ) => {
                let result = self.invited(id, channel, account, result.map(drop), out);
                reply(ticket, result.map(Reply::Invited), out);
            }
            (
                What::Answer {
                    kind,
                    channel,
                    account,
                },
                result,
            ) => {
                let result = result.map(drop);
                self.voip_answered(kind, &channel, &account, &result, ticket.is_some(), out);
                reply(ticket, result.map(|()| Reply::Done), out);
            }
            (What::GetAttribute { account, name }, result) => {
                let result = result.map(|members| text(&members, "value"));
                if let Ok(value) = &result {
                    let value = value.clone();
                    tell(
                        out,
                        Event::UserAttrResult {
                            account,
                            name,
                            value,
                        },
                    );
                }
                reply(ticket, result.map(Reply::Text), out);
            }
            (What::GetAttributes { account }, result) => {
                let result = result.map(|members| text(&members, "json"));
                if let Ok(json) = &result {
                    let json = json.clone();
                    tell(out, Event::UserAttrAllResult { account, json });
                }
                reply(ticket, result.map(Reply::Text), out);
            }
            (What::Status { account }, result) => {
                let online = result.map(|members| number(&members, "status") != 0);
                if let Ok(online) = online {
                    tell(
                        out,
                        Event::QueryUserStatusResult {
                            name: account,
                            online,
                        },
                    );
                }
                reply(ticket, online.map(Reply::Flag), out);
            }
            (What::Invoke { call_id }, result) => {
                let (err, resp) = match &result {
                    Ok(members) => (String::new(), Value::Object(members.clone()).to_string()),
                    Err(error) => (error.reason().to_owned(), String::new()),
                };
                let answer = result.map(|_| Reply::Text(resp.clone()));
                tell(out, Event::InvokeRet { call_id, err, resp });
                reply(ticket, answer, out);
            }
            (What::RenewToken { token }, result) => {
                if let (Ok(_), State::Online(online)) = (&result, &mut self.state) {
                    online.login.token = token;
                }
                plain(ticket, result, out);
            }
            (What::ChannelAttribute | What::SetAttribute | What::SetBackground, result) => {
                plain(ticket, result, out);
            }
        }
    }

    fn polled(&mut self, now: Time, result: Result<Members, Error>, out: &mut Vec<Output>) {
        let State::Online(online) = &mut self.state else {
            return;
        };
        let Ok(mut members) = result else {
            return online.mailbox.failed(now);
        };
        let cleared = members.get("ver_clear").and_then(Value::as_u64);
        online.mailbox.answered(cleared.unwrap_or_default());
        let Some(Value::Array(messages)) = members.remove("msgs") else {
            return online.mailbox.failed(now);
        };
        let count = messages.len();
        for message in messages {
            let State::Online(online) = &mut self.state else {
                return;
            };
            if let (Some(version), Some(packed)) = (
                message.get(0).and_then(Value::as_u64),
                message.get(1).and_then(Value::as_str),
            ) && online.mailbox.paged(version)
            {
                self.message(packed, out);
            }
        }
        if let State::Online(online) = &mut self.state {
            online.mailbox.finished(now, count, self.settings.ack_after);
        }
    }

    fn joined(&mut self, channel: &str, told: Event, members: &Members, out: &mut Vec<Output>) {
        let single = matches!(&self.state, State::Online(online) if !online.multi);
        if single {
            let others = self.channels.keys().filter(|other| *other != channel);
            for other in others.cloned().collect::<Vec<_>>() {
                self.channels.remove(&other);
                tell(out, left_by_user(other));
            }
        }
        let last = members.get("msgid").and_then(Value::as_u64);
        self.channels
            .insert(channel.to_owned(), last.unwrap_or_default());
        tell(out, told);
        let users = users(members);
        tell(
            out,
            Event::ChannelUserList {
                channel: channel.to_owned(),
                users,
            },
        );
        let attributes = members.get("attrs").and_then(Value::as_object);
        for (name, value) in attributes.into_iter().flatten() {
            let value = match value {
                Value::String(value) => value.clone(),
                value => value.to_string(),
            };
            let change = AttributeChange::Update;
            let (channel, name) = (channel.to_owned(), name.clone());
            tell(
                out,
                Event::ChannelAttrUpdated {
                    channel,
                    name,
                    value,
                    change,
                },
            );
        }
    }

    fn voip_answered(
        &mut self,
        kind: VoipKind,
        channel: &str,
        account: &str,
        result: &Result<(), Error>,
        asked: bool,
        out: &mut Vec<Output>,
    ) {
        match (kind, result) {
            (VoipKind::Accept, Ok(())) => self.accepted_by_myself(channel, account, out),
            (VoipKind::Refuse, Ok(())) => self.refused_by_myself(channel, account, out),
            (VoipKind::Accept | VoipKind::Refuse | VoipKind::Bye | VoipKind::Msg, Err(error))
                if asked && error.number() < GENERAL =>
            {
                self.answer_failed(kind, channel, account, error, out);
            }
            _ => {}
        }
    }
}

fn join_failed(channel: String, error: &Error, out: &mut Vec<Output>) {
    if error.number() < GENERAL {
        let error = error.clone();
        tell(out, Event::ChannelJoinFailed { channel, error });
    }
}

fn plain(ticket: Option<Ticket>, result: Result<Members, Error>, out: &mut Vec<Output>) {
    reply(ticket, result.map(|_| Reply::Done), out);
}

fn reply(ticket: Option<Ticket>, result: Result<Reply, Error>, out: &mut Vec<Output>) {
    if let Some(ticket) = ticket {
        out.push(Output::Reply(ticket, result));
    }
}

impl What {
    /// The answer to a question must hold a number.
    fn check(&self, members: Members) -> Result<Members, Error> {
        let name = match self {
            Self::Count { .. } => "num",
            Self::IsIn { .. } => "isin",
            Self::Status { .. } => "status",
            _ => return Ok(members),
        };
        match members.get(name).and_then(Value::as_u64) {
            Some(_) => Ok(members),
            None => {
                let (call, reason) = (self.call(), "answer not understood");
                Err(Error::new(call, Code::GeneralUnknown, reason, false))
            }
        }
    }
}

fn number(members: &Members, name: &str) -> u64 {
    members
        .get(name)
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

/// A text, or anything else as JSON.
fn text(members: &Members, name: &str) -> String {
    match members.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    }
}
