//! Calls somebody, or waits to be called: an invitation with all its states.
//!
//! ```text
//! visavis dev
//! cargo run -p visavis-client --example signaling_call -- bob
//! cargo run -p visavis-client --example signaling_call -- alice bob
//! ```

use std::process::ExitCode;
use std::time::Duration;

use visavis_client::signaling::{ClientBuilder, Error, Event, Invitation, InvitationState};

/// The media channel that both would join; joining it is up to them.
const CHANNEL: &str = "call-1";

#[tokio::main]
async fn main() -> ExitCode {
    let mut names = std::env::args().skip(1);
    let (Some(me), peer) = (names.next(), names.next()) else {
        eprintln!("usage: signaling_call ACCOUNT [PEER]");
        return ExitCode::from(2);
    };
    let done = match peer {
        Some(peer) => call(&me, &peer).await,
        None => wait_for_a_call(&me).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn call(me: &str, peer: &str) -> Result<(), Error> {
    // An app that needs no events drops them: the invitation has its own state.
    let (session, _) = signaling()?.login(me, "_no_need_token").await?;
    let mut invitation = session
        .channel_invite_user2(CHANNEL, peer, r#"{"_timeout":20}"#)
        .await?;
    match invitation.accepted().await {
        Ok(()) => {
            println!("{peer} accepted");
            invitation.dtmf("123#").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
            invitation.end().await?;
            println!("ended");
        }
        Err(end) => println!("no call: {end:?}"),
    }
    session.logout().await
}

async fn wait_for_a_call(me: &str) -> Result<(), Error> {
    let (session, mut events) = signaling()?.login(me, "_no_need_token").await?;
    println!("waiting");
    while let Some(event) = events.next().await {
        match event {
            Event::InviteReceived {
                channel, account, ..
            } => {
                println!("{account} calls");
                if let Some(invitation) = session.invitation(&channel, &account) {
                    invitation.accept("").await?;
                    tokio::spawn(follow(invitation));
                }
            }
            Event::InviteMsg { msg_data, .. } => println!("digits: {msg_data}"),
            Event::InviteEndByPeer { account, .. } => {
                println!("{account} ended it");
                break;
            }
            Event::Logout { error } => return Err(error),
            _ => {}
        }
    }
    session.logout().await
}

/// Prints each state until it is over.
async fn follow(mut invitation: Invitation) {
    loop {
        let state = invitation.changed().await;
        println!("with {}: {state:?}", invitation.account());
        if let InvitationState::Ended(_) = state {
            return;
        }
    }
}

/// `VISAVIS_SERVER` and `VISAVIS_APP_ID`, or the dev server.
fn signaling() -> Result<visavis_client::signaling::Client, Error> {
    let app = std::env::var("VISAVIS_APP_ID").unwrap_or_else(|_| "dev-app".to_owned());
    ClientBuilder::from_env().app_id(&app).build()
}
