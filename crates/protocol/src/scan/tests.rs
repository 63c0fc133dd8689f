use serde_json::Value;

use super::*;
use crate::ServerMessage;

const FRAMES: [&str; 2] = [
    include_str!("../../tests/frames/server.ndjson"),
    include_str!("../../tests/frames/server_large.ndjson"),
];

fn read<T: Scan>(frame: &str) -> Option<T> {
    let mut value = T::empty();
    read_into(&mut value, frame)?;
    Some(value)
}

/// The reference frames that hold no escape.
fn frames() -> impl Iterator<Item = &'static str> {
    let lines = FRAMES.into_iter().flat_map(|file| file.split('\n'));
    lines.filter(|line| !line.is_empty() && !line.contains('\\'))
}

fn scanned(frame: &str) -> Option<ServerMessage> {
    read(frame)
}

/// What the scanner reads, which serde must have read as well.
#[track_caller]
fn agreed(frame: &str) -> ServerMessage {
    let read: ServerMessage = serde_json::from_str(frame).unwrap();
    assert_eq!(scanned(frame).as_ref(), Some(&read), "{frame}");
    read
}

#[test]
fn every_reference_frame_takes_the_fast_path() {
    let names: std::collections::BTreeSet<_> = frames()
        .map(|frame| agreed(frame).name().to_owned())
        .collect();
    let all = ServerMessage::NAMES.iter().map(|name| (*name).to_owned());
    assert_eq!(names, all.collect());
}

#[test]
fn the_order_of_members_and_blanks_between_tokens_do_not_matter() {
    for frame in frames() {
        // Reading into a tree sorts the members.
        let value: Value = serde_json::from_str(frame).unwrap();
        let spaced = serde_json::to_string_pretty(&value).unwrap();
        for text in [value.to_string(), format!("\r\n\t {spaced} ")] {
            assert_eq!(serde_json::to_value(agreed(&text)).unwrap(), value);
        }
    }
}

const FUNDING: &str = r#"{"FundingRateUpdate":{"instrumentId":"0x05a8de04b1273c9f","fundingRate":"0.1","premiumIndex":"-1","timestamp":12,"round":8}}"#;

#[test]
fn members_that_are_not_known_are_read_past() {
    for unknown in [
        "1",
        "null",
        "\"a\\\"b\"",
        "{}",
        r#"{"a":[1,{"b":"}]"}],"c":-1.5e3}"#,
        "[ [ ] , true ]",
    ] {
        for place in ["\"instrumentId\"", "\"premiumIndex\"", "\"round\""] {
            let frame = FUNDING.replace(place, &format!("\"new\" : {unknown} ,{place}"));
            assert_eq!(agreed(&frame), agreed(FUNDING));
        }
        let last = FUNDING.replace("}}", &format!(",\"new\":{unknown}}}}}"));
        assert_eq!(agreed(&last), agreed(FUNDING));
    }
}

#[test]
fn older_spellings_of_a_member_are_read() {
    let quote = r#"{"QuoteUpdate":{"instrumentId":"0x05a8de04b1273c9f","quote":{"timestamp":1,"bid_price":"2","bid_size":"3","ask_price":"4","ask_size":"5"}}}"#;
    let older = quote
        .replace("bid_price", "bidPrice")
        .replace("ask_size", "askSize");
    assert_eq!(agreed(&older), agreed(quote));
    let both = quote.replace("\"bid_size\":\"3\"", "\"bidPrice\":\"3\"");
    assert_eq!(scanned(&both), None);
}

#[test]
fn surprises_are_left_to_serde() {
    let of_funding = |from: &str, to: &str| FUNDING.replace(from, to);
    let taken = [
        r#"{"Pong":null}"#.to_owned(),
        r#"{"New":{}}"#.to_owned(),
        "\"New\"".to_owned(),
        r#"{"orderEvents":[]}"#.to_owned(),
        r#"{"Error":"\u0041"}"#.to_owned(),
        of_funding("\"round\"", "\"r\\u006fund\""),
        format!("{},\"seq\":1}}", FUNDING.strip_suffix('}').unwrap()),
    ];
    for frame in taken {
        assert_eq!(scanned(&frame), None, "{frame}");
        assert!(
            serde_json::from_str::<ServerMessage>(&frame).is_ok(),
            "{frame}"
        );
    }
    let refused = [
        of_funding("\"round\":8", "\"round\":8,\"round\":8"),
        of_funding(",\"round\":8", ""),
        of_funding("\"round\":8", "\"round\":8,"),
        of_funding("\"round\":8", "\"round\":null"),
        of_funding("12", "012"),
        of_funding("12", "1.0"),
        of_funding("12", "1e2"),
        of_funding("12", "-0"),
        of_funding("12", "18446744073709551616"),
        of_funding("\"0.1\"", "0.1"),
        of_funding("\"0.1\"", "\"0.1\u{1f}\""),
        of_funding("0x05a8", "0x05a"),
        of_funding(":12", ":12 13"),
        of_funding(":12", ":{}"),
        format!("{},", FUNDING.strip_suffix('}').unwrap()),
        format!("{FUNDING} x"),
        format!("{FUNDING}}}"),
        format!("[{FUNDING}]"),
        String::new(),
    ];
    for frame in refused {
        assert_eq!(scanned(&frame), None, "{frame}");
        assert!(
            serde_json::from_str::<ServerMessage>(&frame).is_err(),
            "{frame}"
        );
    }
}

#[test]
fn a_frame_that_ends_too_soon_is_refused() {
    for frame in frames().filter(|frame| frame.len() < 1000) {
        for (end, _) in frame.char_indices() {
            assert_eq!(scanned(&frame[..end]), None, "{}", &frame[..end]);
        }
    }
}

/// What a type reads, in itself and through serde.
#[track_caller]
fn agrees<T: Scan + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
    text: &str,
    takes: bool,
) {
    let scanned = read::<T>(text);
    assert_eq!(scanned.is_some(), takes, "{text}");
    if takes {
        assert_eq!(scanned, serde_json::from_str(text).ok(), "{text}");
    }
}

#[test]
fn integers_are_read_as_json_writes_them() {
    for (text, unsigned, signed) in [
        ("0", true, true),
        (" 7\n", true, true),
        ("18446744073709551615", true, false),
        ("18446744073709551616", false, false),
        ("99999999999999999999", false, false),
        ("9223372036854775808", true, false),
        ("9223372036854775807", true, true),
        ("-9223372036854775808", false, true),
        ("-9223372036854775809", false, false),
        ("-1", false, true),
        ("-0", false, false),
        ("- 1", false, false),
        ("+1", false, false),
        ("00", false, false),
        ("01", false, false),
        ("1.", false, false),
        ("1.0", false, false),
        ("1E2", false, false),
        ("", false, false),
        ("-", false, false),
        ("\"1\"", false, false),
    ] {
        agrees::<u64>(text, unsigned);
        agrees::<i64>(text, signed);
    }
    agrees::<u32>("4294967295", true);
    agrees::<u32>("4294967296", false);
    agrees::<i32>("-2147483648", true);
    agrees::<i32>("-2147483649", false);
    agrees::<i32>("2147483648", false);
}

#[test]
fn words_are_read_whole() {
    for (text, takes) in [
        ("true", true),
        (" false ", true),
        ("tru", false),
        ("truee", false),
        ("nul", false),
        ("True", false),
    ] {
        agrees::<bool>(text, takes);
    }
    agrees::<Option<bool>>("null", true);
    agrees::<Option<bool>>("nulll", false);
    agrees::<Vec<Option<bool>>>("[null, true,null ]", true);
    agrees::<Vec<bool>>("[true,]", false);
    agrees::<Vec<bool>>("[,true]", false);
}

#[test]
fn raw_json_keeps_its_bytes() {
    use crate::RawJson;
    for text in [
        r#"{ "b" :1.50,"a":[ 1e400, "\u00e9]" ]}"#,
        "\"\\\"\"",
        "-0.0",
        "null",
    ] {
        agrees::<RawJson>(&format!(" {text}\t"), true);
    }
    for text in ["{", "[1,]", "{]", "nan", "\"\\x\"", "1 2"] {
        agrees::<RawJson>(text, false);
    }
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    agrees::<RawJson>(&deep(100), true);
    assert_eq!(read::<RawJson>(&deep(101)), None);
}

#[test]
fn a_frame_cannot_claim_more_room_than_its_bytes() {
    let lie = format!(
        "[{{\"price\":\"{}\",\"quantity\":\"\"}}]",
        "{".repeat(10_000)
    );
    let levels: Vec<crate::Level> = read(&lie).unwrap();
    assert!(levels.capacity() * <crate::Level as Scan>::MIN <= lie.len());
}
