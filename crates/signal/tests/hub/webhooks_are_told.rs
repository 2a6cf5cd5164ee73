use serde_json::json;
use visavis_signal::EventKind;

use crate::world::World;

#[test]
fn only_what_the_app_wants_to_know_is_told() {
    for all in [true, false] {
        let mut world = World::with(|_, settings| {
            if all {
                let kinds = EventKind::ALL.map(|kind| kind.name().to_owned());
                settings.webhook_events.extend(kinds);
            }
        });
        let alice = world.login("alice");
        world.call(alice, "channel_join", json!({"name": "room"}));
        let message = json!({"peer": "bob", "flag": "v1:E:9", "t": "instant", "content": "secret"});
        world.call(alice, "user_sendmsg", message);
        world.call(
            alice,
            "voip_invite",
            json!({"channelName": "room", "peer": "bob"}),
        );
        let bye = json!({"channelName": "room", "peer": "bob", "extra": ""});
        world.call(alice, "voip_invite_bye", bye);
        world.lose(alice);
        let events = std::mem::take(&mut world.store().events);
        let kinds: Vec<&str> = events.iter().map(|(kind, _)| &**kind).collect();
        let expected = [
            "signaling.login",
            "signaling.channel.join",
            "signaling.message.offline",
            "signaling.invitation.ended",
            "signaling.channel.leave",
            "signaling.logout",
        ];
        assert_eq!(kinds, if all { &expected[..] } else { &[] });
        if let Some((_, leave)) = events.get(4) {
            assert_eq!(
                (&leave["code"], &leave["channel"]),
                (&json!(604), &json!("room"))
            );
        }
        assert!(
            !format!("{events:?}").contains("secret"),
            "bodies are not told"
        );
    }
}
