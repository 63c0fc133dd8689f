use proptest::prelude::*;

use super::*;
use crate::samples::{fill, modified, open_order, placed, rejected};

/// Every order of arrival of up to five events.
fn permutations(events: &[OrderEventData]) -> Vec<Vec<OrderEventData>> {
    if events.len() <= 1 {
        return vec![events.to_vec()];
    }
    (0..events.len())
        .flat_map(|first| {
            let mut rest = events.to_vec();
            let event = rest.remove(first);
            permutations(&rest).into_iter().map(move |mut rest| {
                rest.insert(0, event.clone());
                rest
            })
        })
        .collect()
}

fn after(events: &[OrderEventData]) -> Lifecycle {
    let mut life = Lifecycle::default();
    for event in events {
        life.record(event);
    }
    life
}

/// Lives, with where each ends.
fn lives() -> Vec<(Vec<OrderEventData>, Status, Option<Amount>)> {
    let left = |lots: i64| Some(Amount::from(lots));
    vec![
        (vec![placed(1, "10")], Status::Placed, left(10)),
        (
            vec![placed(1, "10"), modified(2, "8")],
            Status::Modified,
            left(8),
        ),
        (
            vec![placed(1, "10"), fill(2, "4", "6", "10")],
            Status::PartlyFilled,
            left(6),
        ),
        (
            vec![
                placed(1, "10"),
                fill(2, "4", "6", "10"),
                fill(2, "6", "0", "10"),
            ],
            Status::Filled,
            left(0),
        ),
        (
            vec![
                placed(1, "10"),
                fill(2, "4", "6", "10"),
                fill(3, "1", "5", "10"),
                OrderEventData::Canceled,
            ],
            Status::Canceled,
            left(5),
        ),
        (
            vec![
                placed(1, "10"),
                modified(2, "8"),
                fill(3, "4", "4", "8"),
                fill(4, "4", "0", "8"),
            ],
            Status::Filled,
            left(0),
        ),
        // Whether the new size counts what was filled is not known.
        (
            vec![placed(1, "10"), fill(2, "4", "6", "10"), modified(3, "7")],
            Status::PartlyFilled,
            None,
        ),
        (
            vec![
                placed(1, "10"),
                fill(2, "4", "6", "10"),
                modified(3, "7"),
                fill(4, "3", "0", "7"),
            ],
            Status::Filled,
            left(0),
        ),
        (
            vec![placed(1, "10"), OrderEventData::Canceled],
            Status::Canceled,
            left(10),
        ),
        (
            vec![placed(1, "10"), modified(2, "8"), OrderEventData::Canceled],
            Status::Canceled,
            left(8),
        ),
        (vec![rejected()], Status::Rejected, None),
    ]
}

#[test]
fn the_end_is_the_same_in_every_order_of_arrival() {
    for (events, status, remaining) in lives() {
        for arrival in permutations(&events) {
            let life = after(&arrival);
            assert_eq!(
                (life.status(), life.remaining()),
                (status, remaining),
                "{arrival:#?}"
            );
        }
    }
}

#[test]
fn the_end_is_the_same_however_often_each_event_arrives() {
    for (events, status, remaining) in lives() {
        for arrival in permutations(&events) {
            // Each at once again, and all of them once more.
            let twice = arrival
                .iter()
                .flat_map(|event| [event.clone(), event.clone()]);
            let life = after(&twice.chain(arrival.clone()).collect::<Vec<_>>());
            assert_eq!(
                (life.status(), life.remaining()),
                (status, remaining),
                "{arrival:#?}"
            );
        }
    }
}

#[test]
fn in_the_order_of_things_nothing_is_amiss() {
    for (events, ..) in lives() {
        let mut life = Lifecycle::default();
        for (number, event) in events.iter().enumerate() {
            assert!(
                number == 0 || life.misfit(event).is_none(),
                "{event:?} in {events:#?}"
            );
            life.record(event);
        }
    }
}

#[test]
fn a_fill_that_was_missed_shows_at_the_next_one() {
    let mut life = after(&[placed(1, "10"), fill(2, "1", "9", "10")]);
    let next = fill(4, "3", "4", "10");
    let misfit = Misfit::Remaining {
        expected: Amount::from(6),
        told: Amount::from(4),
    };
    assert_eq!(life.misfit(&next), Some(misfit));
    life.record(&next);
    // It comes late, and explains itself.
    assert_eq!(life.misfit(&fill(3, "2", "7", "10")), None);
    assert_eq!(life.remaining(), Some(Amount::from(4)));
}

#[test]
fn sizes_with_a_sign_are_the_sizes_without() {
    let life = after(&[placed(1, "-10"), fill(2, "-4", "-6", "-10")]);
    assert_eq!(life.remaining(), Some(Amount::from(6)));
    assert_eq!(life.misfit(&fill(3, "-6", "0", "-10")), None);
}

#[test]
fn nothing_happens_to_an_order_that_has_ended() {
    let filled = after(&[placed(1, "10"), fill(2, "10", "0", "10")]);
    let canceled = after(&[placed(1, "10"), OrderEventData::Canceled]);
    let ended = |status| Some(Misfit::Ended(status));
    assert_eq!(
        filled.misfit(&OrderEventData::Canceled),
        ended(Status::Filled)
    );
    assert_eq!(filled.misfit(&modified(3, "5")), ended(Status::Filled));
    assert_eq!(filled.misfit(&rejected()), ended(Status::Filled));
    assert_eq!(
        canceled.misfit(&fill(3, "1", "9", "10")),
        ended(Status::Canceled)
    );
    assert!(
        filled.misfit(&fill(3, "1", "0", "10")).is_some(),
        "nothing was left"
    );
}

#[test]
fn a_list_may_be_ahead_of_the_events_but_not_behind() {
    let life = Lifecycle::of_view(&open_order(1, "4", "10"));
    assert_eq!(
        (life.status(), life.remaining()),
        (Status::PartlyFilled, Some(Amount::from(6)))
    );
    // The fill that the list has counted already, and the one after it.
    assert_eq!(life.misfit(&fill(2, "4", "6", "10")), None);
    assert_eq!(life.misfit(&fill(2, "2", "4", "10")), None);
    // One was missed.
    assert!(life.misfit(&fill(2, "2", "3", "10")).is_some());
}

#[test]
fn a_figure_that_is_no_number_is_told() {
    let life = after(&[placed(1, "10")]);
    let OrderEventData::Fill(mut odd) = fill(2, "4", "6", "10") else {
        unreachable!()
    };
    odd.size = serde_json::from_str("\"\"").unwrap();
    let odd = OrderEventData::Fill(odd);
    assert_eq!(
        life.misfit(&odd),
        Some(Misfit::NotANumber { field: "fill" })
    );
}

proptest! {
    /// Long lives, shuffled and told twice.
    #[test]
    fn a_long_life_ends_the_same_however_it_is_told(
        fills in prop::collection::vec((1_i64..50, 0_u64..3), 0..12),
        left in 0_i64..3,
        is_canceled: bool,
        shuffle in any::<prop::sample::Index>(),
        seed in prop::collection::vec(any::<u16>(), 30),
    ) {
        let whole: i64 = fills.iter().map(|(lots, _)| lots).sum::<i64>() + left;
        let mut told = vec![placed(1, &whole.to_string())];
        let (mut at, mut remaining) = (1, whole);
        for (lots, pause) in &fills {
            at += pause;
            remaining -= lots;
            told.push(fill(at, &lots.to_string(), &remaining.to_string(), &whole.to_string()));
        }
        if is_canceled && left > 0 {
            told.push(OrderEventData::Canceled);
        }
        let end = after(&told);
        let again = told[shuffle.index(told.len())].clone();
        told.push(again);
        let mut keyed: Vec<_> = seed.iter().cycle().zip(told).collect();
        keyed.sort_by_key(|(key, _)| **key);
        let shuffled: Vec<_> = keyed.into_iter().map(|(_, event)| event).collect();
        let life = after(&shuffled);
        prop_assert_eq!(life.status(), end.status());
        prop_assert_eq!(life.remaining(), end.remaining());
    }
}
