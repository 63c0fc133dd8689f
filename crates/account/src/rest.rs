//! The exchange's own REST interface as a source of snapshots.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use rocketfi_client::rustls::{self, ClientConfig};
use rocketfi_client::tls_config;
use rocketfi_protocol::AccountAddress;
use rocketfi_protocol::rest::{
    COLLATERAL, Collaterals, OPEN_ORDERS, ORDER_EVENTS, OpenOrdersPage, OrderEventsPage, POSITION,
    POSITION_FUNDING_EVENTS, PositionFundingEventsPage, Positions,
};
use serde::de::DeserializeOwned;
use thiserror::Error;
use url::Url;

use crate::source::{Page, Source, SourceError};

/// Why a [`RestSource`] could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RestError {
    /// The address is no URL.
    #[error("the address is no URL")]
    Url(#[from] url::ParseError),
    /// The address has another scheme than `https`, `http`, `wss` or `ws`.
    #[error("the scheme of the address must be https, http, wss or ws")]
    Scheme,
    /// The address is for TLS, and there are no roots to trust.
    #[error("there is no TLS configuration")]
    Tls(#[from] rocketfi_client::ConfigError),
    /// The HTTP client was refused its configuration.
    #[error("there is no HTTP client")]
    Http(#[source] reqwest::Error),
}

/// Settings of a [`RestSource`]; every one has a default.
#[derive(Clone, Debug)]
#[must_use = "nothing is made before build()"]
pub struct RestSourceBuilder {
    url: String,
    timeout: Duration,
    max_body: usize,
    tls: Option<Arc<ClientConfig>>,
}

impl RestSourceBuilder {
    /// How long one request may take, from connecting to the last byte of the answer. Default 5 s.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The largest answer that is read, in bytes. Default 8 MiB.
    pub const fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Replaces the built-in TLS configuration. Default: that of the client.
    pub fn tls(mut self, tls: Arc<ClientConfig>) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Makes it. Nothing is connected yet.
    ///
    /// # Errors
    /// See [`RestError`].
    pub fn build(self) -> Result<RestSource, RestError> {
        let base = base(&self.url)?;
        let tls = match self.tls {
            Some(tls) => tls,
            None => tls_for(&base)?,
        };
        let client = Client::builder()
            .tls_backend_preconfigured(ClientConfig::clone(&tls))
            .timeout(self.timeout)
            .redirect(Policy::none())
            .user_agent(concat!("rocketfi-account/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(RestError::Http)?;
        Ok(RestSource {
            client,
            base,
            max_body: self.max_body,
        })
    }
}

/// The exchange's REST interface: the host of the WebSocket, over https, without `/ws`. No key is needed to read.
///
/// Connections are kept and used again. Each request has a deadline, and no answer is read beyond a limit. Redirects are
/// not followed. Cheap to clone.
///
/// ```
/// use rocketfi_account::RestSource;
/// use rocketfi_client::environment;
///
/// let source = RestSource::new(environment::TESTNET)?;
/// assert_eq!(source.base().as_str(), "https://testnet.rocket-cluster-1.com/");
/// # Ok::<(), rocketfi_account::RestError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RestSource {
    client: Client,
    base: Url,
    max_body: usize,
}

impl RestSource {
    /// With every setting at its default. The address may be that of the WebSocket.
    ///
    /// # Errors
    /// See [`RestError`].
    pub fn new(url: impl Into<String>) -> Result<Self, RestError> {
        Self::builder(url).build()
    }

    /// Settings for a source at this address, which may be that of the WebSocket.
    pub fn builder(url: impl Into<String>) -> RestSourceBuilder {
        RestSourceBuilder {
            url: url.into(),
            timeout: Duration::from_secs(5),
            max_body: 8 << 20,
            tls: None,
        }
    }

    /// What the paths are appended to.
    #[must_use]
    pub const fn base(&self) -> &Url {
        &self.base
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &'static str,
        account: AccountAddress,
        page: Option<Page>,
    ) -> Result<T, SourceError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        let mut request = self
            .client
            .get(url)
            .query(&[("account", account.to_string())]);
        if let Some(page) = page {
            request = request.query(&[("pageNumber", page.number), ("pageSize", page.size)]);
        }
        // Its text would show the whole address, with the account in it.
        let unreachable =
            |error: reqwest::Error| SourceError::Unreachable(error.without_url().into());
        let response = request.send().await.map_err(unreachable)?;
        check(path, &response)?;
        let body = read(path, response, self.max_body).await?;
        serde_json::from_slice(&body).map_err(|error| SourceError::Malformed {
            path,
            error: Shape::from(&error).into(),
        })
    }
}

impl Source for RestSource {
    async fn open_orders(
        &self,
        account: AccountAddress,
        page: Page,
    ) -> Result<OpenOrdersPage, SourceError> {
        self.get(OPEN_ORDERS, account, Some(page)).await
    }

    async fn positions(&self, account: AccountAddress) -> Result<Positions, SourceError> {
        self.get(POSITION, account, None).await
    }

    async fn collaterals(&self, account: AccountAddress) -> Result<Collaterals, SourceError> {
        self.get(COLLATERAL, account, None).await
    }

    async fn order_events(
        &self,
        account: AccountAddress,
        page: Page,
    ) -> Result<OrderEventsPage, SourceError> {
        self.get(ORDER_EVENTS, account, Some(page)).await
    }

    async fn funding_events(
        &self,
        account: AccountAddress,
        page: Page,
    ) -> Result<PositionFundingEventsPage, SourceError> {
        self.get(POSITION_FUNDING_EVENTS, account, Some(page)).await
    }
}

fn check(path: &'static str, response: &Response) -> Result<(), SourceError> {
    let retry_after = retry_after(response.headers());
    match response.status() {
        StatusCode::OK => Ok(()),
        StatusCode::TOO_MANY_REQUESTS => Err(SourceError::Throttled { retry_after }),
        status => Err(SourceError::Status {
            path,
            status: status.as_u16(),
            retry_after,
        }),
    }
}

/// In seconds, as the exchange sends it; the form with a date is not read.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(SourceError::MAX_RETRY_AFTER))
}

/// Chunk by chunk, for a length that is announced need not be the true one.
async fn read(
    path: &'static str,
    mut response: Response,
    limit: usize,
) -> Result<Vec<u8>, SourceError> {
    let mut body = Vec::new();
    let unreachable = |error: reqwest::Error| SourceError::Unreachable(error.without_url().into());
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > limit {
            return Err(SourceError::TooLarge { path, limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What is wrong with JSON, without its values: the messages of `serde_json` show them.
#[derive(Debug, Error)]
#[error("{kind} at line {line}, column {column}")]
struct Shape {
    kind: &'static str,
    line: usize,
    column: usize,
}

impl From<&serde_json::Error> for Shape {
    fn from(error: &serde_json::Error) -> Self {
        let kind = match error.classify() {
            serde_json::error::Category::Data => "unexpected data",
            serde_json::error::Category::Eof => "unexpected end",
            _ => "no JSON",
        };
        Self {
            kind,
            line: error.line(),
            column: error.column(),
        }
    }
}

/// The address that the paths of REST are appended to.
fn base(text: &str) -> Result<Url, RestError> {
    let (scheme, rest) = text
        .split_once("://")
        .ok_or(url::ParseError::RelativeUrlWithoutBase)?;
    let scheme = match scheme {
        "wss" | "https" => "https",
        "ws" | "http" => "http",
        _ => return Err(RestError::Scheme),
    };
    let mut url = Url::parse(&format!("{scheme}://{rest}"))?;
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/ws").unwrap_or(path).to_owned();
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Without TLS no roots are needed; the HTTP client wants a configuration all the same.
fn tls_for(base: &Url) -> Result<Arc<ClientConfig>, RestError> {
    if base.scheme() == "https" {
        return Ok(tls_config()?);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            rocketfi_client::ConfigError::from(rocketfi_client::ConfigProblem::Tls(error))
        })?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Ok(Arc::new(config))
}
