//! A chat in the terminal: what is typed goes into a channel, `@NAME text` to one account.
//!
//! ```text
//! visavis dev
//! cargo run -p visavis-client --example signaling_chat -- alice
//! cargo run -p visavis-client --example signaling_chat -- bob
//! ```

use std::process::ExitCode;

use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};
use visavis_client::signaling::{ClientBuilder, Error, Event, Session};

const CHANNEL: &str = "lobby";

#[tokio::main]
async fn main() -> ExitCode {
    let Some(account) = std::env::args().nth(1) else {
        eprintln!("usage: signaling_chat ACCOUNT");
        return ExitCode::from(2);
    };
    match chat(&account).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn chat(account: &str) -> Result<(), Error> {
    let app = std::env::var("VISAVIS_APP_ID").unwrap_or_else(|_| "dev-app".to_owned());
    let client = ClientBuilder::from_env().app_id(&app).build()?;
    let token = std::env::var("VISAVIS_TOKEN").unwrap_or_else(|_| "_no_need_token".to_owned());
    let (session, mut events) = client.login(account, token).await?;
    let users = session.channel_join(CHANNEL).await?;
    println!(
        "in {CHANNEL} with {} users; an empty line ends",
        users.len()
    );

    let mut lines = BufReader::new(stdin()).lines();
    loop {
        tokio::select! {
            line = lines.next_line() => match line {
                Ok(Some(line)) if !line.is_empty() => say(&session, &line).await,
                _ => break,
            },
            Some(event) = events.next() => {
                if let Event::Logout { error } = &event {
                    return Err(error.clone());
                }
                show(account, &event);
            }
        }
    }
    session.logout().await
}

/// A failed message is no reason to leave.
async fn say(session: &Session, line: &str) {
    let sent = match line.strip_prefix('@').and_then(|rest| rest.split_once(' ')) {
        Some((peer, text)) => session.message_instant_send(peer, text).await,
        None => session.message_channel_send(CHANNEL, line).await,
    };
    if let Err(error) = sent {
        eprintln!("not sent: {error}");
    }
}

fn show(me: &str, event: &Event) {
    match event {
        Event::MessageChannelReceive { account, msg, .. } if account != me => {
            println!("{account}: {msg}");
        }
        Event::MessageInstantReceive { account, msg, .. } => println!("{account} (to you): {msg}"),
        Event::ChannelUserJoined { account, .. } => println!("{account} came"),
        Event::ChannelUserLeaved { account, .. } => println!("{account} left"),
        Event::Reconnecting { nretry } => println!("connection lost, trying again ({nretry})"),
        Event::Rejoined { channel } => println!("back in {channel}"),
        _ => {}
    }
}
