//! A server of a few lines: token calls get one answer, sockets get a script.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};
use visavis_client::avatar::{Client, ClientBuilder, RetryPolicy};
use visavis_wire::proto::{self, message::Data};

pub(crate) type Socket = WebSocketStream<TcpStream>;
type Script = dyn Fn(u32, Socket) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// What came in, and what goes out.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) log: Arc<Mutex<Log>>,
    task: tokio::task::JoinHandle<()>,
}

/// The heads of all requests, in order.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) token_calls: Vec<String>,
    pub(crate) upgrades: Vec<String>,
}

/// A whole HTTP answer.
pub(crate) fn answer(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\nx-request-id: r-1\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn token(text: &str) -> String {
    answer(
        200,
        &format!("{{\"sessionToken\":\"{text}\",\"session_token\":\"{text}\"}}"),
    )
}

/// How a server answers the nth request of a kind; an empty text hands an upgrade to the script.
type Answers = dyn Fn(usize) -> String + Send + Sync;

impl Server {
    /// Answers every token call with a token, and runs the script on every socket.
    pub(crate) async fn new<F>(script: impl Fn(u32, Socket) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::with(|_| token("t-1"), |_| String::new(), script).await
    }

    /// Answers token calls and upgrades as told.
    pub(crate) async fn with<F>(
        tokens: impl Fn(usize) -> String + Send + Sync + 'static,
        upgrades: impl Fn(usize) -> String + Send + Sync + 'static,
        script: impl Fn(u32, Socket) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Log::default()));
        let script: Arc<Script> = Arc::new(move |n, socket| Box::pin(script(n, socket)));
        let answers: Arc<(Box<Answers>, Box<Answers>)> =
            Arc::new((Box::new(tokens), Box::new(upgrades)));
        let task = tokio::spawn(serve(listener, Arc::clone(&log), answers, script));
        Self { url, log, task }
    }

    /// A builder that points here and does not retry.
    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder()
            .server(&self.url)
            .api_key("dev-key")
            .app_id("dev-app")
            .avatar_id("vera")
            .retry_policy(RetryPolicy::never())
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    listener: TcpListener,
    log: Arc<Mutex<Log>>,
    answers: Arc<(Box<Answers>, Box<Answers>)>,
    script: Arc<Script>,
) {
    let mut sockets = 0;
    loop {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let head = peek_head(&tcp).await;
        let answer = {
            let mut log = log.lock().unwrap();
            let (list, answers) = if head.starts_with("POST") {
                (&mut log.token_calls, &answers.0)
            } else {
                (&mut log.upgrades, &answers.1)
            };
            list.push(head.clone());
            answers(list.len() - 1)
        };
        if answer.is_empty() {
            sockets += 1;
            let script = Arc::clone(&script);
            let n = sockets;
            tokio::spawn(async move {
                if let Ok(socket) = accept_async(tcp).await {
                    script(n, socket).await;
                }
            });
        } else {
            let mut sink = vec![0; 4096];
            let _ = tcp.read(&mut sink).await;
            // In two packets, as proxies do.
            let (a, b) = answer.as_bytes().split_at(answer.len().saturating_sub(9));
            let _ = tcp.write_all(a).await;
            let _ = tcp.flush().await;
            tokio::task::yield_now().await;
            let _ = tcp.write_all(b).await;
            let _ = tcp.shutdown().await;
        }
    }
}

async fn peek_head(tcp: &TcpStream) -> String {
    let mut bytes = [0; 4096];
    loop {
        let n = tcp.peek(&mut bytes).await.unwrap();
        let head = String::from_utf8_lossy(&bytes[..n]).into_owned();
        if n == 0 || head.contains("\r\n\r\n") {
            return head;
        }
        tokio::task::yield_now().await;
    }
}

pub(crate) fn confirm() -> Message {
    Message::Binary(visavis_wire::server_message(proto::ServerConfirmSession {
        connection_id: "c-1".into(),
        capabilities: vec!["playback_control".into()],
    }))
}

pub(crate) fn error(code: i32, message: &str) -> Message {
    Message::Binary(visavis_wire::server_message(proto::ServerError {
        connection_id: "c-1".into(),
        code,
        message: message.into(),
        ..Default::default()
    }))
}

pub(crate) fn animation(req_id: &str, sample_ms: u64, end: bool) -> Message {
    let frame = proto::OpenFrame {
        timestamp_us: sample_ms * 1000,
        blendshapes: vec![0.5; 52],
        ..Default::default()
    };
    Message::Binary(visavis_wire::server_message(
        proto::ServerResponseAnimation {
            req_id: req_id.into(),
            end,
            open_animation: Some(proto::OpenAnimation {
                version: 1,
                frames: vec![frame],
                ..Default::default()
            }),
            ..Default::default()
        },
    ))
}

/// The next message of the client; `None` once it closed.
pub(crate) async fn next(socket: &mut Socket) -> Option<Data> {
    loop {
        match socket.next().await? {
            Ok(Message::Binary(frame)) => return proto::Message::decode(frame).unwrap().data,
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Reads the configuration and confirms.
pub(crate) async fn handshake(socket: &mut Socket) -> proto::ClientConfigureSession {
    let Some(Data::ClientConfigureSession(configure)) = next(socket).await else {
        panic!("no configuration")
    };
    socket.send(confirm()).await.unwrap();
    configure
}
