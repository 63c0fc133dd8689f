//! Where to connect.

use std::fmt;

use url::Url;

use crate::ConfigProblem;

/// An address, taken apart. What it shows holds neither credentials nor query.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    url: Url,
    /// Without the brackets of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) secure: bool,
}

impl Endpoint {
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigProblem> {
        let mut url = Url::parse(text).map_err(ConfigProblem::Url)?;
        let secure = match url.scheme() {
            "ws" => false,
            "wss" => true,
            _ => return Err(ConfigProblem::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ConfigProblem::Credentials);
        }
        let host = match url.host() {
            Some(url::Host::Domain(name)) => name.to_owned(),
            Some(url::Host::Ipv4(address)) => address.to_string(),
            Some(url::Host::Ipv6(address)) => address.to_string(),
            None => return Err(ConfigProblem::NoHost),
        };
        let port = url
            .port_or_known_default()
            .unwrap_or(if secure { 443 } else { 80 });
        url.set_fragment(None);
        Ok(Self {
            url,
            host,
            port,
            secure,
        })
    }

    /// For the request line of the handshake; never for a log.
    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.url.clone();
        shown.set_query(None);
        f.write_str(shown.as_str())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_addresses_are_told_apart() {
        let problem = |url: &str| Endpoint::parse(url).unwrap_err();
        assert!(matches!(problem("not a url"), ConfigProblem::Url(_)));
        assert!(matches!(
            problem("ws://"),
            ConfigProblem::Url(url::ParseError::EmptyHost)
        ));
        assert_eq!(problem("https://example.com"), ConfigProblem::Scheme);
        for credentials in ["me:secret", "me", ":secret"] {
            let url = format!("wss://{credentials}@example.com");
            assert_eq!(problem(&url), ConfigProblem::Credentials, "{url}");
        }
    }

    #[test]
    fn endpoint_knows_host_port_and_tls() {
        let table = [
            ("wss://example.com/ws", "example.com", 443, true),
            ("ws://example.com", "example.com", 80, false),
            ("ws://[::1]:9100/ws", "::1", 9100, false),
            ("wss://127.0.0.1:9100", "127.0.0.1", 9100, true),
        ];
        for (url, host, port, secure) in table {
            let endpoint = Endpoint::parse(url).unwrap();
            assert_eq!(
                (endpoint.host.as_str(), endpoint.port, endpoint.secure),
                (host, port, secure)
            );
        }
    }

    #[test]
    fn path_and_query_are_asked_for_but_the_query_is_not_shown() {
        let endpoint = Endpoint::parse("ws://example.com/ws?token=x#there").unwrap();
        assert_eq!(endpoint.as_str(), "ws://example.com/ws?token=x");
        assert_eq!(endpoint.to_string(), "ws://example.com/ws");
        assert_eq!(format!("{endpoint:?}"), "ws://example.com/ws");
    }
}
