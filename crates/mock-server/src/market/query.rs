//! What an account can be asked for at any time: its state, and what happened to it.

use std::collections::BTreeMap;

use rocketfi_protocol::rest::PositionFundingEvent;
use rocketfi_protocol::{
    AccountAddress, AccountRisk, AssetId, Decimal, InstrumentId, OpenOrder, OrderEvent, Position,
};

use super::Market;
use super::account::Account;
use super::log::Log;
use super::spec::SETTLEMENT_ASSET;

/// Whole states and whole histories, each `None` when no such account trades here. They say what the messages say, in
/// the same words: who follows all messages from the first tick on holds the same.
impl Market {
    /// The resting orders, by ascending id.
    #[must_use]
    pub fn open_orders(&self, account: AccountAddress) -> Option<Vec<OpenOrder>> {
        let account = self.account(account)?;
        Some(
            self.statements(account)
                .order_views(account.orders.values()),
        )
    }

    /// What is held, without what was closed.
    #[must_use]
    pub fn positions(&self, account: AccountAddress) -> Option<BTreeMap<InstrumentId, Position>> {
        let account = self.account(account)?;
        let held = account.positions.iter().filter(|(_, it)| it.lots != 0);
        Some(
            self.statements(account)
                .position_views(held.map(|(index, _)| *index))
                .collect(),
        )
    }

    /// The collateral in every asset of the market. Accounts hold nothing but [`SETTLEMENT_ASSET`]; of the others they
    /// have zero.
    #[must_use]
    pub fn collaterals(&self, account: AccountAddress) -> Option<BTreeMap<AssetId, Decimal>> {
        let statements = self.statements(self.account(account)?);
        let ids = self.assets().map(|spec| spec.id);
        Some(
            ids.chain([SETTLEMENT_ASSET])
                .map(|id| (id, statements.collateral_view(id)))
                .collect(),
        )
    }

    /// What the account is worth and has pledged.
    #[must_use]
    pub fn risk(&self, account: AccountAddress) -> Option<AccountRisk> {
        Some(self.statements(self.account(account)?).risk_view())
    }

    /// What happened to the account's orders, oldest first: the last 100,000 events.
    #[must_use]
    pub fn order_events(
        &self,
        account: AccountAddress,
    ) -> Option<impl DoubleEndedIterator<Item = &OrderEvent> + ExactSizeIterator> {
        let log = self.order_log(account)?;
        Some(log.before(log.next()))
    }

    /// The funding that the account received and paid, oldest first: the last 100,000 payments.
    #[must_use]
    pub fn funding_events(
        &self,
        account: AccountAddress,
    ) -> Option<impl DoubleEndedIterator<Item = &PositionFundingEvent> + ExactSizeIterator> {
        let log = self.funding_log(account)?;
        Some(log.before(log.next()))
    }

    pub(crate) fn order_log(&self, account: AccountAddress) -> Option<&Log<OrderEvent>> {
        Some(&self.account(account)?.order_events)
    }

    pub(crate) fn funding_log(
        &self,
        account: AccountAddress,
    ) -> Option<&Log<PositionFundingEvent>> {
        Some(&self.account(account)?.funding_events)
    }

    pub(super) fn account(&self, address: AccountAddress) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.address == address)
    }
}
