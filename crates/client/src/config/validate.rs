//! What makes a configuration invalid.

use std::time::Duration;

use super::Config;
use crate::endpoint::Endpoint;
use crate::{ConfigError, ConfigProblem};

/// What is valid in place of a time that is not set.
const UNSET: Duration = Duration::from_secs(1);

/// Far beyond any sensible timeout, and far from where adding it to a clock would overflow.
const MAX_DURATION: Duration = Duration::from_secs(365 * 24 * 3600);

/// Far beyond any sensible queue, and far from the limits of the channel.
const MAX_CAPACITY: usize = 1 << 24;

/// A refusal shows only when the other requests in flight have been answered, so they must not be too many.
const MAX_IN_FLIGHT: usize = 64;

impl Config {
    /// Checks every field by itself. What shows only when TLS is set up (no roots to trust, a host that no certificate
    /// can name) is reported by [`Builder::connect`](crate::Builder::connect) and [`Builder::start`](crate::Builder::start).
    ///
    /// # Errors
    /// All problems at once, in the order of the fields.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        problems.extend(self.endpoint().err());
        self.check_durations(&mut problems);
        self.check_sizes(&mut problems);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::new(problems))
        }
    }

    /// The address, taken apart.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, ConfigProblem> {
        Endpoint::parse(&self.url)
    }

    fn check_durations(&self, problems: &mut Vec<ConfigProblem>) {
        let fields = [
            ("connect_timeout", self.connect_timeout),
            ("request_timeout", self.request_timeout),
            ("heartbeat_interval", self.heartbeat_interval),
            ("pong_timeout", self.pong_timeout),
            ("stale_after", self.stale_after.unwrap_or(UNSET)),
            ("write_timeout", self.write_timeout),
            ("close_timeout", self.close_timeout),
            ("backoff_min", self.backoff_min),
            ("backoff_max", self.backoff_max),
            ("restart_spread", self.restart_spread),
            ("stable_period", self.stable_period),
            ("max_session_age", self.max_session_age.unwrap_or(UNSET)),
            ("request_pacing", self.request_pacing),
        ];
        for (field, value) in fields {
            let may_be_zero =
                ["restart_spread", "stable_period", "request_pacing"].contains(&field);
            if value.is_zero() && !may_be_zero {
                problems.push(ConfigProblem::Zero { field });
            } else if value > MAX_DURATION {
                problems.push(ConfigProblem::TooLong {
                    field,
                    max: MAX_DURATION,
                });
            }
        }
        if self.backoff_min > self.backoff_max {
            problems.push(ConfigProblem::BackoffRange);
        }
        if self.max_attempts == Some(0) {
            problems.push(ConfigProblem::Zero {
                field: "max_attempts",
            });
        }
    }

    fn check_sizes(&self, problems: &mut Vec<ConfigProblem>) {
        let ranges = [
            ("max_in_flight", self.max_in_flight, 1, MAX_IN_FLIGHT),
            ("request_burst", self.request_burst, 1, MAX_CAPACITY),
            ("event_capacity", self.event_capacity, 1, MAX_CAPACITY),
            ("command_capacity", self.command_capacity, 1, MAX_CAPACITY),
            ("max_message_size", self.max_message_size, 1 << 10, 1 << 30),
        ];
        let outside = ranges
            .into_iter()
            .filter(|(_, value, min, max)| !(min..=max).contains(&value));
        problems.extend(
            outside.map(|(field, _, min, max)| ConfigProblem::OutOfRange { field, min, max }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "ws://127.0.0.1:9100/ws";

    #[test]
    fn defaults_are_valid_for_every_environment() {
        use crate::environment::{BETA, DEVNET, TESTNET};
        for url in [BETA, TESTNET, DEVNET, URL, "ws://[::1]:1/"] {
            assert_eq!(Config::new(url).validate(), Ok(()), "{url}");
        }
    }

    #[test]
    fn validate_reports_all_bad_fields_at_once() {
        let config = Config {
            url: "http://example.com".into(),
            connect_timeout: Duration::ZERO,
            request_timeout: Duration::ZERO,
            heartbeat_interval: Duration::ZERO,
            pong_timeout: Duration::ZERO,
            stale_after: Some(Duration::ZERO),
            write_timeout: Duration::ZERO,
            close_timeout: Duration::ZERO,
            backoff_min: Duration::from_secs(1),
            backoff_max: Duration::ZERO,
            restart_spread: Duration::MAX,
            max_attempts: Some(0),
            stable_period: Duration::MAX,
            max_session_age: Some(Duration::ZERO),
            max_in_flight: 65,
            request_pacing: Duration::MAX,
            request_burst: 0,
            event_capacity: 0,
            command_capacity: usize::MAX,
            max_message_size: 10,
            ..Config::new("")
        };
        let problems = config.validate().unwrap_err();
        let shown: Vec<String> = problems
            .problems()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            shown,
            [
                "url: the scheme must be ws or wss",
                "connect_timeout: must not be zero",
                "request_timeout: must not be zero",
                "heartbeat_interval: must not be zero",
                "pong_timeout: must not be zero",
                "stale_after: must not be zero",
                "write_timeout: must not be zero",
                "close_timeout: must not be zero",
                "backoff_max: must not be zero",
                "restart_spread: must not exceed 31536000s",
                "stable_period: must not exceed 31536000s",
                "max_session_age: must not be zero",
                "request_pacing: must not exceed 31536000s",
                "backoff_min: must not exceed backoff_max",
                "max_attempts: must not be zero",
                "max_in_flight: must be between 1 and 64",
                "request_burst: must be between 1 and 16777216",
                "event_capacity: must be between 1 and 16777216",
                "command_capacity: must be between 1 and 16777216",
                "max_message_size: must be between 1024 and 1073741824",
            ],
        );
    }

    #[test]
    fn limits_themselves_are_valid() {
        let config = Config {
            connect_timeout: MAX_DURATION,
            backoff_min: MAX_DURATION,
            backoff_max: MAX_DURATION,
            max_attempts: Some(1),
            stable_period: Duration::ZERO,
            max_in_flight: MAX_IN_FLIGHT,
            request_pacing: Duration::ZERO,
            request_burst: 1,
            event_capacity: MAX_CAPACITY,
            max_message_size: 1 << 10,
            ..Config::new(URL)
        };
        assert_eq!(config.validate(), Ok(()));
    }
}
