//! JSON values that mean the same. The generated package has this file too: what was decoded and encoded again is
//! compared with the example there.

use serde_json::{Number, Value};

/// The first place where two values differ, as a JSON pointer. Numbers are compared as numbers; the order of an
/// object's members is nothing; everything else must be the same.
pub(crate) fn difference(left: &Value, right: &Value) -> Option<String> {
    let mut pointer = String::new();
    differs(left, right, &mut pointer).then_some(pointer)
}

/// Leaves the pointer at the difference.
fn differs(left: &Value, right: &Value, pointer: &mut String) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => !same_number(left, right),
        (Value::Array(left), Value::Array(right)) => {
            let both = left.iter().zip(right).enumerate();
            left.len() != right.len()
                || both
                    .into_iter()
                    .any(|(index, (left, right))| inside(&index.to_string(), left, right, pointer))
        }
        (Value::Object(left), Value::Object(right)) => {
            let lost = left.keys().find(|key| !right.contains_key(*key));
            let added = right.keys().find(|key| !left.contains_key(*key));
            if let Some(key) = lost.or(added) {
                enter(key, pointer);
                return true;
            }
            left.iter()
                .any(|(key, value)| inside(key, value, &right[key], pointer))
        }
        _ => left != right,
    }
}

fn inside(key: &str, left: &Value, right: &Value, pointer: &mut String) -> bool {
    let outside = pointer.len();
    enter(key, pointer);
    let differs = differs(left, right, pointer);
    if !differs {
        pointer.truncate(outside);
    }
    differs
}

fn enter(key: &str, pointer: &mut String) {
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
}

/// Whole numbers are compared exactly; one of them may be written with a point or an exponent.
fn same_number(left: &Number, right: &Number) -> bool {
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => left == right,
        (None, None) => left.as_f64() == right.as_f64(),
        _ => false,
    }
}

/// Beyond this every double is whole, and two of them are as well compared as they are.
const LARGEST: f64 = 1e30;

fn whole(number: &Number) -> Option<i128> {
    if let Some(integer) = number.as_i128() {
        return Some(integer);
    }
    let float = number.as_f64()?;
    let exact = float.fract() == 0.0 && float.abs() < LARGEST;
    exact.then(|| format!("{float:.0}").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(left: &str, right: &str) -> Option<String> {
        let parse = |text| serde_json::from_str(text).unwrap();
        difference(&parse(left), &parse(right))
    }

    #[test]
    fn numbers_are_equal_however_they_are_written() {
        for (left, right) in [
            ("6", "6.0"),
            ("1e3", "1000"),
            ("0.10", "0.1"),
            ("-0.0", "0"),
            ("1e40", "1.0e40"),
            ("18446744073709551615", "18446744073709551615"),
            (r#"{"a":1,"b":[2.0]}"#, r#"{"b":[2],"a":1.0}"#),
        ] {
            assert_eq!(compared(left, right), None, "{left} {right}");
        }
    }

    #[test]
    fn everything_else_is_strict() {
        for (left, right, place) in [
            ("9007199254740993", "9007199254740992.0", ""),
            ("7296.89", "7296.89013671875", ""),
            ("1", r#""1""#, ""),
            (r#"{"a":null}"#, "{}", "/a"),
            ("{}", r#"{"a":[]}"#, "/a"),
            (
                r#"{"x/y":[{"a":1},{"a":1}]}"#,
                r#"{"x/y":[{"a":1},{"a":2}]}"#,
                "/x~1y/1/a",
            ),
            ("[1]", "[1,2]", ""),
            ("false", "null", ""),
        ] {
            assert_eq!(
                compared(left, right).as_deref(),
                Some(place),
                "{left} {right}"
            );
        }
    }
}
