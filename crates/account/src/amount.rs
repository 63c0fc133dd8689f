//! Reckoning with the exact numbers that stand in messages as text.

use rocketfi_protocol::Decimal;
use rust_decimal::Decimal as Amount;

/// The number; `None` for a text that is none, or one too long to reckon with exactly.
pub(crate) fn number(text: &Decimal) -> Option<Amount> {
    text.to_decimal().ok()
}

/// The number without its sign, which in an order event may stand for its side.
pub(crate) fn size(text: &Decimal) -> Option<Amount> {
    number(text).map(|number| number.abs())
}

/// Whether two texts mean the same number; texts that are no numbers must be equal.
pub(crate) fn same(a: &Decimal, b: &Decimal) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// Whether the text is a zero of some sort.
pub(crate) fn is_zero(text: &Decimal) -> bool {
    number(text).is_some_and(|number| number.is_zero())
}
