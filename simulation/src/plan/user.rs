//! What the user subscribes to, and how fast it reads.

use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rocketfi_protocol::{AccountAddress, AssetId, InstrumentId, SubscriptionKind};

use super::seconds;

/// How fast the user takes events while there is trouble.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// As fast as they come.
    Fast,
    /// One in this time.
    Slow(Duration),
    /// All there are, then nothing for this time.
    Pausing(Duration),
}

impl Pace {
    pub(crate) fn draw(rng: &mut ChaCha8Rng) -> Self {
        match rng.random_range(0..4) {
            0 => Self::Slow(seconds(rng, 0.01, 0.5)),
            1 => Self::Pausing(seconds(rng, 0.5, 20.0)),
            _ => Self::Fast,
        }
    }
}

/// Whose private kinds, and whose transactions.
pub(crate) const ACCOUNT: AccountAddress = AccountAddress::from_bytes([0xf3; 20]);

/// How many kinds there are in a run.
const KINDS: u64 = 6;

/// The kinds that a user may want: public and private ones. The messages of no two are alike.
pub(crate) fn kinds() -> Vec<SubscriptionKind> {
    let public = |number| SubscriptionKind::LastMatchPrice {
        instrument_id: InstrumentId::from_u64(number),
    };
    let private = |number| SubscriptionKind::Collateral {
        asset_id: AssetId(number),
        account: ACCOUNT,
    };
    (0..KINDS)
        .map(|number| {
            if number % 2 == 0 {
                public(number)
            } else {
                private(number)
            }
        })
        .collect()
}
