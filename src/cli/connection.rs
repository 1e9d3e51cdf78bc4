//! Connection URLs of databases, and what their tools take instead of one.
//!
//! No message holds a part of a URL other than the name of a parameter.

use zeroize::Zeroizing;

/// Whose tool understands it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    Postgres,
    MySql,
}

/// A URL, taken apart and decoded.
pub(super) struct Address {
    pub(super) server: Server,
    user: Option<Zeroizing<String>>,
    password: Option<Zeroizing<String>>,
    /// Several for PostgreSQL.
    hosts: Vec<(String, String)>,
    pub(super) database: String,
    parameters: Vec<(String, Zeroizing<String>)>,
}

impl Address {
    /// Takes a URL apart: `SCHEME://[USER[:PASSWORD]@][HOST[:PORT]][,...][/DATABASE][?NAME=VALUE&...]`.
    ///
    /// # Errors
    /// What is wrong with it, without what it holds.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or("it is no URL")?;
        let server = match scheme {
            "postgres" | "postgresql" => Server::Postgres,
            "mysql" | "mariadb" => Server::MySql,
            _ => return Err("it begins with neither postgres:// nor mysql://".into()),
        };
        if rest.contains('#') {
            return Err("it holds a #; write it as %23".into());
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (account, hosts) = authority.rsplit_once('@').map_or((None, authority), |(a, h)| (Some(a), h));
        let (user, password) = match account.map(|account| account.split_once(':').unwrap_or((account, ""))) {
            None => (None, None),
            Some((user, password)) => (given(user)?, given(password)?),
        };
        let hosts = hosts.split(',').map(host).collect::<Result<_, _>>()?;
        let database = given(database)?.map(|database| database.to_string()).unwrap_or_default();
        let mut parameters = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or("a parameter has no value")?;
            parameters.push((decode(name)?.to_string(), decode(value)?));
        }
        Ok(Self { server, user, password, hosts, database, parameters })
    }

    /// The variables that libpq reads.
    ///
    /// # Errors
    /// A parameter that has no variable.
    pub(super) fn postgres(&self) -> Result<Vec<(&'static str, Zeroizing<String>)>, String> {
        let mut variables = Vec::new();
        let mut set = |name, value: Zeroizing<String>| {
            variables.retain(|(known, _)| *known != name);
            variables.push((name, value));
        };
        let joined = |part: fn(&(String, String)) -> &str| {
            let parts: Vec<&str> = self.hosts.iter().map(part).collect();
            let empty = parts.iter().all(|part| part.is_empty());
            (!empty).then(|| Zeroizing::new(parts.join(",")))
        };
        let database = Some(Zeroizing::new(self.database.clone())).filter(|database| !database.is_empty());
        for (name, value) in [
            ("PGHOST", joined(|host| &host.0)),
            ("PGPORT", joined(|host| &host.1)),
            ("PGUSER", self.user.clone()),
            ("PGPASSWORD", self.password.clone()),
            ("PGDATABASE", database),
        ] {
            value.map(|value| set(name, value)).unwrap_or_default();
        }
        for (name, value) in &self.parameters {
            let known = LIBPQ.iter().find(|(parameter, _)| parameter == name);
            let (_, variable) = known.ok_or_else(|| unknown(name))?;
            set(variable, value.clone());
        }
        Ok(variables)
    }

    /// An option file of the MySQL tools.
    ///
    /// # Errors
    /// No database; several hosts; a parameter that is no option; a value that an option file cannot hold.
    pub(super) fn mysql(&self) -> Result<Zeroizing<String>, String> {
        if self.database.is_empty() {
            return Err("it names no database".into());
        }
        let [(host, port)] = &*self.hosts else { return Err("it names several servers".into()) };
        let given = |text: &str| (!text.is_empty()).then(|| Zeroizing::new(text.to_owned()));
        let mut file = Zeroizing::new(String::from("[client]\n"));
        let mut set = |name: &str, value: Option<Zeroizing<String>>| {
            let Some(value) = value else { return Ok(()) };
            if value.contains(char::is_control) {
                return Err("it holds a control character".to_owned());
            }
            file.push_str(name);
            file.push_str("=\"");
            for c in value.chars() {
                if matches!(c, '\\' | '"') {
                    file.push('\\');
                }
                file.push(c);
            }
            file.push_str("\"\n");
            Ok(())
        };
        set("host", given(host))?;
        set("port", given(port))?;
        set("user", self.user.clone())?;
        set("password", self.password.clone())?;
        for (name, value) in &self.parameters {
            let option = MYSQL.iter().find(|option| *option == name).ok_or_else(|| unknown(name))?;
            set(option, Some(value.clone()))?;
        }
        Ok(file)
    }
}

/// A name of a parameter is no secret, unless it is none: then a part of a password may have got there.
fn unknown(name: &str) -> String {
    let plain =
        name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte));
    if plain { format!("there is no parameter {name}") } else { "it has an unknown parameter".into() }
}

fn host(text: &str) -> Result<(String, String), String> {
    let (host, port) = match text.strip_prefix('[') {
        // An IPv6 address has colons of its own.
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or("a [ without a ]")?;
            (host, rest.strip_prefix(':').unwrap_or(rest))
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a port is no number; a : / ? or @ in a password is written as %3A %2F %3F %40".into());
    }
    Ok((decode(host)?.to_string(), port.to_owned()))
}

fn given(text: &str) -> Result<Option<Zeroizing<String>>, String> {
    if text.is_empty() { Ok(None) } else { decode(text).map(Some) }
}

/// Takes percent escapes out.
fn decode(text: &str) -> Result<Zeroizing<String>, String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err("a % without two hexadecimal digits; a % itself is written as %25".into());
        };
        bytes.push((high * 16 + low) as u8);
    }
    if bytes.contains(&0) {
        return Err("it holds a zero byte".into());
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| "it is not UTF-8")?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Parameters of libpq, and the variables that stand for them.
const LIBPQ: &[(&str, &str)] = &[
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("passfile", "PGPASSFILE"),
    ("service", "PGSERVICE"),
    ("options", "PGOPTIONS"),
    ("application_name", "PGAPPNAME"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("client_encoding", "PGCLIENTENCODING"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    ("require_auth", "PGREQUIREAUTH"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("gssencmode", "PGGSSENCMODE"),
    ("krbsrvname", "PGKRBSRVNAME"),
    ("sslmode", "PGSSLMODE"),
    ("sslnegotiation", "PGSSLNEGOTIATION"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcrl", "PGSSLCRL"),
    ("sslsni", "PGSSLSNI"),
    ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
];

/// Options of the MySQL tools that a URL may give.
const MYSQL: &[&str] = &[
    "socket",
    "protocol",
    "default-character-set",
    "ssl",
    "ssl-mode",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-verify-server-cert",
    "tls-version",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn postgres(url: &str) -> Vec<(String, String)> {
        let variables = Address::parse(url).unwrap().postgres().unwrap();
        variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_string())).collect()
    }

    #[test]
    fn a_url_becomes_the_variables_of_libpq() {
        let expected = [
            ("PGHOST", "db.example.com"),
            ("PGPORT", "6432"),
            ("PGUSER", "jane"),
            ("PGPASSWORD", "p@ss:w/rd%"),
            ("PGDATABASE", "shop"),
            ("PGSSLMODE", "verify-full"),
        ];
        let url = "postgresql://jane:p%40ss%3aw%2Frd%25@db.example.com:6432/shop?sslmode=verify-full";
        assert_eq!(postgres(url), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(postgres("postgres://"), []);
        let pairs = |url| {
            let pairs = postgres(url);
            pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(pairs("postgres:///shop?host=/run/pg"), "PGDATABASE=shop PGHOST=/run/pg");
        assert_eq!(pairs("postgres://a,b:2/"), "PGHOST=a,b PGPORT=,2");
        assert_eq!(pairs("postgres://[::1]:5/x"), "PGHOST=::1 PGPORT=5 PGDATABASE=x");
        assert_eq!(pairs("postgres://%2Frun%2Fpg/x"), "PGHOST=/run/pg PGDATABASE=x");
    }

    #[test]
    fn a_url_becomes_an_option_file() {
        let file =
            Address::parse("mysql://root:a%22b%5Cc%23d@h:3307/shop?socket=/s").unwrap().mysql().unwrap();
        let expected =
            "[client]\nhost=\"h\"\nport=\"3307\"\nuser=\"root\"\npassword=\"a\\\"b\\\\c#d\"\nsocket=\"/s\"\n";
        assert_eq!(file.as_str(), expected);
    }

    #[test]
    fn what_is_wrong_is_told_without_what_it_holds() {
        for url in [
            "CANARY",
            "http://CANARY/",
            "postgres://u:CANARY/x@h/db",
            "postgres://u:%CANARY@h/db",
            "postgres://h/db?CANARY=1",
            "postgres://h/db?canary",
            "postgres://u:CAN#ARY@h/db",
            "postgres://u:%ff@h/db",
            "mysql://u:CANARY@h",
            "mysql://u:CANARY%0A@h/db",
            "mysql://a,b/db",
            "mysql://h/db?sslmode=CANARY",
        ] {
            let parsed = Address::parse(url);
            let tried = parsed.and_then(|address| match address.server {
                Server::Postgres => address.postgres().map(drop),
                Server::MySql => address.mysql().map(drop),
            });
            let why = tried.expect_err(url);
            assert!(!why.contains("CANARY") && !why.contains("ARY@"), "{url}: {why}");
        }
    }
}
