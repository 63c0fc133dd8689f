//! The index price of one asset.

use rocketfi_protocol::{
    AssetMarkPriceUpdate, MarkPrice, MarkPriceValue, ServerMessage, Timestamp,
};
use rust_decimal::Decimal as Amount;
use rust_decimal::prelude::ToPrimitive;

use super::random::Random;
use super::spec::{AssetSpec, SETTLEMENT_ASSET};
use super::wire;

/// An index price that wanders, and turns back when it is a fifth away from where it began.
#[derive(Clone, Debug)]
pub(super) struct Asset {
    pub(super) spec: AssetSpec,
    ticks: i64,
    anchor: i64,
    longest_step: i64,
    random: Random,
}

impl Asset {
    pub(super) fn new(spec: AssetSpec, random: Random) -> Self {
        let anchor = (spec.price / spec.tick_size)
            .round()
            .to_i64()
            .unwrap_or(1)
            .max(1);
        // The settlement asset measures the others, so it stands still.
        let longest_step = if spec.id == SETTLEMENT_ASSET {
            0
        } else {
            (anchor / 50_000).max(1)
        };
        Self {
            spec,
            ticks: anchor,
            anchor,
            longest_step,
            random,
        }
    }

    pub(super) fn index(&self) -> Amount {
        Amount::from(self.ticks) * self.spec.tick_size
    }

    pub(super) fn advance(&mut self) {
        let step = self.random.between(-self.longest_step, self.longest_step);
        let strayed = self.ticks - self.anchor;
        let turned_back = strayed.abs() > self.anchor / 5;
        let step = if turned_back {
            -strayed.signum() * step.abs()
        } else {
            step
        };
        self.ticks = (self.ticks + step).max(1);
    }

    pub(super) fn price_update(&self, now: Timestamp) -> ServerMessage {
        let value = MarkPriceValue {
            price: wire(self.index()),
            timestamp: now,
        };
        AssetMarkPriceUpdate {
            asset_id: self.spec.id,
            mark_price: MarkPrice::Price(value),
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::spec::default_assets;

    #[test]
    fn an_index_wanders_but_never_far() {
        let mut asset = Asset::new(default_assets().swap_remove(1), Random::new(5, 1));
        let start = asset.index();
        for _ in 0..50_000 {
            asset.advance();
            let strayed = (asset.index() - start).abs() / start;
            assert!(strayed < Amount::new(21, 2), "strayed by {strayed}");
        }
        assert_ne!(asset.index(), start);
    }

    #[test]
    fn the_settlement_asset_stands_still() {
        let mut asset = Asset::new(default_assets().swap_remove(0), Random::new(5, 1));
        asset.advance();
        assert_eq!(asset.index(), Amount::ONE);
    }
}
