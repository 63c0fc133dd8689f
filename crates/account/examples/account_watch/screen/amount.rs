//! Exact numbers for people. Money never becomes a float: even the length of a bar is reckoned exactly.

use rocketfi_account::protocol::Decimal;
use rust_decimal::Decimal as Amount;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
use rust_decimal::prelude::ToPrimitive;

/// Money is shown to the cent.
const CENTS: u32 = 2;

/// As it came, with the thousands apart: a price, or a quantity.
pub(crate) fn exact(number: &Decimal) -> String {
    number
        .to_decimal()
        .map_or_else(|_| number.to_string(), |it| grouped(it.normalize()))
}

/// Without its sign.
pub(crate) fn size(number: &Decimal) -> String {
    number
        .to_decimal()
        .map_or_else(|_| number.to_string(), |it| grouped(it.abs().normalize()))
}

/// To the cent.
pub(crate) fn money(number: &Decimal) -> String {
    number
        .to_decimal()
        .map_or_else(|_| number.to_string(), |it| grouped(to_the_cent(it)))
}

/// To the cent, and with a plus where there is no minus.
pub(crate) fn gain(number: &Decimal) -> String {
    let plus = if is_positive(number) { "+" } else { "" };
    format!("{plus}{}", money(number))
}

/// A price that was reckoned, such as an average: with as many decimals as one can use. Zero is none, and a dash.
pub(crate) fn reckoned(number: &Decimal) -> String {
    let Ok(price) = number.to_decimal() else {
        return number.to_string();
    };
    if price.is_zero() {
        return "–".to_owned();
    }
    let decimals = match price.abs() {
        it if it >= Amount::ONE_THOUSAND => 2,
        it if it >= Amount::ONE => 4,
        _ => 8,
    };
    grouped(
        price
            .round_dp_with_strategy(decimals, MidpointAwayFromZero)
            .normalize(),
    )
}

pub(crate) fn is_negative(number: &Decimal) -> bool {
    number.to_decimal().is_ok_and(|it| it < Amount::ZERO)
}

pub(crate) fn is_positive(number: &Decimal) -> bool {
    number.to_decimal().is_ok_and(|it| it > Amount::ZERO)
}

/// How much of the whole the part is, in steps: from 0 to as many as there are; `None` when that is no question.
pub(crate) fn steps(part: &Decimal, whole: &Decimal, steps: u16) -> Option<u16> {
    let (part, whole) = (
        part.to_decimal().ok()?.abs(),
        whole.to_decimal().ok()?.abs(),
    );
    let all = Amount::from(steps);
    // Multiplied first: a third of six is two, but six times 0.333… is less.
    let share = part.checked_mul(all)?.checked_div(whole)?;
    share.min(all).trunc().to_u16()
}

/// In per cent, with one decimal.
pub(crate) fn per_cent(part: &Decimal, whole: &Decimal) -> Option<Amount> {
    let (part, whole) = (part.to_decimal().ok()?, whole.to_decimal().ok()?);
    let share = part.checked_div(whole)?.checked_mul(Amount::ONE_HUNDRED)?;
    Some(share.round_dp_with_strategy(1, MidpointAwayFromZero))
}

fn to_the_cent(number: Amount) -> Amount {
    let mut rounded = number.round_dp_with_strategy(CENTS, MidpointAwayFromZero);
    rounded.rescale(CENTS);
    rounded
}

/// `1234567.8` as `1,234,567.8`.
fn grouped(number: Amount) -> String {
    let text = number.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |it| ("-", it));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = String::with_capacity(text.len() + whole.len() / 3);
    out.push_str(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn thousands_stand_apart_and_nothing_is_lost() {
        for (text, shown) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567.875", "-1,234,567.875"),
            ("0.00000001", "0.00000001"),
            ("64250.50", "64,250.5"),
        ] {
            assert_eq!(exact(&number(text)), shown);
        }
        assert_eq!(size(&number("-1200.5")), "1,200.5");
    }

    #[test]
    fn money_is_rounded_to_the_cent_and_gains_have_a_plus() {
        assert_eq!(money(&number("999995.925025")), "999,995.93");
        assert_eq!(money(&number("5")), "5.00");
        assert_eq!(gain(&number("0.005")), "+0.01");
        assert_eq!(gain(&number("-0.025")), "-0.03");
        assert_eq!(gain(&number("0")), "0.00");
    }

    #[test]
    fn what_was_reckoned_has_no_more_decimals_than_are_of_use() {
        for (text, shown) in [
            ("64248.74647887", "64,248.75"),
            ("149.58333333", "149.5833"),
            ("0.00001234567", "0.00001235"),
            ("64250.50", "64,250.5"),
            ("0", "–"),
        ] {
            assert_eq!(reckoned(&number(text)), shown);
        }
    }

    #[test]
    fn what_is_no_number_is_shown_as_it_came() {
        let odd: Decimal = serde_json::from_str("\"n/a\"").unwrap();
        assert_eq!(
            (exact(&odd), money(&odd), reckoned(&odd)),
            ("n/a".into(), "n/a".into(), "n/a".into())
        );
        assert_eq!(steps(&odd, &number("1"), 8), None);
        assert_eq!(per_cent(&number("1"), &number("0")), None);
    }

    #[test]
    fn a_bar_is_full_only_when_everything_is() {
        let of_eight = |part: &str| steps(&number(part), &number("0.3"), 8);
        assert_eq!(of_eight("0"), Some(0));
        assert_eq!(of_eight("0.29999"), Some(7));
        assert_eq!(of_eight("0.3"), Some(8));
        assert_eq!(of_eight("9"), Some(8));
        assert_eq!(steps(&number("0.1"), &number("0.3"), 6), Some(2));
        assert_eq!(
            per_cent(&number("1"), &number("3")),
            Some(Amount::new(333, 1))
        );
    }
}
