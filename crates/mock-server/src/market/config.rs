//! What decides everything a market does.

use rocketfi_protocol::AccountAddress;
use rust_decimal::Decimal as Amount;

use super::random::Random;
use super::spec::{self, AssetSpec, InstrumentSpec};

/// All that decides what a market will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketConfig {
    /// The same seed gives the same frames, for good.
    pub seed: u64,
    /// The accounts that trade. The first acts first.
    pub accounts: Vec<AccountAddress>,
    /// What each account begins with, of the settlement asset.
    pub collateral: Amount,
    /// The assets with an index price.
    pub assets: Vec<AssetSpec>,
    /// The instruments that are traded. The first is traded most.
    pub instruments: Vec<InstrumentSpec>,
}

impl MarketConfig {
    /// The default market: one account with a million USDC, three perpetuals, a future and an
    /// option.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            accounts: demo_accounts(1),
            collateral: Amount::from(1_000_000),
            assets: spec::default_assets(),
            instruments: spec::default_instruments(),
        }
    }

    /// Why no market can be made of an instrument, with that instrument's ticker.
    pub(crate) fn fault(&self) -> Option<(&str, &'static str)> {
        self.instruments
            .iter()
            .enumerate()
            .find_map(|(index, spec)| {
                let is_taken = self.instruments[..index].iter().any(|it| it.id == spec.id);
                let fault = if is_taken {
                    Some("its id is another's")
                } else {
                    spec.fault(&self.assets)
                };
                Some((spec.ticker.as_str(), fault?))
            })
    }
}

/// The first `count` demo accounts: the same ones for every seed. The first is the one that every
/// local Ethereum test node hands out first.
#[must_use]
pub fn demo_accounts(count: usize) -> Vec<AccountAddress> {
    const FIRST: [u8; 20] = [
        0xf3, 0x9f, 0xd6, 0xe5, 0x1a, 0xad, 0x88, 0xf6, 0xf4, 0xce, 0x6a, 0xb8, 0x82, 0x72, 0x79,
        0xcf, 0xff, 0xb9, 0x22, 0x66,
    ];
    let others = (1..).map(|stream| Random::new(0, stream).bytes());
    std::iter::once(FIRST)
        .chain(others)
        .take(count)
        .map(AccountAddress::from_bytes)
        .collect()
}
