//! Long random histories of more accounts, channels and odd times than can be explored completely.

use proptest::prelude::*;

use super::world::{Action, Pair, World};

const CROWD: &[Pair] = &[
    ("x", "a", "b"),
    ("x", "b", "a"),
    ("x", "a", "c"),
    ("x", "b", "c"),
    ("x", "c", "d"),
    ("y", "a", "b"),
    ("y", "d", "b"),
    ("y", "b", "d"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_history_ends_with_one_end_for_each_side(
        choices in prop::collection::vec((any::<prop::sample::Index>(), 1..10_u64), 1..300),
    ) {
        let mut world = World::new(CROWD, None);
        let mut history = Vec::new();
        for (choice, seconds) in choices {
            let enabled: Vec<_> = world.enabled().into_iter().collect();
            let action = match choice.get(&enabled) {
                Action::Wait(_) => Action::Wait(seconds),
                Action::Restart(_) => Action::Restart(seconds * 4),
                action => action.clone(),
            };
            history.push(action.clone());
            if let Err(violation) = world.act(&action) {
                prop_assert!(false, "{violation} after {history:?}");
            }
        }
        if let Err(violation) = world.drain() {
            prop_assert!(false, "{violation} after {history:?}");
        }
    }
}
