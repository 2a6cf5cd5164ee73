//! The servers that are compared, and how each is started.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Failure,
    install::{self, Cache},
    signaling::{
        dialect::{self, Dialect},
        member::Script,
        own,
        process::{self, Process},
    },
};

/// One of the servers of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Visavis,
    Bun,
    Ws,
    SocketIo,
    Nats,
    Centrifugo,
    Ejabberd,
}

pub(crate) const ALL: [Kind; 7] = [
    Kind::Visavis,
    Kind::Bun,
    Kind::Ws,
    Kind::SocketIo,
    Kind::Nats,
    Kind::Centrifugo,
    Kind::Ejabberd,
];

impl Kind {
    /// As `--peers` names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Visavis => "visavis",
            Self::Bun => "bun",
            Self::Ws => "ws",
            Self::SocketIo => "socket.io",
            Self::Nats => "nats",
            Self::Centrifugo => "centrifugo",
            Self::Ejabberd => "ejabberd",
        }
    }

    fn dialect(self) -> &'static Dialect {
        match self {
            Self::Visavis => &dialect::VISAVIS,
            Self::Bun | Self::Ws => &dialect::JSON,
            Self::SocketIo => &dialect::SOCKET_IO,
            Self::Nats => &dialect::NATS,
            Self::Centrifugo => &dialect::CENTRIFUGO,
            Self::Ejabberd => &dialect::EJABBERD,
        }
    }
}

/// A server that is installed.
pub(crate) struct Peer {
    kind: Kind,
    program: PathBuf,
    folder: PathBuf,
    settings: PathBuf,
    /// What the table calls it, with its version.
    pub(crate) title: String,
}

impl Peer {
    /// Installs what is missing; the error is the reason why the peer cannot be measured here.
    ///
    /// `server` is our own binary.
    pub(crate) fn install(kind: Kind, cache: &Cache, server: &Path) -> Result<Self, String> {
        let node = || install::find("node").ok_or_else(|| "no node on this machine".to_owned());
        let folder = cache.scratch(kind.name())?;
        let (program, version) = match kind {
            Kind::Visavis => {
                let program = std::path::absolute(server).map_err(|error| error.to_string())?;
                own::furnish(&program, &folder).map_err(|failure| failure.to_string())?;
                let version = install::version(&program, "--version");
                (program, format!("visavis {version}"))
            }
            Kind::Bun => {
                let program = cache.npm()?.join("node_modules/.bin/bun");
                let version = install::version(&program, "--version");
                (program, format!("Bun {version}"))
            }
            Kind::Ws | Kind::SocketIo => {
                let node = node()?;
                let package = if kind == Kind::Ws { "ws" } else { "socket.io" };
                let version = package_version(&cache.npm()?, package)?;
                let runtime = install::version(&node, "--version");
                (node, format!("npm {package} {version}, Node {runtime}"))
            }
            Kind::Nats => {
                let program = install::debian("nats-server", "nats-server")?;
                let version = install::version(&program, "--version");
                (program, format!("nats-server {version}"))
            }
            Kind::Centrifugo => {
                let program = cache.centrifugo()?;
                let version = install::CENTRIFUGO.trim_start_matches('v');
                (program, format!("Centrifugo {version}"))
            }
            Kind::Ejabberd => {
                install::debian("ejabberd", "ejabberdctl")?;
                let version = install::debian_version("ejabberd");
                // ejabberdctl changes the user, who cannot see this folder.
                (
                    install::debian("erlang-base", "erl")?,
                    format!("ejabberd {version}"),
                )
            }
        };
        Ok(Self {
            kind,
            program,
            folder,
            settings: cache.peers.clone(),
            title: version,
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.kind.name()
    }

    pub(crate) fn script(&self, join: bool) -> Script {
        Script {
            dialect: self.kind.dialect(),
            join,
            sign: (self.kind == Kind::Visavis).then_some(own::sign),
        }
    }

    pub(crate) fn start(&self, core: usize) -> Result<(Process, SocketAddr), Failure> {
        let address = process::free_address()?;
        let port = address.port().to_string();
        if let Kind::Bun | Kind::Ws | Kind::SocketIo = self.kind {
            // Node looks for packages beside the program.
            let name = format!("{}.js", self.name().replace('.', ""));
            let beside = self.folder.join("../../npm").join(&name);
            std::fs::copy(self.settings.join(&name), beside)?;
        }
        let mut server = Process::start(core, &self.folder, &self.program, |command| {
            self.arguments(command, &port);
        })?;
        server.wait_for(address)?;
        Ok((server, address))
    }

    fn arguments(&self, command: &mut Command, port: &str) {
        let npm = self.folder.join("../../npm");
        match self.kind {
            Kind::Visavis => own::arguments(command, &self.folder, port),
            Kind::Bun => command.arg(npm.join("bun.js")).arg(port),
            Kind::Ws => command.arg(npm.join("ws.js")).arg(port),
            Kind::SocketIo => command.arg(npm.join("socketio.js")).arg(port),
            Kind::Nats => command
                .arg("--config")
                .arg(self.settings.join("nats.conf"))
                .env("VISAVIS_BENCH_PORT", port),
            Kind::Centrifugo => command
                .arg("--config")
                .arg(self.settings.join("centrifugo.json"))
                .env("CENTRIFUGO_HTTP_SERVER_PORT", port),
            Kind::Ejabberd => self.erlang(command, port),
        };
    }

    fn erlang<'a>(&self, command: &'a mut Command, port: &str) -> &'a mut Command {
        let settings = self.folder.join("ejabberd.yml");
        let text = std::fs::read_to_string(self.settings.join("ejabberd.yml")).unwrap_or_default();
        // Where it cannot be written the server will say so.
        let _ = std::fs::write(&settings, text.replace("PORT", port));
        let spool = format!("\"{}\"", self.folder.join("spool").display());
        command
            .args([
                "+K", "true", "+P", "250000", "-noinput", "-mnesia", "dir", &spool,
            ])
            .args(["-s", "ejabberd"])
            .env("ERL_LIBS", "/usr/lib/x86_64-linux-gnu")
            .env("ERL_MAX_PORTS", "32000")
            .env("EJABBERD_CONFIG_PATH", settings)
            .env("EJABBERD_LOG_PATH", self.folder.join("ejabberd.log"))
    }
}

fn package_version(npm: &Path, package: &str) -> Result<String, String> {
    let file = npm.join("node_modules").join(package).join("package.json");
    let text = std::fs::read(file).map_err(|error| format!("npm {package}: {error}"))?;
    let package: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    Ok(package["version"].as_str().unwrap_or("unknown").to_owned())
}
