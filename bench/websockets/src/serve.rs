//! The server: one thread, one task per connection, the same upgrade for every library.

use std::{io, rc::Rc};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{
    Failure,
    libraries::{fast, ours, strict, tungstenite},
    room::Room,
};

pub(crate) const LIBRARIES: [&str; 4] =
    ["ours", "tungstenite", "tokio-websockets", "fastwebsockets"];

pub(crate) fn run(library: &str, is_echo: bool, port: &str) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let tasks = LocalSet::new();
    let address = format!("127.0.0.1:{port}");
    match library {
        "ours" => {
            let room = Room::new(is_echo);
            let each = |stream| ours::serve(stream, Rc::clone(&room));
            tasks.block_on(&runtime, accept(&address, each))
        }
        "tungstenite" => {
            let room = Room::new(is_echo);
            let each = |stream| tungstenite::serve(stream, Rc::clone(&room));
            tasks.block_on(&runtime, accept(&address, each))
        }
        "tokio-websockets" => {
            let room = Room::new(is_echo);
            let each = |stream| strict::serve(stream, Rc::clone(&room));
            tasks.block_on(&runtime, accept(&address, each))
        }
        "fastwebsockets" => {
            let room = Room::new(is_echo);
            let each = |stream| fast::serve(stream, Rc::clone(&room));
            tasks.block_on(&runtime, accept(&address, each))
        }
        other => Err(format!("no library '{other}'").into()),
    }
}

async fn accept<Each, Served>(address: &str, each: Each) -> Result<(), Failure>
where
    Each: Fn(TcpStream) -> Served,
    Served: Future<Output = ()> + 'static,
{
    let listener = TcpListener::bind(address).await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (mut stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        // One upgrade at a time, so that a connection's task is the library's alone.
        if upgrade(&mut stream).await.is_ok() {
            tokio::task::spawn_local(each(stream));
        }
    }
}

async fn upgrade(stream: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let request = String::from_utf8_lossy(&request);
    let key = request.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("sec-websocket-key")
            .then(|| value.trim())
    });
    let accept = derive_accept_key(key.unwrap_or_default().as_bytes());
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(response.as_bytes()).await
}
