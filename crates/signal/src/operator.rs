use std::sync::Arc;

use serde_json::json;
use visavis_codes::signaling::{Cause, Failure, Family};
use visavis_wire::signaling::check_channel;
use visavis_wire::signaling::limits::MESSAGE_BYTES_MAX;

use crate::answer::Asker;
use crate::attributes::Edit;
use crate::hub::Hub;
use crate::join::Told;
use crate::tenant::{TenantId, Wait};
use crate::{Answer, Command, Output, Report, Ticket, Write};

/// Names in one answer at most, whatever is asked for.
const PAGE_NAMES_MAX: usize = 1000;

impl Hub {
    pub(crate) fn command(&mut self, ticket: Ticket, app: &str, command: Command) {
        let Some(id) = self.tenants.of(app) else {
            match self.tenants.wait_command(app, ticket, command) {
                Wait::Ask => self.out.push(Output::LoadApp { app: app.into() }),
                Wait::Asked => {}
                Wait::Full => self.fail(Asker::Operator(ticket), Cause::RateLimited),
            }
            return;
        };
        let asker = Asker::Operator(ticket);
        let answer = match command {
            Command::SendPeer {
                account,
                msg,
                ttl_s,
            } => return self.send_as_system(ticket, id, account, msg, ttl_s),
            Command::SetUserAttribute {
                account,
                name,
                value,
            } => return self.begin_user_attribute(asker, id, account.into(), name, value),
            Command::UserAttributes { account } => {
                return self.begin_user_attributes(asker, id, account);
            }
            Command::SetChannelAttribute {
                channel,
                name,
                value,
            } => {
                let edit = Edit::Set {
                    name,
                    value,
                    if_rev: None,
                };
                return self.edit_as_system(asker, id, &channel, edit);
            }
            Command::DeleteChannelAttribute { channel, name } => {
                return self.edit_as_system(asker, id, &channel, Edit::Delete { name });
            }
            Command::ClearChannelAttributes { channel } => {
                return self.edit_as_system(asker, id, &channel, Edit::Clear);
            }
            Command::KickFromChannel { channel, account } => Ok(done_if(self.remove(
                id,
                &channel,
                &account,
                Cause::KickedFromChannel,
            ))),
            Command::KickLogin { account, reason } => {
                Ok(done_if(self.kick_login(id, &account, reason.as_deref())))
            }
            Command::SendChannel { channel, msg } => self.say_as_system(id, &channel, &msg),
            Command::EndChannel { channel } => Ok(done_if(self.end_channel(id, &channel))),
            Command::ChannelAttributes { channel } => Ok(self.attributes_of(id, &channel)),
            Command::Accounts { .. }
            | Command::Channels { .. }
            | Command::Members { .. }
            | Command::CountAccounts
            | Command::CountMembers { .. } => Ok(self.look(id, &command)),
        };
        self.answer(asker, answer);
    }

    fn look(&mut self, id: TenantId, command: &Command) -> Answer {
        let Some(tenant) = self.tenants.find(id) else {
            return Answer::NotFound;
        };
        let members = |channel: &str| {
            let channel = tenant.channels.get(channel);
            channel.map(|channel| &channel.members)
        };
        match command {
            Command::Accounts { after, limit } => page(tenant.logins.keys(), after, *limit),
            Command::Channels { after, limit } => {
                let channels = tenant.channels.iter();
                let inhabited = channels.filter(|(_, channel)| !channel.members.is_empty());
                page(inhabited.map(|(name, _)| name), after, *limit)
            }
            Command::Members {
                channel,
                after,
                limit,
            } => match members(channel) {
                Some(members) => page(members.iter().map(|(name, _)| name), after, *limit),
                None => page(std::iter::empty(), after, *limit),
            },
            Command::CountAccounts => Answer::Count(tenant.logins.len()),
            Command::CountMembers { channel } => {
                Answer::Count(members(channel).map_or(0, |members| members.len()))
            }
            _ => Answer::NotFound,
        }
    }

    fn kick_login(&mut self, id: TenantId, account: &str, detail: Option<&str>) -> bool {
        let tenant = self.tenants.find(id);
        let Some(&conn) = tenant.and_then(|tenant| tenant.logins.get(account)) else {
            return false;
        };
        let failure = Failure::new(Cause::KickedByOperator, Family::Logout);
        self.end_with_words(conn, &failure, detail);
        true
    }

    fn say_as_system(&mut self, id: TenantId, name: &str, msg: &str) -> Result<Answer, Failure> {
        let refused = |cause| Failure::about(cause, Family::Send, "channel");
        check_channel(name).map_err(refused)?;
        if msg.len() > MESSAGE_BYTES_MAX {
            return Err(refused(Cause::MessageTooLarge));
        }
        let (now, usual) = (self.now, self.limits.channel_messages_per_s);
        let Some(channel) = self.tenants.channel(id, name) else {
            return Ok(Answer::NotFound);
        };
        if channel.members.is_empty() {
            return Ok(Answer::NotFound);
        }
        if !channel.message_allowed(now, usual) {
            return Err(refused(Cause::RateLimited));
        }
        let to = channel.members.conns();
        let content = json!({"account": "system", "uid": 0, "msg": msg, "channel": name});
        let receivers = self.broadcast(to, "channel_msg", &content);
        self.out
            .push(Output::Report(Report::ChannelMessage { receivers }));
        Ok(Answer::Done)
    }

    fn end_channel(&mut self, id: TenantId, name: &str) -> bool {
        let Some(channel) = self.tenants.channel(id, name) else {
            return false;
        };
        let members: Vec<Arc<str>> = channel
            .members
            .iter()
            .map(|(account, _)| Arc::clone(account))
            .collect();
        for account in members {
            self.take_out(id, name, &account, Cause::ChannelEnded, Told::Leaver);
        }
        let channel = name.to_owned();
        self.write(id, vec![Write::DestroyChannel { channel }]);
        self.forget_channel(id, name);
        true
    }
}

fn done_if(found: bool) -> Answer {
    match found {
        true => Answer::Done,
        false => Answer::NotFound,
    }
}

/// The first names after one.
fn page<'a>(names: impl Iterator<Item = &'a Arc<str>>, after: &str, limit: usize) -> Answer {
    let limit = limit.clamp(1, PAGE_NAMES_MAX);
    let mut names: Vec<&str> = names
        .map(|name| &**name)
        .filter(|name| *name > after)
        .collect();
    let more = names.len() > limit;
    if more {
        names.select_nth_unstable(limit);
        names.truncate(limit);
    }
    names.sort_unstable();
    Answer::Names {
        names: names.into_iter().map(str::to_owned).collect(),
        more,
    }
}
