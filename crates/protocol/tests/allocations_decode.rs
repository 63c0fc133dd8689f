//! How often reading a frame asks for memory: exact numbers, which hold for every machine.

use rocketfi_protocol::{ServerMessage, decode};

macro_rules! frame {
    ($name:literal) => {
        include_str!(concat!("../../../benches/frames/", $name, ".json")).trim_ascii_end()
    };
}

/// What reads the frame, and how many allocations are kept or given back meanwhile. A list that grows counts each time.
fn allocations<T>(read: impl Fn(&str) -> T, frame: &str) -> u64 {
    let mut message = None;
    let counted = allocation_counter::measure(|| message = Some(read(frame)));
    drop(message);
    counted.count_total
}

fn through_serde(frame: &str) -> ServerMessage {
    serde_json::from_str(frame).expect("a good frame")
}

#[test]
#[cfg(feature = "fast")]
fn the_scanner_allocates_once_for_each_list() {
    let read = |frame: &str| decode(frame).expect("a good frame");
    let table = [
        ("ticker", frame!("ticker"), 0),
        ("fill", frame!("fill"), 1),
        ("10 orders", frame!("orders_10"), 1),
        // The list, and the keys while they are sorted.
        ("100 positions", frame!("positions_100"), 2),
        ("book of 20", frame!("book_20"), 2),
        ("book of 100", frame!("book_100"), 2),
        ("book of 1,000", frame!("book_1000"), 2),
    ];
    for (name, frame, expected) in table {
        assert_eq!(allocations(read, frame), expected, "{name}");
    }
}

#[test]
fn through_serde_a_list_grows_as_it_is_read() {
    let table = [
        ("ticker", frame!("ticker"), 0),
        ("fill", frame!("fill"), 1),
        ("10 orders", frame!("orders_10"), 3),
        ("100 positions", frame!("positions_100"), 7),
        ("book of 100", frame!("book_100"), 12),
    ];
    for (name, frame, expected) in table {
        assert_eq!(allocations(through_serde, frame), expected, "{name}");
    }
}

#[test]
fn a_long_number_costs_one_allocation_more() {
    let frame = frame!("ticker").replace("91250.75", "91250.750000000000");
    assert_eq!(allocations(through_serde, &frame), 1);
    assert_eq!(
        allocations(|frame| decode(frame).expect("a good frame"), &frame),
        1
    );
}
