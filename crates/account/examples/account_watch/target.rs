//! What is watched: the exchange, or the mock inside.

use std::error::Error;
use std::time::Duration;

use rocketfi_mock_server::MockServer;
use rocketfi_account::protocol::SubscriptionKind;

use crate::DEMO;
use crate::args::Args;

/// Where to connect and what to subscribe there.
pub(crate) struct Target {
    url: String,
    kinds: Vec<SubscriptionKind>,
    lifetime: Option<Duration>,
    mock: Option<MockServer>,
}

impl Target {
    pub(crate) async fn choose(args: &Args) -> Result<Self, Box<dyn Error>> {
        match args.url() {
            Some(url) => {
                let kinds = args.kinds(args.account, args.instrument)?;
                Ok(Self {
                    url: url.to_owned(),
                    kinds,
                    lifetime: args.lifetime,
                    mock: None,
                })
            }
            None => Self::demo(args).await,
        }
    }

    async fn demo(args: &Args) -> Result<Self, Box<dyn Error>> {
        let mut builder = MockServer::builder().seed(7);
        if let Some(account) = args.account {
            builder = builder.account(account);
        }
        let mock = builder.start().await?;
        let account = mock.accounts().first().copied();
        let instrument = args
            .instrument
            .or_else(|| mock.instruments().first().copied());
        let kinds = args.kinds(account, instrument)?;
        Ok(Self {
            url: mock.url(),
            kinds,
            lifetime: Some(args.lifetime.unwrap_or(DEMO)),
            mock: Some(mock),
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn kinds(&self) -> &[SubscriptionKind] {
        &self.kinds
    }

    pub(crate) const fn lifetime(&self) -> Option<Duration> {
        self.lifetime
    }

    /// When the demonstration loses its connection: early enough to watch the recovery.
    pub(crate) fn cut_after(&self) -> Option<Duration> {
        self.mock
            .as_ref()
            .and(self.lifetime)
            .map(|lifetime| lifetime.mul_f64(0.4))
    }

    /// Cuts the connection as a broken cable would: no Close frame, no goodbye.
    pub(crate) fn cut(&self) {
        if let Some(mock) = &self.mock {
            mock.drop_connections();
        }
    }

    pub(crate) fn introduction(&self) -> String {
        let names: Vec<&str> = self.kinds.iter().map(SubscriptionKind::name).collect();
        let place = if self.mock.is_some() {
            "a mock exchange inside this program"
        } else {
            &self.url
        };
        format!("watching {} on {place}", names.join(", "))
    }
}
