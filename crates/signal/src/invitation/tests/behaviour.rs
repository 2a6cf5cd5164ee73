//! The table of ends, row by row.

use expect_test::expect;
use visavis_wire::signaling::VoipKind;

use super::scene::{START, accepted, ringing, scene};
use crate::invitation::Invitations;
use crate::{Limits, StoredInvitation};

#[test]
fn accepting_is_no_end() {
    let mut scene = scene();
    scene
        .call(VoipKind::Invite, "ann", "bob", r#"{"a":1}"#)
        .sent();
    scene
        .call(VoipKind::Ack, "bob", "ann", "")
        .call(VoipKind::Ack, "bob", "ann", "");
    scene
        .call(VoipKind::Msg, "ann", "bob", "1")
        .call(VoipKind::Msg, "bob", "ann", "2");
    scene.call(VoipKind::Accept, "bob", "ann", "yes");
    scene
        .until(100)
        .call(VoipKind::Msg, "ann", "bob", "3")
        .call(VoipKind::Bye, "ann", "bob", "x");
    scene.call(VoipKind::Bye, "bob", "ann", "");
    scene.check(expect![[r#"
        0s voip_invite to bob about ann {"a":1}
        0s voip_invite_ack to ann about bob
        0s voip_invite_msg to bob about ann 1
        0s voip_invite_msg to ann about bob 2
        0s retract from bob
        0s voip_invite_accept to ann about bob yes
        100s voip_invite_msg to bob about ann 3
        100s voip_invite_bye to bob about ann x
        100s ended: ended 0
        100s answer 700 no such invitation
    "#]]);
}

#[test]
fn refusing_ends() {
    let mut scene = ringing();
    scene.call(VoipKind::Refuse, "bob", "ann", r#"{"reason":"busy"}"#);
    scene.call(VoipKind::Accept, "bob", "ann", "");
    scene.check(expect![[r#"
        0s retract from bob
        0s voip_invite_refuse to ann about bob {"reason":"busy"}
        0s ended: busy 0
        0s answer 700 no such invitation
    "#]]);
}

#[test]
fn the_caller_ends_before_the_answer() {
    ringing()
        .call(VoipKind::Bye, "ann", "bob", "")
        .check(expect![[r#"
            0s retract from bob
            0s voip_invite_bye to bob about ann
            0s ended: cancelled 0
        "#]]);
    let mut unseen = scene();
    unseen
        .call(VoipKind::Invite, "ann", "bob", "")
        .call(VoipKind::Msg, "ann", "bob", "1");
    unseen
        .call(VoipKind::Bye, "ann", "bob", "")
        .check(expect![[r#"
            0s voip_invite to bob about ann
            0s answer 703 peer offline
            0s retract from bob
            0s ended: cancelled 0
        "#]]);
}

#[test]
fn nobody_logs_in_nobody_rings_nobody_answers() {
    let mut offline = scene();
    offline
        .call_when(VoipKind::Invite, "ann", "bob", "", false)
        .until(60);
    offline.logs_in("bob").check(expect![[r#"
        0s voip_invite to bob about ann
        20s retract from bob
        20s voip_invite_failed to ann about bob {"code":703,"name":"INVITE_E_PEEROFFLINE","reason":"peer offline","retryable":true}
        20s ended: peer offline 703
    "#]]);
    let mut short = scene();
    short
        .call_when(VoipKind::Invite, "ann", "bob", r#"{"_timeout":5}"#, false)
        .until(60);
    short.check(expect![[r#"
        0s voip_invite to bob about ann {"_timeout":5}
        5s retract from bob
        5s voip_invite_failed to ann about bob {"code":703,"name":"INVITE_E_PEEROFFLINE","reason":"peer offline","retryable":true}
        5s ended: peer offline 703
    "#]]);
    let mut silent = scene();
    silent
        .call(VoipKind::Invite, "ann", "bob", "")
        .sent()
        .until(60)
        .check(expect![[r#"
            0s voip_invite to bob about ann
            20s retract from bob
            20s voip_invite_failed to ann about bob {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
            20s voip_invite_bye to bob about ann {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
            20s ended: timeout 704
        "#]]);
    ringing().until(60).check(expect![[r#"
        20s retract from bob
        20s voip_invite_failed to ann about bob {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
        20s voip_invite_bye to bob about ann {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
        20s ended: timeout 704
    "#]]);
}

#[test]
fn a_late_login_rings_and_the_wait_begins_again() {
    let mut scene = scene();
    scene
        .call_when(VoipKind::Invite, "ann", "bob", "", false)
        .until(10)
        .logs_in("bob")
        .sent();
    scene
        .call(VoipKind::Ack, "bob", "ann", "")
        .until(15)
        .logs_in("bob")
        .until(60);
    scene.check(expect![[r#"
        0s voip_invite to bob about ann
        10s voip_invite_ack to ann about bob
        15s retract from bob
        15s voip_invite to bob about ann
        30s retract from bob
        30s voip_invite_failed to ann about bob {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
        30s voip_invite_bye to bob about ann {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
        30s ended: timeout 704
    "#]]);
}

#[test]
fn an_answer_at_the_end_of_the_wait_is_too_late() {
    let mut scene = ringing();
    scene.s = 20;
    scene
        .call(VoipKind::Accept, "bob", "ann", "")
        .check(expect![[r#"
            20s retract from bob
            20s voip_invite_failed to ann about bob {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
            20s voip_invite_bye to bob about ann {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
            20s ended: timeout 704
            20s answer 700 no such invitation
        "#]]);
}

#[test]
fn a_side_goes_away_after_the_answer() {
    accepted().logs_out("bob").check(expect![[r#"
        0s voip_invite_bye to ann about bob {"code":700,"name":"INVITE_E_OTHER","reason":"peer logout","retryable":false}
        0s ended: peer logout 700
    "#]]);
    accepted().is_lost("ann").until(100).check(expect![[r#"
        30s voip_invite_bye to ann about bob {"code":702,"name":"INVITE_E_NET","reason":"peer disconnected","retryable":true}
        30s voip_invite_bye to bob about ann {"code":702,"name":"INVITE_E_NET","reason":"peer disconnected","retryable":true}
        30s ended: peer disconnected 702
    "#]]);
    accepted()
        .is_lost("ann")
        .until(29)
        .logs_in("ann")
        .until(100)
        .check(expect![""]);
}

#[test]
fn a_side_goes_away_before_the_answer() {
    ringing().logs_out("ann").check(expect![[r#"
        0s retract from bob
        0s voip_invite_bye to bob about ann {"code":700,"name":"INVITE_E_OTHER","reason":"peer logout","retryable":false}
        0s ended: peer logout 700
    "#]]);
    ringing()
        .logs_out("bob")
        .until(5)
        .logs_in("bob")
        .until(60)
        .check(expect![[r#"
            0s retract from bob
            5s voip_invite to bob about ann {"a":1}
            20s retract from bob
            20s voip_invite_failed to ann about bob {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
            20s ended: timeout 704
        "#]]);
    ringing().logs_out("bob").until(60).check(expect![[r#"
        0s retract from bob
        20s retract from bob
        20s voip_invite_failed to ann about bob {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
        20s ended: timeout 704
    "#]]);
    let mut scene = scene();
    scene
        .call(VoipKind::Invite, "ann", "bob", r#"{"_timeout":30}"#)
        .is_lost("ann")
        .until(15)
        .sent();
    scene
        .call(VoipKind::Ack, "bob", "ann", "")
        .until(60)
        .check(expect![[r#"
            0s voip_invite to bob about ann {"_timeout":30}
            15s voip_invite_ack to ann about bob
            30s retract from bob
            30s voip_invite_failed to ann about bob {"code":702,"name":"INVITE_E_NET","reason":"peer disconnected","retryable":true}
            30s voip_invite_bye to bob about ann {"code":702,"name":"INVITE_E_NET","reason":"peer disconnected","retryable":true}
            30s ended: peer disconnected 702
        "#]]);
}

#[test]
fn what_cannot_begin_is_answered_at_once() {
    let mut scene = scene();
    scene
        .call(VoipKind::Invite, "ann", "ann", "")
        .call(VoipKind::Invite, "ann", "bob", "hello");
    scene.call(VoipKind::Invite, "ann", "bob", &"1".repeat(8193));
    let online = r#"{"_require_peer_online":1}"#;
    scene.call_when(VoipKind::Invite, "ann", "bob", online, false);
    scene
        .call(VoipKind::Failed, "ann", "bob", "")
        .call(VoipKind::Bye, "ann", "bob", "");
    let longest = format!("\"{}\"", "1".repeat(8190));
    scene.call(VoipKind::Invite, "ann", "bob", &longest);
    scene
        .call(VoipKind::Invite, "ann", "bob", "")
        .call(VoipKind::Invite, "bob", "ann", "");
    scene
        .call(VoipKind::Invite, "cid", "bob", "")
        .call(VoipKind::Invite, "dan", "bob", "");
    scene.check(expect![[r#"
        0s answer 1004 wrong param peer
        0s answer 1004 wrong param extra
        0s answer 1005 msg too large
        0s answer 703 peer offline
        0s answer 1004 unsupported method name
        0s answer 700 no such invitation
        0s voip_invite to bob about ann "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111
        0s answer 701 reinvite
        0s answer 701 glare
        0s voip_invite to bob about cid
        0s answer 700 rate limited
    "#]]);
}

#[test]
fn what_a_later_version_kept_ends_at_once() {
    let stored = StoredInvitation {
        channel: "room".into(),
        caller: "ann".into(),
        callee: "bob".into(),
        state: r#"{"state":"later"}"#.into(),
    };
    let mut scene = scene();
    scene.invitations = Invitations::restore(vec![stored], START, &Limits::default());
    scene.until(0).check(expect![[r#"
        0s retract from bob
        0s voip_invite_failed to ann about bob {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
        0s voip_invite_bye to bob about ann {"code":704,"name":"INVITE_E_TIMEOUT","reason":"timeout","retryable":true}
        0s ended: timeout 704
    "#]]);
}
