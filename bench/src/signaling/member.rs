//! One client: a connection, and how far it has come.

use std::{
    io::{self, Read, Write},
    net::SocketAddr,
    time::Instant,
};

use memchr::memmem;
use mio::{Interest, Registry, Token, net::TcpStream};

use crate::signaling::{
    dialect::{Dialect, Payload, Step},
    frames,
    tally::Tally,
};

pub(crate) struct Member {
    stream: TcpStream,
    number: u64,
    stage: Stage,
    line: String,
    /// Bytes of a frame that is not whole yet.
    partial: Vec<u8>,
    /// The beginning of a message in a stream.
    cut: Vec<u8>,
    outgoing: Vec<u8>,
    expected: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    Connecting,
    Upgrading,
    /// Waits for the answer to this step of the dialect.
    Step(usize),
    Ready,
    /// Has said goodbye and waits for the end.
    Closing,
    Closed,
}

/// Gives the application's id and the token of an account.
pub(crate) type Sign = fn(&str) -> (&'static str, String);

/// What all members of a swarm share.
pub(crate) struct Script {
    pub(crate) dialect: &'static Dialect,
    /// Whether to join the channel after the login.
    pub(crate) join: bool,
    /// Where logins carry an application and a token.
    pub(crate) sign: Option<Sign>,
}

impl Script {
    fn step(&self, at: usize) -> Option<&'static Step> {
        let join = if self.join { self.dialect.join } else { &[] };
        self.dialect.login.iter().chain(join).nth(at)
    }
}

impl Member {
    pub(crate) fn connect(
        address: SocketAddr,
        number: u64,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self {
            stream,
            number,
            stage: Stage::Connecting,
            line: String::new(),
            partial: Vec::new(),
            cut: Vec::new(),
            outgoing: Vec::new(),
            expected: 0,
        })
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    pub(crate) fn account(&self) -> String {
        format!("a{}", self.number)
    }

    /// Appends a message; `flush` sends it.
    pub(crate) fn push(&mut self, dialect: &Dialect, payload: &[u8]) {
        let opcode = match dialect.payload {
            Payload::Text => frames::TEXT,
            Payload::Stream => frames::BINARY,
        };
        frames::push(&mut self.outgoing, opcode, payload);
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        while !self.outgoing.is_empty() {
            match self.stream.write(&self.outgoing) {
                Ok(written) => drop(self.outgoing.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(crate) fn close(&mut self, dialect: &Dialect) -> io::Result<()> {
        if let Some(goodbye) = dialect.goodbye {
            self.push(dialect, goodbye.as_bytes());
        }
        frames::push(&mut self.outgoing, frames::CLOSE, &1000_u16.to_be_bytes());
        self.stage = Stage::Closing;
        self.flush()
    }

    pub(crate) fn writable(&mut self, script: &Script) -> io::Result<()> {
        if self.stage == Stage::Connecting {
            if let Some(error) = self.stream.take_error()? {
                return Err(error);
            }
            if self.stream.peer_addr().is_err() {
                return Ok(());
            }
            self.stream.set_nodelay(true)?;
            let request = frames::upgrade(script.dialect.path, script.dialect.subprotocol);
            self.outgoing.extend_from_slice(request.as_bytes());
            self.stage = Stage::Upgrading;
        }
        self.flush()
    }

    /// Reads what is there.
    pub(crate) fn readable(
        &mut self,
        script: &Script,
        tally: &mut Tally,
        buffer: &mut [u8],
        ends: bool,
    ) -> io::Result<()> {
        loop {
            let count = match self.stream.read(buffer) {
                Ok(0) => {
                    self.stage = Stage::Closed;
                    return Ok(());
                }
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                // Some servers hang up without saying goodbye.
                Err(_) if self.stage == Stage::Closing => {
                    self.stage = Stage::Closed;
                    return Ok(());
                }
                Err(error) => return Err(error),
            };
            let now = Instant::now();
            if self.partial.is_empty() {
                let kept = self.consume(&buffer[..count], script, tally, now)?;
                self.partial.extend_from_slice(&buffer[count - kept..count]);
            } else {
                self.partial.extend_from_slice(&buffer[..count]);
                let mut bytes = std::mem::take(&mut self.partial);
                let kept = self.consume(&bytes, script, tally, now)?;
                bytes.drain(..bytes.len() - kept);
                self.partial = bytes;
            }
            // A short read has emptied the socket, and what comes now is another event; but not so the end.
            if count < buffer.len() && !ends {
                return Ok(());
            }
        }
    }

    /// Takes whole frames; gives how many bytes at the end are left.
    fn consume(
        &mut self,
        bytes: &[u8],
        script: &Script,
        tally: &mut Tally,
        now: Instant,
    ) -> io::Result<usize> {
        let mut rest = bytes;
        if self.stage == Stage::Upgrading {
            let Some(end) = memmem::find(rest, b"\r\n\r\n") else {
                return Ok(rest.len());
            };
            if !rest.starts_with(b"HTTP/1.1 101 ") {
                return Err(refused(&rest[..end]));
            }
            rest = &rest[end + 4..];
            self.begin(0, script)?;
        }
        while let Some(frame) = frames::next(&mut rest) {
            match frame.opcode {
                frames::PING => {
                    frames::push(&mut self.outgoing, frames::PONG, frame.payload);
                    self.flush()?;
                }
                frames::PONG => {}
                frames::CLOSE if self.stage == Stage::Closing => self.stage = Stage::Closed,
                frames::CLOSE => return Err(refused(frame.payload)),
                _ => self.payload(frame.payload, script, tally, now)?,
            }
        }
        Ok(rest.len())
    }

    fn payload(
        &mut self,
        payload: &[u8],
        script: &Script,
        tally: &mut Tally,
        now: Instant,
    ) -> io::Result<()> {
        match self.stage {
            Stage::Ready => {}
            Stage::Step(at) => {
                let awaited = script.step(at).map_or("", |step| step.until);
                if memmem::find(payload, awaited.as_bytes()).is_some() {
                    self.keep_line(payload, script.dialect);
                    return self.begin(at + 1, script);
                }
            }
            Stage::Connecting | Stage::Upgrading | Stage::Closing | Stage::Closed => return Ok(()),
        }
        if let Some((ping, pong)) = script.dialect.ping
            && payload == ping.as_bytes()
        {
            self.push(script.dialect, pong.as_bytes());
            return self.flush();
        }
        if script.dialect.payload == Payload::Text {
            tally.receive(payload, &mut self.expected, now);
        } else if self.cut.is_empty() {
            let cut = tally.receive(payload, &mut self.expected, now);
            self.cut.extend_from_slice(cut);
        } else {
            self.cut.extend_from_slice(payload);
            let bytes = std::mem::take(&mut self.cut);
            let cut = tally.receive(&bytes, &mut self.expected, now);
            self.cut.extend_from_slice(cut);
        }
        Ok(())
    }

    /// Says what this step says; the last step is followed by being ready.
    fn begin(&mut self, at: usize, script: &Script) -> io::Result<()> {
        let Some(step) = script.step(at) else {
            self.stage = Stage::Ready;
            return Ok(());
        };
        self.stage = Stage::Step(at);
        if step.send.is_empty() {
            return Ok(());
        }
        let account = self.account();
        let mut text = step
            .send
            .replace("{account}", &account)
            .replace("{line}", &self.line);
        if let Some(sign) = script.sign {
            let (app, token) = sign(&account);
            text = text.replace("{app}", app).replace("{token}", &token);
        }
        self.push(script.dialect, text.as_bytes());
        self.flush()
    }

    fn keep_line(&mut self, payload: &[u8], dialect: &Dialect) {
        let Some((before, after)) = dialect.line else {
            return;
        };
        if let Some(at) = memmem::find(payload, before.as_bytes()) {
            let line = payload[at + before.len()..].split(|&byte| byte == after);
            self.line =
                String::from_utf8_lossy(line.into_iter().next().unwrap_or_default()).into_owned();
        }
    }
}

fn refused(said: &[u8]) -> io::Error {
    let text = String::from_utf8_lossy(said);
    io::Error::other(format!("the server refused or left: {}", text.trim()))
}
