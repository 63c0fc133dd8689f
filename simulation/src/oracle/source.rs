//! REST over the simulated network: real requests, in memory.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::header::{HOST, RETRY_AFTER};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_account::{Page, Source, SourceError};
use rocketfi_mock_server::MockServer;
use rocketfi_protocol::AccountAddress;
use rocketfi_protocol::rest::{
    COLLATERAL, Collaterals, OPEN_ORDERS, ORDER_EVENTS, OpenOrdersPage, OrderEventsPage, POSITION,
    POSITION_FUNDING_EVENTS, PositionFundingEventsPage, Positions,
};
use serde::de::DeserializeOwned;
use tokio::io::duplex;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// For one request.
const DEADLINE: Duration = Duration::from_secs(5);
/// How many bytes a direction of a connection holds.
const PIPE: usize = 16 << 10;

/// The server's REST, some way off.
pub(super) struct Rest {
    server: Arc<MockServer>,
    latency: Duration,
    rng: Mutex<ChaCha8Rng>,
}

impl Rest {
    pub(super) fn new(server: Arc<MockServer>, latency: Duration, seed: u64) -> Self {
        Self {
            server,
            latency,
            rng: Mutex::new(ChaCha8Rng::seed_from_u64(seed ^ 0x7265_7374)),
        }
    }

    async fn travel(&self) {
        let time = {
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            rng.random_range(Duration::ZERO..=self.latency)
        };
        sleep(time).await;
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &'static str,
        account: AccountAddress,
        page: Option<Page>,
    ) -> Result<T, SourceError> {
        self.travel().await;
        let query = match page {
            None => format!("{path}?account={account}"),
            Some(Page { number, size }) => {
                format!("{path}?account={account}&pageNumber={number}&pageSize={size}")
            }
        };
        let body = timeout(DEADLINE, self.ask(path, &query))
            .await
            .map_err(|error| SourceError::Unreachable(error.into()))??;
        self.travel().await;
        serde_json::from_slice(&body).map_err(|error| SourceError::Malformed {
            path,
            error: error.into(),
        })
    }

    async fn ask(&self, path: &'static str, query: &str) -> Result<Bytes, SourceError> {
        let unreachable = |error: hyper::Error| SourceError::Unreachable(error.into());
        let (near, far) = duplex(PIPE);
        self.server.serve(far);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(near))
            .await
            .map_err(unreachable)?;
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        let request = Request::get(query)
            .header(HOST, "simulated.test")
            .body(Empty::<Bytes>::new())
            .expect("a path and a query are a request");
        let response = sender.send_request(request).await.map_err(unreachable)?;
        check(path, &response)?;
        let body = response.into_body().collect().await.map_err(unreachable)?;
        Ok(body.to_bytes())
    }
}

fn check<B>(path: &'static str, response: &Response<B>) -> Result<(), SourceError> {
    let seconds = response.headers().get(RETRY_AFTER);
    let seconds = seconds.and_then(|it| it.to_str().ok()?.parse().ok());
    let retry_after = seconds.map(Duration::from_secs);
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

impl Source for Rest {
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
