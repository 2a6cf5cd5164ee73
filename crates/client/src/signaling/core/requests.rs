//! What the app asks for, as calls to the server.

use serde_json::Value;
use visavis_codes::signaling::{Cause, Code, Family};
use visavis_wire::signaling::VoipKind;
use visavis_wire::signaling::client_encode::Members;

use super::calls::{Pending, What};
use super::dial::State;
use super::online::{Phase, not_logged_in};
use super::{Core, Network, Output, Reply, Request, Ticket, Time, tell};
use crate::signaling::{Error, Event};

/// What precedes the name of a call in `invoke`.
const INVOKE_PREFIX: &str = "io.agora.signal.";

/// The digits of a telephone.
const DTMF: &str = "0123456789*#";

/// Digits in one message.
const DTMF_MAX: usize = 128;

impl Core {
    pub(super) fn request(
        &mut self,
        now: Time,
        ticket: Ticket,
        request: Request,
        out: &mut Vec<Output>,
    ) {
        match request {
            Request::Login(login) => self.login(now, ticket, login, out),
            Request::Logout => self.logout(now, ticket, out),
            Request::Ping => self.ping_now(now, ticket, out),
            Request::SetNetworkStatus(true) | Request::Start => {
                self.set_network(now, Network::Up, out);
                done(ticket, out);
            }
            Request::SetNetworkStatus(false) => {
                self.set_network(now, Network::Down, out);
                done(ticket, out);
            }
            Request::Stop => {
                self.set_network(now, Network::Down, out);
                if let State::Online(_) = self.state {
                    out.push(Output::Disconnect(1000));
                    self.dropped(now, out);
                }
                done(ticket, out);
            }
            Request::Dbg { key, value } => {
                tell(out, Event::Dbg { key, value });
                done(ticket, out);
            }
            Request::BcCall { call_id, .. } => {
                let error = Error::of("bc_call", Cause::UnsupportedMethod, Family::General);
                let reason = error.reason().to_owned();
                let json_ret = String::new();
                tell(
                    out,
                    Event::BcCallResult {
                        reason,
                        json_ret,
                        call_id,
                    },
                );
                self.refuse(ticket, error, out);
            }
            Request::Deprecated(call) => self.deprecated(ticket, call, out),
            Request::ChannelLeave { channel } => self.leave(ticket, channel, out),
            Request::Invite {
                channel,
                account,
                extra,
            } => {
                self.invite(ticket, channel, account, &extra, out);
            }
            Request::InviteEnd {
                channel,
                account,
                extra,
            } => {
                self.end(ticket, channel, account, &extra, out);
            }
            request => match self.call_of(request) {
                Ok((what, func, members)) => self.call(Some(ticket), what, func, members, out),
                Err(error) => self.refuse(ticket, error, out),
            },
        }
    }

    /// Makes a call, now or when there is a connection; refuses it without a login.
    pub(super) fn call(
        &mut self,
        ticket: Option<Ticket>,
        what: What,
        func: impl Into<std::borrow::Cow<'static, str>>,
        members: Members,
        out: &mut Vec<Output>,
    ) {
        let call = Pending {
            ticket,
            what,
            func: func.into(),
            members,
            again: false,
        };
        let logged_in = match &self.state {
            State::LoggedOut | State::LoggingIn { .. } => false,
            State::Online(online) => !matches!(online.phase, Phase::Leaving(_)),
            State::Reconnecting { .. } => true,
        };
        if !logged_in {
            let error = not_logged_in(call.what.call());
            return self.settle(Time::ZERO, call, Err(error), out);
        }
        if self.calls.len() >= self.settings.calls_max {
            let error = call.what.too_many();
            return self.settle(Time::ZERO, call, Err(error), out);
        }
        self.calls.wait(call);
    }

    /// Answers a call that never goes out.
    pub(super) fn refuse(&self, ticket: Ticket, error: Error, out: &mut Vec<Output>) {
        out.push(Output::Reply(ticket, Err(error.clone())));
        tell(out, Event::Error { error });
    }

    fn ping_now(&mut self, now: Time, ticket: Ticket, out: &mut Vec<Output>) {
        match self.state {
            State::Online(_) => {
                self.ping(now, out);
                done(ticket, out);
            }
            State::LoggedOut | State::LoggingIn { .. } | State::Reconnecting { .. } => {
                self.refuse(ticket, not_logged_in("ping"), out);
            }
        }
    }

    fn leave(&mut self, ticket: Ticket, channel: String, out: &mut Vec<Output>) {
        let members = Members::new().text("name", &channel);
        if let State::Reconnecting { wanted, .. } = &mut self.state {
            wanted.remove(&channel);
        }
        if self.channels.remove(&channel).is_some() {
            let channel = channel.clone();
            tell(out, left_by_user(channel));
        }
        self.call(
            Some(ticket),
            What::Leave { channel },
            "channel_leave",
            members,
            out,
        );
    }

    fn call_of(&mut self, request: Request) -> Result<(What, String, Members), Error> {
        let members = Members::new();
        let (what, func, members) = match request {
            Request::ChannelJoin { channel } => {
                let members = members.text("name", &channel);
                (What::Join { channel }, "channel_join", members)
            }
            Request::ChannelQueryUserNum { channel } => {
                let members = members.text("name", &channel);
                (What::Count { channel }, "channel_query_num", members)
            }
            Request::ChannelQueryUserIsIn { channel, account } => {
                let members = members.text("name", &channel).text("account", &account);
                (
                    What::IsIn { channel, account },
                    "channel_query_user_isin",
                    members,
                )
            }
            Request::ChannelSetAttr {
                channel,
                name,
                value,
            } => {
                let members = members.text("channel", &channel).text("name", &name);
                let members = members.text("value", &value);
                (What::ChannelAttribute, "channel_set_attr", members)
            }
            Request::ChannelDelAttr { channel, name } => {
                let members = members.text("channel", &channel).text("name", &name);
                (What::ChannelAttribute, "channel_del_attr", members)
            }
            Request::ChannelClearAttr { channel } => {
                let members = members.text("channel", &channel);
                (What::ChannelAttribute, "channel_clear_attr", members)
            }
            Request::MessageInstantSend {
                account,
                msg,
                message_id,
                options,
            } => {
                let message_id = self.message_id(message_id);
                let members = members
                    .text("peer", &account)
                    .text("flag", &options.flag())
                    .text("t", "instant")
                    .text("content", &msg)
                    .text("messageID", &message_id);
                (What::SendPeer { message_id }, "user_sendmsg", members)
            }
            Request::MessageChannelSend {
                channel,
                msg,
                message_id,
                options,
            } => {
                let message_id = self.message_id(message_id);
                let mut members = members
                    .text("name", &channel)
                    .text("msg", &msg)
                    .text("msgID", &message_id);
                if options.force {
                    members = members.raw("force", "true");
                }
                if let Some(extra) = &options.extra {
                    members = members.text("extra", extra);
                }
                (What::SendChannel { message_id }, "channel_sendmsg", members)
            }
            Request::InviteAccept {
                channel,
                account,
                extra,
            } => {
                return Ok(voip(VoipKind::Accept, channel, account, &extra));
            }
            Request::InviteRefuse {
                channel,
                account,
                extra,
            } => {
                return Ok(voip(VoipKind::Refuse, channel, account, &extra));
            }
            Request::InviteDtmf {
                channel,
                account,
                digits,
            } => {
                let sound = !digits.is_empty() && digits.chars().all(|digit| DTMF.contains(digit));
                if !sound || digits.len() > DTMF_MAX {
                    return Err(Error::wrong_param("invite_dtmf", "dtmf"));
                }
                let extra = serde_json::json!({"msgtype": "dtmf", "msgdata": digits}).to_string();
                return Ok(voip(VoipKind::Msg, channel, account, &extra));
            }
            Request::SetAttr { name, value } => {
                let members = members.text("name", &name).text("value", &value);
                (What::SetAttribute, "user_set_attr", members)
            }
            Request::GetAttr { name } => {
                let account = self.account().to_owned();
                let members = members.text("account", &account).text("name", &name);
                (
                    What::GetAttribute { account, name },
                    "user_get_attr",
                    members,
                )
            }
            Request::GetUserAttr { account, name } => {
                let members = members.text("account", &account).text("name", &name);
                (
                    What::GetAttribute { account, name },
                    "user_get_attr",
                    members,
                )
            }
            Request::GetAttrAll => {
                let account = self.account().to_owned();
                let members = members.text("account", &account);
                (
                    What::GetAttributes { account },
                    "user_get_attr_all",
                    members,
                )
            }
            Request::GetUserAttrAll { account } => {
                let members = members.text("account", &account);
                (
                    What::GetAttributes { account },
                    "user_get_attr_all",
                    members,
                )
            }
            Request::QueryUserStatus { account } => {
                let members = members.text("account", &account);
                (What::Status { account }, "user_query_user_status", members)
            }
            Request::Invoke {
                name,
                request,
                call_id,
            } => {
                let members = match serde_json::from_str(&request) {
                    Ok(Value::Object(object)) => Members::from_object(&object),
                    _ if request.trim().is_empty() => members,
                    _ => return Err(Error::wrong_param("invoke", "req")),
                };
                let func = name.strip_prefix(INVOKE_PREFIX).unwrap_or(&name).to_owned();
                return Ok((What::Invoke { call_id }, func, members));
            }
            Request::RenewToken(token) => {
                let members = members.text("token", token.expose());
                (What::RenewToken { token }, "user_renew_token", members)
            }
            Request::SetBackground(background) => {
                let members = members.raw("isfg", if background { "0" } else { "1" });
                (What::SetBackground, "user_setfg", members)
            }
            // The rest has been handled.
            Request::Login(_)
            | Request::Logout
            | Request::ChannelLeave { .. }
            | Request::Invite { .. }
            | Request::InviteEnd { .. }
            | Request::BcCall { .. }
            | Request::Ping
            | Request::SetNetworkStatus(_)
            | Request::Start
            | Request::Stop
            | Request::Dbg { .. }
            | Request::Deprecated(_) => {
                return Err(Error::of(
                    "invoke",
                    Cause::UnsupportedMethod,
                    Family::General,
                ));
            }
        };
        Ok((what, func.to_owned(), members))
    }

    /// The id that the app gave, or one that no other message of the account has.
    fn message_id(&mut self, given: String) -> String {
        if !given.is_empty() {
            return given;
        }
        self.named += 1;
        format!("{:016x}-{}", self.settings.seed, self.named)
    }

    fn account(&self) -> &str {
        match &self.state {
            State::LoggedOut => "",
            State::LoggingIn { login, .. } | State::Reconnecting { login, .. } => &login.account,
            State::Online(online) => &online.login.account,
        }
    }

    pub(super) fn is_self(&self, account: &str) -> bool {
        self.account() == account
    }
}

fn voip(kind: VoipKind, channel: String, account: String, extra: &str) -> (What, String, Members) {
    let members = Members::new()
        .text("channelName", &channel)
        .text("peer", &account)
        .text("extra", extra);
    let what = What::Answer {
        kind,
        channel,
        account,
    };
    (what, kind.name().to_owned(), members)
}

fn done(ticket: Ticket, out: &mut Vec<Output>) {
    out.push(Output::Reply(ticket, Ok(Reply::Done)));
}

/// The session left a channel.
pub(super) fn left_by_user(channel: String) -> Event {
    let error = Error::new("channel_leave", Code::LeaveChannelByUser, "leave", false);
    Event::ChannelLeaved { channel, error }
}
