//! Every interleaving, breadth first, so that the first violation has the shortest history.

use std::collections::{HashSet, VecDeque};

use super::faulty::Mutation;
use super::world::{Action, Pair, Violation, World};

/// Both call each other.
const GLARE: &[Pair] = &[("x", "a", "b"), ("x", "b", "a")];

/// Both call a third.
const THIRD: &[Pair] = &[("x", "a", "c"), ("x", "b", "c")];

/// Both call each other and both call a third.
const TRIANGLE: &[Pair] = &[
    ("x", "a", "b"),
    ("x", "b", "a"),
    ("x", "a", "c"),
    ("x", "b", "c"),
];

#[derive(Debug)]
struct Explored {
    states: usize,
    steps: usize,
    complete: bool,
}

/// Goes everywhere from a world without calls, but no further than to this many states.
fn explore(start: World, states_max: usize) -> Result<Explored, (Violation, Vec<Action>)> {
    let mut seen = HashSet::from([start.fingerprint()]);
    let mut parents: Vec<Option<(usize, Action)>> = vec![None];
    let mut queue = VecDeque::from([(0, start)]);
    let mut steps = 0;
    while let Some((from, world)) = queue.pop_front() {
        for action in world.enabled() {
            let mut next = world.clone();
            steps += 1;
            let mut result = next.act(&action);
            let new = result.is_ok() && seen.insert(next.fingerprint());
            if new {
                result = next.clone().drain();
            }
            if result.is_err() || new {
                parents.push(Some((from, action)));
            }
            if let Err(violation) = result {
                return Err((violation, history(&parents, parents.len() - 1)));
            }
            if new {
                queue.push_back((parents.len() - 1, next));
            }
        }
        if seen.len() > states_max {
            break;
        }
    }
    Ok(Explored {
        states: seen.len(),
        steps,
        complete: queue.is_empty(),
    })
}

fn history(parents: &[Option<(usize, Action)>], mut at: usize) -> Vec<Action> {
    let mut actions = Vec::new();
    while let Some((from, action)) = &parents[at] {
        actions.push(action.clone());
        at = *from;
    }
    actions.reverse();
    actions
}

fn check(pairs: &'static [Pair], states_max: usize) -> Explored {
    match explore(World::new(pairs, None), states_max) {
        Ok(explored) => explored,
        Err((violation, history)) => panic!("{violation} after {history:?}"),
    }
}

#[test]
fn two_who_call_each_other_see_one_end_each() {
    let explored = check(GLARE, usize::MAX);
    assert!(explored.complete, "{explored:?}");
    assert_eq!((explored.states, explored.steps), (313, 3378));
}

#[test]
fn two_who_call_a_third_see_one_end_each() {
    let explored = check(THIRD, usize::MAX);
    assert!(explored.complete, "{explored:?}");
    assert_eq!((explored.states, explored.steps), (7993, 113_425));
}

/// As far as it goes within seconds; the next test goes on to the end.
#[test]
fn two_who_call_each_other_and_a_third_see_one_end_each() {
    let explored = check(TRIANGLE, 5000);
    assert!(explored.states > 5000, "{explored:?}");
}

#[test]
#[ignore = "takes minutes without optimization"]
fn two_who_call_each_other_and_a_third_see_one_end_each_in_every_interleaving() {
    let explored = check(TRIANGLE, usize::MAX);
    assert!(explored.complete, "{explored:?}");
    assert_eq!((explored.states, explored.steps), (203_297, 3_861_917));
}

#[test]
fn every_fault_is_found() {
    for mutation in Mutation::ALL {
        let found = explore(World::new(GLARE, Some(mutation)), usize::MAX);
        assert!(found.is_err(), "{mutation:?} was not found: {found:?}");
    }
}
