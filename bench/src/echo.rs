//! An echo server on the signaling service's own framing, for the Autobahn test suite: `visavis-bench echo --listen ADDRESS`.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::Failure;
use crate::framing::websocket::{self, Decoder, Received};

/// The suite's longest message has 16 MiB.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
const REQUEST_BYTES_MAX: usize = 8 << 10;
const READ_BYTES: usize = 16 << 10;

/// Serves until the process is ended.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let [name, address] = words else {
        return Err("echo takes --listen ADDRESS".into());
    };
    if name != "--listen" {
        return Err(format!("no option '{name}'; echo takes --listen ADDRESS").into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(async move {
                if let Err(error) = serve(stream).await {
                    eprintln!("echo: {error}");
                }
            });
        }
    })
}

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let Some(mut input) = upgrade(&mut stream).await? else {
        return Ok(());
    };
    let mut decoder = Decoder::new(MESSAGE_BYTES_MAX);
    loop {
        let (answers, is_over) = answers(&mut decoder, &input);
        for answer in answers {
            stream.write_all(&answer).await?;
        }
        if is_over {
            stream.shutdown().await?;
            // Closing with unread bytes would cut the last words off.
            while stream.read(&mut [0; 1024]).await? > 0 {}
            return Ok(());
        }
        input.resize(READ_BYTES, 0);
        let read = stream.read(&mut input).await?;
        if read == 0 {
            return Ok(());
        }
        input.truncate(read);
    }
}

/// What goes back for these bytes, and whether that is the end.
fn answers(decoder: &mut Decoder, mut input: &[u8]) -> (Vec<Bytes>, bool) {
    let mut answers = Vec::new();
    loop {
        match decoder.next(&mut input) {
            Ok(None) => return (answers, false),
            Ok(Some(Received::Text(text))) => answers.push(websocket::text(text.as_bytes())),
            Ok(Some(Received::Binary(bytes))) => answers.push(websocket::binary(&bytes)),
            Ok(Some(Received::Ping(payload))) => answers.push(websocket::pong(&payload)),
            Ok(Some(Received::Pong)) => {}
            Ok(Some(Received::Close(status))) => {
                answers.push(websocket::close(status, ""));
                return (answers, true);
            }
            Err(violation) => {
                answers.push(websocket::close(Some(violation as u16), ""));
                return (answers, true);
            }
        }
    }
}

/// Answers the request; gives what came after it, or nothing where the client has gone.
async fn upgrade(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut request = Vec::new();
    let end = loop {
        if let Some(at) = memchr::memmem::find(&request, b"\r\n\r\n") {
            break at + 4;
        }
        if request.len() > REQUEST_BYTES_MAX || stream.read_buf(&mut request).await? == 0 {
            return Ok(None);
        }
    };
    let rest = request.split_off(end);
    let request = String::from_utf8_lossy(&request);
    let key = request.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("sec-websocket-key")
            .then(|| value.trim())
    });
    let Some(key) = key else {
        return Ok(None);
    };
    let accept = derive_accept_key(key.as_bytes());
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(response.as_bytes()).await?;
    Ok(Some(rest))
}
