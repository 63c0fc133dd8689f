//! What a market is made of before it moves: assets and instruments.

use rocketfi_protocol::{AssetId, InstrumentId, InstrumentType};
use rust_decimal::Decimal as Amount;

/// The asset in which prices are quoted, fees are paid and profits are settled.
pub const SETTLEMENT_ASSET: AssetId = AssetId(0);

/// An asset with an index price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetSpec {
    /// Its number on the wire.
    pub id: AssetId,
    /// Its name, such as `BTC`.
    pub symbol: String,
    /// The index price that the market starts from, in units of the settlement asset.
    pub price: Amount,
    /// The smallest step of the index price.
    pub tick_size: Amount,
}

/// An instrument that can be traded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentSpec {
    /// Its identifier on the wire.
    pub id: InstrumentId,
    /// Its name, such as `BTC-PERP`.
    pub ticker: String,
    /// The asset whose index price it follows.
    pub underlying: AssetId,
    /// How its price comes from the index price.
    pub class: InstrumentClass,
    /// The smallest step of a price, in units of the settlement asset.
    pub tick_size: Amount,
    /// The smallest step of a quantity, in contracts.
    pub lot_size: Amount,
}

/// The sort of contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstrumentClass {
    /// Never expires, and exchanges funding every round.
    Perpetual,
    /// Trades at a premium over the index; no funding.
    Future,
    /// A call; its mark price comes as `PriceIV`; no funding.
    Call {
        /// In units of the settlement asset.
        strike: Amount,
    },
}

impl InstrumentClass {
    pub(super) const fn instrument_type(self) -> InstrumentType {
        match self {
            Self::Perpetual => InstrumentType::Perpetuals,
            Self::Future => InstrumentType::Futures,
            Self::Call { .. } => InstrumentType::Options,
        }
    }
}

impl InstrumentSpec {
    /// Why no market can be made of it; `None` when one can.
    pub(super) fn fault(&self, assets: &[AssetSpec]) -> Option<&'static str> {
        // Beyond this, products would not be exact any more.
        let largest = Amount::from(1_000_000);
        let is_sound = |size: Amount| size > Amount::ZERO && size <= largest;
        if !is_sound(self.tick_size) || !is_sound(self.lot_size) {
            Some("its tick size and its lot size must be above zero and at most a million")
        } else if self.tick_size.scale() + self.lot_size.scale() > 12 {
            Some("its tick size and its lot size must have at most twelve decimals together")
        } else if !assets.iter().any(|asset| asset.id == self.underlying) {
            Some("its underlying is none of the market's assets")
        } else {
            None
        }
    }

    pub(super) fn price(&self, ticks: i64) -> Amount {
        Amount::from(ticks) * self.tick_size
    }

    pub(super) fn quantity(&self, lots: i64) -> Amount {
        Amount::from(lots) * self.lot_size
    }

    /// An amount of the settlement asset, from units of one tick times one lot.
    pub(super) fn money(&self, units: i128) -> Amount {
        Amount::from_i128_with_scale(units, 0) * self.tick_size * self.lot_size
    }
}

/// `USDC` = 0, `BTC` = 1, `ETH` = 2, `SOL` = 3.
pub(super) fn default_assets() -> Vec<AssetSpec> {
    [
        (0, "USDC", Amount::ONE, Amount::new(1, 4)),
        (1, "BTC", Amount::new(64_250, 0), Amount::new(1, 2)),
        (2, "ETH", Amount::new(3_450, 0), Amount::new(1, 2)),
        (3, "SOL", Amount::new(152, 0), Amount::new(1, 3)),
    ]
    .into_iter()
    .map(|(id, symbol, price, tick_size)| AssetSpec {
        id: AssetId(id),
        symbol: symbol.to_owned(),
        price,
        tick_size,
    })
    .collect()
}

/// Three perpetuals, a future and an option.
pub(super) fn default_instruments() -> Vec<InstrumentSpec> {
    use InstrumentClass::{Call, Future, Perpetual};

    let call = Call {
        strike: Amount::new(64_000, 0),
    };
    // Of bitcoin, the price in steps of 0.5 and the quantity in steps of 0.01.
    let bitcoin = |id, ticker, class| instrument(id, ticker, 1, class, [(5, 1), (1, 2)]);
    vec![
        bitcoin(0x05a8_de04_b127_3c9f, "BTC-PERP", Perpetual),
        instrument(
            0x05a8_de04_b127_3ca0,
            "ETH-PERP",
            2,
            Perpetual,
            [(5, 2), (1, 1)],
        ),
        instrument(
            0x05a8_de04_b127_3ca1,
            "SOL-PERP",
            3,
            Perpetual,
            [(1, 2), (1, 0)],
        ),
        bitcoin(0x0807_0605_0403_0201, "BTC-25DEC26", Future),
        bitcoin(0x0807_0605_0403_0202, "BTC-25DEC26-64000-C", call),
    ]
}

/// Steps of price and quantity as digits and decimals.
fn instrument(
    id: u64,
    ticker: &str,
    underlying: u64,
    class: InstrumentClass,
    [tick, lot]: [(i64, u32); 2],
) -> InstrumentSpec {
    InstrumentSpec {
        id: InstrumentId::from_u64(id),
        ticker: ticker.to_owned(),
        underlying: AssetId(underlying),
        class,
        tick_size: Amount::new(tick.0, tick.1),
        lot_size: Amount::new(lot.0, lot.1),
    }
}
