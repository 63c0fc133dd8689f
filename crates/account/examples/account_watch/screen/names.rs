//! What instruments are called. Order events and prices carry a number only.

use std::collections::BTreeMap;

use rocketfi_account::AccountState;
use rocketfi_account::protocol::InstrumentId;

#[derive(Debug, Default)]
pub(crate) struct Names {
    known: BTreeMap<InstrumentId, String>,
}

impl Names {
    /// Takes the names that the account's orders and positions have; those of closed positions are kept in mind.
    pub(crate) fn learn(&mut self, state: &AccountState) {
        let orders = state.open_orders().filter_map(|order| {
            let name = order.view()?.ticker.as_deref()?;
            Some((order.instrument_id(), name))
        });
        let positions = state.positions().iter();
        let positions = positions.filter_map(|(id, it)| Some((*id, it.ticker.as_deref()?)));
        for (id, name) in orders.chain(positions) {
            if !name.is_empty() && self.known.get(&id).is_none_or(|known| known != name) {
                self.known.insert(id, name.to_owned());
            }
        }
    }

    /// The name, or else the number, shortened.
    pub(crate) fn of(&self, id: InstrumentId) -> String {
        self.known
            .get(&id)
            .cloned()
            .unwrap_or_else(|| shortened(&id.to_string()))
    }
}

fn shortened(id: &str) -> String {
    let tail: String = id
        .chars()
        .skip(id.chars().count().saturating_sub(6))
        .collect();
    format!("…{tail}")
}
