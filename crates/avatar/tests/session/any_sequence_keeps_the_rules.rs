use proptest::prelude::*;

use crate::rules;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_sequence_keeps_the_rules(head in any::<[u8; 2]>(), steps in proptest::collection::vec(any::<[u8; 3]>(), 0..120)) {
        let bytes: Vec<u8> = head.into_iter().chain(steps.into_iter().flatten()).collect();
        rules::play(&bytes);
    }
}
