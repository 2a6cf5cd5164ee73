//! One session of the load: opened, configured, fed and read.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use prost::Message as _;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use visavis_wire::proto::{self, MessageType, message::Data};

use crate::{Failure, server::Server, speech};

/// Where and as whom sessions are opened.
pub(crate) struct Access {
    address: String,
    url: String,
    app_id: String,
    api_key: String,
    token: String,
}

impl Access {
    /// A fresh app without a tight limit on its sessions, with credits, and a token of it.
    pub(crate) async fn new(server: &Server, sessions_max: usize) -> Result<Self, Failure> {
        let address = server
            .setting("http")?
            .trim_start_matches("http://")
            .to_owned();
        let admin = format!("Bearer {}", server.setting("admin_token")?);
        let admin = ("Authorization", admin.as_str());
        let app = json!({ "name": "bench", "concurrencyMax": sessions_max + 10 });
        let app_id = text(&post(&address, "/v1/apps", admin, &app).await?, "appId")?;
        let key = post(
            &address,
            &format!("/v1/apps/{app_id}/api-keys"),
            admin,
            &json!({}),
        )
        .await?;
        let key = text(&key, "apiKey")?;
        let grant = json!({ "appId": app_id, "amount": "100000000", "note": "bench" });
        post(&address, "/v2/billing/credits/grants", admin, &grant).await?;
        let expire_at = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() + 3600;
        let token = post(
            &address,
            "/v1/console/session-tokens",
            ("X-Api-Key", &key),
            &json!({ "expireAt": expire_at }),
        )
        .await?;
        let url = format!(
            "{}/websocket?id={}",
            server.setting("ingress")?,
            server.setting("avatar_id")?
        );
        Ok(Self {
            address,
            url,
            app_id,
            api_key: key,
            token: text(&token, "sessionToken")?,
        })
    }

    pub(crate) fn app_id(&self) -> &str {
        &self.app_id
    }

    pub(crate) fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Opens a session and waits until it is confirmed.
    pub(crate) async fn open(&self) -> Result<(Sender, Receiver), Failure> {
        let mut request = self.url.as_str().into_client_request()?;
        request
            .headers_mut()
            .insert("X-App-ID", self.app_id.parse()?);
        request
            .headers_mut()
            .insert("X-Session-Key", self.token.parse()?);
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(request, stream).await?;
        let (sink, stream) = socket.split();
        let (mut sender, mut receiver) = (Sender { sink }, Receiver { stream });
        let configure = proto::ClientConfigureSession {
            sample_rate: speech::RATE.cast_signed(),
            ..Default::default()
        };
        sender
            .send(
                MessageType::MessageClientConfigureSession,
                Data::ClientConfigureSession(configure),
            )
            .await?;
        match receiver.next().await? {
            Data::ServerConfirmSession(_) => Ok((sender, receiver)),
            other => Err(format!("not confirmed: {other:?}").into()),
        }
    }
}

fn text(answer: &Value, member: &str) -> Result<String, Failure> {
    let text = answer[member].as_str();
    text.map(str::to_owned)
        .ok_or_else(|| format!("no {member} in {answer}").into())
}

/// One HTTP call on a connection of its own.
async fn post(
    address: &str,
    path: &str,
    header: (&str, &str),
    body: &Value,
) -> Result<Value, Failure> {
    let (name, value) = header;
    let body = body.to_string();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{name}: {value}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no HTTP answer")?;
    let first = head.lines().next().unwrap_or_default();
    if !first.contains(" 20") {
        return Err(format!("POST {path}: {first} {body}").into());
    }
    if body.trim().is_empty() {
        return Ok(Value::Null);
    }
    Ok(serde_json::from_str(body)?)
}

/// The client's side of a session.
pub(crate) struct Sender {
    sink: SplitSink<WebSocketStream<TcpStream>, Message>,
}

impl Sender {
    pub(crate) async fn audio(
        &mut self,
        req_id: &str,
        audio: Bytes,
        end: bool,
    ) -> Result<(), Failure> {
        let input = proto::ClientAudioInput {
            req_id: req_id.to_owned(),
            end,
            audio,
            trace_context: None,
        };
        self.send(
            MessageType::MessageClientAudioInput,
            Data::ClientAudioInput(input),
        )
        .await
    }

    async fn send(&mut self, kind: MessageType, data: Data) -> Result<(), Failure> {
        let message = proto::Message {
            r#type: kind.into(),
            data: Some(data),
        };
        Ok(self
            .sink
            .send(Message::Binary(message.encode_to_vec().into()))
            .await?)
    }
}

/// The server's side of a session.
pub(crate) struct Receiver {
    stream: SplitStream<WebSocketStream<TcpStream>>,
}

impl Receiver {
    /// The next message of the server; its end is an error.
    pub(crate) async fn next(&mut self) -> Result<Data, Failure> {
        loop {
            match self.stream.next().await.ok_or("the server hung up")?? {
                Message::Binary(payload) => {
                    return Ok(proto::Message::decode(payload)?
                        .data
                        .ok_or("a message without data")?);
                }
                Message::Close(frame) => return Err(format!("the server closed: {frame:?}").into()),
                _ => {}
            }
        }
    }

    /// The next animation: how many keyframes, and whether it is the last of its request.
    pub(crate) async fn animation(&mut self) -> Result<(usize, bool), Failure> {
        match self.next().await? {
            Data::ServerResponseAnimation(animation) => Ok((
                animation.animation.map_or(0, |flame| flame.keyframes.len()),
                animation.end,
            )),
            Data::ServerError(error) => {
                Err(format!("ServerError {}: {}", error.code, error.message).into())
            }
            other => Err(format!("unexpected {other:?}").into()),
        }
    }
}
