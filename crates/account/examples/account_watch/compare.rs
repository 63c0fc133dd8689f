//! The account as it was followed against the mock's own books.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};

use rocketfi_account::AccountState;
use rocketfi_account::protocol::{Decimal, OpenOrder, OrderId, Position};
use rocketfi_mock_server::MockServer;

/// What is on both sides, and in what they differ.
pub(crate) struct Comparison {
    parts: [Part; 3],
}

struct Part {
    thing: &'static str,
    held: usize,
    different: Vec<String>,
}

impl Comparison {
    /// Of the account's state with that of a market that stands still.
    pub(crate) fn of(state: &AccountState, exchange: &MockServer) -> Self {
        let account = state.account();
        let (orders, positions, collateral) = exchange.with_market(|market| {
            (
                market.open_orders(account).unwrap_or_default(),
                market.positions(account).unwrap_or_default(),
                market.collaterals(account).unwrap_or_default(),
            )
        });
        let theirs: BTreeMap<OrderId, OpenOrder> =
            orders.into_iter().map(|it| (it.order_id, it)).collect();
        let own: BTreeMap<OrderId, Option<OpenOrder>> = state
            .open_orders()
            .map(|order| (order.id(), order.view().cloned()))
            .collect();
        let orders = Part::of("open order", &own, &theirs, |own, theirs| {
            own.as_ref().is_some_and(|own| same_order(own, theirs))
        });
        let positions = Part::of("position", state.positions(), &positions, same_position);
        // The mock tells of every asset, also of those that are not followed.
        let followed = collateral
            .into_iter()
            .filter(|(asset, _)| state.collateral().contains_key(asset))
            .collect();
        let collateral = Part::of("asset", state.collateral(), &followed, same);
        Self {
            parts: [orders, positions, collateral],
        }
    }

    pub(crate) fn is_equal(&self) -> bool {
        self.parts.iter().all(|part| part.different.is_empty())
    }
}

impl Part {
    fn of<K: Ord + Clone + Display, A, B>(
        thing: &'static str,
        own: &BTreeMap<K, A>,
        theirs: &BTreeMap<K, B>,
        is_same: impl Fn(&A, &B) -> bool,
    ) -> Self {
        let keys: BTreeSet<K> = own.keys().chain(theirs.keys()).cloned().collect();
        let differs = |key: &&K| match (own.get(*key), theirs.get(*key)) {
            (Some(own), Some(theirs)) => !is_same(own, theirs),
            _ => true,
        };
        Self {
            thing,
            held: theirs.len(),
            different: keys
                .iter()
                .filter(differs)
                .map(ToString::to_string)
                .collect(),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.parts.iter().map(ToString::to_string).collect();
        let verdict = if self.is_equal() {
            "the account as followed and the exchange's own books are equal"
        } else {
            "the account as followed and the exchange's own books DIFFER"
        };
        write!(f, "{verdict}: {}", parts.join(", "))
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::describe::count(self.held, self.thing))?;
        if !self.different.is_empty() {
            write!(f, " (different: {})", self.different.join(", "))?;
        }
        Ok(())
    }
}

/// As numbers: `1.0` is `1`.
fn same(a: &Decimal, b: &Decimal) -> bool {
    match (a.to_decimal(), b.to_decimal()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

fn same_order(a: &OpenOrder, b: &OpenOrder) -> bool {
    a.side == b.side
        && same(&a.price, &b.price)
        && same(&a.quantity, &b.quantity)
        && same(&a.filled_quantity, &b.filled_quantity)
}

fn same_position(a: &Position, b: &Position) -> bool {
    same(&a.quantity, &b.quantity)
        && same(&a.average_price, &b.average_price)
        && same(&a.unrealized_pnl, &b.unrealized_pnl)
}
