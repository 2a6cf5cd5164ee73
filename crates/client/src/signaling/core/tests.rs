//! The core in virtual time, against frames written by hand; the hub is met in `tests/signaling`.

mod a_call_without_an_answer_ends_with_its_code;
mod a_login_is_tried_as_often_as_allowed;
mod a_lost_connection_is_restored;
mod invitations_end_once;
mod messages_are_told_once;
mod nothing_shows_a_token;
mod silence_is_a_lost_connection;
mod what_the_server_refuses_ends_a_reconnect;

use std::time::Duration;

use serde_json::{Value, json};

use super::{Core, Input, Output, Reply, Request, Settings, Ticket, Time};
use crate::signaling::{Error, Event, LoginOptions, SendOptions};

const START: Time = Duration::from_secs(1_800_000_000);

/// One core, with a person for a server.
struct Stage {
    core: Core,
    now: Time,
    tickets: u64,
    /// Everything that came out and was not looked at.
    out: Vec<Output>,
}

impl Stage {
    fn new() -> Self {
        Self::with(Settings::new("dev-app"))
    }

    fn with(settings: Settings) -> Self {
        Self {
            core: Core::new(settings),
            now: START,
            tickets: 0,
            out: Vec::new(),
        }
    }

    /// A core that is logged in as alice and has polled.
    fn online() -> Self {
        let mut stage = Self::new();
        stage.call(Request::Login(LoginOptions::new("alice", "the-token")));
        stage.welcome();
        stage.out.clear();
        stage
    }

    fn input(&mut self, input: Input) {
        self.core.handle(self.now, input, &mut self.out);
    }

    fn call(&mut self, request: Request) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.input(Input::Call(ticket, request));
        ticket
    }

    fn send(&mut self, id: &str) -> Ticket {
        self.call(Request::MessageInstantSend {
            account: "bob".into(),
            msg: format!("this is {id}"),
            message_id: id.into(),
            options: SendOptions::default(),
        })
    }

    fn join(&mut self, channel: &str) {
        let channel = channel.to_owned();
        self.call(Request::ChannelJoin { channel });
        self.answer_all(&json!({"list": [["bob", 5]]}));
    }

    fn frame(&mut self, frame: &Value) {
        self.input(Input::Text(frame.to_string()));
    }

    /// The connection is made, the login and the poll that follows it succeed.
    fn welcome(&mut self) {
        self.let_in();
        self.answer(1, &json!({"msgs": [], "ver_clear": 0}));
    }

    /// The connection is made and the login succeeds.
    fn let_in(&mut self) {
        self.input(Input::Opened);
        let body = json!({"result": "ok", "uid": 7, "line": "ab", "caps": ["multi_channel"]});
        self.frame(&json!(["login_ret", ["", body.to_string()]]));
    }

    fn answer(&mut self, id: u64, members: &Value) {
        let mut body = members.clone();
        body["result"] = "ok".into();
        self.frame(&json!(["call2-ret", [id, "", body.to_string()]]));
    }

    fn refuse(&mut self, id: u64, number: u16, reason: &str) {
        let body = json!({
            "result": "failed", "code": number, "reason": reason, "retryable": false,
        });
        self.frame(&json!(["call2-ret", [id, "", body.to_string()]]));
    }

    /// Answers every call that went out and was not looked at.
    fn answer_all(&mut self, members: &Value) {
        for (_, id, _) in self.calls() {
            self.answer(id, members);
        }
    }

    /// A message of this version from bob.
    fn message(&mut self, version: u64, packed: &str) {
        let inner = json!([version, packed]).to_string();
        self.frame(&json!(["notify", ["recvmsg", inner]]));
    }

    /// Time passes; the core is woken whenever it wants to be.
    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.core.deadline().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.input(Input::Tick);
        }
        self.now = until;
    }

    /// The calls that went out since this was last asked: name, id and arguments.
    fn calls(&mut self) -> Vec<(String, u64, Value)> {
        let mut calls = Vec::new();
        self.out.retain(|output| {
            let Output::Send(frame) = output else {
                return true;
            };
            let frame: Value = serde_json::from_str(frame).unwrap();
            let is_call = frame[0] == "call2";
            if is_call {
                let [func, id, args] = &frame[1].as_array().unwrap()[..] else {
                    panic!("{frame}");
                };
                calls.push((
                    func.as_str().unwrap().to_owned(),
                    id.as_u64().unwrap(),
                    args.clone(),
                ));
            }
            !is_call
        });
        calls
    }

    /// The events since this was last asked.
    fn events(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        self.out.retain(|output| {
            let Output::Event(event) = output else {
                return true;
            };
            events.push(event.clone());
            false
        });
        events
    }

    /// The events by their names.
    fn names(&mut self) -> Vec<String> {
        let names = self.events();
        let name = |event: &Event| format!("{event:?}").split(' ').next().map(str::to_owned);
        names.iter().filter_map(name).collect()
    }

    fn reply(&self, ticket: Ticket) -> Option<&Result<Reply, Error>> {
        let mut replies = self.out.iter().filter_map(|output| match output {
            Output::Reply(of, reply) if *of == ticket => Some(reply),
            _ => None,
        });
        let reply = replies.next();
        assert!(replies.next().is_none(), "one reply to each call");
        reply
    }

    fn failed(&self, ticket: Ticket) -> Option<u16> {
        match self.reply(ticket) {
            Some(Err(error)) => Some(error.number()),
            Some(Ok(_)) | None => None,
        }
    }

    fn wants_connection(&mut self) -> bool {
        let before = self.out.len();
        self.out.retain(|output| !matches!(output, Output::Connect));
        self.out.len() < before
    }
}
