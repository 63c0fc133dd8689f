//! One resting order.

use rocketfi_protocol::{AccountAddress, OpenOrder, Optional, OrderId, OrderType, Side, Timestamp};

use super::spec::{AssetSpec, InstrumentSpec};
use super::wire;

/// A limit order. Invariant: `0 <= filled <= lots`, and it is kept only while `filled < lots`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) id: OrderId,
    /// Which of the market's instruments, by position.
    pub(super) listing: usize,
    pub(super) is_buy: bool,
    /// In ticks.
    pub(super) price: i64,
    /// The whole size, without a sign.
    pub(super) lots: i64,
    pub(super) filled: i64,
    pub(super) placed_at: Timestamp,
    pub(super) placed_as: OrderType,
}

impl Order {
    pub(super) const fn remaining(&self) -> i64 {
        self.lots - self.filled
    }

    /// Order events carry no side, so their sizes carry a sign: negative for a sale.
    pub(super) const fn signed(&self, lots: i64) -> i64 {
        if self.is_buy { lots } else { -lots }
    }

    pub(super) fn view(
        &self,
        trader: AccountAddress,
        spec: &InstrumentSpec,
        underlying: &AssetSpec,
    ) -> OpenOrder {
        OpenOrder {
            order_id: self.id,
            trader,
            order_type: self.placed_as.clone(),
            trigger_type: Optional::Absent,
            instrument_id: spec.id,
            instrument_type: Some(spec.class.instrument_type()),
            ticker: Some(spec.ticker.as_str().into()),
            underlying_asset: Some(underlying.symbol.as_str().into()),
            price: wire(spec.price(self.price)),
            quantity: wire(spec.quantity(self.lots)),
            filled_quantity: wire(spec.quantity(self.filled)),
            side: if self.is_buy { Side::Buy } else { Side::Sell },
            timestamp: self.placed_at,
            trigger_price: Optional::Absent,
            twap_interval: Optional::Absent,
            twap_original_quantity: Optional::Absent,
            twap_filled_quantity: Optional::Absent,
            twap_frequency: Optional::Absent,
            twap_randomize: Optional::Absent,
        }
    }
}
