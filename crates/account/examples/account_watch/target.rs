//! What is watched: the exchange, or the mock inside.

use std::error::Error;
use std::time::Duration;

use rocketfi_account::client::{Client, Events};
use rocketfi_account::protocol::{AccountAddress, InstrumentId, SubscriptionKind};
use rocketfi_account::{Account, RestSource};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::args::{Args, Missing};
use crate::demo::Demo;
use crate::describe::chain;

/// After a refusal the ticker is asked for again then.
const PAUSE: Duration = Duration::from_secs(1);

/// Where to connect, and whose account it is.
pub(crate) struct Target {
    url: String,
    rest: String,
    account: Option<AccountAddress>,
    instrument: Option<InstrumentId>,
    demo: Option<Demo>,
}

impl Target {
    pub(crate) async fn choose(args: &Args) -> Result<Self, Box<dyn Error>> {
        let demo = match args.url() {
            Some(_) => None,
            None => Some(Demo::start(args.account).await?),
        };
        let inside = demo.as_ref();
        let url = match (args.url(), inside) {
            (None, Some(demo)) => demo.exchange().url(),
            (url, _) => url.unwrap_or_default().to_owned(),
        };
        let account = args.account.or_else(|| inside.and_then(Demo::account));
        let instrument = args
            .instrument
            .or_else(|| inside.and_then(Demo::instrument));
        Ok(Self {
            rest: args.rest.clone().unwrap_or_else(|| url.clone()),
            url,
            account,
            instrument,
            demo,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn kinds(&self, args: &Args) -> Result<Vec<SubscriptionKind>, Missing> {
        args.kinds(self.account, self.instrument)
    }

    pub(crate) const fn instrument(&self) -> Option<InstrumentId> {
        self.instrument
    }

    pub(crate) const fn demo(&self) -> Option<&Demo> {
        self.demo.as_ref()
    }

    pub(crate) const fn demo_mut(&mut self) -> Option<&mut Demo> {
        self.demo.as_mut()
    }

    /// The place, for people.
    pub(crate) fn place(&self) -> &str {
        match self.demo {
            Some(_) => "a mock exchange inside this program",
            None => &self.url,
        }
    }

    /// The place as short as it can be: without scheme and path.
    pub(crate) fn host(&self) -> String {
        if self.demo.is_some() {
            return "mock".to_owned();
        }
        let url = &self.url;
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest).to_owned()
    }

    /// Connects, and follows the account from now on.
    pub(crate) async fn follow(&self, args: &Args) -> Result<Account, Box<dyn Error>> {
        let builder = Client::builder(self.url());
        self.account(args, builder.connect().await?)
    }

    /// Follows the account from now on, as soon as there is a connection.
    pub(crate) fn follow_patiently(&self, args: &Args) -> Result<Account, Box<dyn Error>> {
        self.account(args, Client::builder(self.url()).start()?)
    }

    fn account(
        &self,
        args: &Args,
        (client, events): (Client, Events),
    ) -> Result<Account, Box<dyn Error>> {
        let address = self.account.ok_or_else(Missing::account)?;
        let source = RestSource::new(self.rest.as_str())?;
        let mut builder = Account::builder(address).asset(args.asset());
        if let Some(every) = args.audit {
            builder = builder.audit_every(every);
        }
        Ok(builder.start(client, events, source)?)
    }

    /// Subscribes the instrument's prices too, beside the account. What it answers with is to be told to the user.
    pub(crate) fn watch_market(&self, account: &Account) -> mpsc::Receiver<String> {
        let (note_tx, notes) = mpsc::channel(1);
        if let Some(instrument_id) = self.instrument {
            let client = account.client().clone();
            let kind = SubscriptionKind::Ticker { instrument_id };
            tokio::spawn(subscribe(client, kind, note_tx));
        }
        notes
    }
}

/// Until it succeeds, the client ends, or nobody listens any more.
async fn subscribe(client: Client, kind: SubscriptionKind, note_tx: mpsc::Sender<String>) {
    while let Err(error) = client.subscribe(kind.clone()).await {
        let text = format!("{} failed: {}", kind.name(), chain(&error));
        if note_tx.send(text).await.is_err() {
            return;
        }
        sleep(PAUSE).await;
    }
}
