use proptest::prelude::*;

use crate::rules;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_sequence_keeps_the_rules(steps in proptest::collection::vec(any::<[u8; 3]>(), 0..150)) {
        let bytes: Vec<u8> = steps.into_iter().flatten().collect();
        rules::play(&bytes);
    }
}
