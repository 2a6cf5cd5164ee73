//! What an operator does, as clients see it: a whole server on loopback, and clients of the published protocol.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};
use visavis_client::console::Console;
use visavis_store::Store;
use visavis_wire::{Secret, signaling::token};

use crate::config::{Credits, Sessions, Signaling};
use crate::server::{Parts, Server};
use crate::shared::unix_now;

const ADMIN: &str = "the-admin-token";

/// A server with one app.
struct World {
    address: SocketAddr,
    console: Console,
    app: String,
}

/// A client that is logged in.
struct Phone {
    socket: WebSocketStream<TcpStream>,
    line: String,
    calls: u64,
}

impl World {
    async fn new() -> Self {
        let parts = Parts {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            store: Store::in_memory().await.unwrap(),
            admin_token: ADMIN.into(),
            token_secret: "the-token-secret".into(),
            sessions: Sessions::default(),
            credits: Credits::default(),
            fault_keys: false,
            signaling: Signaling::default().options(),
        };
        let server = Server::bind(parts).await.unwrap();
        let address = server.local_addr().unwrap();
        tokio::spawn(server.run(std::future::pending()));
        let console = Console::new(&format!("http://{address}"), ADMIN).unwrap();
        let app = console
            .post(&["v1", "apps"], &json!({"name": "Shop"}))
            .await;
        let app = app.unwrap()["appId"].as_str().unwrap().to_owned();
        let world = Self {
            address,
            console,
            app,
        };
        world.set("noTokenAllowed", true).await;
        world
    }

    fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["v1", "signaling", "apps", &self.app], rest].concat()
    }

    async fn get(&self, rest: &[&str]) -> Value {
        self.console.get(&self.path(rest), &[]).await.unwrap()
    }

    async fn post(&self, rest: &[&str], body: Value) -> Value {
        self.console.post(&self.path(rest), &body).await.unwrap()
    }

    async fn put(&self, rest: &[&str], body: Value) {
        self.console.put(&self.path(rest), &body).await.unwrap();
    }

    async fn delete(&self, rest: &[&str]) {
        self.console.delete(&self.path(rest)).await.unwrap();
    }

    async fn set(&self, member: &str, value: impl Into<Value>) {
        let mut settings = self.get(&["settings"]).await;
        settings[member] = value.into();
        self.put(&["settings"], settings).await;
    }

    /// What the server says to a login, and the socket.
    async fn dial(&self, account: &str, token: &str) -> (Value, WebSocketStream<TcpStream>) {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let url = format!("ws://{}/signaling", self.address);
        let (mut socket, _) = client_async(url, stream).await.unwrap();
        let login = json!({
            "vid": self.app, "account": account, "uid": 0, "token": token, "device": "websdk", "ip": "",
        });
        let frame = json!(["login", login]).to_string();
        socket.send(Message::text(frame)).await.unwrap();
        let said = next(&mut socket, |frame| frame[0] == "login_ret").await;
        let body = said[1][1].as_str().unwrap();
        (serde_json::from_str(body).unwrap(), socket)
    }

    async fn login(&self, account: &str) -> Phone {
        let (said, socket) = self.dial(account, token::NOT_NEEDED).await;
        assert_eq!(said["result"], "ok", "{said}");
        Phone {
            socket,
            line: said["line"].as_str().unwrap().to_owned(),
            calls: 0,
        }
    }
}

impl Phone {
    async fn call(&mut self, func: &str, mut args: Value) -> Value {
        self.calls += 1;
        args["line"] = self.line.as_str().into();
        let frame = json!(["call2", [func, self.calls, args]]).to_string();
        self.socket.send(Message::text(frame)).await.unwrap();
        let calls = self.calls;
        let is_answer = |frame: &Value| frame[0] == "call2-ret" && frame[1][0] == calls;
        let said = next(&mut self.socket, is_answer).await;
        serde_json::from_str(said[1][2].as_str().unwrap()).unwrap()
    }

    async fn join(&mut self, channel: &str) {
        let said = self.call("channel_join", json!({"name": channel})).await;
        assert_eq!(said["result"], "ok", "{said}");
    }

    /// The content of the next channel event of this type.
    async fn event(&mut self, kind: &str) -> Value {
        let mark = format!(" {kind} ");
        let is_event = |frame: &Value| {
            let packed = frame[1][3].as_str();
            frame[0] == "notify" && packed.is_some_and(|packed| packed.contains(&mark))
        };
        let frame = next(&mut self.socket, is_event).await;
        let packed = frame[1][3].as_str().unwrap();
        serde_json::from_str(packed.splitn(7, ' ').nth(6).unwrap()).unwrap()
    }

    async fn frame(&mut self, name: &str) -> Value {
        next(&mut self.socket, |frame| frame[0] == name).await
    }
}

/// The next frame that passes the test, alone or in a batch.
async fn next(socket: &mut WebSocketStream<TcpStream>, test: impl Fn(&Value) -> bool) -> Value {
    let soon = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let Message::Text(text) = socket.next().await.unwrap().unwrap() else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).unwrap();
            if test(&frame) {
                return frame;
            }
        }
    });
    soon.await.unwrap()
}

#[tokio::test]
async fn an_operator_sees_who_is_where() {
    let world = World::new().await;
    let mut phones = Vec::new();
    for account in ["carol", "alice", "bob"] {
        let mut phone = world.login(account).await;
        phone.join("a/b?c%d-ü").await;
        phones.push(phone);
    }
    phones[0].join("room").await;
    assert_eq!(
        world.get(&["accounts"]).await,
        json!({"accounts": ["alice", "bob", "carol"]})
    );
    assert_eq!(world.get(&["accounts", "count"]).await, json!({"count": 3}));
    let two = world
        .console
        .get(&world.path(&["accounts"]), &[("limit", "2")])
        .await;
    assert_eq!(
        two.unwrap(),
        json!({"accounts": ["alice", "bob"], "next": "bob"})
    );
    let rest = world
        .console
        .get(&world.path(&["accounts"]), &[("after", "bob")])
        .await;
    assert_eq!(rest.unwrap(), json!({"accounts": ["carol"]}));
    assert_eq!(
        world.get(&["channels"]).await,
        json!({"channels": ["a/b?c%d-ü", "room"]})
    );
    let users = ["channels", "a/b?c%d-ü", "users"];
    let names = world.console.names(&world.path(&users), "users").await;
    assert_eq!(names.unwrap(), ["alice", "bob"]);
    assert_eq!(
        world.get(&["channels", "room", "count"]).await,
        json!({"count": 1})
    );
}

#[tokio::test]
async fn what_an_operator_says_and_sets_arrives() {
    let world = World::new().await;
    let mut alice = world.login("alice").await;
    alice.join("room").await;
    let room = |rest: &'static [&'static str]| [&["channels", "room"], rest].concat();
    world
        .post(&room(&["messages"]), json!({"msg": "tea is ready"}))
        .await;
    let said = alice.event("channel_msg").await;
    assert_eq!(
        (&said["account"], &said["msg"]),
        (&json!("system"), &json!("tea is ready"))
    );

    world
        .put(&room(&["attributes", "topic"]), json!({"value": "tea"}))
        .await;
    let told = alice.event("channel_attr_update").await;
    assert_eq!(
        (
            &told["type"],
            &told["name"],
            &told["value"],
            &told["account"]
        ),
        (
            &json!("update"),
            &json!("topic"),
            &json!("tea"),
            &json!("system")
        )
    );
    let all = world.get(&room(&["attributes"])).await;
    assert_eq!(all["attributes"]["topic"], "tea");
    world.delete(&room(&["attributes", "topic"])).await;
    assert_eq!(alice.event("channel_attr_update").await["type"], "del");
    world.delete(&room(&["attributes"])).await;
    assert_eq!(alice.event("channel_attr_update").await["type"], "clear");

    world
        .put(
            &["accounts", "alice", "attributes", "mood"],
            json!({"value": "glad"}),
        )
        .await;
    let mood = json!({"account": "alice", "name": "mood"});
    assert_eq!(alice.call("user_get_attr", mood).await["value"], "glad");
    assert_eq!(
        world.get(&["accounts", "alice", "attributes"]).await,
        json!({"attributes": {"mood": "glad"}})
    );

    // To an account that is offline: it waits.
    let message = json!({"msg": "welcome back", "ttl_s": 60});
    world.post(&["accounts", "bob", "messages"], message).await;
    let mut bob = world.login("bob").await;
    let page = bob
        .call("user_getmsg", json!({"ver_clear": 0, "max": 30}))
        .await;
    let packed = page["msgs"][0][1].as_str().unwrap();
    assert!(packed.ends_with(" welcome back"), "{packed}");
    assert!(packed.contains(" system bob "), "{packed}");
}

#[tokio::test]
async fn who_is_removed_learns_it_with_the_documented_code() {
    let world = World::new().await;
    let (mut alice, mut bob) = (world.login("alice").await, world.login("bob").await);
    alice.join("room").await;
    bob.join("room").await;
    let kick = ["channels", "room", "kick"];
    world.post(&kick, json!({"account": "bob"})).await;
    for phone in [&mut alice, &mut bob] {
        let told = phone.event("channel_user_leave").await;
        assert_eq!(
            (&told["account"], &told["code"]),
            (&json!("bob"), &json!(601))
        );
    }
    world.delete(&["channels", "room"]).await;
    let told = alice.event("channel_user_leave").await;
    assert_eq!(
        (&told["account"], &told["code"]),
        (&json!("alice"), &json!(600))
    );
    assert_eq!(world.get(&["channels"]).await, json!({"channels": []}));

    let kick = ["accounts", "alice", "kick"];
    world.post(&kick, json!({"reason": "a test"})).await;
    let close = alice.frame("close").await;
    assert_eq!(
        (&close[1]["code"], &close[1]["reason"]),
        (&json!(100), &json!("kicked by administrator"))
    );
    assert_eq!(world.get(&["accounts"]).await, json!({"accounts": ["bob"]}));

    let app = world.app.as_str();
    world.console.delete(&["v1", "apps", app]).await.unwrap();
    bob.frame("close").await;
    let (said, _) = world.dial("bob", token::NOT_NEEDED).await;
    assert_eq!(said["reason"], "rejected : unknown app");
}

#[tokio::test]
async fn settings_hold_from_the_next_login_on() {
    let world = World::new().await;
    let refused = async |account: &str, token: &str| {
        let (said, _) = world.dial(account, token).await;
        (said["code"].clone(), said["reason"].clone())
    };
    let phone = world.login("alice").await;
    world.set("noTokenAllowed", false).await;
    assert_eq!(
        refused("alice", token::NOT_NEEDED).await,
        (json!(206), json!("TokenErrorRequired"))
    );
    let certificate = world.get(&["certificate"]).await;
    let certificate = Secret::from(certificate["certificate"].as_str().unwrap());
    let sign = |account| token::sign(&world.app, &certificate, account, unix_now() + 60);
    let (said, _socket) = world.dial("bob", sign("bob").expose()).await;
    assert_eq!(said["result"], "ok", "{said}");

    world.set("blockedAccounts", json!(["mallory"])).await;
    assert_eq!(
        refused("mallory", sign("mallory").expose()).await,
        (json!(202), json!("account blocked"))
    );
    world.post(&["certificate", "rotate"], json!({})).await;
    assert_eq!(
        refused("carol", sign("carol").expose()).await,
        (json!(206), json!("TokenErrorSignature"))
    );
    world.set("disabled", true).await;
    assert_eq!(
        refused("carol", sign("carol").expose()).await,
        (json!(202), json!("app disabled"))
    );
    drop(phone);
}

#[tokio::test]
async fn a_webhook_hears_of_a_login() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let world = World::new().await;
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let webhook = json!({"url": url, "events": ["signaling.login"]});
    world.set("webhook", webhook).await;
    let _phone = world.login("alice").await;
    let heard = tokio::time::timeout(Duration::from_secs(20), async {
        use tokio::io::AsyncReadExt as _;
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        while !request.ends_with("}}") {
            let mut part = [0; 4096];
            let read = socket.read(&mut part).await.unwrap();
            request += std::str::from_utf8(&part[..read]).unwrap();
        }
        request
    });
    let heard = heard.await.unwrap();
    assert!(heard.contains(r#""type":"signaling.login""#), "{heard}");
    assert!(heard.contains(r#""account":"alice""#), "{heard}");
    assert!(heard.contains("webhook-signature: v1,"), "{heard}");
}
