//! A hub and the world around it: a clock, a store in plain maps, clients that write down what they see.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};
use visavis_codes::signaling::Failure;
use visavis_signal::{
    Answer, AppSettings, Command, ConnId, Hub, Input, Limits, Loss, Output, Report, Ticket,
    Unavailable,
};
use visavis_wire::signaling::ClientFrame;

use super::render;
use super::store::Store;

/// When the world begins, in Unix seconds.
pub(crate) const START_S: u64 = 1_700_000_000;

/// One hub with everything around it.
pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) limits: Limits,
    pub(crate) now: Duration,
    pub(crate) stores: BTreeMap<String, Store>,
    /// Answers of the store that are still to come, and whether they come only when told to.
    waiting: VecDeque<Input>,
    pub(crate) slow: bool,
    /// The store does not answer at all.
    pub(crate) broken: bool,
    clients: BTreeMap<ConnId, Client>,
    answers: BTreeMap<Ticket, Result<Answer, Failure>>,
    opened: u64,
    tickets: u64,
    pub(crate) reports: Vec<Report>,
}

/// What a connection has seen.
#[derive(Default)]
struct Client {
    line: String,
    calls: u64,
    answers: BTreeMap<u64, Value>,
    seen: Vec<String>,
    raw: Vec<Value>,
    closed: bool,
}

impl World {
    /// A world with one app, `app`, that lets everyone in.
    pub(crate) fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// The same, with other limits and settings.
    pub(crate) fn with(change: impl FnOnce(&mut Limits, &mut AppSettings)) -> Self {
        let (mut limits, mut store) = (Limits::default(), Store::new());
        change(&mut limits, &mut store.settings);
        Self {
            hub: Hub::new(limits, [1; 32]),
            limits,
            now: Duration::from_secs(START_S),
            stores: BTreeMap::from([("app".to_owned(), store)]),
            waiting: VecDeque::new(),
            slow: false,
            broken: false,
            clients: BTreeMap::new(),
            answers: BTreeMap::new(),
            opened: 0,
            tickets: 0,
            reports: Vec::new(),
        }
    }

    /// What is kept of the app.
    pub(crate) fn store(&mut self) -> &mut Store {
        self.stores.get_mut("app").expect("the app")
    }

    /// The server dies and comes back; every connection is gone.
    pub(crate) fn restart(&mut self) {
        let seed = [self.opened as u8 ^ 0x55; 32];
        self.hub = Hub::new(self.limits, seed);
        self.waiting.clear();
        self.clients
            .values_mut()
            .for_each(|client| client.closed = true);
    }

    pub(crate) fn open(&mut self) -> ConnId {
        let conn = ConnId(self.opened);
        self.opened += 1;
        self.clients.insert(conn, Client::default());
        self.input(Input::Opened { conn });
        conn
    }

    /// One frame from a client.
    pub(crate) fn frame(&mut self, conn: ConnId, frame: &Value) {
        self.text(conn, &frame.to_string());
    }

    pub(crate) fn text(&mut self, conn: ConnId, text: &str) {
        let frame = ClientFrame::parse(text);
        self.input(Input::Frame { conn, frame });
    }

    /// A login as the published web SDK makes it.
    pub(crate) fn login(&mut self, account: &str) -> ConnId {
        self.login_to("app", account, json!({}))
    }

    /// A login as a client of ours makes it.
    pub(crate) fn login_sdk(&mut self, account: &str) -> ConnId {
        let extra = json!({"sdk": "visavis/0.1", "caps": ["multi_channel"]});
        self.login_to("app", account, extra)
    }

    /// A login with other members.
    pub(crate) fn login_to(&mut self, app: &str, account: &str, extra: Value) -> ConnId {
        let conn = self.open();
        let mut args = json!({
            "vid": app, "account": account, "uid": 0, "token": "_no_need_token",
            "device": "websdk", "ip": "",
        });
        let members = extra.as_object().expect("members").clone();
        args.as_object_mut().expect("an object").extend(members);
        self.frame(conn, &json!(["login", args]));
        conn
    }

    /// A call with the right line; gives its number.
    pub(crate) fn ask(&mut self, conn: ConnId, func: &str, mut args: Value) -> u64 {
        let client = self.client(conn);
        client.calls += 1;
        let id = client.calls;
        if args.get("line").is_none() {
            args["line"] = client.line.clone().into();
        }
        self.frame(conn, &json!(["call2", [func, id, args]]));
        id
    }

    /// A call and its answer.
    pub(crate) fn call(&mut self, conn: ConnId, func: &str, args: Value) -> Value {
        let id = self.ask(conn, func, args);
        self.answer(conn, id)
            .unwrap_or_else(|| panic!("no answer to {func}"))
    }

    /// A call, and how it ended: `ok`, or the code and the reason.
    pub(crate) fn end(&mut self, conn: ConnId, func: &str, args: Value) -> String {
        render::outcome(&self.call(conn, func, args))
    }

    /// The answer to a call.
    pub(crate) fn answer(&mut self, conn: ConnId, id: u64) -> Option<Value> {
        self.client(conn).answers.remove(&id)
    }

    /// What a client has seen since the last time, answers left out.
    pub(crate) fn seen(&mut self, conn: ConnId) -> Vec<String> {
        std::mem::take(&mut self.client(conn).seen)
    }

    /// Every frame as it was, since the last time.
    pub(crate) fn raw(&mut self, conn: ConnId) -> Vec<Value> {
        std::mem::take(&mut self.client(conn).raw)
    }

    pub(crate) fn is_closed(&mut self, conn: ConnId) -> bool {
        self.client(conn).closed
    }

    pub(crate) fn lose(&mut self, conn: ConnId) {
        self.client(conn).closed = true;
        let loss = Loss::Closed;
        self.input(Input::Lost { conn, loss });
    }

    pub(crate) fn operator(&mut self, command: Command) -> Result<Answer, Failure> {
        self.tickets += 1;
        let ticket = Ticket(u64::MAX - self.tickets);
        self.input(Input::Operator {
            ticket,
            app: "app".into(),
            command,
        });
        self.answers.remove(&ticket).expect("an answer")
    }

    /// Lets time pass; the hub is told whenever it asked to be.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.hub.deadline().filter(|at| *at <= until) {
            assert!(at > self.now, "a deadline that has passed: {at:?}");
            self.now = at;
            self.input(Input::Tick);
        }
        self.now = until;
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    pub(crate) fn millis(&mut self, millis: u64) {
        self.pass(Duration::from_millis(millis));
    }

    /// Lets a slow store give one answer; false when it has none.
    pub(crate) fn store_answers(&mut self) -> bool {
        let answer = self.waiting.pop_front();
        answer.map(|answer| self.input_one(answer)).is_some()
    }

    /// Gives the hub an input, then lets the store answer.
    pub(crate) fn input(&mut self, input: Input) {
        self.input_one(input);
        while !self.slow && self.store_answers() {}
    }

    fn input_one(&mut self, input: Input) {
        let mut outputs = vec![];
        self.hub.handle(self.now, input, &mut outputs);
        outputs
            .into_iter()
            .for_each(|output| self.carry_out(output));
    }

    fn carry_out(&mut self, output: Output) {
        let now_ms = self.now.as_millis() as u64;
        match output {
            Output::Send { to, frame } => self.receive(to, &frame),
            Output::Broadcast { to, frame } => {
                let each: BTreeSet<ConnId> = to.iter().copied().collect();
                assert_eq!(each.len(), to.len(), "each connection once");
                to.iter().for_each(|to| self.receive(*to, &frame));
            }
            Output::AllowBinary { conn } => self.client(conn).seen.push("binary".into()),
            Output::Close {
                conn,
                status,
                reason,
            } => {
                assert!(reason.len() <= 123 && (status == 1012 || (4000..5000).contains(&status)));
                let client = self.client(conn);
                assert!(!client.closed, "closed once");
                client.closed = true;
                client.seen.push(format!("closed {status}"));
            }
            Output::LoadApp { app } => {
                let found = self.stores.get(&app).map(|store| Box::new(store.app()));
                let found = match self.broken {
                    true => Err(Unavailable),
                    false => Ok(found),
                };
                self.waiting.push_back(Input::App { app, found });
            }
            Output::Store {
                ticket,
                app,
                writes,
            } => {
                if self.broken {
                    return self.refuse(ticket);
                }
                let store = self.stores.get_mut(&app).expect("a known app");
                let written = store.keep(now_ms, writes);
                if let Some(ticket) = ticket {
                    let result = Ok(visavis_signal::Loaded::Written(written));
                    self.waiting.push_back(Input::Stored { ticket, result });
                }
            }
            Output::Load { ticket, app, query } => {
                if self.broken {
                    return self.refuse(Some(ticket));
                }
                let result = Ok(self.stores[&app].load(now_ms, &query));
                self.waiting.push_back(Input::Stored { ticket, result });
            }
            Output::Answer { ticket, answer } => {
                let again = self.answers.insert(ticket, answer);
                assert!(again.is_none(), "one answer");
            }
            Output::Report(report) => self.reports.push(report),
        }
    }

    fn refuse(&mut self, ticket: Option<Ticket>) {
        if let Some(ticket) = ticket {
            let result = Err(Unavailable);
            self.waiting.push_back(Input::Stored { ticket, result });
        }
    }

    fn receive(&mut self, to: ConnId, frame: &[u8]) {
        let frame: Value = serde_json::from_slice(frame).expect("JSON");
        let client = self.client(to);
        assert!(!client.closed, "{frame} after the close of {to:?}");
        match frame[0].as_str() {
            Some("call2-ret") => {
                assert_eq!(frame[1][1], "");
                let body = frame[1][2].as_str().expect("a text");
                let body: Value = serde_json::from_str(body).expect("JSON");
                let id = frame[1][0].as_u64().expect("a number");
                assert!(id <= client.calls, "an answer without a call");
                let again = client.answers.insert(id, body);
                assert!(again.is_none(), "one answer to each call");
            }
            Some("login_ret") => {
                assert_eq!(frame[1][0], "");
                let body = frame[1][1].as_str().expect("a text");
                let body: Value = serde_json::from_str(body).expect("JSON");
                if body["result"] == "ok" {
                    client.line = body["line"].as_str().expect("a line").to_owned();
                }
                let outcome = render::outcome(&body);
                client.seen.push(format!("login_ret {outcome}"));
            }
            _ => client.seen.push(render::frame(&frame)),
        }
        client.raw.push(frame);
    }

    fn client(&mut self, conn: ConnId) -> &mut Client {
        self.clients.get_mut(&conn).expect("a client")
    }
}
