use serde_json::json;
use visavis_codes::signaling::{Act, FAULTS, Place};

use crate::world::World;

fn world() -> World {
    World::with(|_, settings| settings.test = true)
}

#[test]
fn every_login_code_can_be_had() {
    for (code, place, act) in FAULTS {
        if *place != Place::Login {
            continue;
        }
        let mut world = world();
        let conn = world.login(&format!("fault:{}", code.name()));
        let number = code.number();
        let first = world.seen(conn);
        world.seconds(1);
        let later = world.seen(conn);
        match act {
            Act::Fail(_) => {
                assert!(
                    first[0].starts_with(&format!("login_ret {number} ")),
                    "{first:?}"
                );
                assert_eq!(first[1], format!("closed {}", 4000 + number));
            }
            Act::End(_) => {
                assert_eq!(first, ["login_ret ok"]);
                assert!(later[0].contains(&format!(" {number} ")), "{later:?}");
                assert_eq!(later[1], format!("closed {}", 4000 + number));
            }
            Act::Silence => assert!(first.is_empty() && later.is_empty()),
            Act::Cut => assert_eq!(first, ["closed 4102"]),
            Act::Nothing => assert_eq!((first, later.len()), (vec!["login_ret ok".into()], 0)),
            Act::Remove(_) | Act::Invitation(_) | Act::Garble => panic!("{code} at a login"),
        }
    }
}

#[test]
fn every_code_of_a_call_can_be_had() {
    for (code, place, act) in FAULTS {
        let name = format!("fault:{}", code.number());
        let (func, args) = match place {
            Place::Login => continue,
            Place::Join => ("channel_join", json!({"name": name})),
            Place::Send => (
                "user_sendmsg",
                json!({"peer": name, "flag": "v1:E:1", "t": "instant", "content": ""}),
            ),
            Place::Count => ("channel_query_num", json!({"name": name})),
            Place::Invite => ("voip_invite", json!({"channelName": "room", "peer": name})),
            Place::Call => ("user_get_attr_all", json!({"account": name})),
        };
        let mut world = world();
        let alice = world.login_sdk("alice");
        world.call(alice, "user_getmsg", json!({"ver_clear": 0, "max": 30}));
        world.seen(alice);
        let id = world.ask(alice, func, args);
        let answer = world.answer(alice, id);
        world.seconds(1);
        let later = world.seen(alice);
        let number = code.number();
        match act {
            Act::Fail(_) => assert_eq!(answer.expect("an answer")["code"], number),
            Act::Silence => assert_eq!((answer, later.len()), (None, 0)),
            Act::Garble => assert_eq!(answer, Some(json!({}))),
            Act::Remove(_) => assert_eq!(later, [format!("{name} -alice {number}")]),
            Act::Invitation(_) => {
                assert_eq!(answer, Some(json!({"result": "ok"})));
                let failed = format!("recvmsg 1 voip_invite_failed room {name} ");
                assert!(later[0].starts_with(&failed), "{later:?}");
                assert!(later[0].contains(&format!("\"code\":{number}")));
            }
            Act::End(_) | Act::Cut | Act::Nothing => panic!("{code} in a call"),
        }
    }
}

#[test]
fn a_delay_can_be_asked_for() {
    let mut world = world();
    let conn = world.login("fault:LOGOUT_E_KICKED+5s");
    world.millis(4999);
    assert_eq!(world.seen(conn), ["login_ret ok"]);
    world.millis(1);
    assert_eq!(
        world.seen(conn),
        ["kick 103 logged in elsewhere", "closed 4103"]
    );
}

#[test]
fn wrong_names_say_why_and_other_apps_know_no_faults() {
    let mut world = world();
    let conn = world.login("fault:NO_SUCH");
    let refused = [
        "login_ret 1004 wrong param fault: no such code",
        "closed 4999",
    ];
    assert_eq!(world.seen(conn), refused);
    let alice = world.login("alice");
    let old = json!({"name": "fault:INVITE_E_CANTRECV"});
    let outcome = "1004 wrong param fault: this code is never reported";
    assert_eq!(world.end(alice, "channel_join", old.clone()), outcome);
    let mut plain = World::new();
    let conn = plain.login("fault:LOGIN_E_TOKENWRONG");
    assert_eq!(plain.seen(conn), ["login_ret ok"]);
    assert_eq!(plain.end(conn, "channel_join", old), "ok");
}
