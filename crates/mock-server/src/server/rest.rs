//! What a test can do with REST.

use std::time::Duration;

use super::{MockServer, reachable};
use crate::rest::{RestAnswer, RestAnswerTo};
use crate::script::{ScriptedAnswer, Times};

impl MockServer {
    /// Where REST is served, such as `http://127.0.0.1:51234`: on the same port as the WebSocket. With
    /// TLS the host is `localhost`.
    #[must_use]
    pub fn rest_url(&self) -> String {
        if self.is_tls {
            return format!("https://localhost:{}", self.addr.port());
        }
        format!("http://{}", reachable(self.addr))
    }

    /// Answers REST requests that match otherwise than usual. Of several rules the oldest that
    /// matches and is not used up decides, so rules for the same path are used one after the other.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use rocketfi_mock_server::{MockServer, RestAnswer, RestAnswerTo, Times};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), rocketfi_mock_server::StartError> {
    /// let server = MockServer::builder().quiet().start().await?;
    /// let throttled = RestAnswer::Status { status: 429, retry_after: Some(Duration::from_secs(7)) };
    /// server.answer_rest(RestAnswerTo::path("/open-orders"), throttled, Times::Once);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// When the answer has a status that is not from 200 to 599.
    #[expect(
        clippy::must_use_candidate,
        reason = "the count is an extra: the effect is the point"
    )]
    pub fn answer_rest(
        &self,
        to: RestAnswerTo,
        answer: RestAnswer,
        times: Times,
    ) -> ScriptedAnswer {
        answer.check();
        self.hub
            .with_rest(|rest| rest.script.add(to, answer, times))
    }

    /// Forgets all rules of [`MockServer::answer_rest`]. What is being answered by one stays so.
    pub fn clear_rest_answers(&self) {
        self.hub.with_rest(|rest| rest.script.clear());
    }

    /// From now on REST shows every account as it was so long ago, as an exchange does whose REST
    /// lags behind its stream; zero is no lag. What is older than when a lag was first set shows as
    /// it was then. The last 4,096 ticks are kept, so that a longer lag is cut to what they took.
    /// Time is Tokio's, so a paused clock decides.
    ///
    /// While the lag is the same, no answer shows an earlier state than an answer before it.
    pub fn set_rest_lag(&self, lag: Duration) {
        self.hub.set_rest_lag(lag);
    }
}
