//! What holds for every hub, whatever clients do. The fuzz targets run the same rules on their own bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use visavis_signal::{Answer, Command, ConnId};
use visavis_wire::signaling::Packed;

use super::world::World;

const ACCOUNTS: [&str; 4] = ["alice", "bob", "carol", "dave"];
const CHANNELS: [&str; 3] = ["red", "green", "blue"];

/// Reads bytes as a sequence of steps, three bytes each, and plays it; panics when a rule is broken.
pub(crate) fn play(bytes: &[u8]) {
    let mut model = Model::default();
    let mut world = World::with(|limits, _| {
        limits.notices_members_max = 2;
        limits.queue_messages_max = 40;
    });
    // The app is there before the store is slow.
    model.compare(&mut world);
    for step in bytes.chunks_exact(3) {
        model.step(&mut world, [step[0], step[1], step[2]]);
        model.compare(&mut world);
    }
    model.end(&mut world);
}

/// The hub as plain maps.
#[derive(Default)]
struct Model {
    logins: BTreeMap<usize, Login>,
    members: BTreeMap<usize, BTreeSet<usize>>,
    /// Texts that were acknowledged, by receiver, in their order.
    sent: BTreeMap<usize, Vec<String>>,
    /// Texts that a receiver has acknowledged, or that a poll has shown it, in their order.
    shown: BTreeMap<usize, Vec<String>>,
    open: Vec<(usize, ConnId, u64)>,
    texts: u64,
}

struct Login {
    conn: ConnId,
    ours: bool,
    /// The highest version that this connection has seen.
    last: u64,
}

impl Model {
    fn step(&mut self, world: &mut World, [kind, who, what]: [u8; 3]) {
        let (who, peer) = (usize::from(who) % 4, usize::from(what) % 4);
        let channel = usize::from(what >> 2) % 3;
        match kind % 14 {
            0 | 1 => self.login(world, who, kind % 14 == 1),
            2 => self.leave_hub(world, who, false),
            3 => self.leave_hub(world, who, true),
            4 | 5 => self.join(world, who, channel),
            6 => {
                if self.ask(
                    world,
                    who,
                    "channel_leave",
                    json!({"name": CHANNELS[channel]}),
                ) {
                    self.members.entry(channel).or_default().remove(&who);
                }
            }
            7 => {
                let args = json!({"name": CHANNELS[channel], "msg": "x", "force": what & 1});
                self.ask(world, who, "channel_sendmsg", args);
            }
            8 | 9 => self.send(world, who, peer),
            10 => self.poll(world, who),
            11 => {
                let args = json!({"channel": CHANNELS[channel], "name": "a", "value": "1"});
                self.ask(world, who, "channel_set_attr", args);
            }
            12 => {
                let kinds = [
                    "voip_invite",
                    "voip_invite_ack",
                    "voip_invite_accept",
                    "voip_invite_bye",
                ];
                let kind = kinds[usize::from(what >> 4) % 4];
                let args = json!({"channelName": "call", "peer": ACCOUNTS[peer], "extra": ""});
                self.ask(world, who, kind, args);
            }
            _ => match what {
                0..40 => world.slow = !world.slow,
                40..60 => self.settle(world),
                60..80 => self.kick(world, who, channel),
                _ => self.pass(world, Duration::from_millis(u64::from(what))),
            },
        }
        if !world.slow {
            self.settle(world);
        }
    }

    fn login(&mut self, world: &mut World, who: usize, ours: bool) {
        self.settle(world);
        let conn = match ours {
            true => world.login_sdk(ACCOUNTS[who]),
            false => world.login(ACCOUNTS[who]),
        };
        self.settle(world);
        assert_eq!(world.seen(conn)[0], "login_ret ok");
        if let Some(old) = self.logins.remove(&who) {
            assert!(world.is_closed(old.conn), "one login per account");
        }
        self.members.values_mut().for_each(|members| {
            members.remove(&who);
        });
        let last = 0;
        self.logins.insert(who, Login { conn, ours, last });
    }

    fn leave_hub(&mut self, world: &mut World, who: usize, politely: bool) {
        self.settle(world);
        let Some(login) = self.logins.remove(&who) else {
            return;
        };
        if politely {
            world.call(login.conn, "user_logout", json!({}));
            assert!(world.is_closed(login.conn));
        } else {
            world.lose(login.conn);
        }
        self.members.values_mut().for_each(|members| {
            members.remove(&who);
        });
    }

    fn join(&mut self, world: &mut World, who: usize, channel: usize) {
        if !self.ask(
            world,
            who,
            "channel_join",
            json!({"name": CHANNELS[channel]}),
        ) {
            return;
        }
        if !self.logins[&who].ours {
            self.members.values_mut().for_each(|members| {
                members.remove(&who);
            });
        }
        self.members.entry(channel).or_default().insert(who);
    }

    fn kick(&mut self, world: &mut World, who: usize, channel: usize) {
        let inside = self.members.entry(channel).or_default().remove(&who);
        let answer = world.operator(Command::KickFromChannel {
            channel: CHANNELS[channel].into(),
            account: ACCOUNTS[who].into(),
        });
        assert_eq!(answer == Ok(Answer::Done), inside);
    }

    fn send(&mut self, world: &mut World, who: usize, peer: usize) {
        self.settle(world);
        let Some(login) = self.logins.get(&who) else {
            return;
        };
        self.texts += 1;
        let text = format!("{who} {}", self.texts);
        let args =
            json!({"peer": ACCOUNTS[peer], "flag": "v1:E:3600", "t": "instant", "content": text});
        let id = world.ask(login.conn, "user_sendmsg", args);
        let slow = world.slow;
        world.slow = false;
        while world.store_answers() {}
        world.slow = slow;
        let answer = world.answer(login.conn, id).expect("an answer");
        if answer["result"] == "ok" {
            self.sent.entry(peer).or_default().push(text);
        }
    }

    fn poll(&mut self, world: &mut World, who: usize) {
        self.settle(world);
        let Some(login) = self.logins.get_mut(&who) else {
            return;
        };
        let args = json!({"ver_clear": login.last, "max": 30});
        let body = world.call(login.conn, "user_getmsg", args);
        let clear = body["ver_clear"].as_u64().expect("a number");
        assert!(clear >= login.last);
        login.last = clear;
        let shown = self.shown.entry(who).or_default();
        for entry in body["msgs"].as_array().expect("a list") {
            let version = entry[0].as_u64().expect("a version");
            assert!(version > login.last, "in order");
            login.last = version;
            let packed = entry[1].as_str().and_then(Packed::parse).expect("packed");
            if packed.kind == "instant" && !shown.iter().any(|text| text == packed.content) {
                shown.push(packed.content.to_owned());
            }
        }
    }

    /// A call that needs a login: true when it succeeded at once.
    fn ask(&mut self, world: &mut World, who: usize, func: &str, args: Value) -> bool {
        let Some(login) = self.logins.get(&who) else {
            return false;
        };
        let conn = login.conn;
        let id = world.ask(conn, func, args);
        match world.answer(conn, id) {
            Some(answer) => answer["result"] == "ok",
            None => {
                assert!(world.slow, "{func} has no answer");
                self.open.push((who, conn, id));
                false
            }
        }
    }

    /// Lets the store answer everything; then every call has its answer.
    fn settle(&mut self, world: &mut World) {
        while world.store_answers() {}
        for (who, conn, id) in self.open.drain(..) {
            let alive = self
                .logins
                .get(&who)
                .is_some_and(|login| login.conn == conn);
            assert!(
                !alive || world.answer(conn, id).is_some(),
                "exactly one answer"
            );
        }
        for (who, login) in &mut self.logins {
            for frame in world.raw(login.conn) {
                let pushed = frame[1][1].as_str().filter(|_| frame[1][0] == "recvmsg");
                let Some(inner) = pushed else {
                    continue;
                };
                let inner: Value = serde_json::from_str(inner).expect("JSON");
                let version = inner[0].as_u64().expect("a version");
                assert_eq!(version, login.last + 1, "pushed only without a gap");
                login.last = version;
                let packed = inner[1].as_str().and_then(Packed::parse).expect("packed");
                if packed.kind == "instant" {
                    let shown = self.shown.entry(*who).or_default();
                    shown.push(packed.content.to_owned());
                }
            }
        }
    }

    fn pass(&mut self, world: &mut World, time: Duration) {
        self.settle(world);
        world.pass(time * 20);
        for login in self.logins.values() {
            world.text(login.conn, "[]");
        }
    }

    fn compare(&self, world: &mut World) {
        let count = world.operator(Command::CountAccounts);
        assert_eq!(count, Ok(Answer::Count(self.logins.len())));
        for (at, channel) in CHANNELS.iter().enumerate() {
            let mut names: Vec<String> = match self.members.get(&at) {
                Some(members) => members.iter().map(|who| ACCOUNTS[*who].into()).collect(),
                None => vec![],
            };
            names.sort();
            let answer = world.operator(Command::Members {
                channel: (*channel).into(),
                after: String::new(),
                limit: 100,
            });
            assert_eq!(answer, Ok(Answer::Names { names, more: false }));
        }
    }

    /// Everyone fetches what waits, then goes: nothing is missing, nothing is left.
    fn end(&mut self, world: &mut World) {
        world.slow = false;
        self.settle(world);
        for who in 0..ACCOUNTS.len() {
            self.login(world, who, false);
            for _ in 0..8 {
                self.poll(world, who);
            }
            let sent = self.sent.remove(&who).unwrap_or_default();
            let shown = self.shown.remove(&who).unwrap_or_default();
            assert_eq!(sent, shown, "everything, in order");
        }
        for who in 0..ACCOUNTS.len() {
            self.leave_hub(world, who, true);
        }
        world.pass(Duration::from_secs(3 * 3600));
        assert_eq!(world.hub.deadline(), None, "nothing waits any more");
        let none = Answer::Names {
            names: vec![],
            more: false,
        };
        let answer = world.operator(Command::Channels {
            after: String::new(),
            limit: 10,
        });
        assert_eq!(answer, Ok(none));
        assert!(world.store().invitations.is_empty());
    }
}
