//! A hub behind a real socket.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use visavis_signal::{ConnId, Hub, Input, Limits, Loss, Output};
use visavis_wire::signaling::ClientFrame;

use crate::store::Store;

/// Takes connections until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

struct State {
    hub: Hub,
    store: Store,
    conns: HashMap<ConnId, mpsc::UnboundedSender<Message>>,
    last: u64,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            hub: Hub::new(Limits::default(), [7; 32]),
            store: Store::new(),
            conns: HashMap::new(),
            last: 0,
        }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, address, Arc::clone(&shared)));
            }
        });
        Self {
            address,
            state,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().conns.len()
    }

    /// The hub and every connection are gone; the store is kept.
    pub(crate) fn kill(&self) {
        let mut state = self.state.lock().unwrap();
        state.hub = Hub::new(Limits::default(), [8; 32]);
        state.conns.clear();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut socket: TcpStream, address: SocketAddr, state: Arc<Mutex<State>>) {
    let mut head = [0; 12];
    if socket.peek(&mut head).await.is_ok() && head.starts_with(b"GET /getaddr") {
        let _ = socket.read(&mut [0; 1024]).await;
        let body = format!(r#"{{"web":[["ws://{address}/signaling"]]}}"#);
        let length = body.len();
        let reply = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
        let _ = socket.write_all(reply.as_bytes()).await;
        return;
    }
    let Ok(socket) = tokio_tungstenite::accept_async(socket).await else {
        return;
    };
    let (mut sink, mut stream) = socket.split();
    let (sender, mut outgoing) = mpsc::unbounded_channel();
    let conn = {
        let mut state = state.lock().unwrap();
        state.last += 1;
        let conn = ConnId(state.last);
        state.conns.insert(conn, sender);
        state.input(Input::Opened { conn });
        conn
    };
    loop {
        tokio::select! {
            message = outgoing.recv() => match message {
                Some(message) => {
                    let last = message.is_close();
                    if sink.send(message).await.is_err() || last {
                        break;
                    }
                }
                // Killed.
                None => return,
            },
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let frame = ClientFrame::parse(text.as_str());
                    state.lock().unwrap().input(Input::Frame { conn, frame });
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    let mut state = state.lock().unwrap();
    if state.conns.remove(&conn).is_some() {
        let loss = Loss::Closed;
        state.input(Input::Lost { conn, loss });
    }
}

impl State {
    fn input(&mut self, input: Input) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let mut inputs = vec![input];
        while !inputs.is_empty() {
            let mut outputs = Vec::new();
            for input in inputs.drain(..) {
                self.hub.handle(now, input, &mut outputs);
            }
            for output in outputs {
                inputs.extend(self.carry_out(now, output));
            }
        }
    }

    fn carry_out(&mut self, now: Duration, output: Output) -> Option<Input> {
        match output {
            Output::Send { to, frame } => self.send(to, &frame),
            Output::Broadcast { to, frame } => to.iter().for_each(|to| self.send(*to, &frame)),
            Output::Close {
                conn,
                status,
                reason,
            } => {
                if let Some(sender) = self.conns.remove(&conn) {
                    let close = CloseFrame {
                        code: status.into(),
                        reason: reason.into(),
                    };
                    let _ = sender.send(Message::Close(Some(close)));
                }
            }
            Output::LoadApp { app } => {
                let found = self.store.app(&app);
                return Some(Input::App { app, found });
            }
            Output::Store { ticket, writes, .. } => {
                let result = self.store.store(now, writes);
                return ticket.map(|ticket| Input::Stored { ticket, result });
            }
            Output::Load { ticket, query, .. } => {
                let result = self.store.load(now, &query);
                return Some(Input::Stored { ticket, result });
            }
            Output::Answer { .. } | Output::AllowBinary { .. } | Output::Report(_) => {}
        }
        None
    }

    fn send(&self, to: ConnId, frame: &[u8]) {
        if let Some(sender) = self.conns.get(&to) {
            let text = std::str::from_utf8(frame).unwrap();
            let _ = sender.send(Message::text(text));
        }
    }
}
